// HTTP face of the city: what it is called, its divisions and outlines, its figures.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "http/router.h"
#include "identity/identity.h"
#include "ledger/ledger.h"
#include "record/records.h"
#include "store/database.h"

namespace shu::city {

/// Figures of a module that this one does not know.
struct ExchangeFigures {
    std::int64_t calls_today = 0;
    std::int64_t grants = 0;
};

struct RouteParts {
    store::Database& database;
    const Clock& clock;
    const identity::Identity& identity;
    const record::Records& records;
    const ledger::Ledger& ledger;
    std::function<ExchangeFigures()> exchange;  ///< may be empty
    bool demo = false;
    std::string version;
};

/// GET /api/city, /api/overview, /api/city/divisions, /api/city/boundaries; all public. The parts
/// must outlive the router.
void add_routes(http::Router& router, const RouteParts& parts);

}  // namespace shu::city
