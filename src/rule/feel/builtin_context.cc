// Context functions. DMN 1.5 10.3.4.11.
#include <algorithm>

#include "rule/feel/builtin.h"
#include "rule/feel/evaluator.h"

namespace shu::rule {
namespace {

using Entries = std::vector<ContextEntry>;

void put(Entries& entries, std::string_view key, const Value& value) {
    const auto found = std::find_if(entries.begin(), entries.end(), [&](const ContextEntry& e) {
        return e.name.as_string() == key;
    });
    if (found != entries.end())
        found->value = value;
    else
        entries.emplace_back(key, value);
}

Value make(Call& call, Entries entries) {
    return call.evaluator.charge(2 * entries.size() + 1) ? Value::context(std::move(entries))
                                                         : Value();
}

Value get_value(Call& call) {
    const Value* found = call[0].find(call[1].as_string());
    return found == nullptr
               ? call.fail("the context has no entry '" + std::string(call[1].as_string()) + "'")
               : *found;
}

// The value at the end of a path of keys.
Value get_value_at(Call& call) {
    if (call[1].as_list().empty()) return call.fail("the path is empty");
    Value here = call[0];
    for (const Value& key : call[1].as_list()) {
        if (!key.is_string() || !here.is_context()) return call.fail("the path leads nowhere");
        const Value* found = here.find(key.as_string());
        if (found == nullptr)
            return call.fail("the context has no entry '" + std::string(key.as_string()) + "'");
        Value next = *found;
        here = std::move(next);
    }
    return here;
}

Value get_entries(Call& call) {
    std::vector<Value> out;
    for (const ContextEntry& entry : call[0].as_context()) {
        Entries pair;
        pair.emplace_back(std::string_view("key"), entry.name);
        pair.emplace_back(std::string_view("value"), entry.value);
        out.push_back(Value::context(std::move(pair)));
    }
    return call.evaluator.make_list(std::move(out), call.position);
}

Value context_of(Call& call) {
    Entries out;
    for (const Value& pair : call[0].as_list()) {
        const Value* key = pair.find("key");
        const Value* value = pair.find("value");
        if (key == nullptr || value == nullptr || !key->is_string())
            return call.fail("each entry needs a 'key', a string, and a 'value'");
        const bool known = std::any_of(out.begin(), out.end(), [&](const ContextEntry& e) {
            return e.name.as_string() == key->as_string();
        });
        if (known)
            return call.fail("two entries have the key '" + std::string(key->as_string()) + "'");
        out.emplace_back(*key, *value);
    }
    return make(call, std::move(out));
}

Value context_put(Call& call) {
    Entries entries(call[0].as_context().begin(), call[0].as_context().end());
    put(entries, call[1].as_string(), call[2]);
    return make(call, std::move(entries));
}

std::optional<Value> put_at(const Value& context, std::span<const Value> keys, const Value& value) {
    if (!keys[0].is_string() || !context.is_context()) return std::nullopt;
    Entries entries(context.as_context().begin(), context.as_context().end());
    if (keys.size() == 1) {
        put(entries, keys[0].as_string(), value);
        return Value::context(std::move(entries));
    }
    const Value* inner = context.find(keys[0].as_string());
    const auto changed =
        put_at(inner == nullptr ? Value::context({}) : *inner, keys.subspan(1), value);
    if (!changed) return std::nullopt;
    put(entries, keys[0].as_string(), *changed);
    return Value::context(std::move(entries));
}

Value context_put_at(Call& call) {
    const auto keys = call[1].as_list();
    constexpr std::size_t kKeysMax = 100;
    if (keys.empty() || keys.size() > kKeysMax)
        return call.fail("the path of keys is empty or too long");
    auto out = put_at(call[0], keys, call[2]);
    return out ? *out : call.fail("the path of keys leads nowhere");
}

Value context_merge(Call& call) {
    Entries out;
    for (const Value& context : call[0].as_list()) {
        if (!context.is_context())
            return call.fail("the list holds a " + std::string(name_of(context.kind())));
        for (const ContextEntry& entry : context.as_context())
            put(out, entry.name.as_string(), entry.value);
    }
    return make(call, std::move(out));
}

constexpr Parameter kValue{"value", Takes::kAnything};

}  // namespace

std::span<const Builtin> context_builtins() {
    static const std::vector<Builtin> all = {
        {"get value",
         {{get_value, {{"m", Takes::kContext}, {"key", Takes::kString}}},
          {get_value_at, {{"m", Takes::kContext}, {"keys", Takes::kList}}}}},
        {"get entries", {{get_entries, {{"m", Takes::kContext}}}}},
        {"context", {{context_of, {{"entries", Takes::kListOfContexts}}}}},
        {"context put",
         {{context_put, {{"context", Takes::kContext}, {"key", Takes::kString}, kValue}},
          {context_put_at, {{"context", Takes::kContext}, {"keys", Takes::kList}, kValue}}}},
        {"context merge", {{context_merge, {{"contexts", Takes::kListOfContexts}}}}},
    };
    return all;
}

}  // namespace shu::rule
