#include "http/problem.h"

#include "http/status.h"

namespace shu::http {

namespace {

struct Title {
    int status;
    std::string_view title;
};

Title title_of(Code code) {
    switch (code) {
        case Code::kInvalid: return {400, "The request is not valid"};
        case Code::kUnsigned: return {401, "Sign in first"};
        case Code::kDenied: return {403, "Not permitted"};
        case Code::kNotFound: return {404, "Not found"};
        case Code::kConflict: return {409, "The state does not allow it"};
        case Code::kExhausted: return {429, "Too much at once"};
        case Code::kUnavailable: return {503, "Not available now"};
        case Code::kCorrupt: return {500, "Stored data are damaged"};
    }
    return {500, "Internal error"};
}

Response document(int status, std::string_view type, std::string_view title, json::object members) {
    json::object all;
    all["type"] = std::string("/problems/") + std::string(type);
    all["title"] = title;
    all["status"] = status;
    for (auto& member : members)
        all[member.key()] = std::move(member.value());
    Response response = Response::json(all, status);
    response.content_type = "application/problem+json";
    if (status == 429 || status == 503) response.headers.emplace_back("Retry-After", "1");
    return response;
}

}  // namespace

int status_of(Code code) {
    return title_of(code).status;
}

Response problem(const Error& error, std::string_view request_id) {
    const Title title = title_of(error.code);
    return document(title.status, to_string(error.code), title.title,
                    {{"detail", error.detail}, {"instance", request_id}});
}

Response problem(const std::vector<Problem>& problems, std::string_view request_id) {
    json::array list;
    for (const Problem& p : problems) {
        list.push_back(
            json::object{{"pointer", p.pointer}, {"message", p.message}, {"remedy", p.remedy}});
    }
    const std::string detail =
        std::to_string(problems.size()) +
        (problems.size() == 1 ? " mistake in the body." : " mistakes in the body.");
    return document(422, "invalid", "The body is not valid",
                    {{"detail", detail}, {"instance", request_id}, {"problems", std::move(list)}});
}

Response problem(int status, std::string_view detail, std::string_view request_id) {
    const std::string_view reason = reason_of(status);
    std::string type(reason);
    for (char& c : type)
        c = c == ' ' ? '-' : static_cast<char>(c >= 'A' && c <= 'Z' ? c + 32 : c);
    return document(status, type, reason, {{"detail", detail}, {"instance", request_id}});
}

}  // namespace shu::http
