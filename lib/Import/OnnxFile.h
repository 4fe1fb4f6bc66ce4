//===- OnnxFile.h - An ONNX file, checked and in one form -------*- C++ -*-===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// All that the ONNX library does for import happens behind this header. The
// library throws; nothing declared here does.
//
//===----------------------------------------------------------------------===//

#ifndef SPARSE_OPT_LIB_IMPORT_ONNXFILE_H
#define SPARSE_OPT_LIB_IMPORT_ONNXFILE_H

#include "SparseData.h"
#include "llvm/ADT/StringSet.h"
#include "llvm/Support/MemoryBufferRef.h"
#include <map>
#include <string>
#include <vector>

namespace sopt {

/// The newest opset the ONNX library knows: the one all models are brought to.
int getNewestOpset();

/// A model at the newest opset, its functions inlined, its shapes inferred.
struct OnnxFile {
  /// A tensor whose data never passes through the ONNX library. In `model` it
  /// is a graph input, so that checks and shape inference know its type.
  struct Weight {
    std::string name;
    ::onnx::TypeProto type;
    mlir::AsmResourceBlob data;
  };

  std::unique_ptr<::onnx::ModelProto> model;
  std::vector<Weight> weights;
  std::vector<SparseData> sparseWeights; ///< Parked likewise.
  /// The graph's inputs and outputs as the file declares them.
  std::map<std::string, ::onnx::ValueInfoProto> declaredValues;
  google::protobuf::RepeatedPtrField<::onnx::StringStringEntryProto>
      graphMetadata;
  /// What is written of initializers, by their names and without their data.
  std::map<std::string, ::onnx::TensorProto> tensorNotes;
  std::map<std::string, int64_t> originalOpsets; ///< By domain; "" is ONNX's.
  int64_t originalIRVersion = 0;
  llvm::StringSet<> guessedTypes; ///< Values whose types nothing tells.
  bool declaresTensors = false;   ///< Whether the file types inner tensors.
  std::unique_ptr<ExternalFiles> externalFiles;
};

/// Reads the file at `path`. The error is one line that says what is wrong
/// with which part of the model.
llvm::Expected<OnnxFile> loadOnnxFile(llvm::StringRef path);

/// The same from the bytes of a file that refers to no other, with the
/// operators `expanded` replaced by their functions.
llvm::Expected<OnnxFile> loadOnnxFile(llvm::MemoryBufferRef bytes,
                                      llvm::ArrayRef<llvm::StringRef> expanded);

} // namespace sopt

#endif // SPARSE_OPT_LIB_IMPORT_ONNXFILE_H
