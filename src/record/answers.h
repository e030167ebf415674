// What the module's routes answer, for OpenAPI. Inside the module only.
#pragma once

#include "foundation/shape.h"

namespace shu::record {

Shape registry_answer();
Shape dataset_answer();
Shape dataset_detail_answer();
Shape records_answer();
Shape code_table_answer();
Shape batch_answer();
Shape batch_detail_answer();
Shape quarantined_row_answer();

}  // namespace shu::record
