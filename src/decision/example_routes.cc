// The examples of a model over HTTP: those of the city folder, and a run of all of them.
#include "decision/routes.h"
#include "foundation/crypto/sm3.h"

namespace shu::decision {
namespace {

using http::Access;
using http::Method;
using http::Request;
using http::Response;

json::object to_json(const ExampleOutcome& it) {
    return {{"source", it.source},
            {"name", it.result.name},
            {"decision", it.result.decision},
            {"passed", it.result.passed},
            {"expected", it.result.expected},
            {"output", it.result.output},
            {"message", it.result.message}};
}

Result<Response> list(Decisions::State& state, const Request& request) {
    const auto model = SHU_TRY(model_of(state, request, "rule.read"));
    const std::string kept = SHU_TRY(state.parts.database.read_value<std::string>(
        [&](store::Transaction& tx) { return examples_of(tx, model->code); }));
    json::value items = SHU_TRY(json::parse(kept));
    return Response::json(json::object{{"items", std::move(items)}});
}

Result<Response> run(Decisions::State& state, const Request& request) {
    const auto model = SHU_TRY(model_of(state, request, "rule.read"));
    const json::value body = SHU_TRY(request.json_body());
    const Meant meant = SHU_TRY(meant_by(state, request, body, model->code, state.now()));
    const Standing standing = state.standing(state.now());
    const auto compiled =
        state.tries.get_text(crypto::to_hex(crypto::sm3(meant.xml)), meant.xml, standing);
    if (!compiled.ok()) return within("/xml", compiled.error());
    const auto outcomes = SHU_TRY(run_all_examples(state, model->code, **compiled));
    json::array items;
    std::size_t failed = 0;
    for (const ExampleOutcome& outcome : outcomes) {
        if (!outcome.result.passed) ++failed;
        items.push_back(to_json(outcome));
    }
    return Response::json(json::object{
        {"passed", outcomes.size() - failed}, {"failed", failed}, {"items", std::move(items)}});
}

}  // namespace

void add_example_routes(http::Router& router, Decisions::State& state) {
    add_route(router,
              {.pattern = "/api/rules/{code}/examples",
               .access = Access::permission("rule.read"),
               .summary = "The examples that the city folder declares for a model"},
              [&state](Request& request) { return list(state, request); });
    std::vector<Shape::Member> members = meant_members();
    std::erase_if(members, [](const Shape::Member& member) { return member.name == "code"; });
    add_route(router,
              {.method = Method::kPost,
               .pattern = "/api/rules/{code}/examples/run",
               .access = Access::permission("rule.read"),
               .summary = "Run the examples of the folder and of the text, and tell which fail",
               .body = std::make_shared<const Shape>(Shape::object(std::move(members)))},
              [&state](Request& request) { return run(state, request); });
}

}  // namespace shu::decision
