#include "city/demo/tables.h"

#include <algorithm>

namespace shu::city::demo {
namespace {

struct Columns {
    Table table;
    const char* dataset;
    std::string_view header;  ///< the file's first line
};

constexpr Columns kColumns[] = {
    {Table::kPopulation, "population",
     "id_number,name,gender,ethnic_group,birth_date,registered_division,address,education,marital_status,mobile,status,registered_at"},
    {Table::kHousehold, "household",
     "household_number,kind,head_id_number,division,address,members,registered_at"},
    {Table::kMember, "household_member", "household_number,id_number,name,relation,joined_at"},
    {Table::kMarriage, "marriage",
     "certificate_number,husband_name,husband_id_number,wife_name,wife_id_number,registered_at,division"},
    {Table::kResidence, "residence", "id_number,name,division,address,reason,from_date,until_date"},
    {Table::kEnterprise, "enterprise",
     "credit_code,name,type,legal_representative,representative_id_number,industry,registered_capital,established_at,status,division,address,scope,authority,approved_at"},
    {Table::kEnterpriseChange, "enterprise_change",
     "change_number,credit_code,item,value_before,value_after,change_date"},
    {Table::kSocialOrganisation, "social_organisation",
     "credit_code,name,kind,legal_representative,founding_capital,established_at,status,division,address"},
    {Table::kPublicInstitution, "public_institution",
     "credit_code,name,sponsor,funding,legal_representative,established_at,status,address"},
    {Table::kPlaceAddress, "place_address",
     "address_code,division,road,house_number,kind,longitude,latitude"},
    {Table::kLandParcel, "land_parcel",
     "parcel_code,division,land_use,right_kind,area,longitude,latitude,surveyed_at"},
    {Table::kRealEstate, "real_estate",
     "certificate_number,unit_number,owner_name,owner_code,right_kind,building_area,division,address,registered_at"},
    {Table::kCredit, "credit_evaluation", "credit_code,name,grade,score,evaluated_at"},
    {Table::kLicence, "licence",
     "licence_identifier,licence_name,type_code,licence_number,holder_name,holder_code,holder_code_kind,issuer,issuer_code,issued_at,valid_from,valid_until,status,division"},
    {Table::kPermission, "administrative_permission",
     "document_number,party_name,party_kind,party_credit_code,legal_representative,document_name,kind,certificate_number,content,decided_at,valid_from,valid_until,authority,authority_code,status"},
    {Table::kPenalty, "administrative_penalty",
     "document_number,party_name,party_kind,party_credit_code,legal_representative,violation,facts,basis,kind,fine,decided_at,publicity_until,authority,authority_code,status"},
    {Table::kInsurance, "social_insurance",
     "id_number,name,kind,employer_credit_code,contribution_base,from_date,status,division"},
    {Table::kEmployment, "employment",
     "id_number,name,status,employer_credit_code,employer_name,industry,from_date,division"},
    {Table::kMedicalInstitution, "medical_institution",
     "credit_code,name,kind,grade,beds,legal_representative,licensed_at,valid_until,division,address"},
    {Table::kPhysician, "physician",
     "certificate_number,id_number,name,institution_credit_code,institution_name,speciality,registered_at"},
    {Table::kCityPart, "city_part",
     "part_code,kind,name,department_code,department_name,division,longitude,latitude,status,surveyed_at"},
};
static_assert(std::size(kColumns) == static_cast<std::size_t>(Table::kCount));

std::size_t at(Table table) {
    return static_cast<std::size_t>(table);
}

}  // namespace

Result<std::unique_ptr<Tables>> Tables::create(const City& city, const std::string& folder) {
    auto made = std::make_unique<Tables>();
    for (const Columns& columns : kColumns) {
        const auto declared =
            std::find_if(city.datasets.begin(), city.datasets.end(),
                         [&](const auto& dataset) { return dataset.code == columns.dataset; });
        if (declared == city.datasets.end()) continue;
        Output& output = made->outputs_[at(columns.table)];
        const auto provider = std::find_if(
            city.organisations.begin(), city.organisations.end(),
            [&](const auto& organisation) { return organisation.code == declared->provider; });
        if (provider != city.organisations.end()) output.provider = *provider;
        output.file =
            SHU_TRY(CsvFile::create(folder + "/" + columns.dataset + ".csv", columns.header));
    }
    return made;
}

void Tables::row(Table table, std::initializer_list<std::string_view> cells) {
    if (CsvFile* file = outputs_[at(table)].file.get()) file->row(cells);
}

const identity::Organisation& Tables::provider_of(Table table) const {
    return outputs_[at(table)].provider;
}

Result<std::vector<File>> Tables::close() {
    std::vector<File> made;
    for (const Columns& columns : kColumns) {
        const Output& output = outputs_[at(columns.table)];
        if (!output.file) continue;
        SHU_CHECK(output.file->close());
        made.push_back({columns.dataset, output.provider.code, output.file->path(),
                        output.file->rows(), output.file->bytes()});
    }
    return made;
}

}  // namespace shu::city::demo
