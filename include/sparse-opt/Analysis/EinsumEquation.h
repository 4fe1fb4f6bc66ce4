//===- EinsumEquation.h - What an Einsum's equation says --------*- C++ -*-===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef SPARSE_OPT_ANALYSIS_EINSUMEQUATION_H
#define SPARSE_OPT_ANALYSIS_EINSUMEQUATION_H

#include "mlir/IR/ValueRange.h"
#include "llvm/ADT/SmallVector.h"
#include <optional>

namespace sopt {

/// Names the dimensions of an Einsum's operands and of its result.
struct EinsumEquation {
  /// A letter, or for a dimension of an ellipsis, counted from the right, a
  /// number below kFirstLetter.
  using Label = char;
  static constexpr Label kFirstLetter = 'A';

  struct Term {
    mlir::Value tensor;
    llvm::SmallVector<Label> labels;
  };

  llvm::SmallVector<Term> operands;
  llvm::SmallVector<Label> result;

  /// Reads an equation; nothing if it does not fit the ranks of `tensors`.
  static std::optional<EinsumEquation> read(llvm::StringRef text,
                                            mlir::ValueRange tensors);
};

} // namespace sopt

#endif // SPARSE_OPT_ANALYSIS_EINSUMEQUATION_H
