//===- GraphImporter.h - From a GraphProto to a region ----------*- C++ -*-===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef SPARSE_OPT_LIB_IMPORT_GRAPHIMPORTER_H
#define SPARSE_OPT_LIB_IMPORT_GRAPHIMPORTER_H

#include "SparseData.h"
#include "mlir/IR/Builders.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/ADT/StringSet.h"
#include <onnx/defs/schema.h>

namespace sopt {

/// The type that stands for `type`: a builtin tensor, unranked where the shape
/// is unknown, or a sequence, optional or map. Null if ONNX's is undefined.
mlir::Type importType(mlir::MLIRContext *context,
                      const ::onnx::TypeProto &type);

/// What is written beside something's name as `metadata_props`.
mlir::DictionaryAttr importMetadata(
    mlir::MLIRContext *context,
    const google::protobuf::RepeatedPtrField<::onnx::StringStringEntryProto>
        &entries);

/// Builds the operations of one graph. A subgraph has an importer of its own
/// whose names hide those of the graph around it.
class GraphImporter {
public:
  GraphImporter(mlir::OpBuilder builder, ExternalFiles &files,
                const GraphImporter *parent = nullptr)
      : builder(builder), files(files), parent(parent) {}

  /// Says which results of nodes of unknown domains have types that are only
  /// guesses.
  void setGuessedTypes(const llvm::StringSet<> &names) { guessed = &names; }

  /// Says what is written of constants, by their names.
  void setTensorNotes(const std::map<std::string, ::onnx::TensorProto> &notes) {
    tensorNotes = &notes;
  }

  /// Says that the tensor `name` is `value` from here on.
  void define(llvm::StringRef name, mlir::Value value) { values[name] = value; }

  /// Builds the initializers and nodes of `graph` at the insertion point, and
  /// returns the values of its outputs.
  llvm::Expected<llvm::SmallVector<mlir::Value>>
  importBody(::onnx::GraphProto &graph);

  /// Builds a constant called `name`.
  void importConstant(llvm::StringRef name, mlir::ElementsAttr value);

  /// Builds a constant: `sopt.sparse_constant`, or a dense one if it cannot be.
  llvm::Error importSparse(SparseData sparse);

private:
  llvm::Error importInitializers(::onnx::GraphProto &graph);
  void importSparseMatrix(SparseData sparse);
  llvm::Error importNode(::onnx::NodeProto &node);
  llvm::Error importKnownNode(::onnx::NodeProto &node,
                              const ::onnx::OpSchema &schema);
  llvm::Error importCustomNode(::onnx::NodeProto &node);
  llvm::Error importOperands(const ::onnx::NodeProto &node,
                             const ::onnx::OpSchema &schema,
                             mlir::OperationState &state);
  llvm::Error importResults(const ::onnx::NodeProto &node,
                            const ::onnx::OpSchema &schema,
                            mlir::OperationState &state);
  llvm::Error importConstantNode(::onnx::NodeProto &node);
  llvm::Error importSubgraph(::onnx::GraphProto &graph, mlir::Region &region);
  llvm::Expected<mlir::Attribute>
  importAttribute(::onnx::AttributeProto &attribute);
  llvm::Expected<mlir::Attribute>
  importSparseTensor(::onnx::SparseTensorProto &sparse);
  llvm::Expected<mlir::ElementsAttr> importTensor(::onnx::TensorProto &tensor,
                                                  llvm::StringRef name);

  mlir::Value lookUp(llvm::StringRef name) const;
  mlir::Type getType(llvm::StringRef name) const;
  mlir::Location getLocation(const ::onnx::NodeProto &node) const;
  mlir::Location getConstantLocation(llvm::StringRef name) const;
  void defineResults(const ::onnx::NodeProto &node, mlir::Operation *op);

  mlir::OpBuilder builder;
  ExternalFiles &files;
  const GraphImporter *parent;
  const llvm::StringSet<> *guessed = nullptr;
  const std::map<std::string, ::onnx::TensorProto> *tensorNotes = nullptr;
  llvm::StringMap<mlir::Value> values;
  llvm::StringMap<mlir::Type> types;
};

} // namespace sopt

#endif // SPARSE_OPT_LIB_IMPORT_GRAPHIMPORTER_H
