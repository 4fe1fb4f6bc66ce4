//===- Driver.cpp - From a model to what the user asked for ---------------===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Driver.h"
#include "Diagnostics.h"
#include "Progress.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/MLIRContext.h"
#include "mlir/Pass/PassManager.h"
#include "mlir/Support/Timing.h"
#include "sparse-opt/Pipelines/CPU.h"
#include "sparse-opt/Pipelines/Prune.h"
#include "sparse-opt/Pipelines/Raise.h"
#include "sparse-opt/Schedule/Machine.h"
#include "sparse-opt/Target/SharedLibrary.h"
#include "sparse-opt/Tools/ModelFile.h"
#include "sparse-opt/Transforms/Passes.h"
#include "llvm/Support/FileSystem.h"
#include <optional>

using namespace mlir;
using namespace sopt;

bool sopt::isModelCommand(llvm::StringRef input, llvm::StringRef output,
                          const Options &options) {
  return getModelFormat(input) != ModelFormat::Text ||
         getModelFormat(output) != ModelFormat::Text ||
         options.target != Target::None || options.raise || options.elide ||
         !options.pruneSearch.empty();
}

/// Options that contradict each other are told before anything is computed.
static LogicalResult checkOptions(llvm::StringRef output,
                                  const Options &options, Location loc) {
  bool isLibrary = getModelFormat(output) == ModelFormat::SharedLibrary;
  if (isLibrary != (options.target == Target::CPU))
    return emitError(loc)
           << (isLibrary ? "a shared library needs a target: add --target=cpu"
                         : "--target=cpu writes a shared library: name the "
                           "output with -o m.so");
  if (options.target == Target::CPU && getKernelISA(options.cpu).empty())
    return emitError(loc) << "LLVM knows no CPU '" << options.cpu
                          << "' of this machine's architecture";
  return success();
}

/// Adds the pipelines that our options ask for.
static void addPipelines(PassManager &passes, const Options &options) {
  // At once, before anything is done that takes long.
  if (options.target == Target::CPU)
    passes.addPass(createCheckLimits());
  if (options.raise || options.target != Target::None) {
    RaisePipelineOptions raise;
    raise.report = options.raiseReport;
    buildRaisePipeline(passes, raise);
  }
  if (options.unpad)
    passes.addNestedPass<func::FuncOp>(createUnpad());
  if (options.target != Target::CPU)
    return;
  CPUPipelineOptions cpu;
  cpu.report = options.sparseReport;
  // What was measured here says nothing of another processor.
  if (options.cpu == "native" && llvm::sys::fs::exists(getMachineFile()))
    cpu.machine = getMachineFile();
  cpu.isa = getKernelISA(options.cpu);
  buildCPUPipeline(passes, cpu);
}

static LogicalResult failSearch(llvm::Error error, Location loc) {
  return emitError(loc) << "--prune-search: " << toString(std::move(error));
}

/// Prunes the model and tells how.
static LogicalResult prune(ModuleOp module, const PruneOptions &search,
                           Progress &progress) {
  llvm::Expected<PruneReport> report =
      pruneModel(module, search, [&](const llvm::Twine &step) {
        progress.begin("prune: " + step.str());
      });
  if (!report)
    return failSearch(report.takeError(), module.getLoc());
  report->print(llvm::errs());
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

  Location loc = UnknownLoc::get(&context);
  if (failed(checkOptions(output, options, loc)))
    return failure();
  std::optional<PruneOptions> search;
  if (!options.pruneSearch.empty()) {
    llvm::Expected<PruneOptions> parsed =
        PruneOptions::parse(options.pruneSearch);
    if (!parsed)
      return failSearch(parsed.takeError(), loc);
    search = *parsed;
  }

  Progress progress(options.quiet);
  progress.begin("read model");
  TimingScope reading = scope.nest("Read model");
  OwningOpRef<ModuleOp> module = readModel(input, &context);
  reading.stop();
  if (!module)
    return failure();
  if (search && failed(prune(*module, *search, progress)))
    return failure();

  PassManager passes(&context);
  passes.enableVerifier(config.shouldVerifyPasses());
  passes.enableTiming(scope);
  progress.follow(passes);
  if (failed(applyPassManagerCLOptions(passes)) ||
      failed(config.setupPassPipeline(passes)))
    return failure();
  addPipelines(passes, options);
  if (failed(passes.run(*module)))
    return failure();

  progress.begin("write output");
  TimingScope writing = scope.nest("Write output");
  WriteOptions write;
  write.elide = options.elide;
  write.library.cpu = options.cpu;
  write.library.runtimePath = options.runtime;
  write.library.sanitizer = options.sanitizer;
  write.library.progress = [&](llvm::StringRef step) { progress.begin(step); };
  return writeModel(*module, output, write);
}
