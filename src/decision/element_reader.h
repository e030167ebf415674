// What a model asks for and gives: its decisions, inputs and services with their types, for forms
// and callers.
#pragma once

#include "decision/places.h"
#include "foundation/json.h"
#include "rule/model.h"

namespace shu::decision {

/// {decisions: [...], inputs: [...], services: [...], knowledge: [...]}, each
/// {id, name, kind, type, inputs, label}.
json::object elements_of(const rule::Model& model, const Places& places,
                         const rule::Environment& environment);

}  // namespace shu::decision
