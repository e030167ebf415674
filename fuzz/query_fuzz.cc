// The query of a look-up, bound by a grant's key of every type.
#include <cstdint>
#include <string_view>

#include "exchange/call_batch.h"
#include "foundation/text.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace shu::exchange;
    using shu::record::FieldType;
    static const GrantPlan plan = [] {
        GrantPlan made;
        const std::pair<const char*, FieldType> keys[] = {
            {"text", FieldType::kText},       {"code", FieldType::kCode},
            {"date", FieldType::kDate},       {"number", FieldType::kInteger},
            {"share", FieldType::kDecimal},   {"fee", FieldType::kMoney},
            {"instant", FieldType::kInstant}, {"open", FieldType::kBoolean}};
        for (const auto& [code, type] : keys) {
            made.keys.push_back({code, type, 3});
            made.fields.push_back({.code = code, .json_name = code, .type = type});
        }
        return made;
    }();
    static PendingCall call;
    call.reset();
    call.grant = &plan;
    const Refusal refusal = read_query({reinterpret_cast<const char*>(data), size}, call);
    if (!shu::text::is_utf8(call.detail)) __builtin_trap();
    if (refusal == Refusal::kNone) {
        for (std::size_t i = 0; i < plan.keys.size(); ++i)
            if (call.keys[i].is_text && !shu::text::is_utf8(call.keys[i].text)) __builtin_trap();
        if (call.chosen.size() > plan.fields.size()) __builtin_trap();
    } else if (refusal != Refusal::kQuery && refusal != Refusal::kField) {
        __builtin_trap();
    }
    return 0;
}
