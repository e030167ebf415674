// The OpenAPI 3.1 document of a list of routes.
#pragma once

#include <string_view>
#include <vector>

#include "http/router.h"

namespace shu::http {

json::value openapi_document(const std::vector<Route>& routes, std::string_view title,
                             std::string_view version);

}  // namespace shu::http
