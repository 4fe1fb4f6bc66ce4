//===- Driver.cpp - From a model to what the user asked for
//----------------===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Driver.h"
#include "Diagnostics.h"
#include "Progress.h"
#include "mlir/Bytecode/BytecodeWriter.h"
#include "mlir/IR/AsmState.h"
#include "mlir/IR/AttrTypeSubElements.h"
#include "mlir/IR/DialectResourceBlobManager.h"
#include "mlir/IR/MLIRContext.h"
#include "mlir/Parser/Parser.h"
#include "mlir/Pass/PassManager.h"
#include "mlir/Support/FileUtilities.h"
#include "mlir/Support/Timing.h"
#include "sparse-opt/Export/Export.h"
#include "sparse-opt/Import/Import.h"
#include "sparse-opt/Pipelines/CPU.h"
#include "sparse-opt/Pipelines/Raise.h"
#include "sparse-opt/Target/SharedLibrary.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/FileUtilities.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/SourceMgr.h"

using namespace mlir;
using namespace sopt;

/// The formats that an extension names.
enum class Format { Text, Bytecode, ONNX, SharedLibrary };

static Format getFormat(llvm::StringRef path) {
  llvm::StringRef extension = llvm::sys::path::extension(path);
  if (extension == ".mlirbc")
    return Format::Bytecode;
  if (extension == ".onnx")
    return Format::ONNX;
  if (extension == ".so")
    return Format::SharedLibrary;
  return Format::Text;
}

bool sopt::isModelCommand(llvm::StringRef input, llvm::StringRef output,
                          const Options &options) {
  return getFormat(input) != Format::Text ||
         getFormat(output) != Format::Text || options.target != Target::None ||
         options.raise || options.elide;
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

static OwningOpRef<ModuleOp> read(llvm::StringRef input, MLIRContext *context) {
  if (getFormat(input) == Format::ONNX)
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
        return llvm::Error::success();
      });
  if (!error)
    return success();
  return emitError(FileLineColLoc::get(module.getContext(), path, 0, 0))
         << "cannot write '" << path << "': " << toString(std::move(error));
}

static LogicalResult writeText(ModuleOp module, llvm::StringRef path,
                               const Options &options) {
  OpPrintingFlags flags;
  flags.enableDebugInfo(/*enable=*/!options.elide, /*prettyForm=*/false);
  if (options.elide) {
    flags.elideLargeElementsAttrs(16);
    flags.elideLargeResourceString(64);
  }
  return writeFile(module, path, [&](llvm::raw_ostream &os) {
    module.print(os, flags);
    os << '\n';
    return success();
  });
}

static LogicalResult write(ModuleOp module, llvm::StringRef output,
                           const Options &options, Progress &progress) {
  switch (getFormat(output)) {
  case Format::Text:
    return writeText(module, output, options);
  case Format::Bytecode:
    return writeFile(module, output, [&](llvm::raw_ostream &os) {
      return writeBytecodeToFile(module, os);
    });
  case Format::ONNX:
    return exportONNX(module, output);
  case Format::SharedLibrary:
    return emitSharedLibrary(
        module, output,
        {options.cpu, /*runtimePath=*/"",
         [&](llvm::StringRef step) { progress.begin(step); }});
  }
  llvm_unreachable("unknown format");
}

/// Adds the pipelines that our options ask for.
static LogicalResult addPipelines(PassManager &passes, llvm::StringRef output,
                                  const Options &options, Location loc) {
  bool isLibrary = getFormat(output) == Format::SharedLibrary;
  if (isLibrary != (options.target == Target::CPU))
    return emitError(loc)
           << (isLibrary ? "a shared library needs a target: add --target=cpu"
                         : "--target=cpu writes a shared library: name the "
                           "output with -o m.so");
  if (options.raise || options.target != Target::None) {
    RaisePipelineOptions raise;
    raise.report = options.raiseReport;
    buildRaisePipeline(passes, raise);
  }
  if (options.target != Target::CPU)
    return success();
  CPUPipelineOptions cpu;
  cpu.report = options.sparseReport;
  cpu.isa = getKernelISA(options.cpu);
  if (cpu.isa.empty())
    return emitError(loc) << "LLVM knows no CPU '" << options.cpu
                          << "' of this machine's architecture";
  buildCPUPipeline(passes, cpu);
  return success();
}

LogicalResult sopt::runModelCommand(llvm::StringRef input,
                                    llvm::StringRef output,
                                    const Options &options,
                                    const MlirOptMainConfig &config,
                                    DialectRegistry &registry) {
  MLIRContext context(registry);
  // Users want one line; the operation is named, and its file at hand.
  context.printOpOnDiagnostic(false);
  ModelDiagnosticHandler diagnostics(&context, input);
  DefaultTimingManager timing;
  applyDefaultTimingManagerCLOptions(timing);
  TimingScope scope = timing.getRootScope();

  Progress progress(options.quiet);
  progress.begin("read model");
  TimingScope reading = scope.nest("Read model");
  OwningOpRef<ModuleOp> module = read(input, &context);
  reading.stop();
  if (!module)
    return failure();

  PassManager passes(&context);
  passes.enableVerifier(config.shouldVerifyPasses());
  passes.enableTiming(scope);
  progress.follow(passes);
  if (failed(applyPassManagerCLOptions(passes)) ||
      failed(config.setupPassPipeline(passes)) ||
      failed(addPipelines(passes, output, options, module->getLoc())) ||
      failed(passes.run(*module)))
    return failure();

  progress.begin("write output");
  TimingScope writing = scope.nest("Write output");
  return write(*module, output, options, progress);
}
