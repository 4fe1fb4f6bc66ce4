//===- RandomInputs.h - Inputs made up from their shapes --------*- C++ -*-===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef SPARSE_OPT_TOOLS_SPARSERUN_RANDOMINPUTS_H
#define SPARSE_OPT_TOOLS_SPARSERUN_RANDOMINPUTS_H

#include "sparse-opt/Execution/Tensor.h"
#include "llvm/Support/Error.h"
#include <optional>

namespace sopt {

/// What --random says of one input: NAME=2x128, NAME=2x128:30522, NAME=scalar.
struct RandomSpec {
  std::string name;
  std::vector<int64_t> shape;
  std::optional<uint64_t> bound; ///< Integers are below it.
};

llvm::Expected<RandomSpec> parseRandomSpec(llvm::StringRef text);

/// A tensor as `spec` says, of `type` with elements of `elementSize` bytes. It
/// depends on the arguments only, not on the machine.
llvm::Expected<Tensor> makeRandom(const RandomSpec &spec, int32_t type,
                                  uint64_t elementSize, uint64_t seed);

} // namespace sopt

#endif // SPARSE_OPT_TOOLS_SPARSERUN_RANDOMINPUTS_H
