// Databases for tests: a fresh one for each test, on each engine. Only tests include this.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "store/database.h"

namespace shu::store::testing {

/// The engines that this test run covers: "sqlite" and "postgres". Without SHU_TEST_POSTGRES (ctest
/// sets it) a test program fails, naming the remedy: both engines or no pass.
std::vector<std::string> engines();

/// A database of its own, gone when the value goes.
class FreshDatabase {
 public:
    explicit FreshDatabase(std::string_view engine);
    ~FreshDatabase();
    FreshDatabase(const FreshDatabase&) = delete;
    FreshDatabase& operator=(const FreshDatabase&) = delete;

    Database& operator*() { return *database_; }
    Database* operator->() { return database_.get(); }
    /// Closes and opens it again, as a restart does.
    void reopen();
    /// Closes it until reopen(); for tests in which another process has it open.
    void close() { database_.reset(); }
    /// Where PostgreSQL keeps it.
    const std::string& schema() const { return schema_; }
    /// A folder of its own for files beside the database.
    const std::string& folder() const { return folder_; }

 private:
    void open();
    std::string engine_;
    std::string folder_;
    std::string schema_;
    std::unique_ptr<Database> database_;
};

}  // namespace shu::store::testing
