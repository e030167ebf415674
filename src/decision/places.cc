#include "decision/places.h"

#include <algorithm>
#include <array>
#include <optional>
#include <pugixml.hpp>
#include <vector>

#include "decision/xml.h"
#include "foundation/text.h"

namespace shu::decision {
namespace {

using pugi::xml_node;

struct Step {
    std::string_view word;   // "decision", "rule", "entry"
    std::string_view name;   // in quotes
    std::size_t number = 0;  // from 1
};

bool eat(std::string_view& text, std::string_view prefix) {
    if (!text.starts_with(prefix)) return false;
    text.remove_prefix(prefix.size());
    return true;
}

/// One part of a place, up to the next comma outside quotes; a quote inside a name ends it only
/// before a comma or the end.
Step step_of(std::string_view& rest) {
    Step step;
    const std::size_t stop = rest.find_first_of("',0123456789");
    step.word = text::trim(rest.substr(0, stop));
    if (stop == std::string_view::npos) {
        rest = {};
        return step;
    }
    rest.remove_prefix(stop);
    if (rest.front() == '\'') {
        rest.remove_prefix(1);
        std::size_t end = rest.find("', ");
        if (end == std::string_view::npos)
            end = rest.ends_with('\'') ? rest.size() - 1 : rest.size();
        step.name = rest.substr(0, end);
        rest.remove_prefix(std::min(rest.size(), end + 1));
    } else if (rest.front() != ',') {
        while (!rest.empty() && rest.front() >= '0' && rest.front() <= '9') {
            step.number = step.number * 10 + static_cast<std::size_t>(rest.front() - '0');
            rest.remove_prefix(1);
        }
    }
    (void)eat(rest, ",");
    while (eat(rest, " ")) {
    }
    return step;
}

/// The kinds of element that a word names.
std::vector<std::string_view> kinds_of(std::string_view word) {
    if (word == "decision") return {"decision"};
    if (word == "knowledge model") return {"businessKnowledgeModel"};
    if (word == "decision service") return {"decisionService"};
    if (word == "type") return {"itemDefinition"};
    if (word == "import") return {"import"};
    if (word == "inputData" || word == "decisionService" || word == "businessKnowledgeModel")
        return {word};
    return {"decision", "inputData", "businessKnowledgeModel", "decisionService"};
}

std::string plain_name(std::string_view name) {
    std::string out;
    for (const std::string_view word : text::split(name, ' ')) {
        if (word.empty()) continue;
        if (!out.empty()) out += ' ';
        out += word;
    }
    return out;
}

xml_node nth(const xml_node& parent, std::string_view name, std::size_t number) {
    for (const xml_node& inner : parent.children())
        if (local_name(inner) == name && --number == 0) return inner;
    return {};
}

xml_node bearing(const xml_node& parent, std::string_view kind, std::string_view name) {
    for (const xml_node& inner : parent.children()) {
        if (local_name(inner) != kind) continue;
        const xml_node variable = child(inner, "variable");
        for (const xml_node& named : {inner, variable, child(inner, "parameter")})
            if (plain_name(named.attribute("name").value()) == plain_name(name)) return inner;
    }
    return {};
}

/// The expression inside a decision, entry, binding or knowledge model.
xml_node inside(const xml_node& node) {
    if (is_expression(node)) return node;
    const xml_node logic = child(node, "encapsulatedLogic");
    const xml_node& owner = logic ? logic : node;
    for (const xml_node& inner : owner.children()) {
        if (!is_expression(inner)) continue;
        // The function of a knowledge model is its logic: the places name what is in it.
        return logic ? inside(inner) : inner;
    }
    return logic ? logic : node;
}

/// One step further in; nothing when the text has no such part.
xml_node follow(const xml_node& at, const Step& step) {
    const xml_node here = inside(at);
    const std::string_view word = step.word;
    if (word == "rule") return nth(here, "rule", step.number);
    if (word == "input")
        return nth(here, local_name(here) == "rule" ? "inputEntry" : "input", step.number);
    if (word == "output")
        return nth(here, local_name(here) == "rule" ? "outputEntry" : "output", step.number);
    if (word == "input values") return child(at, "inputValues");
    if (word == "output values") return child(at, "outputValues");
    if (word == "default") return child(at, "defaultOutputEntry");
    if (word == "entry") return bearing(here, "contextEntry", step.name);
    if (word == "binding") return bearing(here, "binding", step.name);
    if (word == "parameter") return bearing(here, "formalParameter", step.name);
    if (word == "row") return nth(here, "row", step.number);
    if (word == "result") {
        xml_node last;
        for (const xml_node& inner : here.children())
            if (local_name(inner) == "contextEntry") last = inner;
        return last;
    }
    if (word == "item" || word == "column" || word == "function") {
        std::size_t number = word == "function" ? 1 : step.number;
        for (const xml_node& inner : here.children())
            if (is_expression(inner) && --number == 0) return inner;
        return {};
    }
    return child(here, word);  // if, then, else, in, match, return, satisfies
}

/// The text of a cell: of its `text` element, of an input's expression, of a literal expression.
xml_node text_node_of(const xml_node& cell) {
    for (const xml_node& holder : {cell, child(cell, "inputExpression"),
                                   child(inside(cell), "inputExpression"), inside(cell)})
        if (const xml_node text = child(holder, "text")) return text;
    return {};
}

/// The length of one character of the source of an XML text, and how many bytes it stands for.
std::pair<std::size_t, std::size_t> source_character(std::string_view source, bool verbatim) {
    if (!verbatim && source.front() == '&') {
        const std::size_t end = source.find(';');
        if (end != std::string_view::npos && end < 12) {
            if (source[1] != '#') return {end + 1, 1};
            const bool hexadecimal = source[2] == 'x';
            const unsigned long point =
                std::strtoul(source.data() + (hexadecimal ? 3 : 2), nullptr, hexadecimal ? 16 : 10);
            return {end + 1, point < 0x80 ? 1U : point < 0x800 ? 2U : point < 0x10000 ? 3U : 4U};
        }
    }
    if (source.starts_with("\r\n")) return {2, 1};
    return {1, 1};
}

}  // namespace

std::pair<int, int> line_and_column_of(std::string_view whole, std::size_t byte) {
    const std::string_view before = whole.substr(0, byte);
    const std::size_t start = before.rfind('\n') + 1;  // npos + 1 is 0
    return {1 + static_cast<int>(std::count(before.begin(), before.end(), '\n')),
            1 + static_cast<int>(text::characters(before.substr(start)))};
}

struct Places::State {
    std::string xml;
    pugi::xml_document document;

