#include "foundation/shape.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <regex>

#include "foundation/clock.h"
#include "foundation/limits.h"
#include "foundation/text.h"

namespace shu {
namespace {

constexpr std::int64_t kLeast = std::numeric_limits<std::int64_t>::min();
constexpr std::int64_t kMost = std::numeric_limits<std::int64_t>::max();
constexpr std::size_t kListedNamesMax = 20;

using Problems = std::vector<Problem>;

bool is_full(const Problems& problems) {
    return problems.size() >= limits::problems_max;
}

void add(Problems& problems, const std::string& pointer, std::string message, std::string remedy) {
    if (!is_full(problems)) problems.push_back({pointer, std::move(message), std::move(remedy)});
}

std::string quoted(std::string_view text) {
    const std::string_view start = text::first_characters(text, 40);
    return "'" + std::string(start) + (start.size() < text.size() ? "…'" : "'");
}

/// How a message names what it found.
std::string seen(const json::value& v) {
    switch (v.kind()) {
        case boost::json::kind::null: return "nothing";
        case boost::json::kind::object: return "an object";
        case boost::json::kind::array: return "a list";
        case boost::json::kind::bool_: return v.get_bool() ? "true" : "false";
        case boost::json::kind::string: return quoted(v.get_string());
        default: return "the number " + json::serialize(v);
    }
}

std::string listed(const std::vector<std::string_view>& names) {
    std::string out;
    for (std::size_t i = 0; i < names.size() && i < kListedNamesMax; ++i)
        out.append(i == 0 ? "" : ", ").append(names[i]);
    if (names.size() > kListedNamesMax) out.append(", ...");
    return out;
}

/// "did you mean 'x'?", or all there are.
std::string suggestion(std::string_view word, const std::vector<std::string_view>& names) {
    const std::string_view near = text::nearest(word, names);
    if (!near.empty()) return "did you mean '" + std::string(near) + "'?";
    return names.empty() ? "remove it" : "write one of " + listed(names);
}

template <typename Range, typename Name>
std::vector<std::string_view> names_of(const Range& range, Name name) {
    std::vector<std::string_view> names;
    for (const auto& each : range)
        names.push_back(name(each));
    return names;
}

void check_date(std::string_view text, const std::string& pointer, Problems& problems) {
    const auto date = parse_date(text);
    if (!date)
        add(problems, pointer, quoted(text) + " is not a date",
            "write a day that exists as YYYY-MM-DD");
    else if (to_string(*date) != text)
        add(problems, pointer, quoted(text) + " is not written as YYYY-MM-DD",
            "write " + to_string(*date));
}

}  // namespace

struct Shape::State {
    Kind kind = Kind::kAny;
    std::string description;
    std::string pattern;  // of a text; empty: any
    std::string example;
    std::regex regex;
    std::vector<std::string> choices;
    std::int64_t min = kLeast;
    std::int64_t max = kMost;
    std::size_t items_min = 0;
    std::optional<Shape> item;
    std::vector<Member> members;
    std::string answer_name;  // of an answer
    bool may_be_null = false;
    bool may_be_absent = false;

