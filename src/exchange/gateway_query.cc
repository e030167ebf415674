// What a call asks for: its query, read as a look-up by the grant's key.
#include <algorithm>

#include "exchange/call_batch.h"
#include "foundation/text.h"

namespace shu::exchange {
namespace {

/// Splits `name=value` and decodes both; most have nothing to decode.
bool decode_piece(std::string_view piece, std::string& name, std::string& value) {
    const std::size_t equals = std::min(piece.find('='), piece.size());
    const std::string_view raw_name = piece.substr(0, equals);
    const std::string_view raw_value =
        equals < piece.size() ? piece.substr(equals + 1) : std::string_view();
    if (piece.find_first_of("%+") == std::string_view::npos) {
        name.assign(raw_name);
        value.assign(raw_value);
        return true;
    }
    auto decoded_name = text::percent_decode(raw_name, true);
    auto decoded_value = text::percent_decode(raw_value, true);
    if (!decoded_name.ok() || !decoded_value.ok()) return false;
    name = std::move(*decoded_name);
    value = std::move(*decoded_value);
    return true;
}

Refusal choose_fields(std::string_view list, PendingCall& call) {
    const std::vector<FieldPlan>& granted = call.grant->fields;
    while (!list.empty()) {
        const std::size_t end = std::min(list.find(','), list.size());
        const std::string_view code = list.substr(0, end);
        list.remove_prefix(std::min(end + 1, list.size()));
        const auto found = std::ranges::find(granted, code, &FieldPlan::code);
        if (found == granted.end()) {
            keep_claim(call.detail, code);
            return Refusal::kField;
        }
        const auto index = static_cast<std::uint16_t>(found - granted.begin());
        if (std::ranges::find(call.chosen, index) == call.chosen.end())
            call.chosen.push_back(index);
    }
    if (call.chosen.empty()) {
        call.detail = "`fields` names no field; leave it out to get all granted fields.";
        return Refusal::kQuery;
    }
    return Refusal::kNone;
}

}  // namespace

Refusal read_query(std::string_view query, PendingCall& call) {
    const std::vector<KeyPlan>& keys = call.grant->keys;
    std::uint32_t given = 0;
    std::string name;
    std::string value;
    while (!query.empty()) {
        const std::size_t end = std::min(query.find('&'), query.size());
        const bool is_decoded = decode_piece(query.substr(0, end), name, value);
        query.remove_prefix(std::min(end + 1, query.size()));
        if (!is_decoded || !text::is_utf8(name)) {
            call.detail = "The query is not percent-encoded UTF-8.";
            return Refusal::kQuery;
        }
        if (name == "fields") {
            if (const Refusal refusal = choose_fields(value, call); refusal != Refusal::kNone)
                return refusal;
            continue;
        }
        const auto key = std::ranges::find(keys, name, &KeyPlan::code);
        if (key == keys.end()) {
            std::string claimed;
            keep_claim(claimed, name);
            call.detail = "Look up by the key alone; there is no key field '" + claimed + "'.";
            return Refusal::kQuery;
        }
        const auto index = static_cast<std::size_t>(key - keys.begin());
        const auto bound = bind(key->type, key->scale, value, call.keys[index]);
        if ((given >> index) & 1 || !bound.ok()) {
            call.detail = "'" + key->code + "' " +
                          (bound.ok() ? "is given twice." : "is not a value of its type.");
            return Refusal::kQuery;
        }
        given |= 1u << index;
    }
    for (std::size_t i = 0; i < keys.size(); ++i)
        if (!((given >> i) & 1)) {
            call.detail = "Give the key field '" + keys[i].code + "' as a query parameter.";
            return Refusal::kQuery;
        }
    return Refusal::kNone;
}

}  // namespace shu::exchange
