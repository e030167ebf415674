// The files of one generation: one for each dataset that the generator knows and the city declares.
#pragma once

#include <array>
#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "city/demo.h"
#include "city/demo/csv_file.h"

namespace shu::city::demo {

/// In the order in which they are collected: what others refer to comes first.
enum class Table {
    kPopulation,
    kHousehold,
    kMember,
    kMarriage,
    kResidence,
    kEnterprise,
    kEnterpriseChange,
    kSocialOrganisation,
    kPublicInstitution,
    kPlaceAddress,
    kLandParcel,
    kRealEstate,
    kCredit,
    kLicence,
    kPermission,
    kPenalty,
    kInsurance,
    kEmployment,
    kMedicalInstitution,
    kPhysician,
    kCityPart,
    kCount
};

/// Files being written. Confined to one thread.
class Tables {
 public:
    /// Errors: Unavailable for a disk that fails.
    static Result<std::unique_ptr<Tables>> create(const City& city, const std::string& folder);

    /// Appends a row in the order of the table's columns. Nothing happens for a dataset that the
    /// city does not declare.
    void row(Table table, std::initializer_list<std::string_view> cells);

    /// Who provides the dataset; empty members for one that the city does not declare.
    const identity::Organisation& provider_of(Table table) const;

    /// Errors: Unavailable when anything could not be written.
    Result<std::vector<File>> close();

 private:
    struct Output {
        identity::Organisation provider;
        std::unique_ptr<CsvFile> file;
    };
    std::array<Output, static_cast<std::size_t>(Table::kCount)> outputs_;
};

}  // namespace shu::city::demo
