#include "http/router.h"

#include <algorithm>
#include <array>

#include "foundation/limits.h"
#include "foundation/text.h"
#include "http/openapi.h"

namespace shu::http {

namespace {

constexpr std::size_t kMethods = 5;

enum class SegmentKind { kLiteral, kInteger, kText, kRest };

struct Segment {
    SegmentKind kind = SegmentKind::kLiteral;
    std::string text;  // the literal, or the parameter's name
};

bool is_name(std::string_view name) {
    return !name.empty() && std::all_of(name.begin(), name.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || c == '_' || (c >= '0' && c <= '9');
    });
}

Result<Segment> parse_segment(std::string_view text) {
    if (text.find_first_of("{}") == std::string_view::npos) {
        if (text.empty()) return invalid("a segment is empty");
        return Segment{SegmentKind::kLiteral, std::string(text)};
    }
    if (text.size() < 3 || text.front() != '{' || text.back() != '}') {
        return invalid("a parameter must be a whole segment: {name}, {name:int} or {name:*}");
    }
    const std::string_view inner = text.substr(1, text.size() - 2);
    const std::size_t colon = std::min(inner.find(':'), inner.size());
    const std::string_view type = inner.substr(std::min(colon + 1, inner.size()));
    Segment segment{SegmentKind::kText, std::string(inner.substr(0, colon))};
    if (type == "int")
        segment.kind = SegmentKind::kInteger;
    else if (type == "*")
        segment.kind = SegmentKind::kRest;
    else if (colon != inner.size())
        return invalid("a parameter's type is int or *");
    if (!is_name(segment.text)) return invalid("a parameter's name is made of a-z, 0-9 and _");
    return segment;
}

Result<std::vector<Segment>> parse_pattern(std::string_view pattern) {
    if (pattern.empty() || pattern[0] != '/') return invalid("a pattern begins with /");
    std::vector<Segment> segments;
    if (pattern == "/") return segments;
    std::size_t parameters = 0;
    for (const std::string_view part : text::split(pattern.substr(1), '/')) {
        if (!segments.empty() && segments.back().kind == SegmentKind::kRest) {
            return invalid("nothing may follow {name:*}");
        }
        segments.push_back(SHU_TRY(parse_segment(part)));
        if (segments.back().kind != SegmentKind::kLiteral) ++parameters;
    }
    if (parameters > limits::http_path_parameters_max)
        return invalid("there are too many parameters");
    return segments;
}

/// A node of the tree of segments; what it leads to stands in `routes` by method.
struct Node {
    std::vector<std::pair<std::string, std::unique_ptr<Node>>> literals;
    std::unique_ptr<Node> integer;
    std::unique_ptr<Node> text;
    std::unique_ptr<Node> rest;
    std::array<const Route*, kMethods> routes{};
    std::array<std::vector<std::string>, kMethods> names;  // of the parameters, in order

    bool has_routes() const {
        return std::any_of(routes.begin(), routes.end(),
                           [](const Route* r) { return r != nullptr; });
    }

