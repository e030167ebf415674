// The catalogue entry of a dataset as the city folder writes it: the core metadata that the dataset
// itself does not say.
#pragma once

#include "foundation/shape.h"

namespace shu::exchange {

/// The member `catalogue` of a dataset declaration (standards.md 1.7 and 2.1;
/// docs/format/city-folder.md).
Shape catalogue_shape();

/// What the shape cannot say: conditional sharing has a condition, refused sharing its legal basis,
/// class and code agree. `catalogue` has passed the shape and stands at `pointer` of its document.
void check_catalogue(const json::value& catalogue, const std::string& pointer,
                     std::vector<Problem>& problems);

}  // namespace shu::exchange
