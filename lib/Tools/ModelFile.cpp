//===- ModelFile.cpp - Models in the format of a file's extension ---------===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "sparse-opt/Tools/ModelFile.h"
#include "mlir/Bytecode/BytecodeWriter.h"
#include "mlir/IR/AsmState.h"
#include "mlir/IR/AttrTypeSubElements.h"
#include "mlir/IR/DialectResourceBlobManager.h"
#include "mlir/IR/MLIRContext.h"
#include "mlir/Parser/Parser.h"
#include "mlir/Support/FileUtilities.h"
#include "sparse-opt/Export/Export.h"
#include "sparse-opt/Import/Import.h"
#include "llvm/Support/FileUtilities.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/SourceMgr.h"
#include "llvm/Support/raw_ostream.h"

using namespace mlir;
using namespace sopt;

ModelFormat sopt::getModelFormat(llvm::StringRef path) {
  llvm::StringRef extension = llvm::sys::path::extension(path);
  if (extension == ".mlirbc")
    return ModelFormat::Bytecode;
  if (extension == ".onnx")
    return ModelFormat::ONNX;
  if (extension == ".so")
    return ModelFormat::SharedLibrary;
  return ModelFormat::Text;
}

/// Fails if a constant was left out of the file, as --elide does.
static LogicalResult checkConstants(ModuleOp module) {
  AttrTypeWalker walker;
  walker.addWalk([](DenseResourceElementsAttr constant) {
    return constant.getRawHandle().getBlob() ? WalkResult::advance()
                                             : WalkResult::interrupt();
  });
  WalkResult result = module.walk([&](Operation *op) -> WalkResult {
    if (!walker.walk(op->getAttrDictionary()).wasInterrupted())
      return WalkResult::advance();
    return op->emitError("its value was left out when the file was written; "
                         "write it without --elide");
  });
  return failure(result.wasInterrupted());
}

OwningOpRef<ModuleOp> sopt::readModel(llvm::StringRef input,
                                      MLIRContext *context) {
  if (getModelFormat(input) == ModelFormat::ONNX)
    return importONNX(input, context);
  std::string message;
  // Bytecode asks for the alignment of the weights in it, at most a cache line.
  auto file = openInputFile(input, llvm::Align(64), &message);
  if (!file) {
    emitError(FileLineColLoc::get(context, input, 0, 0)) << message;
    return nullptr;
  }
  llvm::SourceMgr sources;
  sources.AddNewSourceBuffer(std::move(file), llvm::SMLoc());
  OwningOpRef<ModuleOp> module = parseSourceFile<ModuleOp>(sources, context);
  if (module && failed(checkConstants(*module)))
    return nullptr;
  return module;
}

/// Writes through a temporary file that takes the place of `path` at the end.
static LogicalResult
writeFile(ModuleOp module, llvm::StringRef path,
          llvm::function_ref<LogicalResult(llvm::raw_ostream &)> print) {
  llvm::Error error =
      llvm::writeToOutput(path, [&](llvm::raw_ostream &os) -> llvm::Error {
        if (failed(print(os)))
          return llvm::createStringError("cannot be written in this format");
        // A stream that still has an error when it is destroyed ends the
        // process, after what there is of the file has taken its place.
        auto &file = static_cast<llvm::raw_fd_ostream &>(os);
        file.flush();
        std::error_code code = file.error();
        file.clear_error();
        return llvm::errorCodeToError(code);
      });
  if (!error)
    return success();
  return emitError(FileLineColLoc::get(module.getContext(), path, 0, 0))
         << "cannot write '" << path << "': " << toString(std::move(error));
}

static LogicalResult writeText(ModuleOp module, llvm::StringRef path,
                               bool elide) {
  OpPrintingFlags flags;
  flags.enableDebugInfo(/*enable=*/!elide, /*prettyForm=*/false);
  if (elide) {
    flags.elideLargeElementsAttrs(16);
    flags.elideLargeResourceString(64);
  }
  return writeFile(module, path, [&](llvm::raw_ostream &os) {
    module.print(os, flags);
    os << '\n';
    return success();
  });
}

LogicalResult sopt::writeModel(ModuleOp module, llvm::StringRef path,
                               const WriteOptions &options) {
  switch (getModelFormat(path)) {
  case ModelFormat::Text:
    return writeText(module, path, options.elide);
  case ModelFormat::Bytecode:
    return writeFile(module, path, [&](llvm::raw_ostream &os) {
      return writeBytecodeToFile(module, os);
    });
  case ModelFormat::ONNX:
    return exportONNX(module, path);
  case ModelFormat::SharedLibrary:
    return emitSharedLibrary(module, path, options.library);
  }
  llvm_unreachable("unknown format");
}
