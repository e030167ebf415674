#include "ledger/tile.h"

#include <algorithm>
#include <filesystem>
#include <map>
#include <memory>
#include <system_error>
#include <utility>

#include "foundation/file.h"
#include "foundation/text.h"

namespace shu::ledger {
namespace {

constexpr std::size_t kHashBytes = 32;
constexpr std::size_t kTileBytes = kTileWidth * kHashBytes;

// Three digits a folder, so that no folder holds more than 2,000 entries: 1234067 is x001/x234/067.
std::string index_path(std::uint64_t index) {
    auto three = [](std::uint64_t n) {
        std::string digits = std::to_string(n % 1000);
        return std::string(3 - digits.size(), '0') + digits;
    };
    std::string path = three(index);
    for (index /= 1000; index > 0; index /= 1000)
        path = "x" + three(index) + "/" + path;
    return path;
}

Result<std::vector<Digest>> parse_hashes(const TileName& name, std::string_view bytes) {
    if (bytes.size() != name.width * kHashBytes)
        return corrupt(name.text() + ": the file has " + std::to_string(bytes.size()) +
                       " bytes instead of " + std::to_string(name.width * kHashBytes));
    std::vector<Digest> hashes(name.width);
    for (std::size_t i = 0; i < hashes.size(); ++i)
        std::copy_n(bytes.data() + i * kHashBytes, kHashBytes, hashes[i].begin());
    return hashes;
}

// Where a complete subtree stands: in which tile, from which of its hashes on, and how many.
struct Place {
    TileName tile;
    std::uint64_t first;
    std::uint64_t count;
};

Place place_of(int level, std::uint64_t index) {
    const int above = level % kTileHeight;
    Place place{{level / kTileHeight, index >> (kTileHeight - above), 0},
                (index << above) & (kTileWidth - 1),
                std::uint64_t{1} << above};
    place.tile.width = place.first + place.count;
    return place;
}

}  // namespace

std::string TileName::path() const {
    std::string path = std::to_string(level) + "/" + index_path(index);
    if (width != kTileWidth) path += ".p/" + std::to_string(width);
    return path;
}

Result<TileName> TileName::parse(std::string_view path) {
    const Error wrong = invalid("tile: '" + std::string(path.substr(0, 80)) +
                                "' is not of the form LEVEL/INDEX or LEVEL/INDEX.p/WIDTH");
    if (path.size() > 64) return wrong;
    TileName name;
    std::string digits;
    std::string_view rest = path;
    if (const std::size_t at = rest.find(".p/"); at != std::string_view::npos) {
        const auto width = text::parse_integer(rest.substr(at + 3));
        if (!width.ok() || *width < 1 || *width >= static_cast<std::int64_t>(kTileWidth))
            return wrong;
        name.width = static_cast<std::uint64_t>(*width);
        rest = rest.substr(0, at);
    }
    const auto parts = text::split(rest, '/');
    if (parts.size() < 2) return wrong;
    for (std::size_t i = 1; i < parts.size(); ++i)
        digits += parts[i].starts_with('x') ? parts[i].substr(1) : parts[i];
    const auto level = text::parse_integer(parts[0]);
    const auto index = text::parse_integer(digits);
    if (!level.ok() || *level < 0 || *level >= kTileLevels || !index.ok() || *index < 0)
        return wrong;
    name.level = static_cast<int>(*level);
    name.index = static_cast<std::uint64_t>(*index);
    if (name.path() != path) return wrong;
    return name;
}

std::string TileName::text() const {
    std::string text = "tile " + std::to_string(level) + "/" + std::to_string(index);
    if (width != kTileWidth) text += ".p/" + std::to_string(width);
    return text;
}

std::string Tile::bytes() const {
    std::string bytes;
    bytes.reserve(hashes.size() * kHashBytes);
    for (const Digest& hash : hashes)
        bytes += crypto::bytes_of(hash);
    return bytes;
}

Digest subtree_root(HashName hash, std::span<const Digest> hashes) {
    std::vector<Digest> row(hashes.begin(), hashes.end());
    while (row.size() > 1) {
        for (std::size_t i = 0; i < row.size() / 2; ++i)
            row[i] = node_hash(hash, row[2 * i], row[2 * i + 1]);
        row.resize(row.size() / 2);
    }
    return row.at(0);
}

TileStore::TileStore(HashName hash, std::string folder, LeafSource leaves)
    : hash_(hash), folder_(std::move(folder)), leaves_(std::move(leaves)) {}

std::string TileStore::file_of(const TileName& name) const {
    return folder_ + "/" + name.path();
}

Result<std::vector<Digest>> TileStore::stored(const TileName& name) const {
    const auto bytes = file::read(file_of(name), 2 * kTileBytes);
    if (bytes.ok()) return parse_hashes(name, *bytes);
    if (bytes.error().code != Code::kExhausted) return bytes.error();
    return corrupt(name.text() + ": the file is far longer than a tile");
}

Result<std::vector<Digest>> TileStore::hashes(const TileName& name) const {
    std::vector<TileName> candidates{{name.level, name.index, kTileWidth}};
    if (name.width != kTileWidth) {
        for (const std::uint64_t width : partial_widths(name.level, name.index)) {
            if (width >= name.width) candidates.push_back({name.level, name.index, width});
        }
    }
    for (const TileName& candidate : candidates) {
        auto found = stored(candidate);
        if (!found.ok() && found.error().code == Code::kNotFound) continue;
        if (found.ok()) found->resize(name.width);
        return found;
    }
    std::vector<Digest> hashes = SHU_TRY(computed(name));
    if (name.width == kTileWidth) SHU_CHECK(write({name, hashes}));
    return hashes;
}

Result<std::vector<Digest>> TileStore::computed(const TileName& name) const {
    const std::uint64_t begin = name.index * kTileWidth;
    if (name.level == 0) return leaves_(begin, name.width);
    std::vector<Digest> hashes;
    for (std::uint64_t i = 0; i < name.width; ++i) {
        const auto below = SHU_TRY(this->hashes({name.level - 1, begin + i, kTileWidth}));
        hashes.push_back(subtree_root(hash_, below));
    }
    return hashes;
}

Result<void> TileStore::write(const Tile& tile) const {
    const std::string path = file_of(tile.name);
    SHU_CHECK(file::make_folder(path.substr(0, path.rfind('/'))));
    return file::replace(path, tile.bytes());
}

void TileStore::remove(const TileName& partial) const {
    if (partial.width == kTileWidth) return;
    const std::filesystem::path path = file_of(partial);
    std::error_code ignored;
    std::filesystem::remove(path, ignored);
    std::filesystem::remove(path.parent_path(), ignored);  // succeeds only when it is empty
}

std::vector<std::uint64_t> TileStore::partial_widths(int level, std::uint64_t index) const {
    std::vector<std::uint64_t> widths;
    const auto names = file::list(file_of({level, index, kTileWidth}) + ".p");
    if (!names.ok()) return widths;
    for (const std::string& name : *names) {
        const auto width = text::parse_integer(name);
        if (width.ok() && *width > 0 && *width < static_cast<std::int64_t>(kTileWidth))
            widths.push_back(static_cast<std::uint64_t>(*width));
    }
    std::sort(widths.begin(), widths.end());
    return widths;
}

NodeSource TileStore::nodes() const {
    using Key = std::pair<int, std::uint64_t>;
    auto known = std::make_shared<std::map<Key, std::vector<Digest>>>();
    return [this, known](int level, std::uint64_t index) -> Result<Digest> {
        const Place place = place_of(level, index);
        std::vector<Digest>& row = (*known)[{place.tile.level, place.tile.index}];
        if (row.size() < place.tile.width) {
            auto read = hashes(place.tile);
            if (!read.ok()) return std::move(read).error();
            row = std::move(read).value();
        }
        return subtree_root(hash_, std::span(row).subspan(place.first, place.count));
    };
}

Result<TileEdge> TileEdge::load(HashName hash, std::uint64_t size, const TileStore& tiles) {
    TileEdge edge(hash);
    edge.size_ = size;
    std::uint64_t hashes = size;
    for (int level = 0; level < kTileLevels && hashes > 0; ++level, hashes /= kTileWidth) {
        const std::uint64_t width = hashes % kTileWidth;
        if (width == 0) continue;
        edge.levels_[static_cast<std::size_t>(level)] =
            SHU_TRY(tiles.computed({level, hashes / kTileWidth, width}));
    }
    return edge;
}

void TileEdge::append(const Digest& leaf, std::vector<Tile>& full) {
    ++size_;
    Digest hash = leaf;
    std::uint64_t hashes = size_;  // on this level, with the new one
    for (int level = 0; level < kTileLevels; ++level, hashes /= kTileWidth) {
        auto& row = levels_[static_cast<std::size_t>(level)];
        row.push_back(hash);
        if (row.size() < kTileWidth) return;
        hash = subtree_root(hash_, row);
        full.push_back({{level, hashes / kTileWidth - 1, kTileWidth}, std::exchange(row, {})});
    }
}

Digest TileEdge::root() const {
    auto node = [this](int level, std::uint64_t index) -> Result<Digest> {
        const Place place = place_of(level, index);
        const auto& row = levels_[static_cast<std::size_t>(place.tile.level)];
        SHU_ASSERT(place.tile.width <= row.size());
        return subtree_root(hash_, std::span(row).subspan(place.first, place.count));
    };
    return root_from_nodes(hash_, size_, node).value();
}

std::vector<Tile> TileEdge::partial_tiles() const {
    std::vector<Tile> tiles;
    std::uint64_t hashes = size_;
    for (int level = 0; level < kTileLevels; ++level, hashes /= kTileWidth) {
        const auto& row = levels_[static_cast<std::size_t>(level)];
        if (!row.empty()) tiles.push_back({{level, hashes / kTileWidth, row.size()}, row});
    }
    return tiles;
}

}  // namespace shu::ledger
