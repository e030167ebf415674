// What a call leaves in the trace, and what it gets back.
#include "exchange/gateway.h"
#include "exchange/json_text.h"

namespace shu::exchange {
namespace {

void append_fields(std::string& out, const PendingCall& call) {
    out += ",\"fields\":";
    if (call.chosen.empty()) {
        out += call.grant->trace_fields;
        return;
    }
    out += '[';
    for (std::size_t i = 0; i < call.chosen.size(); ++i) {
        if (i > 0) out += ',';
        append_json_text(out, call.grant->fields[call.chosen[i]].code);
    }
    out += ']';
}

/// The key that was asked for, as one text.
std::string key_of(const PendingCall& call) {
    std::string key = call.dataset;
    for (std::size_t i = 0; i < call.grant->keys.size(); ++i) {
        key += '\n';
        const BoundValue& value = call.keys[i];
        if (value.is_text)
            key += value.text;
        else
            append_number_text(key, value.number);
    }
    return key;
}

/// Whom the call was about: the row's subject; without a row, the subject that the key names; else
/// a digest of the key.
void tell_subject(PendingCall& call, const identity::Identity& identity) {
    const GrantPlan& grant = *call.grant;
    if (!call.subject.empty()) return;
    if (grant.subject_key >= 0)
        call.subject = identity.subject_id(
            grant.subject_kind, call.keys[static_cast<std::size_t>(grant.subject_key)].text);
    else
        call.asked = identity.subject_id("asked", key_of(call));
}

}  // namespace

void Gateway::append_record(CallBatch& batch, PendingCall& call, std::string_view call_id,
                            std::int64_t now_us) {
    std::string& out = batch.records;
    const std::size_t frame = out.size();
    out.append(kTraceFrameBytes, '\0');
    out += "{\"call\":\"";
    out += call_id;
    out += '"';
    append_member(out, "at", call.at);
    if (call.grant) {
        out += call.grant->trace_part;
        append_fields(out, call);
    } else {
        append_member(out, "client", call.client_id);
        if (call.client) append_member(out, "organisation", call.client->organisation);
        append_member(out, "dataset", call.dataset);
    }
    if (call.refusal == Refusal::kNone) {
        tell_subject(call, parts_.identity);
        if (!call.subject.empty()) append_member(out, "subject", call.subject);
        if (!call.asked.empty()) append_member(out, "asked", call.asked);
        append_member(out, "rows", call.rows);
    }
    append_member(out, "status", std::int64_t{status_of(call.refusal)});
    append_member(out, "outcome", call.refusal == Refusal::kNone ? "answered" : "refused");
    if (call.refusal != Refusal::kNone) append_member(out, "reason", reason_of(call.refusal));
    append_member(out, "duration_us", now_us - call.started_us);
    append_member(out, "peer", call.peer);
    if (call.is_proven) {
        append_member(out, "nonce", call.nonce);
        append_member(out, "timestamp", call.timestamp_ms);
    }
    if (!call.matter.empty())
        append_member(out, call.is_context_signed ? "matter" : "matter_claimed", call.matter);
    out += '}';
    seal_trace_frame(out, frame);
    batch.record_ends.push_back(out.size());
    ++batch.count;
}

std::string Gateway::response_of(const PendingCall& call, std::string_view call_id) const {
    std::string out;
    if (call.refusal != Refusal::kNone) {
        append_refusal(out, call.refusal, call.detail, call_id);
        return out;
    }
    static constexpr std::string_view begin = "{\"items\":[";
    static constexpr std::string_view middle = "],\"call\":\"";
    static constexpr std::string_view end = "\"}";
    const std::size_t bytes =
        begin.size() + call.items.size() + middle.size() + call_id.size() + end.size();
    out.reserve(bytes + 512);
    append_head(out, 200, "application/json", bytes);
    out += begin;
    out += call.items;
    out += middle;
    out += call_id;
    out += end;
    return out;
}

}  // namespace shu::exchange
