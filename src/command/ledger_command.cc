#include "command/ledger_command.h"

#include <unistd.h>

#include "foundation/file.h"
#include "foundation/limits.h"

namespace shu::command {
namespace {

int fail(std::ostream& out, const Error& error) {
    out << "shu: " << error.detail << "\n";
    return 1;
}

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

int ledger_verify(const InstallationOptions& options, std::ostream& out) {
    InstallationOptions unchecked =
        options;  // the verification names what a check on opening only stumbles over
    unchecked.ledger_check = ledger::OpenCheck::kNothing;
    auto installation = Installation::open(unchecked, Log::none());
    if (!installation.ok()) return fail(out, installation.error());
    const bool terminal = ::isatty(STDOUT_FILENO) == 1;
    const auto report = (*installation)->ledger->verify([&](std::uint64_t done, std::uint64_t all) {
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

int ledger_prove(const InstallationOptions& options, const std::string& act,
                 const std::string& file, std::ostream& out) {
    auto installation = Installation::open(options, Log::none());
    if (!installation.ok()) return fail(out, installation.error());
    const ledger::Ledger& ledger = *(*installation)->ledger;
    const auto sequence = sequence_from(ledger, act);
    if (!sequence.ok()) return fail(out, sequence.error());
    const auto receipt = ledger.receipt(*sequence);
    if (!receipt.ok()) return fail(out, receipt.error());
    if (file.empty()) {
        out << receipt->to_text() << "\n";
        return 0;
    }
    if (const auto written = file::replace(file, receipt->to_text() + "\n"); !written.ok())
        return fail(out, written.error());
    out << "receipt of act " << *sequence << " under checkpoint " << receipt->checkpoint.size
        << " written to " << file << "\n";
    return 0;
}

int ledger_check(const std::string& receipt_file, const std::string& key_file, std::ostream& out) {
    const auto text = file::read(receipt_file, limits::receipt_bytes_max);
    if (!text.ok()) return fail(out, text.error());
    const auto pem = file::read(key_file, limits::pem_bytes_max);
    if (!pem.ok()) return fail(out, pem.error());
    const auto key = crypto::Sm2PublicKey::from_pem(*pem);
    if (!key.ok()) return fail(out, within(key_file, key.error()));
    const auto receipt = ledger::Receipt::parse(*text);
    if (!receipt.ok()) return fail(out, within(receipt_file, receipt.error()));
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
