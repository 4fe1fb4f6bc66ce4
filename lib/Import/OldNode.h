//===- OldNode.h - A node on its way to a newer opset -----------*- C++ -*-===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef SPARSE_OPT_LIB_IMPORT_OLDNODE_H
#define SPARSE_OPT_LIB_IMPORT_OLDNODE_H

#include "llvm/ADT/StringMap.h"
#include "llvm/ADT/StringSet.h"
#include "llvm/Support/Error.h"
#include <deque>
#include <onnx/onnx_pb.h>
#include <optional>

namespace sopt {

/// What is known of the tensors that a graph's nodes can use.
class TensorScope {
public:
  explicit TensorScope(const ::onnx::GraphProto &graph,
                       const TensorScope *parent = nullptr);

  /// The type of the tensor `name`, or null.
  const ::onnx::TypeProto::Tensor *getType(llvm::StringRef name) const;
  /// The value of the tensor `name` if it is a constant, or null.
  const ::onnx::TensorProto *getConstant(llvm::StringRef name) const;
  /// A tensor name made from `hint` that this graph does not use yet.
  std::string makeName(const std::string &hint);

private:
  const TensorScope *parent;
  llvm::StringMap<const ::onnx::TypeProto::Tensor *> types;
  llvm::StringMap<const ::onnx::TensorProto *> constants;
  llvm::StringSet<> names;
};

/// A node to be rewritten to the form of a newer opset, and the nodes that do
/// what the newer form leaves to others.
class OldNode {
public:
  OldNode(::onnx::NodeProto &node, TensorScope &scope)
      : node(node), scope(scope) {}

  ::onnx::NodeProto &get() { return node; }

  /// Removes an attribute; null if the node does not have it.
  std::optional<::onnx::AttributeProto> takeAttribute(llvm::StringRef name);
  int64_t takeInt(llvm::StringRef name, int64_t otherwise);
  void setInt(const std::string &name, int64_t value);
  void setString(const std::string &name, const std::string &value);
  void setFloats(const std::string &name, llvm::ArrayRef<float> values);
  void renameAttribute(llvm::StringRef from, const std::string &to);

  /// The number of dimensions of an input; an error if it is not known.
  llvm::Expected<int64_t> getRank(int input) const;
  /// The element type of an input, float if it is not known.
  int32_t getElementType(int input) const;
  /// The numbers of a constant input; an error if it is not one.
  llvm::Expected<std::vector<double>> getNumbers(int input) const;
  bool hasInput(int input) const;

  /// Adds a node of type `op` in front, with one output; returns it.
  ::onnx::NodeProto &addBefore(const char *op,
                               llvm::ArrayRef<std::string> inputs);
  /// Adds a constant in front; returns its name.
  std::string addConstant(const ::onnx::TensorProto &value);
  std::string addInts(llvm::ArrayRef<int64_t> values);
  /// A scalar of the element type of input 0.
  std::string addScalar(float value);
  /// Puts `axes` of size 1 into an input.
  void unsqueeze(int input, llvm::ArrayRef<int64_t> axes);
  /// The node is made by others, the last of which gives its output.
  void dissolve() { dissolved = true; }

  llvm::Error refuse(const llvm::Twine &why) const;

  /// Moves what the node has become to `nodes`.
  void finish(google::protobuf::RepeatedPtrField<::onnx::NodeProto> &nodes);

private:
  ::onnx::NodeProto &node;
  TensorScope &scope;
  std::deque<::onnx::NodeProto> before;
  bool dissolved = false;
};

} // namespace sopt

#endif // SPARSE_OPT_LIB_IMPORT_OLDNODE_H