    Node& child(const Segment& segment) {
        std::unique_ptr<Node>* place = nullptr;
        switch (segment.kind) {
            case SegmentKind::kInteger: place = &integer; break;
            case SegmentKind::kText: place = &text; break;
            case SegmentKind::kRest: place = &rest; break;
            case SegmentKind::kLiteral:
                for (auto& [literal, node] : literals) {
                    if (literal == segment.text) return *node;
                }
                literals.emplace_back(segment.text, std::make_unique<Node>());
                return *literals.back().second;
        }
        if (*place == nullptr) *place = std::make_unique<Node>();
        return **place;
    }
};

bool is_integer(std::string_view text) {
    return !text.empty() && text.size() <= 19 &&
           std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

/// A walk down the tree: literals first, then integers, then texts, then the rest; back up where it
/// ends nowhere.
struct Walk {
    std::size_t method;
    std::array<std::string_view, limits::http_path_parameters_max> values;
    std::size_t count = 0;
    const Node* other_methods =
        nullptr;  // the first place that the path leads to, whatever the method

    const Node* arrive(const Node& node) {
        if (node.routes[method] != nullptr) return &node;
        if (other_methods == nullptr && node.has_routes()) other_methods = &node;
        return nullptr;
    }

    const Node* down(const Node* child, std::string_view value, std::string_view path) {
        if (child == nullptr) return nullptr;
        values[count++] = value;
        const Node* found = child_match(*child, path);
        if (found == nullptr) --count;
        return found;
    }

    /// `path` is what follows, "" or "/...".
    const Node* child_match(const Node& node, std::string_view path) {
        if (path.empty()) return arrive(node);
        path.remove_prefix(1);
        const std::size_t end = std::min(path.find('/'), path.size());
        const std::string_view segment = path.substr(0, end);
        const std::string_view behind = path.substr(end);
        for (const auto& [literal, child] : node.literals) {
            if (literal != segment) continue;
            if (const Node* found = child_match(*child, behind)) return found;
            break;
        }
        if (segment.empty()) return nullptr;
        if (node.integer != nullptr && is_integer(segment)) {
            if (const Node* found = down(node.integer.get(), segment, behind)) return found;
        }
        if (const Node* found = down(node.text.get(), segment, behind)) return found;
        return down(node.rest.get(), path, {});
    }
};

}  // namespace

struct Router::State {
    std::vector<Route> routes;
    std::string files;
    Node root;
    bool sealed = false;
};

Router::Router() : state_(std::make_unique<State>()) {}
Router::~Router() = default;

void Router::add(Route route) {
    SHU_ASSERT(!state_->sealed);
    state_->routes.push_back(std::move(route));
}

void Router::serve_files(std::string folder) {
    state_->files = std::move(folder);
}

const std::vector<Route>& Router::routes() const {
    return state_->routes;
}
const std::string& Router::files() const {
    return state_->files;
}

namespace {

Result<void> check(const Route& route) {
    if (route.access.kind == Access::Kind::kUndeclared) {
        return invalid("the route does not declare who may call it; set access");
    }
    if (route.access.kind == Access::Kind::kPermission && route.access.verb.empty()) {
        return invalid("the permission has no verb");
    }
    if ((route.handler != nullptr) == (route.deferred != nullptr)) {
        return invalid("a route has either a handler or a deferred handler");
    }
    const bool by_itself =
        route.access.kind == Access::Kind::kPublic || route.access.kind == Access::Kind::kSignature;
    if (route.deferred != nullptr && !by_itself) {
        return invalid(
            "a deferred handler runs on the I/O thread, where no permission can be looked up; "
            "it is public or authenticates by signature");
    }
    if (route.deferred != nullptr && route.body == BodyKind::kSpooled) {
        return invalid("a deferred handler cannot take a spooled body");
    }
    if (route.request_shape != nullptr && route.body != BodyKind::kMemory) {
        return invalid("request_shape needs body = kMemory");
    }
    if (route.idempotent && (route.deferred != nullptr || route.body == BodyKind::kSpooled)) {
        return invalid("an idempotent route has a handler and no spooled body");
    }
    return {};
}

Result<void> place(Node& root, const Route& route) {
    SHU_CHECK(check(route));
    Node* node = &root;
    std::vector<std::string> names;
    const auto segments = SHU_TRY(parse_pattern(route.pattern));
    for (const Segment& segment : segments) {
        if (segment.kind != SegmentKind::kLiteral) {
            if (std::find(names.begin(), names.end(), segment.text) != names.end()) {
                return invalid("the parameter " + segment.text + " stands twice");
            }
            names.push_back(segment.text);
        }
        node = &node->child(segment);
    }
    const auto method = static_cast<std::size_t>(route.method);
    if (node->routes[method] != nullptr) {
        return invalid("it matches the same requests as " + node->routes[method]->pattern);
    }
    node->routes[method] = &route;
    node->names[method] = std::move(names);
    return {};
}

}  // namespace

Result<void> Router::seal() {
    SHU_ASSERT(!state_->sealed);
    std::string mistakes;
    for (const Route& route : state_->routes) {
        const auto placed = place(state_->root, route);
        if (placed.ok()) continue;
        mistakes += (mistakes.empty() ? "" : "; ") + std::string(to_string(route.method)) + " " +
                    route.pattern + ": " + placed.error().detail;
    }
    if (!mistakes.empty()) return invalid(mistakes);
    state_->sealed = true;
    return {};
}

void Router::match(Method method, std::string_view path, Match& match) const {
    SHU_ASSERT(state_->sealed);
    match.route = nullptr;
    match.path_known = false;
    match.allow.clear();
    Walk walk{.method = static_cast<std::size_t>(method), .values = {}};
    const Node* node =
        path == "/" ? walk.arrive(state_->root) : walk.child_match(state_->root, path);
    if (node == nullptr) {
        match.parameters.clear();
        if (walk.other_methods == nullptr) return;
        match.path_known = true;
        for (const Route* route : walk.other_methods->routes) {
            if (route == nullptr) continue;
            if (!match.allow.empty()) match.allow += ", ";
            match.allow += to_string(route->method);
            if (route->method == Method::kGet) match.allow += ", HEAD";
        }
        return;
    }
    match.route = node->routes[walk.method];
    match.path_known = true;
    const auto& names = node->names[walk.method];
    match.parameters.resize(names.size());
    for (std::size_t i = 0; i < names.size(); ++i) {
        match.parameters[i].first = names[i];
        match.parameters[i].second = walk.values[i];
    }
}

Router::Match Router::match(Method method, std::string_view path) const {
    Match found;
    match(method, path, found);
    return found;
}

json::value Router::openapi(std::string_view title, std::string_view version) const {
    return openapi_document(state_->routes, title, version);
}

}  // namespace shu::http
