// Checking, trying and using models over HTTP.
#include "decision/limits.h"
#include "decision/routes.h"
#include "foundation/crypto/sm3.h"

namespace shu::decision {
namespace {

using http::Access;
using http::Method;
using http::Request;
using http::Response;
using identity::Actor;

Result<Response> check(Decisions::State& state, const Request& request) {
    const json::value body = SHU_TRY(request.json_body());
    Meant meant =
        SHU_TRY(meant_by(state, request, body, json::Reader(body).text_or("code"), state.now()));
    const Standing standing = state.standing(state.now());
    const Inspection inspection =
        inspect(std::move(meant.xml), state.environment, Analysis::kWith, standing.reader());
    json::object out = to_json(inspection);
    out["imports"] = to_json(
        inspection.model ? standing.find_all(inspection.model->imports()) : std::vector<Imported>(),
        standing);
    return Response::json(out);
}

/// The members of an answer that tell why.
void add_reasons(json::object& out, const json::Reader& in, json::array explanation,
                 const std::pair<const rule::Explanation&, const rule::Value&>& told) {
    const std::string decision = in.text_or("decision");
    const std::string language = in.text_or("language");
    json::object pages;
    if (language != "en")
        pages["zh"] = page_of(told.first, decision, told.second, Language::kChinese);
    if (language != "zh")
        pages["en"] = page_of(told.first, decision, told.second, Language::kEnglish);
    out["explanation"] = std::move(explanation);
    out["text"] = std::move(pages);
}

Result<const json::value*> input_of(const json::value& body) {
    const json::value* input = body.as_object().if_contains("input");
    SHU_ASSERT(input);  // the shape asks for it
    const std::size_t bytes = json::serialize(*input).size();
    if (bytes > limits::decision_input_bytes_max)
        return invalid("/input: has " + std::to_string(bytes) + " bytes; at most " +
                       std::to_string(limits::decision_input_bytes_max));
    return input;
}

/// Tries a text without keeping anything.
Result<Response> try_out(Decisions::State& state, const Request& request, const json::value& body) {
    const json::Reader in(body);
    const Micros at = SHU_TRY(instant_or(in.text_or("at"), "at", state.now()));
    const Meant meant = SHU_TRY(meant_by(state, request, body, in.text_or("code"), at));
    const auto input = rule::from_json(*SHU_TRY(input_of(body)));
    if (!input.ok()) return invalid("/input: " + input.error().detail);
    const std::string digest = crypto::to_hex(crypto::sm3(meant.xml));
    const Standing standing = state.standing(at);
    const auto tried = meant.model ? state.shelf.get(digest, standing)
                                   : state.tries.get_text(digest, meant.xml, standing);
    if (!tried.ok()) return meant.model ? tried.error() : within("/xml", tried.error());
    const Compiled& compiled = **tried;
    const std::string decision = in.text_or("decision");
    const bool explain = in.boolean_or("explain", false);
    auto evaluated = SHU_TRY(state.desks.at(at, [&](rule::Evaluation& evaluation) {
        return evaluate(compiled.model, evaluation, decision, *input,
                        explain ? Explaining::kYes : Explaining::kNo);
    }));
    json::object out{{"model", nullptr},
                     {"decision", decision},
                     {"output", rule::to_json(evaluated.outcome.value)},
                     {"warnings", warnings_to_json(evaluated.outcome.warnings, compiled.places)}};
    if (meant.model)
        out["model"] = json::object{
            {"code", meant.model->code},
            {"version", meant.version == 0 ? json::value() : json::value(meant.version)},
            {"digest", digest}};
    if (explain)
        add_reasons(out, in, to_json(evaluated.explanation, compiled.places),
                    {evaluated.explanation, evaluated.outcome.value});
    return Response::json(out);
}

/// Asks the version in force for somebody who acts on the answer.
Result<Response> decide(Decisions& decisions, const Request& request, const json::value& body,
                        std::string code) {
    const json::Reader in(body);
    const json::value* const input = SHU_TRY(input_of(body));
    const auto at = SHU_TRY(instant_or(in.text_or("at"), "at", 0));
    const Question question{.code = std::move(code),
                            .decision = in.text_or("decision"),
                            .input = *input,
                            .at = at,
                            .record = in.boolean_or("record", false),
                            .explain = in.boolean_or("explain", false)};
    Answer answer = SHU_TRY(decisions.decide(question, identity::actor_of(request)));
    json::object out{
        {"model",
         {{"code", question.code}, {"version", answer.version}, {"digest", answer.digest}}},
        {"decision", question.decision},
        {"output", rule::to_json(answer.output)},
        {"warnings", std::move(answer.warnings)}};
    if (answer.recorded) out["case"] = answer.recorded.text();
    if (answer.explanation)
        add_reasons(out, in, std::move(answer.explanation_json),
                    {*answer.explanation, answer.output});
    return Response::json(out);
}

Result<Response> try_or_record(Decisions& decisions, Decisions::State& state,
                               const Request& request) {
    const json::value body = SHU_TRY(request.json_body());
    const json::Reader in(body);
    if (!in.boolean_or("record", false)) return try_out(state, request, body);
    if (in.has("xml") || in.has("version") || in.boolean_or("draft", false))
        return invalid(
            "/record: only what is in force is recorded; name a code alone, or try without");
    const auto model = SHU_TRY(state.model(SHU_TRY(in.text("code"))));
    SHU_CHECK(identity::actor_of(request).require("rule.evaluate", model->owner));
    return decide(decisions, request, body, model->code);
}

Result<Response> feel(Decisions::State& state, const Request& request) {
    const json::value body = SHU_TRY(request.json_body());
    const json::Reader in(body);
    const json::value* given = body.as_object().if_contains("context");
    const auto context = rule::from_json(given ? *given : json::value(json::object()));
    if (!context.ok()) return invalid("/context: " + context.error().detail);
    const auto expression = rule::Expression::compile(SHU_TRY(in.text("expression")),
                                                      rule::scope_of(*context), state.environment);
    if (!expression.ok()) return invalid("/expression: " + expression.error().detail);
    const auto outcome = state.desks.at(state.now(), [&](rule::Evaluation& evaluation) {
        return evaluation.run(*expression, rule::values_of(*context));
    });
    if (!outcome.ok()) return invalid("/expression: " + outcome.error().detail);
    json::array warnings;
    for (const rule::Warning& warning : outcome->warnings)
        warnings.push_back(json::object{
            {"line", warning.line}, {"column", warning.column}, {"message", warning.reason}});
    return Response::json(json::object{{"value", rule::to_json(outcome->value)},
                                       {"kind", rule::name_of(outcome->value.kind())},
                                       {"text", outcome->value.to_text()},
                                       {"warnings", std::move(warnings)}});
}

std::vector<Shape::Member> asking_members() {
    return {{"decision", Shape::text(), false, "Decision or decision service; all if absent"},
            {"input", Shape::map(Shape::any()), true, "Value of each input by name"},
            {"at", Shape::text(), false, "RFC 3339; which version, and what now() is"},
            {"explain", Shape::boolean(), false, "Tell why"},
            {"record", Shape::boolean(), false, "Keep it as a case"},
            {"language", Shape::one_of({"zh", "en"}), false, "Of the page; both if absent"}};
}

std::shared_ptr<const Shape> shape(std::vector<Shape::Member> members,
                                   std::vector<Shape::Member> more = {}) {
    members.insert(members.end(), more.begin(), more.end());
    return std::make_shared<const Shape>(Shape::object(std::move(members)));
}

}  // namespace

std::vector<Shape::Member> meant_members() {
    return {{"xml", Shape::text(), false, "DMN; or"},
            {"code", Shape::text(), false, "a model"},
            {"version", Shape::integer(1, INT32_MAX), false, "and a version of it"},
            {"draft", Shape::boolean(), false, "or its draft; neither: what is in force"}};
}

Result<Meant> meant_by(const Decisions::State& state, const Request& request,
                       const json::value& body, std::string_view code, Micros at) {
    const json::Reader in(body);
    Meant out;
    if (in.has("xml")) {
        if (in.has("version") || in.has("draft"))
            return invalid("/xml: name a text, or a version, or the draft, not two of them");
        out.xml = SHU_TRY(in.text("xml"));
        out.name = "xml";
        return out;
    }
    if (code.empty()) return invalid("/xml: send xml, or the code of a model");
    out.model = SHU_TRY(state.model(code));
    if (identity::actor_of(request).level_for("rule.read", out.model->owner) == 0)
        return not_found("there is no decision model '" + std::string(code) + "'");
    if (in.boolean_or("draft", false)) {
        if (!out.model->draft) return invalid("/draft: '" + std::string(code) + "' has no draft");
        out.name = "draft";
        out.xml = SHU_TRY(state.text(out.model->draft->digest));
        return out;
    }
    const Version* version = in.has("version") ? out.model->version(in.integer_or("version", 0))
                                               : out.model->in_force(at);
    if (!version)
        return in.has("version")
                   ? invalid("/version: '" + std::string(code) + "' has no such version")
                   : not_found("no version of '" + std::string(code) + "' is in force at " +
                               to_rfc3339(at));
    out.version = version->number;
    out.name = "version " + std::to_string(version->number);
    out.xml = SHU_TRY(state.text(version->digest));
    return out;
}

void add_use_routes(http::Router& router, Decisions& decisions, Decisions::State& state) {
    const auto read = Access::permission("rule.read");
    add_route(
        router,
        {.method = Method::kPost,
         .pattern = "/api/rules/check",
         .access = read,
         .summary =
             "Every mistake of a model with its cell, the analysis of its tables, its decisions and inputs",
         .body = shape(meant_members())},
        [&state](Request& request) { return check(state, request); });
    add_route(router,
              {.method = Method::kPost,
               .pattern = "/api/rules/evaluate",
               .access = read,
               .summary = "Try a decision",
               .body = shape(meant_members(), asking_members())},
              [&decisions, &state](Request& request) {
                  return try_or_record(decisions, state, request);
              });
    add_route(router,
              {.method = Method::kPost,
               .pattern = "/api/rules/feel",
               .access = read,
               .summary = "Evaluate an expression",
               .body = shape({{"expression", Shape::text(), true, "FEEL"},
                              {"context", Shape::map(Shape::any()), false, "Names it uses"}})},
              [&state](Request& request) { return feel(state, request); });
    add_route(router,
              {.method = Method::kPost,
               .pattern = "/api/rules/{code}/decision",
               .access = Access::permission("rule.evaluate"),
               .summary = "Ask the version in force; for programs",
               .body = shape(asking_members()),
               .idempotent = true},
              [&decisions, &state](Request& request) -> Result<Response> {
                  const auto model = SHU_TRY(model_of(state, request, "rule.evaluate"));
                  const json::value body = SHU_TRY(request.json_body());
                  return decide(decisions, request, body, model->code);
              });
}

}  // namespace shu::decision
