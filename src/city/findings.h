// Collects the mistakes of one check.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "city/city.h"
#include "foundation/yaml.h"

namespace shu::city {

class Findings {
 public:
    /// A mistake at a place of a YAML document.
    void at(const yaml::Document& document, std::string_view pointer, std::string message,
            std::string remedy);
    /// A mistake in another file.
    void in(std::string file, int line, std::string message, std::string remedy);
    /// A mistake or a warning at any place.
    void add(Finding finding) { push(std::move(finding)); }
    /// What Shape::check found.
    void add(const yaml::Document& document, const std::vector<Problem>& problems);
    /// A parse error whose detail begins `file:line:column: `.
    void unreadable(const std::string& file, const Error& error);

    bool empty() const { return findings_.empty(); }
    /// Sorted by place, without repetitions.
    std::vector<Finding> take();

 private:
    void push(Finding finding);
    std::vector<Finding> findings_;
};

}  // namespace shu::city
