//===- Scope.h - What a graph tells of its values ---------------*- C++ -*-===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef SPARSE_OPT_LIB_IMPORT_SCOPE_H
#define SPARSE_OPT_LIB_IMPORT_SCOPE_H

#include "llvm/ADT/SmallVector.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/ADT/StringSet.h"
#include <onnx/onnx_pb.h>
#include <optional>

namespace sopt {

/// The elements of a small tensor of integers or booleans, as far as they are
/// known; its shape does not matter to what is evaluated here.
using Elements = llvm::SmallVector<std::optional<int64_t>>;

/// What a graph, and those around it, tell of their values.
class Scope {
public:
  Scope(const ::onnx::GraphProto &graph, const Scope *parent);

  /// The elements of the value called `name`; nothing if even their number is
  /// not known.
  std::optional<Elements> evaluate(llvm::StringRef name,
                                   unsigned depth = 0) const;

  /// The node that defines the value called `name`, or null.
  const ::onnx::NodeProto *findNode(llvm::StringRef name) const;

  /// The constant called `name`: an initializer or what a Constant node makes.
  /// Nothing if it is none, or larger than shapes, axes and scales are.
  std::optional<::onnx::TensorProto> findConstant(llvm::StringRef name) const;

  /// Whether `name` is a value of this graph, not of one around it.
  bool defines(llvm::StringRef name) const;

  /// The type of the value called `name`, or null.
  const ::onnx::TypeProto *findType(llvm::StringRef name) const;

private:
  std::optional<Elements> evaluateNode(const ::onnx::NodeProto &node,
                                       unsigned depth) const;

  const Scope *parent;
  llvm::StringSet<> inputs;
  llvm::StringMap<const ::onnx::NodeProto *> nodes;
  llvm::StringMap<const ::onnx::TensorProto *> constants;
  llvm::StringMap<const ::onnx::TypeProto *> types;
};

/// The attribute called `name`, or null.
const ::onnx::AttributeProto *findAttribute(const ::onnx::NodeProto &node,
                                            llvm::StringRef name);

} // namespace sopt

#endif // SPARSE_OPT_LIB_IMPORT_SCOPE_H
