// Enterprises and what their registers and supervisors say of them.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "city/demo/household.h"
#include "city/demo/names.h"
#include "city/demo/property.h"
#include "city/demo/tables.h"

namespace shu::city::demo {

/// What can be told of the n-th enterprise again and again without keeping it.
struct Firm {
    std::string credit_code;
    std::string name;
    std::string industry;
    std::string scope;
    bool individual = false;
};

/// The same for the same seed and serial.
Firm firm(std::uint64_t seed, std::int64_t serial);

/// A firm as it stands in its register.
struct Registration {
    Firm firm;
    std::string representative;
    Date established;
    bool is_active = true;
    std::size_t community = 0;
    std::string address;
};

/// Writes enterprise, enterprise_change, credit_evaluation, licence, administrative_permission and
/// administrative_penalty. Confined to one thread.
class Business {
 public:
    /// `random` is shared with the caller.
    Business(const Options& options, Random& random, Tables& tables, Property& property);

    Registration found(const Household& household, const Person& founder);
    std::int64_t count() const { return firms_; }
    /// One of those founded so far, of which there must be one.
    Firm any();

 private:
    void write_credit(const Firm& made);
    void write_licence(const Registration& made, const std::string& status,
                       const std::string& district);
    void write_permission(const Registration& made);
    Date write_changes(const Registration& made, const std::string& capital);
    void write_penalty(const Registration& made);
    void remember(const Registration& made);

    const Options& options_;
    Random& random_;
    Random details_;
    Tables& tables_;
    Property& property_;
    std::vector<Registration> earlier_;  ///< some of those before, in turn
    std::int64_t firms_ = 0, changes_ = 0, penalties_ = 0;
};

}  // namespace shu::city::demo
