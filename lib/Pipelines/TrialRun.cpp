//===- TrialRun.cpp - Run a model while compiling it ----------------------===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "TrialRun.h"
#include "dialects/ONNX/IR/ONNX.h"
#include "mlir/Bytecode/BytecodeWriter.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/IRMapping.h"
#include "mlir/Parser/Parser.h"
#include "mlir/Pass/PassManager.h"
#include "sparse-opt/Analysis/ShapeAnalysis.h"
#include "sparse-opt/Pipelines/CPU.h"
#include "sparse-opt/Pipelines/Raise.h"
#include "sparse-opt/Target/SharedLibrary.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/FileUtilities.h"
#include "llvm/Support/SourceMgr.h"
#include <csignal>

using namespace mlir;
using namespace sopt;

/// The names of a value's dimensions that are dimensions of the model's inputs:
/// with them a slice knows of sizes what the whole model does.
static ArrayAttr nameDims(func::FuncOp function, ShapeAnalysis &shapes,
                          Value value) {
  SmallVector<StringRef> names;
  int64_t rank = cast<RankedTensorType>(value.getType()).getRank();
  for (int64_t dim = 0; dim < rank; ++dim) {
    names.push_back("");
    std::optional<DimExpr> size = shapes.getDim(value, dim);
    if (!size || !size->getSymbol())
      continue;
    auto source = shapes.getSource(*size->getSymbol());
    auto argument = source ? dyn_cast<BlockArgument>(source->first) : nullptr;
    if (!argument || argument.getOwner() != &function.getBody().front())
      continue;
    if (auto dims = function.getArgAttrOfType<ArrayAttr>(
            argument.getArgNumber(), onnx::ONNXDialect::getDimsAttrName()))
      names.back() = cast<StringAttr>(dims[source->second]).getValue();
  }
  return Builder(function.getContext()).getStrArrayAttr(names);
}

/// Makes `known`, values of `function` that `mapping` leads to, arguments.
static void addArguments(func::FuncOp original, func::FuncOp function,
                         const IRMapping &mapping, ArrayRef<Value> known) {
  ShapeAnalysis shapes(original);
  Builder builder(function.getContext());
  for (auto [index, value] : llvm::enumerate(known)) {
    unsigned number = function.getNumArguments();
    auto attributes = builder.getDictionaryAttr(
        {builder.getNamedAttr(
             onnx::ONNXDialect::getNameAttrName(),
             builder.getStringAttr("known" + llvm::Twine(index))),
         builder.getNamedAttr(onnx::ONNXDialect::getDimsAttrName(),
                              nameDims(original, shapes, value))});
    (void)function.insertArgument(number, value.getType(), attributes,
                                  value.getLoc());
    mapping.lookup(value).replaceAllUsesWith(function.getArgument(number));
  }
}

/// A copy of `module` whose @main_graph is the slice and no more.
static OwningOpRef<ModuleOp> cloneSlice(ModuleOp module,
                                        const ModelSlice &slice) {
  IRMapping mapping;
  OwningOpRef<ModuleOp> copy(cast<ModuleOp>(module->clone(mapping)));
  auto function = copy->lookupSymbol<func::FuncOp>("main_graph");
  Operation *terminator = function.getBody().front().getTerminator();
  SmallVector<Value> results = llvm::map_to_vector(
      slice.wanted, [&](Value value) { return mapping.lookup(value); });
  (void)function.eraseResults(llvm::BitVector(function.getNumResults(), true));
  for (Value result : results)
    (void)function.insertResult(function.getNumResults(), result.getType(),
                                DictionaryAttr());
  terminator->setOperands(results);
  addArguments(module.lookupSymbol<func::FuncOp>("main_graph"), function,
               mapping, slice.known);
  // Nothing in the onnx dialect acts but by its results.
  SmallVector<Operation *> ops =
      llvm::map_to_vector(function.getBody().front().without_terminator(),
                          [](Operation &op) { return &op; });
  for (Operation *op : llvm::reverse(ops))
    if (op->use_empty())
      op->erase();
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

namespace {
/// Keeps SIGINT from programs that are started while it lives: Ctrl-C goes to
/// all of a terminal's programs, and the linker would die of what only ends the
/// search.
class InterruptBlock {
public:
  InterruptBlock() {
    sigset_t interrupt;
    sigemptyset(&interrupt);
    sigaddset(&interrupt, SIGINT);
    pthread_sigmask(SIG_BLOCK, &interrupt, &before);
  }
  ~InterruptBlock() { pthread_sigmask(SIG_SETMASK, &before, nullptr); }

private:
  sigset_t before;
};
} // namespace

static LogicalResult compile(ModuleOp module, StringRef path) {
  PassManager passes(module.getContext());
  buildRaisePipeline(passes);
  CPUPipelineOptions cpu;
  cpu.setProcessor("native");
  buildCPUPipeline(passes, cpu);
  if (failed(passes.run(module)))
    return failure();
  InterruptBlock block;
  return emitSharedLibrary(module, path, SharedLibraryOptions());
}

llvm::Expected<LoadedModel> sopt::openForTrial(ModuleOp module,
                                               const ModelSlice &slice) {
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
  OwningOpRef<ModuleOp> copy = moveTo(context, *cloneSlice(module, slice));
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
