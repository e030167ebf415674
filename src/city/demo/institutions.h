// Public institutions, social organisations, and those that treat the sick, with their physicians.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "city/demo/business.h"
#include "city/demo/household.h"
#include "city/demo/property.h"
#include "city/demo/tables.h"

namespace shu::city::demo {

/// Where somebody works.
struct Employer {
    std::string credit_code;
    std::string name;
    std::string industry;
};

/// Writes public_institution, social_organisation, medical_institution and physician. The
/// institutions that the city declares as organisations come first. Confined to one thread.
class Institutions {
 public:
    Institutions(const City& city, const Households& households, const Options& options,
                 Tables& tables, Property& property);

    /// Founds, with `person` at the head, what is due when `people` live in the city.
    void meet(const Household& household, const Person& person, std::int64_t people);

    /// An active firm that treats the sick is a medical institution too.
    void add_clinic(const Registration& registered, const std::string& division);

    /// Where `person` works as a physician, if they are one; their registration is written.
    std::optional<Employer> practice_of(const Person& person);

 private:
    struct Kind;
    struct Public {
        std::string credit_code, name, sponsor, funding;
        Date established;
        std::size_t community = 0;
        std::string address;
    };

    void found_declared(const Household& household, const Person& head);
    void found_public(const Household& household, const Person& head);
    void found_social(const Household& household, const Person& head);
    void write(const Public& made, const Person& head);
    void write_medical(const Public& made, const Person& head, const Kind& kind);
    void employ(const std::string& credit_code, const std::string& name, bool hospital);
    std::string name_of(const Kind& kind, const Community& community);
    std::string sponsor_of(const Kind& kind, const Community& community) const;

    static const Kind kHospital, kSchool, kKinds[];

    const Territory& territory_;
    Tables& tables_;
    Property& property_;
    Date today_;
    Random random_;
    std::vector<identity::Organisation> declared_;  ///< still to be written, the last first
    std::map<std::string, std::string, std::less<>> names_;      ///< of organisations, by code
    std::map<std::string, std::string, std::less<>> districts_;  ///< governments, by division
    Choice kinds_;
    std::vector<bool> served_;                     ///< communities with a health centre
    std::vector<Employer> hospitals_, practices_;  ///< the latest, in turn
    std::int64_t publics_ = 0, socials_ = 0, medicals_ = 0, physicians_ = 0;
};

}  // namespace shu::city::demo
