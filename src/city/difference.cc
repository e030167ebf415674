#include "city/difference.h"

#include <algorithm>

namespace shu::city {
namespace {

std::string code_of(const json::value& v) {
    const json::value* code = v.is_object() ? v.get_object().if_contains("code") : nullptr;
    return code && code->is_string() ? std::string(code->get_string()) : "";
}

bool is_coded_list(const json::value& v) {
    if (!v.is_array()) return false;
    const json::array& items = v.get_array();
    return std::all_of(items.begin(), items.end(),
                       [](const json::value& item) { return !code_of(item).empty(); });
}

std::string shown(const json::value& v) {
    if (v.is_string()) return std::string(v.get_string());
    if (!v.is_object() || code_of(v).empty()) return json::serialize(v);
    const std::string name = json::Reader(v).text_or("name");
    return name.empty() ? code_of(v) : name;
}

const json::value* find_coded(const json::array& items, std::string_view code) {
    for (const json::value& item : items)
        if (code_of(item) == code) return &item;
    return nullptr;
}

class Comparison {
 public:
    std::vector<MemberChange> changes;

    void compare(const std::string& member, const json::value& before, const json::value& after) {
        if (before == after) return;
        if (before.is_object() && after.is_object())
            return objects(member, before.get_object(), after.get_object());
        if (is_coded_list(before) && is_coded_list(after))
            return lists(member, before.get_array(), after.get_array());
        changes.push_back({member, shown(before), shown(after)});
    }

 private:
    static std::string joined(const std::string& member, std::string_view name) {
        return member.empty() ? std::string(name) : member + "." + std::string(name);
    }

    void objects(const std::string& member, const json::object& before, const json::object& after) {
        for (const auto& [name, value] : before) {
            const json::value* now = after.if_contains(name);
            if (now)
                compare(joined(member, name), value, *now);
            else
                changes.push_back({joined(member, name), shown(value), ""});
        }
        for (const auto& [name, value] : after)
            if (!before.contains(name)) changes.push_back({joined(member, name), "", shown(value)});
    }

    void lists(const std::string& member, const json::array& before, const json::array& after) {
        const auto place = [&](const json::value& item) {
            return member + "[" + code_of(item) + "]";
        };
        const std::size_t seen = changes.size();
        for (const json::value& item : before) {
            const json::value* now = find_coded(after, code_of(item));
            if (now)
                compare(place(item), item, *now);
            else
                changes.push_back({place(item), shown(item), ""});
        }
        for (const json::value& item : after)
            if (!find_coded(before, code_of(item)))
                changes.push_back({place(item), "", shown(item)});
        if (changes.size() == seen)
            changes.push_back({member, "another order", "the order of the file"});
    }
};

}  // namespace

std::vector<MemberChange> difference(const json::value& before, const json::value& after,
                                     std::size_t limit) {
    Comparison comparison;
    comparison.compare("", before, after);
    auto& changes = comparison.changes;
    if (changes.size() <= limit) return std::move(changes);
    const std::size_t more = changes.size() - limit;
    changes.resize(limit);
    changes.push_back({"and " + std::to_string(more) + " more", "", ""});
    return std::move(changes);
}

}  // namespace shu::city
