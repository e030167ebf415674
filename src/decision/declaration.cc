#include "decision/declaration.h"

#include <algorithm>

#include "decision/limits.h"
#include "foundation/crypto/sm3.h"
#include "foundation/text.h"

namespace shu::decision {
namespace {

using FindingKind = rule::TableFinding::Kind;

constexpr FindingKind kFindingKinds[] = {FindingKind::kOverlap,    FindingKind::kConflict,
                                         FindingKind::kGap,        FindingKind::kMissingValue,
                                         FindingKind::kNeverFires, FindingKind::kNotAnalysed};

std::string quoted(const rule::Value& value) {
    return value.is_string() ? "\"" + value.to_text() + "\"" : value.to_text();
}

/// One example at its place in the document.
struct Example {
    json::Reader in;
    const json::value& input;
    const json::value& expected;
};

class ExampleRun {
 public:
    ExampleRun(const rule::Model& model, const rule::Environment& environment, ExampleTime time)
        : model_(model),
          time_(time),
          clock_(0),
          evaluation_(environment, clock_,
                      rule::ZoneReference::offset(time.utc_offset_minutes * 60)) {
        for (const rule::ModelElement& element : model.elements())
            if (element.kind == rule::ModelElement::Kind::kDecision)
                known_.push_back(element.name);
            else if (element.kind == rule::ModelElement::Kind::kService)
                services_.push_back(element.name);
    }

    void run(const Example& example, ExampleReport& report) {
        ExampleResult& result = report.results.emplace_back();
        result.name = example.in.text_or("name");
        result.decision = example.in.text_or("decision");
        result.expected = example.expected;
        const auto fail = [&](std::string_view member, std::string message, std::string remedy) {
            result.message = message + (remedy.empty() ? "" : "; " + remedy);
            report.failures.push_back({json::pointer_to(example.in.pointer(), member),
                                       "example '" + result.name + "': " + std::move(message),
                                       std::move(remedy)});
        };
        if (!set_clock(example.in))
            return fail("at", "'" + example.in.text_or("at") + "' is no instant",
                        "write 2026-01-31T09:00:00+08:00 or 2026-01-31 09:00:00");
        const auto inputs = rule::from_json(example.input);
        const auto expected = rule::from_json(example.expected);
        if (!inputs.ok()) return fail("input", inputs.error().detail, "");
        if (!expected.ok()) return fail("expected", expected.error().detail, "");
        const auto outcome = is_service(result.decision)
                                 ? model_.invoke(evaluation_, result.decision, *inputs)
                                 : model_.evaluate(evaluation_, result.decision, *inputs);
        if (!outcome.ok()) {
            const std::vector<std::string_view> known(known_.begin(), known_.end());
            const std::string_view near = text::nearest(result.decision, known);
            return fail("decision", outcome.error().detail,
                        near.empty() ? "its decisions are " + text::join(known_, ", ")
                                     : "did you mean '" + std::string(near) + "'?");
        }
        result.output = rule::to_json(outcome->value);
        result.passed = comes_out(outcome->value, *expected);
        if (result.passed) return;
        std::string remedy = "mend the rule or the example";
        if (!outcome->warnings.empty())
            remedy = "on the way: " + rule::to_string(outcome->warnings[0]);
        fail("expected",
             "expected " + quoted(*expected) + ", the decision '" + result.decision + "' gives " +
                 quoted(outcome->value),
             std::move(remedy));
    }

 private:
    bool set_clock(const json::Reader& in) {
        const std::string at = in.text_or("at");
        const auto instant = at.empty() ? Result<Micros>(time_.otherwise)
                                        : parse_instant(at, time_.utc_offset_minutes);
        if (!instant.ok()) return false;
        clock_.set(*instant);
        return true;
    }

    const rule::Model& model_;
    ExampleTime time_;
    ManualClock clock_;
    rule::Evaluation evaluation_;
    bool is_service(const std::string& name) const {
        return std::find(services_.begin(), services_.end(), name) != services_.end() &&
               std::find(known_.begin(), known_.end(), name) == known_.end();
    }

