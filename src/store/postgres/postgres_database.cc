#include "store/database.h"

namespace shu::store {

Result<std::unique_ptr<Database>> open_postgres(const PostgresOptions&, std::shared_ptr<const Log>) {
    return unavailable("PostgreSQL is not built yet");
}

}  // namespace shu::store
