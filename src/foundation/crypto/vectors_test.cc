#include "foundation/crypto/vectors_test.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>

#include "foundation/text.h"

namespace shu::crypto::vectors {
namespace {

std::string trimmed(const std::string& text) {
    const std::size_t first = text.find_first_not_of(" \t\r");
    if (first == std::string::npos) return {};
    return text.substr(first, text.find_last_not_of(" \t\r") - first + 1);
}

}  // namespace

std::optional<File> read(const std::string& name) {
    const char* data = std::getenv("SHU_TEST_DATA");
    const std::filesystem::path root = data != nullptr ? data : "../shared/data";
    const std::filesystem::path folder = root / "sm-crypto/test/recipes/30-test_evp_data";
    if (!std::filesystem::is_directory(folder)) {
        std::cout << "skipped: " << name << ": there is no folder " << folder
                  << "; SHU_TEST_DATA names the folder of published data\n";
        return std::nullopt;
    }
    std::ifstream stream(folder / name);
    EXPECT_TRUE(stream.is_open()) << folder / name;

    File file;
    Vector paragraph;
    std::string key_name;
    bool in_key = false;
    const auto finish = [&] {
        if (!paragraph.empty()) file.vectors.push_back(std::move(paragraph));
        paragraph.clear();
    };
    for (std::string line; std::getline(stream, line);) {
        if (line.starts_with("-----BEGIN")) in_key = true;
        if (in_key) {
            file.keys[key_name] += line + "\n";
            if (line.starts_with("-----END")) in_key = false;
        } else if (trimmed(line).empty()) {
            finish();
        } else if (const std::size_t equals = line.find('=');
                   line.front() != '#' && equals != std::string::npos) {
            const std::string field = trimmed(line.substr(0, equals));
            const std::string value = trimmed(line.substr(equals + 1));
            if (field == "PrivateKey") {
                key_name = value;
            } else {
                paragraph.emplace(field, value);
            }
        }
    }
    finish();
    return file;
}

std::string get(const Vector& vector, const std::string& field) {
    const auto found = vector.find(field);
    return found == vector.end() ? std::string() : found->second;
}

std::string bytes(std::string_view value) {
    if (value.size() >= 2 && value.front() == '"' && value.back() == '"') {
        return std::string(value.substr(1, value.size() - 2));
    }
    return unhex(value);
}

std::string unhex(std::string_view hex) {
    const Result<std::string> bytes = text::from_hex(hex);
    EXPECT_TRUE(bytes.ok()) << hex;
    return bytes.value_or("");
}

std::string hex(std::string_view bytes) {
    return text::to_hex(bytes);
}

}  // namespace shu::crypto::vectors
