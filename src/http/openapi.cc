#include "http/openapi.h"

#include "foundation/text.h"

namespace shu::http {

namespace {

/// "/api/datasets/{id:int}" as OpenAPI writes it: "/api/datasets/{id}".
std::string path_of(std::string_view pattern) {
    std::string path;
    bool in_type = false;
    for (const char c : pattern) {
        if (c == ':') in_type = true;
        if (c == '}') in_type = false;
        if (!in_type) path += c;
    }
    return path;
}

json::array parameters_of(const Route& route) {
    json::array parameters;
    for (const std::string_view part : text::split(route.pattern, '/')) {
        if (part.empty() || part.front() != '{') continue;
        const std::string_view inner = part.substr(1, part.size() - 2);
        const std::size_t colon = std::min(inner.find(':'), inner.size());
        // Ids are 64 bits wide and travel as decimal text.
        json::object schema{{"type", "string"}};
        if (inner.substr(colon) == ":int") schema["pattern"] = "^[0-9]{1,19}$";
        parameters.push_back(json::object{{"name", inner.substr(0, colon)},
                                          {"in", "path"},
                                          {"required", true},
                                          {"schema", std::move(schema)}});
    }
    for (const auto& [name, description] : route.query) {
        json::object schema{{"type", name == "limit" ? "integer" : "string"}};
        parameters.push_back(json::object{{"name", name},
                                          {"in", "query"},
                                          {"required", false},
                                          {"description", description},
                                          {"schema", std::move(schema)}});
    }
    if (route.idempotent) {
        parameters.push_back(
            json::object{{"name", "Idempotency-Key"},
                         {"in", "header"},
                         {"required", false},
                         {"description", "A repeated key returns the first answer, for 24 hours."},
                         {"schema", json::object{{"type", "string"}, {"maxLength", 255}}}});
    }
    return parameters;
}

json::object content(std::string_view media, json::value schema) {
    json::object type;
    type["schema"] = std::move(schema);
    json::object all;
    all[media] = std::move(type);
    return all;
}

json::object responses_of(const Route& route, Shape::Named& named) {
    json::object success{{"description", "The answer."}};
    if (route.response_shape != nullptr) {
        success["content"] = content("application/json", route.response_shape->schema(named));
    } else if (!route.response_type.empty()) {
        success["content"] = content(route.response_type, json::object{{"type", "string"}});
    }
    json::object refused{{"description", "A problem document (RFC 9457)."}};
    refused["content"] =
        content("application/problem+json", json::object{{"$ref", "#/components/schemas/Problem"}});
    return {{"2XX", std::move(success)}, {"default", std::move(refused)}};
}

/// "get /api/datasets/{code}" as an identifier: "getApiDatasetsCode".
std::string operation_id(const Route& route) {
    std::string id = text::lower(to_string(route.method));
    bool capital = true;
    for (const char c : path_of(route.pattern)) {
        const bool letter =
            (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
        if (letter) id += capital && c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c;
        capital = !letter;
    }
    return id;
}

json::object operation_of(const Route& route, Shape::Named& named) {
    json::object operation{{"operationId", operation_id(route)}, {"summary", route.summary}};
    if (!route.tag.empty()) operation["tags"] = json::array{route.tag};
    json::array parameters = parameters_of(route);
    if (!parameters.empty()) operation["parameters"] = std::move(parameters);
    if (route.body == BodyKind::kSpooled) {
        operation["requestBody"] = json::object{
            {"required", true},
            {"content", content("application/octet-stream",
                                json::object{{"type", "string"}, {"format", "binary"}})}};
    } else if (route.request_shape != nullptr) {
        operation["requestBody"] =
            json::object{{"required", true},
                         {"content", content("application/json", route.request_shape->schema())}};
    }
    operation["responses"] = responses_of(route, named);
    switch (route.access.kind) {
        case Access::Kind::kPublic:
        case Access::Kind::kUndeclared: operation["security"] = json::array{}; break;
        case Access::Kind::kSignature:
            operation["security"] = json::array{json::object{{"signature", json::array{}}}};
            break;
        case Access::Kind::kSignedIn:
        case Access::Kind::kPermission:
            operation["security"] = json::array{json::object{{"session", json::array{}}}};
            break;
    }
    if (!route.access.verb.empty()) operation["x-permission"] = route.access.verb;
    return operation;
}

json::object components(const Shape::Named& named) {
    const json::object text_type{{"type", "string"}};
    json::object problem_item{{"type", "object"}};
    problem_item["properties"] =
        json::object{{"pointer", text_type}, {"message", text_type}, {"remedy", text_type}};
    json::object problem{{"type", "object"}, {"required", json::array{"type", "title", "status"}}};
    problem["properties"] =
        json::object{{"type", text_type},
                     {"title", text_type},
                     {"status", json::object{{"type", "integer"}}},
                     {"detail", text_type},
                     {"instance", text_type},
                     {"problems", json::object{{"type", "array"}, {"items", problem_item}}}};
    json::object schemas;
    schemas["Problem"] = std::move(problem);
    for (const auto& [name, schema] : named)
        schemas[name] = schema;
    json::object security;
    security["session"] =
        json::object{{"type", "apiKey"}, {"in", "cookie"}, {"name", "shu_session"}};
    security["signature"] =
        json::object{{"type", "apiKey"}, {"in", "header"}, {"name", "X-Signature"}};
    json::object all;
    all["schemas"] = std::move(schemas);
    all["securitySchemes"] = std::move(security);
    return all;
}

}  // namespace

std::shared_ptr<const Shape> shared(Shape shape) {
    return std::make_shared<const Shape>(std::move(shape));
}

std::shared_ptr<const Shape> page_shape(std::string_view name, const Shape& item) {
    return shared(Shape::answer(
        std::string(name) + "Page",
        {{"items", Shape::list(item)},
         {"next", Shape::text().or_null(), false, "`cursor` of the next page; null on the last"}}));
}

json::value openapi_document(const std::vector<Route>& routes, std::string_view title,
                             std::string_view version) {
    json::object paths;
    Shape::Named named;
    for (const Route& route : routes) {
        const std::string path = path_of(route.pattern);
        if (!paths.contains(path)) paths[path] = json::object();
        paths[path].as_object()[text::lower(to_string(route.method))] = operation_of(route, named);
    }
    json::object document;
    document["openapi"] = "3.1.0";
    document["info"] = json::object{{"title", title}, {"version", version}};
    document["paths"] = std::move(paths);
    document["components"] = components(named);
    return document;
}

}  // namespace shu::http
