#include "command/ledger_command.h"

#include <unistd.h>

#include "foundation/file.h"
#include "foundation/limits.h"

namespace shu::command {
namespace {

/// An act's number in the log from what a person typed: small numbers are sequence numbers, long
/// ones ids.
Result<std::int64_t> sequence_from(const ledger::Ledger& ledger, const std::string& act) {
    if (act == "0") return std::int64_t{0};
    const std::int64_t number = SHU_TRY(parse_id(act));
    constexpr std::int64_t kSmallestId = std::int64_t{1} << 40;
    if (number < kSmallestId) return number;
    const ledger::RecordedAct recorded = SHU_TRY(ledger.act_by_id({number}));
    if (recorded.sequence < 0)
        return unavailable("act " + act + " is not numbered yet; try again in a second");
    return recorded.sequence;
}

}  // namespace

Result<int> ledger_verify(const InstallationOptions& options, std::ostream& out) {
    InstallationOptions unchecked = options;
    unchecked.must_exist = true;
    // The verification names what a check on opening only stumbles over.
    unchecked.ledger_check = ledger::OpenCheck::kNothing;
    const auto installation = SHU_TRY(Installation::open(unchecked, Log::none()));
    const bool terminal = ::isatty(STDOUT_FILENO) == 1;
    const auto report = installation->ledger->verify([&](std::uint64_t done, std::uint64_t all) {
        if (terminal) out << "\r" << done << " of " << all << " acts" << std::flush;
    });
    if (terminal) out << "\r";
    if (!report.ok()) {
        out << "the ledger is damaged: " << report.error().detail << "\n";
        return 1;
    }
    out << "the ledger holds: " << report->acts << " acts, " << report->checkpoints
        << " checkpoints, " << report->tiles << " tiles\n";
    return 0;
}

Result<void> ledger_prove(const InstallationOptions& options, const std::string& act,
                          const std::string& file, std::ostream& out) {
    InstallationOptions existing = options;
    existing.must_exist = true;
    const auto installation = SHU_TRY(Installation::open(existing, Log::none()));
    const ledger::Ledger& ledger = *installation->ledger;
    const std::int64_t sequence = SHU_TRY(sequence_from(ledger, act));
    const ledger::Receipt receipt = SHU_TRY(ledger.receipt(sequence));
    if (file.empty()) {
        out << receipt.to_text() << "\n";
        return {};
    }
    SHU_CHECK(file::replace(file, receipt.to_text() + "\n"));
    out << "receipt of act " << sequence << " under checkpoint " << receipt.checkpoint.size
        << " written to " << file << "\n";
    return {};
}

Result<int> ledger_check(const std::string& receipt_file, const std::string& key_file,
                         std::ostream& out) {
    const std::string text = SHU_TRY(file::read(receipt_file, limits::receipt_bytes_max));
    const std::string pem = SHU_TRY(file::read(key_file, limits::pem_bytes_max));
    const auto key = crypto::Sm2PublicKey::from_pem(pem);
    if (!key.ok()) return within(key_file, key.error());
    const auto receipt = ledger::Receipt::parse(text);
    if (!receipt.ok()) return within(receipt_file, receipt.error());
    if (const auto verified = receipt->verify(*key); !verified.ok()) {
        out << "NOT PROVED: " << verified.error().detail << "\n";
        return 1;
    }
    out << "proved: act " << receipt->proof.index << " stands in the log of "
        << receipt->checkpoint.origin << " of " << receipt->checkpoint.size << " acts, signed at "
        << to_rfc3339(receipt->checkpoint.at) << "\n"
        << receipt->body << "\n";
    return 0;
}

}  // namespace shu::command
