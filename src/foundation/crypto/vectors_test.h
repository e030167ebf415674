// Reads the vector files of OpenSSL's own tests from the folder of published data. For tests of
// this folder only.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace shu::crypto::vectors {

/// One paragraph of a vector file: `Name = value` lines. A key block that stands before it is not
/// part of it.
using Vector = std::multimap<std::string, std::string>;

/// A vector file: its paragraphs, and the PEM block after each `PrivateKey=NAME`.
struct File {
    std::vector<Vector> vectors;
    std::map<std::string, std::string> keys;
};

/// `name` in the folder of published vectors, or nothing, having printed why, when that folder is
/// absent. A folder that is there without the file fails the test.
std::optional<File> read(const std::string& name);

/// The value of `field`, empty if absent.
std::string get(const Vector& vector, const std::string& field);

/// Bytes of a value as those files write it: hexadecimal, or text in double quotes.
std::string bytes(std::string_view value);

/// Bytes of hexadecimal digits; fails the test if there are others.
std::string unhex(std::string_view hex);
std::string hex(std::string_view bytes);

}  // namespace shu::crypto::vectors
