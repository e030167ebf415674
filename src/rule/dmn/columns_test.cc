#include <thread>

#include "foundation/limits.h"
#include "rule/dmn/testing.h"

namespace shu::rule {
namespace {

// A subsidy that asks a knowledge model, a table and a date that comes as text.
std::string subsidy_model() {
    return definitions(
        input("born", "date") + input("income", "number") + input("district", "string") +
        "<businessKnowledgeModel id='age' name='age on'><encapsulatedLogic>"
        "<formalParameter name='birth' typeRef='date'/><formalParameter name='day' typeRef='date'/>" +
        literal("years and months duration(birth, day).years") +
        "</encapsulatedLogic></businessKnowledgeModel>"
        "<decision id='years' name='years'><informationRequirement><requiredInput href='#born'/></informationRequirement>"
        "<knowledgeRequirement><requiredKnowledge href='#age'/></knowledgeRequirement>" +
        literal("age on(born, @\"2026-11-21\")") +
        "</decision>"
        "<decision id='d' name='subsidy'><informationRequirement><requiredDecision href='#years'/></informationRequirement>"
        "<informationRequirement><requiredInput href='#income'/></informationRequirement>"
        "<informationRequirement><requiredInput href='#district'/></informationRequirement>"
        "<decisionTable hitPolicy='FIRST'><input><inputExpression><text>years</text></inputExpression></input>"
        "<input><inputExpression><text>income</text></inputExpression></input>"
        "<input><inputExpression><text>district</text></inputExpression></input><output/>"
        "<rule><inputEntry><text>&gt;= 90</text></inputEntry><inputEntry><text>-</text></inputEntry>"
        "<inputEntry><text>-</text></inputEntry><outputEntry><text>500</text></outputEntry></rule>"
        "<rule><inputEntry><text>[80..90)</text></inputEntry><inputEntry><text>&lt; 2000</text></inputEntry>"
        "<inputEntry><text>\"沈河区\", \"和平区\"</text></inputEntry><outputEntry><text>200 + income / 100</text></outputEntry></rule>"
        "<rule><inputEntry><text>-</text></inputEntry><inputEntry><text>-</text></inputEntry>"
        "<inputEntry><text>-</text></inputEntry><outputEntry><text>0</text></outputEntry></rule>"
        "</decisionTable></decision>");
}

struct Records {
    std::vector<Value> born, income, district;

