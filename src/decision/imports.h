// What a model imports: the model of the city that has the namespace at an instant. Inside the
// module only.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "decision/decisions.h"

namespace shu::decision {

/// Reads a kept text. Errors: Corrupt.
using TextReader = std::function<Result<std::string>(std::string_view digest)>;

/// Heads of texts by digest, read once. Thread-safe.
class Heads {
 public:
    Result<rule::ModelHead> of(const std::string& digest, const TextReader& read);

 private:
    std::mutex mutex_;
    std::map<std::string, rule::ModelHead, std::less<>> known_;
};

/// A version that an import means.
struct Imported {
    std::string name_space;
    std::string code;          ///< empty: no model of the city has the namespace
    std::int64_t version = 0;  ///< of that model
    std::string digest;

    friend bool operator==(const Imported&, const Imported&) = default;
};

/// The models of the city as they stand at an instant. Finding is linear in the models: a city has
/// hundreds, and only what imports pays. A value; const methods from any thread if the reader's
/// are.
class Standing {
 public:
    Standing(std::shared_ptr<const Models> models, Micros at, Heads& heads, TextReader read)
        : models_(std::move(models)), at_(at), heads_(&heads), read_(std::move(read)) {}

    /// Errors: NotFound when no model in force has the namespace; Conflict when two have it.
    Result<Imported> find(std::string_view name_space) const;
    /// The same for each; what is not found has no code.
    std::vector<Imported> find_all(const std::vector<std::string>& name_spaces) const;

    Result<std::string> text(std::string_view digest) const { return read_(digest); }
    const Models& models() const { return *models_; }
    Micros at() const { return at_; }
    /// For the rule engine. Borrows this.
    rule::ImportReader reader() const;

 private:
    std::shared_ptr<const Models> models_;
    Micros at_;
    Heads* heads_;
    TextReader read_;
};

/// What the models of `standing` import, as the API shows it.
json::array to_json(const std::vector<Imported>& imports, const Standing& standing);

}  // namespace shu::decision
