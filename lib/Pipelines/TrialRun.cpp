//===- TrialRun.cpp - Run a model while compiling it ----------------------===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "TrialRun.h"
#include "mlir/Bytecode/BytecodeWriter.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/IRMapping.h"
#include "mlir/Parser/Parser.h"
#include "mlir/Pass/PassManager.h"
#include "sparse-opt/Pipelines/CPU.h"
#include "sparse-opt/Pipelines/Raise.h"
#include "sparse-opt/Target/SharedLibrary.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/FileUtilities.h"
#include "llvm/Support/SourceMgr.h"

using namespace mlir;
using namespace sopt;

/// A copy of `module` whose @main_graph returns `taps`, too.
static OwningOpRef<ModuleOp> cloneWithTaps(ModuleOp module, ValueRange taps) {
  IRMapping mapping;
  OwningOpRef<ModuleOp> copy(cast<ModuleOp>(module->clone(mapping)));
  auto function = copy->lookupSymbol<func::FuncOp>("main_graph");
  Operation *terminator = function.getBody().front().getTerminator();
  for (Value tap : taps) {
    Value copied = mapping.lookup(tap);
    (void)function.insertResult(function.getNumResults(), copied.getType(),
                                DictionaryAttr());
    terminator->insertOperands(terminator->getNumOperands(), copied);
  }
  return copy;
}

/// `module` as bytecode read again by `context`.
static OwningOpRef<ModuleOp> moveTo(MLIRContext &context, ModuleOp module) {
  std::string bytecode;
  llvm::raw_string_ostream os(bytecode);
  if (failed(writeBytecodeToFile(module, os)))
    return nullptr;
  // Weights are read in place: they ask for the alignment of a cache line.
  auto buffer = llvm::WritableMemoryBuffer::getNewUninitMemBuffer(
      bytecode.size(), "trial", llvm::Align(64));
  if (!buffer)
    return nullptr;
  llvm::copy(bytecode, buffer->getBufferStart());
  bytecode = std::string();
  llvm::SourceMgr sources;
  sources.AddNewSourceBuffer(std::move(buffer), llvm::SMLoc());
  return parseSourceFile<ModuleOp>(sources, &context);
}

static LogicalResult compile(ModuleOp module, StringRef path) {
  PassManager passes(module.getContext());
  buildRaisePipeline(passes);
  CPUPipelineOptions cpu;
  cpu.isa = getKernelISA("native");
  buildCPUPipeline(passes, cpu);
  if (failed(passes.run(module)))
    return failure();
  return emitSharedLibrary(module, path, SharedLibraryOptions());
}

llvm::Expected<LoadedModel> sopt::openForTrial(ModuleOp module,
                                               ArrayRef<Value> taps) {
  llvm::SmallString<128> path;
  if (std::error_code error =
          llvm::sys::fs::createTemporaryFile("sparse-opt", "so", path))
    return llvm::createStringError(error, "cannot make a temporary file");
  llvm::FileRemover remover(path);
  MLIRContext context(module.getContext()->getDialectRegistry());
  std::string message;
  ScopedDiagnosticHandler keep(&context, [&](Diagnostic &diagnostic) {
    if (message.empty() &&
        diagnostic.getSeverity() == DiagnosticSeverity::Error)
      message = diagnostic.str();
  });
  OwningOpRef<ModuleOp> copy = moveTo(context, *cloneWithTaps(module, taps));
  if (!copy || failed(compile(*copy, path)))
    return llvm::createStringError("the model cannot be compiled to try it: " +
                                   message);
  // The file may go once it is open.
  return LoadedModel::open(path);
}

llvm::Expected<std::vector<Tensor>> sopt::runOnce(const LoadedModel &model,
                                                  ArrayRef<Tensor> inputs) {
  llvm::Expected<Session> session =
      Session::create(model, inputs, /*threads=*/0);
  if (!session)
    return session.takeError();
  if (llvm::Error error = session->run())
    return std::move(error);
  return session->getOutputs();
}
