//===- TensorNames.h - Which tensor is called what --------------*- C++ -*-===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef SPARSE_OPT_LIB_EXPORT_TENSORNAMES_H
#define SPARSE_OPT_LIB_EXPORT_TENSORNAMES_H

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "llvm/ADT/StringSet.h"

namespace sopt {

/// Whether `op` is written as an initializer rather than a node.
bool isInitializer(mlir::Operation *op);

/// The names of all tensors of a function and its subgraphs, each different.
/// The first claim on a name have inputs and outputs, then constants, then the
/// results of nodes, the outer graph's before those of subgraphs. Who comes too
/// late, or has none, gets a new one.
class TensorNames {
public:
  explicit TensorNames(mlir::func::FuncOp function);

  llvm::StringRef get(mlir::Value value) const {
    auto name = names.find(value);
    return name == names.end() ? llvm::StringRef() : name->second;
  }

  /// The name of the function's output `index`. It differs from that of the
  /// returned value where that has another name to keep.
  llvm::StringRef getOutput(unsigned index) const { return outputs[index]; }

  /// A name not in use, and from now on taken: `hint` or made from it.
  std::string makeUnique(llvm::StringRef hint);

private:
  void nameInputs(mlir::func::FuncOp function);
  void nameOutputs(mlir::func::FuncOp function);
  void nameConstants(mlir::Region &region);
  void nameResults(mlir::Region &region);

  llvm::DenseMap<mlir::Value, std::string> names;
  std::vector<std::string> outputs;
  llvm::StringSet<> taken;
};

} // namespace sopt

#endif // SPARSE_OPT_LIB_EXPORT_TENSORNAMES_H
