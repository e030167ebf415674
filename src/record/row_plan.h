// How the rows of one file become rows of one dataset: compiled once from the declaration and the
// file's header.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "record/encoding.h"
#include "record/records.h"
#include "record/table.h"
#include "store/value.h"

namespace shu::record {

/// Why a row is quarantined.
struct Refusal {
    std::string_view field;  ///< code; empty: the whole row. Lives as long as the plan.
    std::string reason;
};

/// const members may be called concurrently.
class RowPlan {
 public:
    enum class Headings { kColumns, kMembers };  ///< of a table's header; of one JSON object

    /// Matches the headings, by code or Chinese name and in any order, with the fields. A field
    /// that the file does not bring keeps the value it has. Errors: Invalid naming, in Chinese, the
    /// columns or members that are unknown, missing or there twice.
    static Result<RowPlan> compile(std::shared_ptr<const Dataset> dataset,
                                   const Declarations& declarations,
                                   std::span<const std::string> header,
                                   Headings kind = Headings::kColumns);

    /// Memory and state of one conversion after the other.
    struct Work {
        Arena& arena;
        Decoder& decoder;
        Date today;
        const identity::Identity& identity;
    };
    /// Checks one row and writes the parameters of upsert(), except batch_id and changed_at, which
    /// are the last two of `values`; views are of the row or of the arena. The refusal of the first
    /// wrong field, or none.
    std::optional<Refusal> convert(std::span<const std::string_view> row, Work& work,
                                   std::vector<store::Value>& values) const;

    std::size_t parameters() const { return columns_.size() + 3; }
    const UpsertSql& upsert() const { return upsert_; }

 private:
    struct CodeSet {
        std::vector<std::string> codes;
        std::unordered_set<std::string_view> lookup;  // only of large tables
        bool contains(std::string_view code) const;
    };
    struct Column {
        const Field* field = nullptr;
        bool required = false;
        bool is_subject = false;
        bool is_upper = false;
        std::size_t characters_max = 0;
        std::shared_ptr<const CodeSet> codes;
    };

    std::optional<std::string> convert_field(const Column& column, std::string_view text,
                                             Work& work, store::Value& value) const;
    std::optional<std::string> convert_text(const Column& column, std::string_view text, Work& work,
                                            store::Value& value) const;
    Result<void> match(std::span<const std::string> header, Headings kind);

    std::shared_ptr<const Dataset> dataset_;
    std::vector<Column> columns_;  // of the file, in its order
    UpsertSql upsert_;
};

}  // namespace shu::record
