// Evaluates programs: one pass over the nodes, variables in frames of one stack. Counts steps,
// memory and depth. DMN 1.5 10.3.2.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "foundation/clock.h"
#include "foundation/limits.h"
#include "rule/feel.h"
#include "rule/feel/program.h"

namespace shu::rule {

struct Explanation;

/// An operator as texts write it.
std::string_view symbol_of(Op op);

class Evaluator {
 public:
    Evaluator(const Environment& environment, const Clock& clock, ZoneReference zone)
        : environment_(environment), clock_(clock), zone_(zone) {}

    /// Evaluates a program whose first slots are `values`. After `stopped()` every value is null
    /// and means nothing.
    Value run(const Program& program, std::span<const Value> values);

    /// The same in a frame that holds the values already: at least `program.slots` of them.
    Value run(const Program& program, Value* frame);

    /// Runs the body of a function. `arguments` are moved from.
    Value run_body(const Program& program, const FunctionShape& shape, std::span<Value> arguments,
                   std::span<const Value> captured, const FunctionObject& self);

    /// Null with a warning at a byte offset of the program that runs.
    Value fail(std::uint32_t position, std::string reason);
    void warn(std::uint32_t position, std::string reason);

    /// Calls any function value with positional arguments.
    Value call(const Value& function, std::span<Value> arguments, std::uint32_t position);

    /// Whether the value passes a positive unary test that is `test`. DMN 1.5 table 55.
    Value matches(const Value& value, const Value& test, std::uint32_t position);

    Value equals(const Value& a, const Value& b, std::uint32_t position);
    Value negate(const Value& a, std::uint32_t position);
    Value arithmetic(Op op, const Value& a, const Value& b, std::uint32_t position);
    Value compare_values(Op op, const Value& a, const Value& b, std::uint32_t position);
    Value property(const Value& value, std::string_view name, std::uint32_t position);

    /// A list, or null when it would nest too deeply.
    Value make_list(std::vector<Value> items, std::uint32_t position);

    /// Takes `cells` values' worth of memory; false, and stopped, when there is no more.
    bool charge(std::size_t cells);
    bool stopped() const { return stopped_; }
    const std::string& stop_reason() const { return stop_reason_; }
    void stop(std::string reason);

    const Environment& environment() const { return environment_; }
    Micros now() const { return clock_.now(); }
    ZoneReference zone() const { return zone_; }

    /// Starts a new evaluation: no warnings, all limits anew.
    void reset();
    std::vector<Warning> take_warnings() { return std::move(warnings_); }
    const std::vector<Warning>& warnings() const { return warnings_; }

    /// One node of the program that runs, in a frame of it: for the parts of programs.
    Value eval_node(NodeId id, Value* frame) { return eval(id, frame); }

    /// What a warning is about, put into words only when there is one: "input 'age'", "rule 3".
    struct What {
        std::string_view text;
        std::string_view quoted = {};
        std::size_t number = 0;
    };

    /// The value as a type asks for it, or null with a warning that begins with `what`.
    Value fitted(Value value, const Type* type, const What& what, std::uint32_t position) {
        if (is_plainly(value, type) && (type == nullptr || type->allowed.empty())) return value;
        return fitted_far(value, *type, what, position);
    }

    /// Whether the value passes the constraints of its type and of its members' types.
    bool allowed(const Value& value, const Type& type);

    /// What the evaluation tells of its decisions, if it is asked to.
    Explanation* explanation = nullptr;

    /// Scratch memory of table look-ups, kept from one to the next; `fired` is a stack.
    std::vector<std::uint64_t> table_bits;
    std::vector<std::uint32_t> fired;

    /// The functions of the model that ran last, made once: they are the same in every evaluation.
    /// `model` keeps it alive.
    struct Functions {
        std::shared_ptr<const void> model;
        std::vector<Value> values;
    } functions;

    /// Levels of nested evaluation; false when there are too many.
    struct Level;

    /// Room for values on the evaluator's stack; the last one made goes first.
    class Frame {
     public:
        Frame(Evaluator& evaluator, std::size_t size)
            : values(evaluator.push_frame(size)), evaluator_(evaluator), size_(size) {}
        ~Frame() { evaluator_.pop_frame(size_); }
        Frame(const Frame&) = delete;
        Frame& operator=(const Frame&) = delete;
        Value* const values;

     private:
        Evaluator& evaluator_;
        std::size_t size_;
    };

 private:
    Value eval(NodeId id, Value* frame);
    Value eval_far(const Node& node, Value* frame);
    Value over_limit();
    Value fitted_far(const Value& value, const Type& type, const What& what,
                     std::uint32_t position);

    /// The value of a node where it lies, if it is a variable or a constant; else computed into
    /// `room`. A variable keeps its value while its scope is evaluated, so the reference holds.
    const Value& operand(NodeId id, Value* frame, Value& room) {
        const Node& node = program_->nodes[id];
        if (node.op == Op::kSlot) return frame[node.a];
        if (node.op == Op::kConstant) return program_->constants[node.a];
        return room = eval(id, frame);
    }
    Value eval_list(const Node& node, Value* frame);
    Value eval_context(const Node& node, Value* frame);
    Value eval_range(const Node& node, Value* frame);
    Value eval_fits(const Node& node, Value* frame);
    Value eval_path(const Node& node, Value* frame);
    Value eval_filter(const Node& node, Value* frame);
    Value eval_dynamic_name(const Node& node, Value* frame);
    Value eval_if(const Node& node, Value* frame);
    Value eval_sequence(const Node& node, Value* frame);
    Value eval_logic(const Node& node, Value* frame);
    Value eval_between(const Node& node, Value* frame);
    Value eval_instance(const Node& node, Value* frame);
    Value eval_call(const Node& node, Value* frame);
    Value eval_builtin(const Node& node, Value* frame);
    Value eval_function(const Node& node, Value* frame);
    Value eval_test(const Node& node, Value* frame);
    Value eval_test_list(const Node& node, Value* frame);
    Value eval_for(const Node& node, Value* frame);
    Value eval_quantified(const Node& node, Value* frame);
    struct Loop;
    struct Steps;
    bool open_domain(const Node& iterator, Value* frame, Steps& steps);
    bool iterate(Loop& loop, std::size_t level, Value* frame);
    Value path_of(const Value& subject, std::string_view name, std::uint32_t position);
    Value* push_frame(std::size_t slots);
    void pop_frame(std::size_t slots);

    static constexpr std::size_t kChunk = 1024;
    struct Chunk {
        std::unique_ptr<Value[]> values;
        std::size_t size = 0;
        std::size_t used = 0;
    };

    Environment environment_;
    const Clock& clock_;
    ZoneReference zone_;
    const Program* program_ = nullptr;
    const FunctionObject* self_ = nullptr;
    std::vector<Warning> warnings_;
    std::vector<Chunk> chunks_;
    std::size_t chunk_ = 0;
    std::size_t steps_ = 0;
    std::size_t steps_max_ = limits::rule_steps_max;  // 0 once stopped
    std::size_t cells_ = 0;
    std::size_t depth_ = 0;
    bool stopped_ = false;
    std::string stop_reason_;
};

struct Evaluator::Level {
    explicit Level(Evaluator& e) : evaluator(e) {
        if (++e.depth_ > limits::rule_depth_max)
            e.stop("the evaluation nests too deeply: a function that calls itself without end?");
    }
    ~Level() { --evaluator.depth_; }
    explicit operator bool() const { return !evaluator.stopped_; }
    Evaluator& evaluator;
};

}  // namespace shu::rule
