// The parser: recursive descent with one precedence-climbing loop for binary operators. Inside of
// compiler.h.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "rule/feel/compiler.h"
#include "rule/feel/name.h"

namespace shu::rule {

class Parser {
 public:
    Parser(std::string_view text, const CompileOptions& options, Program& program, Mistake& mistake)
        : text_(text), options_(options), program_(program), mistake_(mistake) {}

    void run(const Scope& scope);

 protected:
    struct Local {
        std::string name;
        TypePointer type;
        std::uint32_t slot;
        bool item =
            false;  // of a filter: members of its value may be named; `type` tells them when known
        bool self = false;  // the function that is being defined
        bool used = false;
    };
    struct Frame {  // one function's variables
        std::vector<Local> locals;
        std::uint32_t slots = 0;
        std::uint32_t next_slot = 0;
        std::vector<std::uint32_t> captured;       // outer slot of each
        std::vector<std::uint32_t> captured_slot;  // where it lies here
    };
    struct Found {
        enum class What { kNothing, kLocal, kMember, kBuiltin } what = What::kNothing;
        std::size_t bytes = 0;
        std::size_t frame = 0;
        std::size_t local = 0;
        std::uint32_t builtin = 0;
        const Type::Field* field = nullptr;
    };
    struct Entered;  // counts nesting
    friend struct Entered;
    struct FunctionFrame;
    friend struct FunctionFrame;

    // Text: parser_text.cc
    bool failed() const { return !mistake_.reason.empty(); }
    NodeId fail(std::string reason);
    NodeId fail_at(std::size_t at, std::string reason);
    void skip();
    bool at_end();
    bool peek(std::string_view symbol);
    bool take(std::string_view symbol);
    bool expect(std::string_view symbol);
    bool peek_word(std::string_view word);
    bool take_word(std::string_view word);
    bool take_words(std::string_view first, std::string_view second);
    bool expect_word(std::string_view word);
    std::string greedy_name();
    std::optional<std::string> string_literal();
    std::optional<std::string> name_before(char end);
    std::string snippet() const;

    // Nodes and variables: parser_scope.cc
    NodeId add(Op op, std::size_t position, std::uint32_t a = 0, std::uint32_t b = 0,
               std::uint32_t c = 0);
    NodeId add_list(Op op, std::size_t position, const std::vector<NodeId>& children,
                    std::uint32_t c = 0);
    NodeId constant(std::size_t position, Value value);
    std::uint32_t name(std::string_view text);
    void set_type(NodeId node, TypePointer type);
    TypePointer type_of(NodeId node) const;
    TypePointer type_of_either(NodeId one, NodeId other) const;
    std::uint32_t declare(std::string name, TypePointer type);
    std::size_t mark() const { return frames_.back().locals.size(); }
    void leave(std::size_t mark);
    Found find_name();
    NodeId use_local(const Found& found, std::size_t position);
    NodeId member_or_outer(const Found& found, std::size_t position, NodeId member);
    std::uint32_t slot_here(std::size_t frame, std::uint32_t slot);
    NodeId with_dynamic_items(std::string_view wanted, std::size_t position, NodeId otherwise,
                              const Found& from);
    NodeId variable(std::size_t position);

    // Expressions: parser.cc
    NodeId expression();
    NodeId binary(int level);
    NodeId comparison_tail(NodeId left);
    NodeId in_tail(NodeId left, std::size_t position);
    NodeId unary();
    NodeId postfix(NodeId subject);
    NodeId instance_of(NodeId subject, std::size_t position);
    NodeId path(NodeId subject, std::size_t position);
    NodeId filter(NodeId subject, std::size_t position);
    NodeId filter_or_range_end(NodeId subject, std::size_t position, bool& is_end);
    NodeId primary();
    NodeId word_expression(std::size_t position);
    NodeId number();
    NodeId parenthesis();
    NodeId bracket();
    NodeId range_end(NodeId start, bool start_included, std::size_t position);
    NodeId comparison_range(std::size_t position);
    NodeId at_literal();

    // Larger forms: parser_forms.cc
    NodeId if_expression();
    NodeId for_expression();
    NodeId quantified(Op op);
    std::vector<NodeId> iterators();
    NodeId context();
    NodeId function();
    NodeId external_function(std::size_t position, FunctionShape shape);
    NodeId call(NodeId callee, std::optional<std::uint32_t> builtin, std::size_t position);
    std::optional<TypePointer> type();
    std::optional<TypePointer> type_arguments(const std::string& name);
    TypePointer result_type(std::uint32_t builtin, const std::vector<NodeId>& arguments) const;

    // Unary tests: parser_forms.cc
    NodeId tests();
    NodeId test_list(std::string_view end);
    NodeId test();

    std::string_view text_;
    std::uint32_t base_ = 0;  // position of the text's first byte in the program
    const CompileOptions& options_;
    Program& program_;
    Mistake& mistake_;
    std::size_t at_ = 0;
    std::size_t depth_ = 0;
    bool in_range_end_ = false;  // a "[" may close the range: ]5..10[
    std::vector<Frame> frames_;
    std::vector<TypePointer> types_;  // of each node
    std::uint32_t test_slot_ = 0;     // of the value that a unary test asks about
    bool uses_test_value_ = false;
};

/// Counts one level of nesting while it lives; past the limit the parse fails.
struct Parser::Entered {
    explicit Entered(Parser& p) : parser(p) { ++parser.depth_; }
    ~Entered() { --parser.depth_; }
    Parser& parser;
};

/// The variables of a function while it is read; they go even when a mistake ends it in the middle.
struct Parser::FunctionFrame {
    explicit FunctionFrame(Parser& p) : parser(p), outer(p.frames_.size()) {
        parser.frames_.emplace_back();
    }
    ~FunctionFrame() {
        if (parser.frames_.size() > outer) parser.frames_.resize(outer);
    }
    Parser& parser;
    std::size_t outer;
};

}  // namespace shu::rule
