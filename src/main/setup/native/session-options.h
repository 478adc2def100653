// Force-included before the binding's own sources. The binding opens every session with empty options and no
// environment variable replaces them, so the call that makes the options is given a configuration here.
#pragma once
#include <cstdlib>

#include "tensorflow/c/c_api.h"

// A serialised ConfigProto: allow_soft_placement: true, graph_options { rewrite_options { disable_meta_optimizer: true } }.
// Soft placement lets the few operations without a GPU kernel run on the CPU. With Grappler on, equal runs give
// different bits and the first step of a child takes twice as long.
static inline TF_SessionOptions* cellwright_new_session_options() {
  TF_SessionOptions* options = TF_NewSessionOptions();
  // For the engine bench, which gives every side the same freedom.
  const char* grappler = std::getenv("CELLWRIGHT_GRAPPLER");
  if (grappler != nullptr && grappler[0] == '1') return options;
  static const unsigned char config[] = {0x38, 0x01, 0x52, 0x05, 0x52, 0x03, 0x98, 0x01, 0x01};
  TF_Status* status = TF_NewStatus();
  TF_SetConfig(options, config, sizeof config, status);
  TF_DeleteStatus(status);
  return options;
}
#define TF_NewSessionOptions cellwright_new_session_options
