//===- Report.h - What was raised, and what nearly was ----------*- C++ -*-===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef SPARSE_OPT_LIB_TRANSFORMS_RAISE_REPORT_H
#define SPARSE_OPT_LIB_TRANSFORMS_RAISE_REPORT_H

#include "mlir/IR/Operation.h"
#include "llvm/ADT/MapVector.h"
#include <string>

namespace sopt {

/// Collects, while patterns run, what they raised and where they stopped. A
/// near miss is an operation at the heart of a concept, such as a Softmax, that
/// is still there in the end.
class RaiseReport {
public:
  void noteRaised(llvm::StringRef what, mlir::Location loc);

  /// Says why `op` is not (yet) part of a `what`. The last reason counts.
  llvm::LogicalResult noteMiss(mlir::Operation *op, llvm::StringRef what,
                               const llvm::Twine &reason);

  void noteErased(mlir::Operation *op) { misses.erase(op); }

  /// Prints one line for everything raised, then one for each near miss.
  void print(llvm::raw_ostream &os) const;

private:
  struct Miss {
    std::string what;
    std::string reason;
  };
  llvm::SmallVector<std::pair<std::string, mlir::Location>> raised;
  llvm::MapVector<mlir::Operation *, Miss> misses;
};

} // namespace sopt

#endif // SPARSE_OPT_LIB_TRANSFORMS_RAISE_REPORT_H
