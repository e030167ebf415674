// Compiled models by the digest of their text, and the memories of evaluations. Inside the module
// only.
#pragma once

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "decision/imports.h"
#include "decision/inspection.h"
#include "foundation/clock.h"

namespace shu::decision {

/// A compiled text with its places, and the texts that its imports meant. Immutable.
struct Compiled {
    rule::Model model;
    Places places;
    std::vector<Imported> imports = {};  ///< of the model, directly or through others
};

struct Counts {
    std::size_t mistakes = 0;
    std::size_t findings = 0;
};

/// Compiled texts, the newest `kept` of them. A text whose imports mean other texts at another
/// instant is compiled for each. Thread-safe. Two threads that miss the same text compile it twice;
/// both results are right.
class Shelf {
 public:
    Shelf(const rule::Environment& environment, std::size_t kept)
        : environment_(environment), kept_(kept) {}

    /// Errors: Corrupt when the kept text is no model any more; those of reading it.
    Result<std::shared_ptr<const Compiled>> get(const std::string& digest,
                                                const Standing& standing);
    /// The same of a text at hand. Errors: Invalid when it is no model.
    Result<std::shared_ptr<const Compiled>> get_text(const std::string& digest, std::string xml,
                                                     const Standing& standing);

    /// How many mistakes and findings a text has, for lists; analysed once.
    Result<Counts> counts(const std::string& digest, const Standing& standing);

 private:
    std::shared_ptr<const Compiled> known(const std::string& digest, const Standing& standing);
    Result<std::shared_ptr<const Compiled>> compile(const std::string& digest, std::string xml,
                                                    const Standing& standing);

    rule::Environment environment_;
    std::size_t kept_;
    std::mutex mutex_;
    std::map<std::string, std::vector<std::shared_ptr<const Compiled>>, std::less<>> compiled_;
    std::deque<std::string> order_;  // digests, one for each compiled text, the oldest first
    struct Counted {
        std::vector<Imported> imports;
        Counts counts;
    };
    std::map<std::string, Counted, std::less<>> counts_;
};

/// The memory of one evaluation and the clock it reads.
struct Desk {
    Desk(const rule::Environment& environment, int utc_offset_minutes)
        : clock(0),
          evaluation(environment, clock, rule::ZoneReference::offset(utc_offset_minutes * 60)) {}
    ManualClock clock;
    rule::Evaluation evaluation;
};

/// Lends desks. Thread-safe.
class Desks {
 public:
    Desks(const rule::Environment& environment, int utc_offset_minutes)
        : environment_(environment), utc_offset_minutes_(utc_offset_minutes) {}

    /// Runs `work` on a desk whose clock stands at `now`.
    template <typename Work>
    auto at(Micros now, const Work& work) {
        std::unique_ptr<Desk> desk = take();
        desk->clock.set(now);
        auto result = work(desk->evaluation);
        give_back(std::move(desk));
        return result;
    }

 private:
    std::unique_ptr<Desk> take();
    void give_back(std::unique_ptr<Desk> desk);

    rule::Environment environment_;
    int utc_offset_minutes_;
    std::mutex mutex_;
    std::vector<std::unique_ptr<Desk>> free_;
};

/// What one evaluation gave, and why where that was asked.
struct Evaluated {
    rule::Outcome outcome;
    rule::Explanation explanation;
};

enum class Explaining { kNo, kYes };

/// Evaluates a decision or invokes a service; an empty name evaluates all decisions. Errors:
/// Invalid with the JSON Pointer of the member of the request that does not fit.
Result<Evaluated> evaluate(const rule::Model& model, rule::Evaluation& evaluation,
                           std::string_view decision, const rule::Value& input,
                           Explaining explaining);

}  // namespace shu::decision
