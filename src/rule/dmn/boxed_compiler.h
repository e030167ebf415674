// Boxed expressions to programs: the parser of FEEL driven over the texts of an element's XML.
// DMN 1.5 chapter 7 and 10.2.
#pragma once

#include <string>
#include <vector>

#include "rule/dmn/table.h"
#include "rule/dmn/xml.h"
#include "rule/feel/parser.h"

namespace shu::rule {

class BoxedCompiler : private Parser {
 public:
    /// `types` are the item definitions by name; mistakes are appended to `problems`.
    BoxedCompiler(Program& program, const CompileOptions& options, std::vector<Warning>& problems)
        : Parser("", options, program, own_mistake_), problems_(problems) {}

    /// The logic of a decision: its value has `type`.
    void decision(const pugi::xml_node& element, const Scope& scope, const TypePointer& type,
                  const std::string& place);

    /// A knowledge model: a function that may call itself by `name`. The type of the function, as
    /// far as known.
    TypePointer knowledge(const pugi::xml_node& element, const Scope& scope,
                          const std::string& name, const std::string& place);

 private:
    NodeId text(const std::string& content, const std::string& place, bool tests = false);
    NodeId problem(const std::string& place, std::string reason);
    NodeId boxed(const pugi::xml_node& node, const std::string& place);
    NodeId form(const pugi::xml_node& node, const std::string& place);
    NodeId inside(const pugi::xml_node& parent, std::string_view name, const std::string& place);
    NodeId invocation(const pugi::xml_node& node, const std::string& place);
    NodeId boxed_context(const pugi::xml_node& node, const std::string& place);
    NodeId list(const pugi::xml_node& node, const std::string& place);
    NodeId relation(const pugi::xml_node& node, const std::string& place);
    NodeId function_definition(const pugi::xml_node& node, const std::string& place,
                               const std::string& self);
    NodeId conditional(const pugi::xml_node& node, const std::string& place);
    NodeId boxed_filter(const pugi::xml_node& node, const std::string& place);
    NodeId loop(const pugi::xml_node& node, const std::string& place, Op op);
    NodeId table(const pugi::xml_node& node, const std::string& place);
    void table_input(const pugi::xml_node& node, DecisionTable& table, const std::string& place);
    void table_output(const pugi::xml_node& node, DecisionTable& table, const std::string& place);
    void table_rule(const pugi::xml_node& node, DecisionTable& table, const std::string& place);
    void check_table(const pugi::xml_node& node, DecisionTable& table, const std::string& place);

    void check_operands(NodeId first, const std::string& place);
    void check_kind(NodeId node, const Type* wanted, const std::string& what,
                    const std::string& place);
    void report(NodeId node, const std::string& place, std::string reason);

    TypePointer type_named(const std::string& reference, const std::string& place);
    NodeId fits(NodeId node, const TypePointer& type, const std::string& what);
    void start_source(const std::string& content, const std::string& place);
    NodeId null_node() { return constant(0, Value()); }

    Mistake own_mistake_;
    std::vector<Warning>& problems_;
    std::string content_;
};

/// The type that a reference of a file names; false if there is none. Prefixes of FEEL's namespace
/// are dropped.
bool find_type(const std::vector<std::pair<std::string, TypePointer>>& types,
               const std::string& reference, TypePointer& out);

}  // namespace shu::rule
