//===- Compare.h - How far outputs are from those expected ------*- C++ -*-===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef SPARSE_OPT_TOOLS_SPARSERUN_COMPARE_H
#define SPARSE_OPT_TOOLS_SPARSERUN_COMPARE_H

#include "Options.h"
#include "sparse-opt/Execution/LoadedModel.h"

namespace sopt {

/// How one output differs from what was expected.
struct Difference {
  std::string shapeOrType; ///< Why they cannot be compared, "" if they can.
  double largest = 0;      ///< Absolute; of integers how many differ.
  bool isWithin = true;    ///< The tolerance.
};

/// Two NaNs are equal, and so are two infinities of one sign.
Difference compare(const Tensor &actual, const Tensor &expected,
                   double tolerance);

/// Whether an array of a file is an output's expected value: out:NAME.
inline bool isExpectedOutput(const Tensor &array) {
  return llvm::StringRef(array.name).starts_with("out:");
}

/// Compares each expected value in `arrays` with its output, prints a line for
/// each unless the options ask for quiet, and returns whether all are within
/// the tolerance. Fails if an output that is expected does not exist.
llvm::Expected<bool> printComparison(const LoadedModel &model,
                                     llvm::ArrayRef<Tensor> outputs,
                                     llvm::ArrayRef<Tensor> arrays,
                                     const Options &options);

} // namespace sopt

#endif // SPARSE_OPT_TOOLS_SPARSERUN_COMPARE_H