    std::vector<std::string> known_, services_;
};

}  // namespace

Severity ModelDeclaration::severity(FindingKind kind) const {
    const auto declared = findings.find(to_string(kind));
    if (declared != findings.end()) return declared->second;
    return kind == FindingKind::kNotAnalysed ? Severity::kIgnore : Severity::kWarning;
}

Shape model_shape() {
    std::vector<Shape::Member> kinds;
    for (const FindingKind kind : kFindingKinds)
        kinds.push_back({std::string(to_string(kind)),
                         Shape::one_of({"error", "warning", "ignore"}), false,
                         "What the check of the folder makes of such a finding"});
    return Shape::object({
        {"name", Shape::text(), true, "Name of the model"},
        {"name_en", Shape::text(), false, "Name in English"},
        {"owner", Shape::text(), true, "Organisation that answers for it"},
        {"basis", Shape::text(), true, "The law, regulation or notice that it carries out"},
        {"from", Shape::date(), false, "First day on which this text holds; without it at once"},
        {"four_eyes", Shape::boolean(), false,
         "Who drew a draft may not publish it; true if absent"},
        {"record", Shape::boolean(), false,
         "Keep the inputs and outputs of every decision for a program; false if absent"},
        {"keep_days", Shape::integer(1, limits::decision_keep_days_max), false,
         "Days after which inputs and outputs of recorded cases are deleted; for ever if absent"},
        {"findings", Shape::object(std::move(kinds)), false,
         "Findings of the analysis of tables: all warn if absent, except not-analysed"},
    });
}

Shape examples_shape() {
    const Shape example = Shape::object({
        {"name", Shape::text(), true, "What the example shows"},
        {"decision", Shape::text(), true, "Decision or decision service of the model"},
        {"at", Shape::text(), false, "Instant of the evaluation, for today() and now()"},
        {"input", Shape::map(Shape::any()), true, "Value of each input by name"},
        {"expected", Shape::any(), true, "What the decision must give"},
    });
    return Shape::object(
        {{"examples", Shape::list(example, 1), true, "Decisions that must come out as told"}});
}

ModelDeclaration model_from(std::string_view code, const json::value& declared) {
    const json::Reader in(declared);
    ModelDeclaration out;
    out.code = code;
    out.name = in.text_or("name");
    out.name_en = in.text_or("name_en");
    out.owner = in.text_or("owner");
    out.basis = in.text_or("basis");
    out.from = in.text_or("from");
    out.four_eyes = in.boolean_or("four_eyes", true);
    out.record = in.boolean_or("record", false);
    out.keep_days = in.integer_or("keep_days", 0);
    if (const auto findings = in.member("findings"); findings.ok())
        for (const FindingKind kind : kFindingKinds) {
            const std::string severity = findings->text_or(to_string(kind));
            if (severity.empty()) continue;
            out.findings.emplace(to_string(kind), severity == "error"    ? Severity::kError
                                                  : severity == "ignore" ? Severity::kIgnore
                                                                         : Severity::kWarning);
        }
    return out;
}

ExampleReport run_examples(const json::value& document, const rule::Model& model,
                           const rule::Environment& environment, ExampleTime time) {
    ExampleReport report;
    ExampleRun run(model, environment, time);
    const auto list = json::Reader(document).member("examples");
    if (!list.ok()) return report;
    for (const json::Reader& example : list->items()) {
        if (++report.examples > limits::decision_examples_max) {
            report.failures.push_back({example.pointer(),
                                       "there are more than " +
                                           std::to_string(limits::decision_examples_max) +
                                           " examples",
                                       "keep those that show a rule each"});
            break;
        }
        const json::object& object = example.get().as_object();
        run.run({example, object.at("input"), object.at("expected")}, report);
    }
    return report;
}

bool comes_out(const rule::Value& actual, const rule::Value& expected) {
    if (expected.is_null() || actual.is_null()) return expected.is_null() && actual.is_null();
    if (expected.is_list()) {
        if (!actual.is_list() || actual.as_list().size() != expected.as_list().size()) return false;
        for (std::size_t i = 0; i < expected.as_list().size(); ++i)
            if (!comes_out(actual.as_list()[i], expected.as_list()[i])) return false;
        return true;
    }
    if (expected.is_context()) {
        if (!actual.is_context() || actual.as_context().size() != expected.as_context().size())
            return false;
        for (const rule::ContextEntry& entry : expected.as_context()) {
            const rule::Value* found = actual.find(entry.name.as_string());
            if (found == nullptr || !comes_out(*found, entry.value)) return false;
        }
        return true;
    }
    if (expected.is_string() && !actual.is_string())
        return !actual.is_boolean() && !actual.is_number() &&
               actual.to_text() == expected.as_string();
    return rule::same(actual, expected);
}

}  // namespace shu::decision
