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
#include "mlir/IR/MLIRContext.h"
#include "mlir/Pass/PassManager.h"
#include "mlir/Support/Timing.h"
#include "sparse-opt/Pipelines/CPU.h"
#include "sparse-opt/Pipelines/Prune.h"
#include "sparse-opt/Pipelines/Raise.h"
#include "sparse-opt/Schedule/Machine.h"
#include "sparse-opt/Target/SharedLibrary.h"
#include "sparse-opt/Tools/ModelFile.h"
#include "llvm/Support/FileSystem.h"

using namespace mlir;
using namespace sopt;

bool sopt::isModelCommand(llvm::StringRef input, llvm::StringRef output,
                          const Options &options) {
  return getModelFormat(input) != ModelFormat::Text ||
         getModelFormat(output) != ModelFormat::Text ||
         options.target != Target::None || options.raise || options.elide ||
         !options.pruneSearch.empty();
}

/// Adds the pipelines that our options ask for.
static LogicalResult addPipelines(PassManager &passes, llvm::StringRef output,
                                  const Options &options, Location loc) {
  bool isLibrary = getModelFormat(output) == ModelFormat::SharedLibrary;
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
  // What was measured here says nothing of another processor.
  if (options.cpu == "native" && llvm::sys::fs::exists(getMachineFile()))
    cpu.machine = getMachineFile();
  cpu.isa = getKernelISA(options.cpu);
  if (cpu.isa.empty())
    return emitError(loc) << "LLVM knows no CPU '" << options.cpu
                          << "' of this machine's architecture";
  buildCPUPipeline(passes, cpu);
  return success();
}

/// Prunes the model as --prune-search says, and tells how.
static LogicalResult prune(ModuleOp module, const Options &options,
                           Progress &progress) {
  auto fail = [&](llvm::Error error) {
    return module.emitError()
           << "--prune-search: " << toString(std::move(error));
  };
  llvm::Expected<PruneOptions> search =
      PruneOptions::parse(options.pruneSearch);
  if (!search)
    return fail(search.takeError());
  llvm::Expected<PruneReport> report =
      pruneModel(module, *search, [&](const llvm::Twine &step) {
        progress.begin("prune: " + step.str());
      });
  if (!report)
    return fail(report.takeError());
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

  Progress progress(options.quiet);
  progress.begin("read model");
  TimingScope reading = scope.nest("Read model");
  OwningOpRef<ModuleOp> module = readModel(input, &context);
  reading.stop();
  if (!module)
    return failure();
  if (!options.pruneSearch.empty() && failed(prune(*module, options, progress)))
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
  WriteOptions write;
  write.elide = options.elide;
  write.library.cpu = options.cpu;
  write.library.progress = [&](llvm::StringRef step) { progress.begin(step); };
  return writeModel(*module, output, write);
}
