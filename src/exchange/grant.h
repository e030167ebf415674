// Applications and grants: who may read which fields of which rows of a dataset, what for, until
// when, how often.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "foundation/clock.h"
#include "foundation/id.h"
#include "foundation/json.h"
#include "foundation/log.h"
#include "record/dataset.h"
#include "store/database.h"

namespace shu::exchange {

struct ApplicationTag {};
using ApplicationId = Id<ApplicationTag>;
struct GrantTag {};
using GrantId = Id<GrantTag>;

/// Fields above this level are given masked unless the provider decides otherwise for the one
/// application.
inline constexpr int kMaskedAboveLevel = 2;

/// Only rows whose `field` has `value`; an empty field means all rows.
struct RowFilter {
    std::string field;
    std::string value;
};

/// `submitted` until decided; then `approved` or `refused`, which never change again.
struct Application {
    ApplicationId id;
    std::string dataset;
    std::string applicant;  ///< organisation
    std::string provider;   ///< organisation
    std::vector<std::string> fields;
    RowFilter rows;
    std::string purpose;
    std::string basis;
    std::int64_t days = 0;
    std::int64_t quota_per_day = 0;
    std::string state = "submitted";
    Micros created_at = 0;
    std::string created_by;
    Micros decided_at = 0;  ///< 0: not yet
    std::string decided_by;
    std::string reason;
    GrantId grant;  ///< 0: none
};

struct GrantedField {
    std::string code;
    bool masked = true;
};

struct Grant {
    GrantId id;
    ApplicationId application;
    std::string dataset;
    std::string organisation;
    std::string provider;
    std::vector<GrantedField> fields;
    RowFilter rows;
    std::string purpose;
    std::string basis;
    std::int64_t quota_per_day = 0;
    Micros from = 0;
    Micros until = 0;
    Micros revoked_at = 0;  ///< 0: not revoked
    std::string revoke_reason;
    std::string client_id;  ///< empty until the credentials are fetched

    /// "active", "revoked" or "expired".
    std::string_view state(Micros now) const;
};

/// What a provider decides.
struct Decision {
    bool approve = false;
    std::string reason;
    std::vector<std::string> fields;  ///< a subset of the application's; empty: all of them
    std::map<std::string, bool, std::less<>>
        masks;  ///< field: masked; the others by kMaskedAboveLevel
};

/// The highest level among the fields asked for and the one that chooses the rows: knowing that a
/// row is among the chosen tells its value.
int level_of(const record::Dataset& dataset, const Application& application);
int level_of(const record::Dataset& dataset, const Grant& grant);

/// The grant that `decision` makes of `application`. Pure. Errors: Invalid naming the member that
/// does not fit.
Result<Grant> decide(const Application& application, const Decision& decision,
                     const record::Dataset& dataset);

// Reading and writing; writes that change what the gateway allows move the version that refresh()
// looks at.

Result<void> insert(store::Transaction& tx, const Application& application);
Result<std::optional<Application>> application_by_id(store::Transaction& tx, ApplicationId id);
/// Writes the decision. Errors: Conflict when the application is no longer `submitted`.
Result<void> settle(store::Transaction& tx, const Application& decided);

struct Page {
    std::string applicant;  ///< or the grant's organisation; empty: any
    std::string provider;   ///< empty: any
    std::string state;      ///< of applications; empty: any
    std::int64_t before;    ///< ids below
    std::size_t limit;
};
Result<std::vector<Application>> applications(store::Transaction& tx, const Page& page);

Result<void> insert(store::Transaction& tx, const Grant& grant);
Result<std::optional<Grant>> grant_by_id(store::Transaction& tx, GrantId id);
Result<std::vector<Grant>> grants(store::Transaction& tx, const Page& page);
/// Every grant that has a client system, also those revoked or expired, so that their calls are
/// told so; by id. One that is damaged is left out with a log line: it must not keep the others,
/// and what was revoked of them, from the gateway.
Result<std::vector<Grant>> grants_in_use(store::Transaction& tx, const Log& log);
/// Errors: Conflict when there is one already or the grant is revoked.
Result<void> bind_client(store::Transaction& tx, GrantId id, std::string_view client_id);
/// Errors: Conflict when it is revoked already.
Result<void> revoke(store::Transaction& tx, GrantId id, Micros at, std::string_view reason);

Result<std::int64_t> exchange_version(store::Transaction& tx);

}  // namespace shu::exchange
