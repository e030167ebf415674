// Tiles: the tree's hashes as static files of 256 hashes, in the manner of C2SP tlog-tiles.
//
// The tile at level L and index N holds the hashes of the tree's level 8 L from 256 N on. A full
// tile never changes; the partial tile at the right edge of each level is written anew for each
// checkpoint. All of it can be computed again from the leaves, which the database holds.
// docs/format/tile.md.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "ledger/merkle.h"

namespace shu::ledger {

inline constexpr int kTileHeight = 8;
inline constexpr std::uint64_t kTileWidth = 1U << kTileHeight;
inline constexpr int kTileLevels = 8;  ///< enough for 2^64 leaves

/// Which tile; `width` below 256 means a partial one.
struct TileName {
    int level = 0;
    std::uint64_t index = 0;
    std::uint64_t width = kTileWidth;

    /// `0/x001/x234/067` or `0/x001/x234/067.p/17`.
    std::string path() const;
    /// Errors: Invalid; also for any other way of writing the same name.
    static Result<TileName> parse(std::string_view path);
    /// For people: `tile 0/1234067` or `tile 0/1234067.p/17`.
    std::string text() const;

    friend bool operator==(const TileName&, const TileName&) = default;
};

struct Tile {
    TileName name;
    std::vector<Digest> hashes;

    std::string bytes() const;
};

/// The root over a power of two of hashes.
Digest subtree_root(HashName hash, std::span<const Digest> hashes);

/// Gives leaf hashes [begin, begin + count) from the database. Errors: NotFound when there are
/// fewer.
using LeafSource =
    std::function<Result<std::vector<Digest>>(std::uint64_t begin, std::uint64_t count)>;

/// The tile files of one folder, completed from the leaves where a file is missing. const members
/// may be called concurrently.
class TileStore {
 public:
    TileStore(HashName hash, std::string folder, LeafSource leaves);

    /// The first `width` hashes of a tile: from its file, from any wider version of it, or from the
    /// tiles below and in the end the leaves; then a full tile is written. Errors: NotFound beyond
    /// the tree; Corrupt for a file of a wrong length.
    Result<std::vector<Digest>> hashes(const TileName& name) const;

    /// The hashes in the tile's own file, nothing else. Errors: NotFound, Corrupt for a wrong
    /// length.
    Result<std::vector<Digest>> stored(const TileName& name) const;

    /// Durable when it returns.
    Result<void> write(const Tile& tile) const;
    /// Forgets a partial tile that a wider one replaces. Best effort: what stays is correct.
    void remove(const TileName& partial) const;
    /// Widths of the partial files of a tile, ascending.
    std::vector<std::uint64_t> partial_widths(int level, std::uint64_t index) const;

    /// Nodes of the tree of any size within the leaves; remembers the tiles it has read, so it
    /// serves one proof at a time.
    NodeSource nodes() const;

    const std::string& folder() const { return folder_; }

    /// The first `width` hashes of a tile from full tiles below and the leaves, without reading its
    /// own files. Full tiles below that have no file are written.
    Result<std::vector<Digest>> computed(const TileName& name) const;

 private:
    std::string file_of(const TileName& name) const;

    HashName hash_;
    std::string folder_;
    LeafSource leaves_;
};

/// The right edge of the tree: the hashes that do not fill a tile yet. A value.
class TileEdge {
 public:
    explicit TileEdge(HashName hash) : hash_(hash), levels_(kTileLevels) {}
    static Result<TileEdge> load(HashName hash, std::uint64_t size, const TileStore& tiles);

    /// Adds a leaf; tiles that become full are appended to `full`, lower levels first.
    void append(const Digest& leaf, std::vector<Tile>& full);
    std::uint64_t size() const { return size_; }
    Digest root() const;
    /// The partial tiles of this size.
    std::vector<Tile> partial_tiles() const;

 private:
    HashName hash_;
    std::uint64_t size_ = 0;
    std::vector<std::vector<Digest>> levels_;
};

}  // namespace shu::ledger
