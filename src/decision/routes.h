// What the module's routes share. Inside the module only.
#pragma once

#include "decision/state.h"
#include "http/router.h"

namespace shu::decision {

/// One route with what all of the module's have in common.
struct RouteSpec {
    http::Method method = http::Method::kGet;
    std::string pattern;
    http::Access access;
    std::string summary;
    std::shared_ptr<const Shape> body = nullptr;
    std::vector<std::pair<std::string, std::string>> query = {};
    bool idempotent = false;
};
void add_route(http::Router& router, RouteSpec spec, http::Handler handler);

void add_model_routes(http::Router& router, Decisions::State& state);
void add_use_routes(http::Router& router, Decisions& decisions, Decisions::State& state);
void add_example_routes(http::Router& router, Decisions::State& state);
void add_case_routes(http::Router& router, Decisions::State& state);

/// The model of the path that the caller may `verb`. Errors: NotFound also when he may not read it.
Result<std::shared_ptr<const PublishedModel>> model_of(const Decisions::State& state,
                                                       const http::Request& request,
                                                       std::string_view verb);

/// An optional instant of a body or query. Errors: Invalid with the member's pointer.
Result<Micros> instant_or(const std::string& text, std::string_view member, Micros otherwise);

/// A text that a request may mean: xml itself, or code with version, draft or neither (in force).
struct Meant {
    std::string xml;
    std::shared_ptr<const PublishedModel> model;  ///< null for a bare text
    std::int64_t version = 0;                     ///< 0: the draft or a bare text
    std::string name;                             ///< "xml", "draft", "version 3"
};
Result<Meant> meant_by(const Decisions::State& state, const http::Request& request,
                       const json::value& body, std::string_view code, Micros at);

/// Members of a request that meant_by() reads.
std::vector<Shape::Member> meant_members();

}  // namespace shu::decision
