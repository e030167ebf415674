// What a document of the city folder or a request body looks like, told once.
//
// The same Shape checks a document (every mistake in one pass, each with its JSON Pointer and a
// remedy), turns YAML into JSON of the right types (`code: 01` stays the text "01"), and writes the
// JSON Schema that editors and OpenAPI use.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "foundation/json.h"

namespace shu {

/// One mistake in a document. `pointer` is a JSON Pointer (RFC 6901) into it.
struct Problem {
    std::string pointer;
    std::string message;  ///< what is wrong, with the value seen
    std::string remedy;   ///< what to do

    friend bool operator==(const Problem&, const Problem&) = default;
};

/// An immutable description; cheap to copy; used by any thread. Where it says nothing else, null is
/// a mistake: an optional member is left out.
class Shape {
 public:
    struct Member;

    static Shape text();  ///< UTF-8; as a required member it may not be empty
    /// ECMAScript `pattern` on the whole text, whose bytes it sees one by one; texts over
    /// limits::pattern_text_bytes_max do not match. A pattern that does not compile is a bug and
    /// aborts.
    static Shape text_matching(std::string pattern, std::string example);
    static Shape one_of(std::vector<std::string> choices);
    static Shape integer(std::int64_t min, std::int64_t max);  ///< both included
    static Shape integer();                                    ///< any of 64 bits
    static Shape number();                                     ///< finite
    static Shape boolean();
    static Shape date();  ///< YYYY-MM-DD
    static Shape list(Shape item, std::size_t min = 0);
    static Shape map(Shape value);                     ///< free member names
    static Shape object(std::vector<Member> members);  ///< unknown members are mistakes
    static Shape any();
    /// An object that this program writes, under the name that OpenAPI and its clients give it:
    /// every member is there unless its shape is or_absent(), texts may be empty.
    static Shape answer(std::string name, std::vector<Member> members);

    Shape with_description(std::string text) const;
    Shape or_null() const;    ///< null is no mistake
    Shape or_absent() const;  ///< as a member of an answer: may be missing

    /// Adds a Problem for every mistake in `v`, until `problems` holds limits::problems_max. A
    /// missing member is reported at the place where it should stand.
    void check(const json::value& v, const std::string& pointer,
               std::vector<Problem>& problems) const;

    /// JSON Schema (draft 7 vocabulary, also valid in OpenAPI 3.1).
    json::value schema() const;
    /// The same for OpenAPI: answers stand in `named` under their names, here only a reference to
    /// "#/components/schemas/<name>". Two answers of one name and different members are a bug and
    /// abort.
    using Named = std::map<std::string, json::value>;
    json::value schema(Named& named) const;

    enum class Kind {
        kText,
        kChoice,
        kInteger,
        kNumber,
        kBoolean,
        kDate,
        kList,
        kMap,
        kObject,
        kAny
    };
    Kind kind() const;
    const Shape* item() const;                         ///< of a list or map
    const Shape* member(std::string_view name) const;  ///< of an object

 private:
    struct State;
    explicit Shape(std::shared_ptr<const State> state);
    std::shared_ptr<const State> state_;
};

/// "/fields/0/type: 'strng' is none of text, number; did you mean 'string'?": pointer, message and
/// remedy in one line.
std::string to_string(const Problem& problem);

struct Shape::Member {
    std::string name;
    Shape shape;
    bool required = false;
    std::string description{};
};

}  // namespace shu