    explicit Records(std::size_t count) {
        static constexpr const char* kDistricts[] = {"沈河区", "和平区", "浑南区"};
        for (std::size_t i = 0; i < count; ++i) {
            const auto n = static_cast<std::int64_t>(i);
            born.push_back(i % 2 == 0
                               ? Value::date({static_cast<std::int32_t>(1930 + n % 70), 2, 28})
                               : Value::string(std::to_string(1930 + n % 70) + "-02-28"));
            income.push_back(i % 17 == 16 ? Value() : Value::number(Decimal(n % 23 * 150)));
            district.push_back(Value::string(kDistricts[i % 3]));
        }
    }
    std::vector<InputColumn> columns() const {
        return {{"born", born}, {"income", income}, {"district", district}, {"unused", born}};
    }
    Value record(std::size_t i) const {
        return Value::context(
            {{"born", born[i]}, {"income", income[i]}, {"district", district[i]}});
    }
};

TEST(Columns, give_for_each_record_what_evaluating_it_alone_gives) {
    const Environment environment = test_environment();
    const auto model = Model::load(subsidy_model(), environment);
    ASSERT_TRUE(model.ok() && model->problems().empty());
    const ManualClock clock(0);
    Evaluation evaluation(environment, clock);
    const Records records(500);
    const auto out = model->evaluate_columns(evaluation, "subsidy", 500, records.columns());
    ASSERT_TRUE(out.ok()) << out.error().detail;
    ASSERT_EQ(out->values.size(), 500U);
    std::size_t warned = 0;
    for (std::size_t i = 0; i < 500; ++i) {
        const auto alone = model->evaluate(evaluation, "subsidy", records.record(i));
        ASSERT_TRUE(alone.ok());
        EXPECT_EQ(out->values[i].to_text(), alone->value.to_text()) << "record " << i;
        warned += alone->warnings.empty() ? 0 : 1;
    }
    EXPECT_GT(warned, 0U) << "a null income does not compare";
    EXPECT_EQ(out->records_warned, warned);
    EXPECT_LE(out->warnings.size(), limits::rule_warnings_max);
    EXPECT_EQ(out->warnings.at(0).first % 17, 16U);
}

TEST(Columns, of_one_value_hold_for_all_records_and_missing_ones_are_reported) {
    const Environment environment = test_environment();
    const auto model = Model::load(subsidy_model(), environment);
    ASSERT_TRUE(model.ok());
    const ManualClock clock(0);
    Evaluation evaluation(environment, clock);
    const Records records(10);
    const Value poor[] = {Value::number(Decimal(100))};
    const Value old[] = {Value::string("1940-01-01")};
    const Value here[] = {Value::string("和平区")};
    const InputColumn same[] = {{"born", old}, {"income", poor}, {"district", here}};
    const auto out = model->evaluate_columns(evaluation, "subsidy", 3, same);
    ASSERT_TRUE(out.ok());
    EXPECT_EQ(Value::list(out->values).to_text(), "[201, 201, 201]");
    const auto lacking = model->evaluate_columns(evaluation, "years", 2, {});
    ASSERT_TRUE(lacking.ok());
    EXPECT_EQ(lacking->records_warned, 2U);
    EXPECT_EQ(lacking->warnings.at(0).second.reason, "input 'born' is not given");
    EXPECT_FALSE(model->evaluate_columns(evaluation, "absent", 10, records.columns()).ok());
    const auto ragged = model->evaluate_columns(evaluation, "subsidy", 11, records.columns());
    ASSERT_FALSE(ragged.ok());
    EXPECT_EQ(ragged.error().detail,
              "column 'born' has 10 values for 11 records; give one for each, or a single one");
}

TEST(Columns, one_record_that_ends_at_a_bound_does_not_end_the_others) {
    const Environment environment = test_environment();
    const auto model =
        Model::load(definitions(input("n", "number") +
                                decision("d", "n", literal("count(for i in 1..n return i)"))),
                    environment);
    ASSERT_TRUE(model.ok());
    const ManualClock clock(0);
    Evaluation evaluation(environment, clock);
    const Value counts[] = {Value::number(Decimal(3)), Value::number(Decimal(1'000'000'000)),
                            Value::number(Decimal(4))};
    const InputColumn columns[] = {{"n", counts}};
    const auto out = model->evaluate_columns(evaluation, "d", 3, columns);
    ASSERT_TRUE(out.ok());
    EXPECT_EQ(Value::list(out->values).to_text(), "[3, null, 4]");
    EXPECT_EQ(out->records_warned, 1U);
    EXPECT_EQ(out->warnings.at(0).first, 1U);
}

TEST(Columns, are_swept_by_several_threads_over_one_model) {
    const Environment environment = test_environment();
    const auto model = Model::load(subsidy_model(), environment);
    ASSERT_TRUE(model.ok());
    const ManualClock clock(0);
    const Records records(2'000);
    Evaluation alone(environment, clock);
    const auto expected = model->evaluate_columns(alone, "subsidy", 2'000, records.columns());
    ASSERT_TRUE(expected.ok());
    std::vector<std::string> found(4);
    std::vector<std::thread> threads;
    for (std::string& text : found)
        threads.emplace_back([&] {
            Evaluation own(environment, clock);
            const auto out = model->evaluate_columns(own, "subsidy", 2'000, records.columns());
            text = out ? Value::list(out->values).to_text() : out.error().detail;
        });
    for (std::thread& thread : threads)
        thread.join();
    for (const std::string& text : found)
        EXPECT_EQ(text, Value::list(expected->values).to_text());
}

}  // namespace
}  // namespace shu::rule
