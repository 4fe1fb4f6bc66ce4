//===- NodeLocation.h - Names of nodes and tensors as locations -*- C++ -*-===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// An operation's location holds what the model's author called it:
//
//   a node          loc("node name"("result"))
//   several results loc("node name"(fused["result0", "result1"]))
//   an initializer  loc("initializer name")
//
//   with notes      loc(fused<{doc = "...", metadata = {...}}>["node
//   name"(...)])
//
// A node without a name has an empty one. Names are never operands or
// attributes: rewriting passes carry locations along without knowing them.
//
//===----------------------------------------------------------------------===//

#ifndef SPARSE_OPT_DIALECTS_ONNX_IR_NODELOCATION_H
#define SPARSE_OPT_DIALECTS_ONNX_IR_NODELOCATION_H

#include "mlir/IR/BuiltinAttributes.h"
#include "mlir/IR/Location.h"
#include "mlir/IR/Value.h"
#include "llvm/ADT/SmallVector.h"

namespace sopt::onnx {

/// The location of a node called `nodeName` whose results, those that are
/// present, are the tensors `resultNames`. Without result names it is the
/// location of an initializer.
mlir::Location getNodeLocation(mlir::MLIRContext *context,
                               llvm::StringRef nodeName,
                               llvm::ArrayRef<llvm::StringRef> resultNames);

/// `loc` with what a node's author wrote beside its name: a `doc`, a string,
/// and `metadata`, a dictionary of strings. Either may be absent.
mlir::Location addNotes(mlir::Location loc, mlir::DictionaryAttr notes);

/// The notes of the node that `getNodeName` names, or null.
mlir::DictionaryAttr getNotes(mlir::Location loc);

/// The name of the node at `loc`, or empty. Of fused locations, the first that
/// has a name: a rewrite puts the location of what it replaces first.
llvm::StringRef getNodeName(mlir::Location loc);

/// The names of all nodes fused into `loc`, each once, in order.
llvm::SmallVector<llvm::StringRef> getNodeNames(mlir::Location loc);

/// The names of the result tensors of the node that `getNodeName` names.
/// Empty if `loc` has none, as for an initializer.
llvm::SmallVector<llvm::StringRef> getResultNames(mlir::Location loc);

/// The name that the model gives the tensor `value`, a result of an operation,
/// or empty: its name as a result, or an initializer's own name.
llvm::StringRef getTensorName(mlir::OpResult value);

} // namespace sopt::onnx

#endif // SPARSE_OPT_DIALECTS_ONNX_IR_NODELOCATION_H
