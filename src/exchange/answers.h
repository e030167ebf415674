// What the module's routes answer, for OpenAPI. Inside the module only.
#pragma once

#include "foundation/shape.h"

namespace shu::exchange {

Shape catalogue_entry_answer();
Shape catalogue_detail_answer();
Shape application_answer();
Shape grant_answer();
Shape credentials_answer();
Shape call_answer();
Shape call_detail_answer();
Shape call_receipt_answer();
Shape gateway_statistics_answer();
Shape access_answer();

}  // namespace shu::exchange