    Place place_of(const xml_node& node) const {
        Place out;
        for (xml_node at = node; at; at = at.parent()) {
            const std::string id = at.attribute("id").value();
            if (out.cell.empty() && at != document.document_element()) out.cell = id;
            if (at.parent() == document.document_element()) out.element = id;
        }
        const std::ptrdiff_t offset = node.offset_debug();
        if (offset > 0)
            // pugixml counts from the name; people look at the bracket before it.
            std::tie(out.line, out.column) =
                line_and_column_of(xml, static_cast<std::size_t>(offset) -
                                            (node.type() == pugi::node_element ? 1 : 0));
        return out;
    }

    xml_node node_of(std::string_view place) const {
        const xml_node root = document.document_element();
        std::string_view rest = place;
        if (rest.empty()) return root;
        const Step first = step_of(rest);
        xml_node at;
        for (const std::string_view kind : kinds_of(first.word)) {
            at = bearing(root, kind, first.name);
            if (at) break;
        }
        if (!at) return root;
        while (!rest.empty()) {
            const xml_node next = follow(at, step_of(rest));
            if (!next) break;
            at = next;
        }
        return at;
    }
};

Places::Places(std::unique_ptr<State> state) : state_(std::move(state)) {}
Places::Places(Places&&) noexcept = default;
Places& Places::operator=(Places&&) noexcept = default;
Places::~Places() = default;

Result<Places> Places::read(std::string xml) {
    auto state = std::make_unique<State>();
    state->xml = std::move(xml);
    const auto parsed = state->document.load_buffer(
        state->xml.data(), state->xml.size(), pugi::parse_default | pugi::parse_ws_pcdata_single,
        pugi::encoding_utf8);
    if (!parsed) {
        const auto [line, column] =
            line_and_column_of(state->xml, static_cast<std::size_t>(parsed.offset));
        std::string reason = parsed.description();
        std::transform(reason.begin(), reason.begin() + 1, reason.begin(),
                       [](char c) { return static_cast<char>(c >= 'A' && c <= 'Z' ? c + 32 : c); });
        return invalid(std::to_string(line) + ":" + std::to_string(column) +
                       ": the text is no well-formed XML: " + reason);
    }
    return Places(std::move(state));
}

const pugi::xml_document& Places::document() const {
    return state_->document;
}

Place Places::find(std::string_view place) const {
    return state_->place_of(state_->node_of(place));
}

Place Places::find_table(std::string_view place) const {
    return state_->place_of(inside(state_->node_of(place)));
}

Place Places::find(const rule::Warning& warning) const {
    const xml_node cell = state_->node_of(warning.place);
    Place out = state_->place_of(cell);
    const xml_node text_element = text_node_of(cell);
    if (!text_element || cell == state_->document.document_element()) return out;
    for (const xml_node& part : text_element.children()) {
        const bool verbatim = part.type() == pugi::node_cdata;
        if (!verbatim && part.type() != pugi::node_pcdata) continue;
        const std::ptrdiff_t offset = part.offset_debug();
        if (offset < 0) break;
        std::size_t at = static_cast<std::size_t>(offset);
        while (at < state_->xml.size() &&
               std::string_view(" \t\r\n").find(state_->xml[at]) != std::string_view::npos)
            ++at;
        std::size_t left = warning.offset;
        while (left > 0 && at < state_->xml.size()) {
            const auto [length, bytes] =
                source_character(std::string_view(state_->xml).substr(at), verbatim);
            at += length;
            left -= std::min(left, bytes);
        }
        std::tie(out.line, out.column) = line_and_column_of(state_->xml, at);
        break;
    }
    return out;
}

}  // namespace shu::decision
