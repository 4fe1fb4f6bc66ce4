//===- OnnxFuzzer.cpp - Feeds the importer with mutated models ------------===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Most changes are made to the parsed model, so that it is one still; some to
// the bytes, for the parser.
//
//===----------------------------------------------------------------------===//

#include "LibFuzzer.h"
#include "MessageMutator.h"
#include "Oracle.h"
#include "sparse-opt/Import/Import.h"
#include <onnx/defs/schema.h>
#include <set>

using namespace sopt;
using ::onnx::ModelProto;
using ::onnx::OpSchema;
using ::onnx::OpSchemaRegistry;

/// Names of operators and of their attributes.
static const std::vector<std::string> &getWords() {
  static const std::vector<std::string> words = [] {
    std::set<std::string> names;
    for (const OpSchema &schema : OpSchemaRegistry::get_all_schemas()) {
      names.insert(schema.Name());
      for (const auto &attribute : schema.attributes())
        names.insert(attribute.first);
    }
    return std::vector<std::string>(names.begin(), names.end());
  }();
  return words;
}

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  llvm::StringRef bytes(reinterpret_cast<const char *>(data), size);
  checkModule(
      [&](mlir::MLIRContext *context) {
        return importONNX(llvm::MemoryBufferRef(bytes, "model.onnx"), {},
                          context);
      },
      /*hasOneError=*/true);
  return 0;
}

/// Writes the model to `data`, and returns its size or 0 if it has not room.
static size_t write(const ModelProto &model, uint8_t *data, size_t maxSize) {
  size_t size = model.ByteSizeLong();
  return size <= maxSize && model.SerializeToArray(data, int(size)) ? size : 0;
}

extern "C" size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size,
                                          size_t maxSize, unsigned seed) {
  ModelProto model;
  if (seed % 8 == 0 || !model.ParseFromArray(data, int(size)))
    return LLVMFuzzerMutate(data, size, maxSize);
  MessageMutator mutator(seed, getWords());
  // One change rarely leaves a model that says something new and is valid.
  for (unsigned i = 0; i <= seed / 8 % 4; ++i)
    mutator.mutate(model);
  if (size_t written = write(model, data, maxSize))
    return written;
  return LLVMFuzzerMutate(data, size, maxSize);
}

extern "C" size_t LLVMFuzzerCustomCrossOver(const uint8_t *data1, size_t size1,
                                            const uint8_t *data2, size_t size2,
                                            uint8_t *out, size_t maxSize,
                                            unsigned seed) {
  ModelProto model, other;
  if (!model.ParseFromArray(data1, int(size1)) ||
      !other.ParseFromArray(data2, int(size2)))
    return 0;
  MessageMutator(seed, getWords()).cross(model, other);
  return write(model, out, maxSize);
}
