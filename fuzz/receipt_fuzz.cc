// Receipts come from strangers: whatever the bytes, parsing and checking end with a verdict, and
// what parses is written back the same.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "ledger/ledger.h"

namespace {

const shu::crypto::Sm2PublicKey& key() {
    static const auto public_key =
        shu::crypto::Sm2Key::from_scalar(std::string(32, '\x01')).value().public_key();
    return public_key;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using shu::ledger::Receipt;
    const auto receipt = Receipt::parse({reinterpret_cast<const char*>(data), size});
    if (!receipt.ok()) return 0;
    (void)receipt->verify(key()).ok();
    const std::string text = receipt->to_text();
    const auto again = Receipt::parse(text);
    SHU_ASSERT(again.ok() && again->to_text() == text);
    return 0;
}
