// Sweeps: one decision over columns of records.
#include <algorithm>

#include "foundation/limits.h"
#include "rule/dmn/run.h"
#include "rule/model.h"

namespace shu::rule {
namespace {

// A column names an input of the model itself, or one of an import as `import.input` or plainly.
bool names(const InputColumn& column, const ModelData& data, const Element& element) {
    if (column.name == element.name) return true;
    if (element.file == 0) return false;
    return std::any_of(data.files[0].imports.begin(), data.files[0].imports.end(),
                       [&](const auto& import) {
                           return import.second == element.file &&
                                  column.name == import.first + "." + element.name;
                       });
}

Result<BoundColumns> bind(const ModelData& data, std::size_t records,
                          std::span<const InputColumn> inputs) {
    BoundColumns out;
    for (const InputColumn& column : inputs)
        if (column.values.size() != 1 && column.values.size() != records)
            return invalid("column '" + std::string(column.name) + "' has " +
                           std::to_string(column.values.size()) + " values for " +
                           std::to_string(records) +
                           " records; give one for each, or a single one");
    for (const Element& element : data.elements) {
        const auto found =
            std::find_if(inputs.begin(), inputs.end(), [&](const InputColumn& column) {
                return element.kind == ModelElement::Kind::kInput && names(column, data, element);
            });
        out.of_element.push_back(found == inputs.end() ? nullptr : &*found);
    }
    return out;
}

void keep_warnings(const Evaluator& evaluator, std::size_t record, OutputColumn& out) {
    if (!evaluator.stopped() && evaluator.warnings().empty()) return;
    ++out.records_warned;
    const auto keep = [&](const Warning& warning) {
        if (out.warnings.size() < limits::rule_warnings_max)
            out.warnings.emplace_back(record, warning);
    };
    if (evaluator.stopped()) keep({0, 1, 1, "", evaluator.stop_reason()});
    for (const Warning& warning : evaluator.warnings())
        keep(warning);
}

}  // namespace

Result<OutputColumn> Model::evaluate_columns(Evaluation& evaluation, std::string_view decision,
                                             std::size_t records,
                                             std::span<const InputColumn> inputs) const {
    const std::uint32_t index = data_->find(ModelElement::Kind::kDecision, decision);
    if (index == kNoElement)
        return not_found("the model has no decision '" + std::string(decision) + "'");
    BoundColumns columns = SHU_TRY(bind(*data_, records, inputs));
    Evaluator& evaluator = evaluation.evaluator();
    OutputColumn out;
    out.values.reserve(records);
    ModelRun run(*data_, evaluator, columns);
    for (std::size_t record = 0; record < records; ++record) {
        columns.record = record;
        evaluator.reset();
        run.restart();
        const Value& value = run.value_of(index);
        out.values.push_back(evaluator.stopped() ? Value() : value);
        keep_warnings(evaluator, record, out);
    }
    evaluator.reset();
    return out;
}

}  // namespace shu::rule
