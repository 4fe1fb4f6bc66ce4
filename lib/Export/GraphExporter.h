//===- GraphExporter.h - From a function to a GraphProto --------*- C++ -*-===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef SPARSE_OPT_LIB_EXPORT_GRAPHEXPORTER_H
#define SPARSE_OPT_LIB_EXPORT_GRAPHEXPORTER_H

#include "TensorNames.h"
#include "dialects/Sopt/IR/Sopt.h"
#include "mlir/IR/BuiltinAttributes.h"
#include "sparse-opt/Analysis/ShapeAnalysis.h"
#include <onnx/defs/schema.h>
#include <onnx/onnx_pb.h>

namespace sopt {

/// An initializer whose data goes to the file from where it is.
struct Weight {
  ::onnx::TensorProto tensor; ///< Without its data.
  llvm::ArrayRef<char> data;  ///< As ONNX's raw data.
};

/// A node and the operation it spells.
struct ExportedNode {
  mlir::Operation *op;
  const ::onnx::NodeProto *node;
};

/// Writes a function of the onnx dialect into a GraphProto.
class GraphExporter {
public:
  /// With `declareTensors`, the graph tells the types of inner tensors.
  GraphExporter(mlir::func::FuncOp function, bool declareTensors)
      : function(function), names(function), shapes(function),
        declareTensors(declareTensors) {}

  /// Fills `graph`. On failure emits an error at the operation to blame. The
  /// weights' data live as long as the function's constants.
  mlir::LogicalResult run(::onnx::GraphProto &graph,
                          std::vector<Weight> &weights);

  /// The nodes written, with those of subgraphs; `graph` owns them.
  llvm::ArrayRef<ExportedNode> getNodes() const { return nodes; }

private:
  mlir::LogicalResult exportBody(mlir::Region &region,
                                 ::onnx::GraphProto &graph);
  mlir::LogicalResult exportOperation(mlir::Operation *op,
                                      ::onnx::GraphProto &graph);
  mlir::LogicalResult exportConstant(mlir::Operation *op,
                                     ::onnx::GraphProto &graph);
  mlir::LogicalResult exportSparseConstant(SparseConstantOp constant,
                                           ::onnx::GraphProto &graph);
  mlir::LogicalResult exportKnownNode(mlir::Operation *op,
                                      const ::onnx::OpSchema &schema,
                                      ::onnx::NodeProto &node);
  mlir::LogicalResult exportCustomNode(mlir::Operation *op,
                                       ::onnx::NodeProto &node);
  mlir::LogicalResult exportSubgraph(mlir::Operation *op, mlir::Region &region,
                                     llvm::StringRef name,
                                     ::onnx::NodeProto &node);
  /// Tells the types of results that are not outputs, with their symbolic
  /// sizes. No reader can infer those of custom nodes.
  mlir::LogicalResult exportResultTypes(mlir::Operation *op,
                                        ::onnx::GraphProto &graph);
  /// Adds an Identity from `value` to a tensor called `name`.
  void addIdentity(mlir::Value value, llvm::StringRef name,
                   ::onnx::GraphProto &graph);
  std::string makeNodeName(mlir::Operation *op);

  mlir::func::FuncOp function;
  TensorNames names;
  ShapeAnalysis shapes;
  bool declareTensors;
  llvm::StringSet<> nodeNames;
  std::vector<Weight> *weights = nullptr;
  std::vector<ExportedNode> nodes;
};

/// The TypeProto of `type`; the names of dimensions, if given, stand for those
/// that are dynamic. False if ONNX has no such type.
bool exportType(mlir::Type type, mlir::ArrayAttr dims,
                ::onnx::TypeProto &proto);

/// Sets type and dims of `tensor`, and its data unless it is one that `data`
/// can refer to in place. False if ONNX has no such tensor or the elements are
/// not at hand.
bool exportTensor(mlir::ElementsAttr value, ::onnx::TensorProto &tensor,
                  llvm::ArrayRef<char> *data = nullptr);

/// Fills `sparse`, whose values are called `name`, with the stored elements of
/// `constant`. On failure emits an error.
mlir::LogicalResult exportSparseTensor(SparseConstantOp constant,
                                       llvm::StringRef name,
                                       ::onnx::SparseTensorProto &sparse);

/// Writes a dictionary of strings, or null for none, as `metadata_props`.
void exportMetadata(
    mlir::DictionaryAttr metadata,
    google::protobuf::RepeatedPtrField<::onnx::StringStringEntryProto>
        &entries);

/// Writes an attribute, whose kind its class shows. False if ONNX has none.
bool exportAttribute(mlir::Attribute value, ::onnx::AttributeProto &proto);

/// The newest schema of the operator that `op`, of the onnx dialect, stands
/// for, or null.
const ::onnx::OpSchema *getNewestSchema(mlir::Operation *op);

} // namespace sopt

#endif // SPARSE_OPT_LIB_EXPORT_GRAPHEXPORTER_H
