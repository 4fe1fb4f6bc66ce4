//===- Driver.cpp - From a model to what the user asked for ---------------===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Driver.h"
#include "Diagnostics.h"
#include "Progress.h"
#include "Prune.h"
#include "TimeLimit.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/MLIRContext.h"
#include "mlir/Pass/PassManager.h"
#include "mlir/Support/Timing.h"
#include "sparse-opt/Analysis/WorkLimit.h"
#include "sparse-opt/Pipelines/CPU.h"
#include "sparse-opt/Pipelines/Precision.h"
#include "sparse-opt/Pipelines/Raise.h"
#include "sparse-opt/Schedule/Machine.h"
#include "sparse-opt/Target/SharedLibrary.h"
#include "sparse-opt/Tools/ModelFile.h"
#include "sparse-opt/Transforms/Passes.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/WithColor.h"
#include <limits>
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

/// What --precision says; failure is reported.
static FailureOr<PrecisionOptions> parsePrecision(const Options &options,
                                                  Location loc) {
  llvm::Expected<PrecisionOptions> parsed =
      PrecisionOptions::parse(options.precision);
  if (!parsed)
    return emitError(loc) << "--precision: " << toString(parsed.takeError());
  if (parsed->precision != LayerPrecision::F32 && options.target != Target::CPU)
    return emitError(loc) << "--precision is for libraries: add --target=cpu";
  return *parsed;
}

/// How much slower than a build for use this one is.
static constexpr double kSlowness =
#if LLVM_ADDRESS_SANITIZER_BUILD || LLVM_THREAD_SANITIZER_BUILD
    20;
#else
    1;
#endif

/// What ends the program where the model in `file` takes longer than such a
/// model may, counted from `start`.
static std::unique_ptr<TimeLimit>
limitTime(ModuleOp module, llvm::StringRef file, Progress &progress,
          std::chrono::steady_clock::time_point start) {
  auto expire = [&progress, file = file.str()](double seconds) {
    progress.end();
    llvm::errs() << file << ": ";
    llvm::WithColor::error()
        << llvm::formatv("this took {0:F1} seconds, more than the model's few "
                         "weights are worth; --no-work-limit compiles it "
                         "whatever it takes\n",
                         seconds);
  };
  return std::make_unique<TimeLimit>(
      start, getWorkLimit(module).seconds * kSlowness, expire);
}

/// Adds the pipelines on whole operations that our options ask for.
static void addRaising(PassManager &passes, const Options &options) {
  CheckLimitsOptions limits;
  if (!options.limitWork)
    limits.maxNodes = std::numeric_limits<uint64_t>::max();
  // At once, before anything is done that takes long.
  if (options.target == Target::CPU)
    passes.addPass(createCheckLimits(limits));
  if (options.raise || options.target != Target::None) {
    RaisePipelineOptions raise;
    raise.report = options.raiseReport;
    buildRaisePipeline(passes, raise);
  }
  if (options.unpad)
    passes.addNestedPass<func::FuncOp>(createUnpad());
}

static void setOptions(CPUPipelineOptions &cpu, const Options &options,
                       const PrecisionOptions &precision, ModuleOp module) {
  if (options.limitWork)
    cpu.maxWork = getWorkLimit(module).units;
  else
    cpu.maxNodes = std::numeric_limits<uint64_t>::max();
  cpu.report = options.sparseReport;
  cpu.setProcessor(options.cpu);
  cpu.precision = precision.precision;
}

/// Chooses precisions by running the raised model, and tells how near it stays.
static LogicalResult calibrate(ModuleOp module,
                               const PrecisionOptions &precision,
                               CPUPipelineOptions &cpu, Progress &progress) {
  llvm::Expected<PrecisionReport> report =
      choosePrecisions(module, precision, cpu, [&](const llvm::Twine &step) {
        progress.begin("precision: " + step.str());
      });
  if (!report)
    return module.emitError("--precision: ") << toString(report.takeError());
  report->print(llvm::errs());
  cpu.cosine = report->cosine;
  return success();
}

using AddPasses = llvm::function_ref<LogicalResult(PassManager &)>;

/// Lowers a raised module by pipelines that `runPasses` runs.
static LogicalResult
lowerToCPU(ModuleOp module, const Options &options,
           const PrecisionOptions &precision, Progress &progress,
           llvm::function_ref<LogicalResult(AddPasses)> runPasses) {
  CPUPipelineOptions cpu;
  setOptions(cpu, options, precision, module);
  if (!precision.calibration.empty() &&
      failed(calibrate(module, precision, cpu, progress)))
    return failure();
  return runPasses([&](PassManager &passes) {
    buildCPUPipeline(passes, cpu);
    return success();
  });
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
  auto start = std::chrono::steady_clock::now();
  DefaultTimingManager timing;
  applyDefaultTimingManagerCLOptions(timing);
  TimingScope scope = timing.getRootScope();

  Location loc = UnknownLoc::get(&context);
  if (failed(checkOptions(output, options, loc)))
    return failure();
  FailureOr<std::optional<PruneOptions>> search =
      parsePruneSearch(options, output, loc);
  FailureOr<PrecisionOptions> precision = parsePrecision(options, loc);
  if (failed(search) || failed(precision))
    return failure();

  Progress progress(options.quiet);
  progress.begin("read model");
  TimingScope reading = scope.nest("Read model");
  OwningOpRef<ModuleOp> module = readModel(input, &context);
  reading.stop();
  if (!module)
    return failure();
  if (*search &&
      failed(prune(*module, **search, options.pruneReport, progress)))
    return failure();
  if (*search && writesItself(**search))
    return success();

  // A search runs the model, which takes what it takes.
  std::unique_ptr<TimeLimit> limit;
  if (options.limitWork && !*search && precision->calibration.empty())
    limit = limitTime(*module, input, progress, start);

  auto runPasses = [&](AddPasses add) {
    PassManager passes(&context);
    passes.enableVerifier(config.shouldVerifyPasses());
    passes.enableTiming(scope);
    progress.follow(passes);
    return success(succeeded(applyPassManagerCLOptions(passes)) &&
                   succeeded(add(passes)) && succeeded(passes.run(*module)));
  };
  auto addAsked = [&](PassManager &passes) {
    LogicalResult added = config.setupPassPipeline(passes);
    addRaising(passes, options);
    return added;
  };
  if (failed(runPasses(addAsked)) ||
      (options.target == Target::CPU &&
       failed(lowerToCPU(*module, options, *precision, progress, runPasses))))
    return failure();

  progress.begin("write output");
  TimingScope writing = scope.nest("Write output");
  WriteOptions write;
  write.elide = options.elide;
  write.library.cpu = options.cpu;
  write.library.runtimePath = options.runtime;
  write.library.sanitizer = options.sanitizer;
  write.library.progress = [&](llvm::StringRef step) {
    progress.begin(step);
    // What is left is short, and another program's.
    if (step == "link")
      limit.reset();
  };
  return writeModel(*module, output, write);
}