    void check(const json::value& v, const std::string& pointer, Problems& problems) const;
    void check_text(const json::value& v, const std::string& pointer, Problems& problems) const;
    void check_choice(const json::value& v, const std::string& pointer, Problems& problems) const;
    void check_integer(const json::value& v, const std::string& pointer, Problems& problems) const;
    void check_list(const json::value& v, const std::string& pointer, Problems& problems) const;
    void check_map(const json::value& v, const std::string& pointer, Problems& problems) const;
    void check_object(const json::value& v, const std::string& pointer, Problems& problems) const;
    const Shape* find(std::string_view name) const;
    bool requires_member(const Member& member) const;
    json::object schema(Named* named) const;
    json::object named_schema(Named& named) const;
    void add_object_schema(json::object& out, Named* named) const;
};

Shape::Shape(std::shared_ptr<const State> state) : state_(std::move(state)) {}

Shape Shape::text() {
    State state;
    state.kind = Kind::kText;
    return Shape(std::make_shared<const State>(std::move(state)));
}

Shape Shape::text_matching(std::string pattern, std::string example) {
    State state;
    state.kind = Kind::kText;
    bool compiles = true;
    try {
        state.regex = std::regex(pattern, std::regex::ECMAScript | std::regex::optimize);
    } catch (const std::regex_error&) {
        compiles = false;
    }
    SHU_ASSERT(compiles);
    state.pattern = std::move(pattern);
    state.example = std::move(example);
    return Shape(std::make_shared<const State>(std::move(state)));
}

Shape Shape::one_of(std::vector<std::string> choices) {
    SHU_ASSERT(!choices.empty());
    State state;
    state.kind = Kind::kChoice;
    state.choices = std::move(choices);
    return Shape(std::make_shared<const State>(std::move(state)));
}

Shape Shape::integer(std::int64_t min, std::int64_t max) {
    SHU_ASSERT(min <= max);
    State state;
    state.kind = Kind::kInteger;
    state.min = min;
    state.max = max;
    return Shape(std::make_shared<const State>(std::move(state)));
}

Shape Shape::integer() {
    return integer(kLeast, kMost);
}

Shape Shape::number() {
    State state;
    state.kind = Kind::kNumber;
    return Shape(std::make_shared<const State>(std::move(state)));
}

Shape Shape::boolean() {
    State state;
    state.kind = Kind::kBoolean;
    return Shape(std::make_shared<const State>(std::move(state)));
}

Shape Shape::date() {
    State state;
    state.kind = Kind::kDate;
    return Shape(std::make_shared<const State>(std::move(state)));
}

Shape Shape::list(Shape item, std::size_t min) {
    State state;
    state.kind = Kind::kList;
    state.item = std::move(item);
    state.items_min = min;
    return Shape(std::make_shared<const State>(std::move(state)));
}

Shape Shape::map(Shape value) {
    State state;
    state.kind = Kind::kMap;
    state.item = std::move(value);
    return Shape(std::make_shared<const State>(std::move(state)));
}

Shape Shape::object(std::vector<Member> members) {
    State state;
    state.kind = Kind::kObject;
    state.members = std::move(members);
    return Shape(std::make_shared<const State>(std::move(state)));
}

Shape Shape::any() {
    return Shape(std::make_shared<const State>());
}

Shape Shape::answer(std::string name, std::vector<Member> members) {
    SHU_ASSERT(!name.empty());
    State state;
    state.kind = Kind::kObject;
    state.answer_name = std::move(name);
    state.members = std::move(members);
    return Shape(std::make_shared<const State>(std::move(state)));
}

Shape Shape::or_null() const {
    State state = *state_;
    state.may_be_null = true;
    return Shape(std::make_shared<const State>(std::move(state)));
}

Shape Shape::or_absent() const {
    State state = *state_;
    state.may_be_absent = true;
    return Shape(std::make_shared<const State>(std::move(state)));
}

Shape Shape::with_description(std::string text) const {
    State state = *state_;
    state.description = std::move(text);
    return Shape(std::make_shared<const State>(std::move(state)));
}

void Shape::check(const json::value& v, const std::string& pointer, Problems& problems) const {
    state_->check(v, pointer, problems);
}

json::value Shape::schema() const {
    return state_->schema(nullptr);
}
json::value Shape::schema(Named& named) const {
    return state_->schema(&named);
}
Shape::Kind Shape::kind() const {
    return state_->kind;
}
const Shape* Shape::item() const {
    return state_->item ? &*state_->item : nullptr;
}
const Shape* Shape::member(std::string_view name) const {
    return state_->find(name);
}

const Shape* Shape::State::find(std::string_view name) const {
    const auto found = std::find_if(members.begin(), members.end(),
                                    [&](const Member& member) { return member.name == name; });
    return found == members.end() ? nullptr : &found->shape;
}

void Shape::State::check(const json::value& v, const std::string& pointer,
                         Problems& problems) const {
    if (is_full(problems) || kind == Kind::kAny) return;
    if (v.is_null() && may_be_null) return;
    if (v.is_null())
        return add(problems, pointer, "has no value", "write one, or remove the member");
    switch (kind) {
        case Kind::kText: return check_text(v, pointer, problems);
        case Kind::kChoice: return check_choice(v, pointer, problems);
        case Kind::kInteger: return check_integer(v, pointer, problems);
        case Kind::kList: return check_list(v, pointer, problems);
        case Kind::kMap: return check_map(v, pointer, problems);
        case Kind::kObject: return check_object(v, pointer, problems);
        case Kind::kNumber:
            if (!v.is_number() || (v.is_double() && !std::isfinite(v.get_double())))
                add(problems, pointer, seen(v) + " is not a number",
                    "write digits, without quotes");
            return;
        case Kind::kBoolean:
            if (!v.is_bool())
                add(problems, pointer, seen(v) + " is neither true nor false",
                    "write true or false, without quotes");
            return;
        case Kind::kDate:
            if (!v.is_string())
                return add(problems, pointer, seen(v) + " is not a date", "write YYYY-MM-DD");
            return check_date(v.get_string(), pointer, problems);
        case Kind::kAny: return;
    }
}

void Shape::State::check_text(const json::value& v, const std::string& pointer,
                              Problems& problems) const {
    if (!v.is_string())
        return add(problems, pointer, seen(v) + " is not a text", "write a text in quotes");
    if (pattern.empty()) return;
    // Matching recurses for each byte, so long texts are not tried at all.
    const std::string_view text = v.get_string();
    const bool matches = text.size() <= limits::pattern_text_bytes_max &&
                         std::regex_match(text.begin(), text.end(), regex);
    if (!matches)
        add(problems, pointer, seen(v) + " does not have the right form",
            "write it like " + example);
}

void Shape::State::check_choice(const json::value& v, const std::string& pointer,
                                Problems& problems) const {
    const auto names =
        names_of(choices, [](const auto& choice) { return std::string_view(choice); });
    if (!v.is_string())
        return add(problems, pointer, seen(v) + " is not a text", "write one of " + listed(names));
    const std::string_view text = v.get_string();
    if (std::find(names.begin(), names.end(), text) == names.end())
        add(problems, pointer, seen(v) + " is none of " + listed(names), suggestion(text, names));
}

void Shape::State::check_integer(const json::value& v, const std::string& pointer,
                                 Problems& problems) const {
    if (!v.is_int64() && !v.is_uint64())
        return add(problems, pointer, seen(v) + " is not a whole number",
                   "write digits, without quotes");
    const bool too_large = v.is_uint64() && v.get_uint64() > static_cast<std::uint64_t>(kMost);
    const std::int64_t number = too_large       ? kMost
                                : v.is_uint64() ? static_cast<std::int64_t>(v.get_uint64())
                                                : v.get_int64();
    if (too_large || number < min || number > max)
        add(problems, pointer, seen(v) + " is out of range",
            "write a whole number from " + std::to_string(min) + " to " + std::to_string(max));
}

void Shape::State::check_list(const json::value& v, const std::string& pointer,
                              Problems& problems) const {
    if (!v.is_array()) return add(problems, pointer, seen(v) + " is not a list", "write a list");
    const json::array& items = v.get_array();
    if (items.size() < items_min)
        add(problems, pointer, "has " + std::to_string(items.size()) + " items",
            "write at least " + std::to_string(items_min));
    for (std::size_t i = 0; i < items.size() && !is_full(problems); ++i)
        item->check(items[i], json::pointer_to(pointer, i), problems);
}

void Shape::State::check_map(const json::value& v, const std::string& pointer,
                             Problems& problems) const {
    if (!v.is_object())
        return add(problems, pointer, seen(v) + " is not an object",
                   "write members, each name: value");
    for (const auto& [name, value] : v.get_object()) {
        if (is_full(problems)) return;
        item->check(value, json::pointer_to(pointer, name), problems);
    }
}

void Shape::State::check_object(const json::value& v, const std::string& pointer,
                                Problems& problems) const {
    if (!v.is_object())
        return add(problems, pointer, seen(v) + " is not an object",
                   "write members, each name: value");
    const json::object& object = v.get_object();
    for (const auto& [name, value] : object) {
        if (is_full(problems)) return;
        if (const Shape* shape = find(name)) {
            shape->check(value, json::pointer_to(pointer, name), problems);
            continue;
        }
        const auto names =
            names_of(members, [](const auto& member) { return std::string_view(member.name); });
        add(problems, json::pointer_to(pointer, name), quoted(name) + " is not known here",
            suggestion(name, names));
    }
    for (const Member& member : members) {
        if (!requires_member(member)) continue;
        const json::value* value = object.if_contains(member.name);
        if (value == nullptr)
            add(problems, json::pointer_to(pointer, member.name), "is missing",
                member.description.empty() ? "add it" : "add it: " + member.description);
        else if (answer_name.empty() && member.shape.kind() == Kind::kText && value->is_string() &&
                 value->get_string().empty())
            add(problems, json::pointer_to(pointer, member.name), "is empty", "write a text");
    }
}

bool Shape::State::requires_member(const Member& member) const {
    return answer_name.empty() ? member.required : !member.shape.state_->may_be_absent;
}

json::object Shape::State::named_schema(Named& named) const {
    json::object body;
    add_object_schema(body, &named);
    const auto [present, is_new] = named.emplace(answer_name, body);
    SHU_ASSERT(is_new || present->second == json::value(body));
    json::object reference{{"$ref", "#/components/schemas/" + answer_name}};
    if (!may_be_null) return reference;
    json::object either;
    either["anyOf"] = json::array{std::move(reference), json::object{{"type", "null"}}};
    return either;
}

json::object Shape::State::schema(Named* named) const {
    if (named && !answer_name.empty()) return named_schema(*named);
    json::object out;
    switch (kind) {
        case Kind::kText: out["type"] = "string"; break;
        case Kind::kChoice:
            out["type"] = "string";
            out["enum"] = json::array(choices.begin(), choices.end());
            break;
        case Kind::kInteger:
            out["type"] = "integer";
            if (min != kLeast) out["minimum"] = min;
            if (max != kMost) out["maximum"] = max;
            break;
        case Kind::kNumber: out["type"] = "number"; break;
        case Kind::kBoolean: out["type"] = "boolean"; break;
        case Kind::kDate:
            out["type"] = "string";
            out["format"] = "date";
            break;
        case Kind::kList:
            out["type"] = "array";
            out["items"] = item->state_->schema(named);
            if (items_min > 0) out["minItems"] = static_cast<std::int64_t>(items_min);
            break;
        case Kind::kMap:
            out["type"] = "object";
            out["additionalProperties"] = item->state_->schema(named);
            break;
        case Kind::kObject: add_object_schema(out, named); break;
        case Kind::kAny: break;
    }
    if (!pattern.empty()) {
        out["pattern"] = "^(?:" + pattern + ")$";
        out["maxLength"] = static_cast<std::int64_t>(limits::pattern_text_bytes_max);
        out["examples"] = json::array{example};
    }
    if (!description.empty()) out["description"] = description;
    if (may_be_null && kind != Kind::kAny) {
        out["type"] = json::array{out.at("type"), "null"};
        if (kind == Kind::kChoice) out["enum"].as_array().push_back(nullptr);
    }
    return out;
}

void Shape::State::add_object_schema(json::object& out, Named* named) const {
    json::object properties;
    json::array required;
    for (const Member& member : members) {
        json::object schema = member.shape.state_->schema(named);
        if (!member.description.empty()) schema["description"] = member.description;
        if (requires_member(member)) required.emplace_back(member.name);
        if (answer_name.empty() && member.required && member.shape.kind() == Kind::kText)
            schema["minLength"] = 1;
        properties[member.name] = std::move(schema);
    }
    out["type"] = "object";
    out["properties"] = std::move(properties);
    if (!required.empty()) out["required"] = std::move(required);
    if (answer_name.empty()) out["additionalProperties"] = false;
}

std::string to_string(const Problem& problem) {
    std::string out = problem.pointer.empty() ? "" : problem.pointer + ": ";
    out.append(problem.message);
    if (!problem.remedy.empty()) out.append("; ").append(problem.remedy);
    return out;
}

}  // namespace shu
