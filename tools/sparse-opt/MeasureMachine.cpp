//===- MeasureMachine.cpp - Time the kernels on this machine --------------===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "MeasureMachine.h"
#include "Progress.h"
#include "dialects/ONNX/IR/ConstantData.h"
#include "dialects/ONNX/IR/ONNX.h"
#include "mlir/IR/MLIRContext.h"
#include "mlir/Parser/Parser.h"
#include "mlir/Pass/PassManager.h"
#include "sparse-opt/Pipelines/CPU.h"
#include "sparse-opt/Runtime/Model.h"
#include "sparse-opt/Schedule/Machine.h"
#include "sparse-opt/Target/SharedLibrary.h"
#include "llvm/ADT/ScopeExit.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/FileUtilities.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/Path.h"
#include <chrono>
#include <dlfcn.h>
#include <random>

using namespace mlir;
using namespace sopt;

/// How long each kernel runs, over and over; the shortest run counts.
static constexpr double kSecondsPerProbe = 0.5;

static constexpr const char *kModule = R"(
module {{
  func.func @main_graph(
      %x: tensor<?x{0}xf32> {{onnx.name = "x", onnx.dims = ["tokens", ""]})
      -> (tensor<?x{1}xf32> {{onnx.name = "y", onnx.dims = ["tokens", ""]}) {{
    %w = onnx.Constant() {{value = dense<0.0> : tensor<{0}x{1}xf32>} : () -> tensor<{0}x{1}xf32>
    %y = sopt.linear %x, %w schedule <layout = <{2}>>{3}
       : (tensor<?x{0}xf32>, tensor<{0}x{1}xf32>) -> tensor<?x{1}xf32>
    return %y : tensor<?x{1}xf32>
  }
})";

static std::string getPrecision(LayerPrecision precision) {
  return precision == LayerPrecision::F32
             ? ""
             : llvm::formatv(" precision <{0}>", getName(precision)).str();
}

static llvm::StringRef getLayout(LayerKernel kernel) {
  switch (kernel) {
  case LayerKernel::Dense:
    return "dense";
  case LayerKernel::Csr:
    return "csr, i16";
  case LayerKernel::Block4:
    return "block 4x1, i16";
  case LayerKernel::OneOf4:
    return "nm 1:4, i8";
  case LayerKernel::TwoOf4:
    return "nm 2:4, i8";
  }
  llvm_unreachable("all kernels are listed");
}

/// As many non-zeros or blocks as `probe` asks for, at random places.
static ElementsAttr makeWeight(MLIRContext *context, const Probe &probe) {
  onnx::ConstantWriter writer(
      RankedTensorType::get({probe.k, probe.n}, Float32Type::get(context)));
  llvm::MutableArrayRef<float> weight = writer.getAs<float>();
  llvm::fill(weight, 0.0f);
  int64_t size = probe.kernel == LayerKernel::Block4 ? 4 : 1;
  int64_t places = int64_t(weight.size()) / size, left = probe.stored;
  std::mt19937 random(1);
  if (int64_t kept = getKept(probe.kernel)) {
    for (int64_t row = 0; row < probe.k; row += 4)
      for (int64_t column = 0; column < probe.n; ++column)
        for (int64_t i = 0, first = random() % 4; i < kept; ++i)
          weight[(row + (first + i) % 4) * probe.n + column] = 0.5f;
    return writer.finish("weight");
  }
  for (int64_t place = 0; place < places; ++place) {
    // Each place has the same chance of being among the chosen.
    if (int64_t(random() % (places - place)) >= left)
      continue;
    --left;
    llvm::fill(weight.slice(place * size, size), 0.5f);
  }
  return writer.finish("weight");
}

/// Compiles the layer that `probe` runs to a library at `path`.
static LogicalResult compile(MLIRContext &context, const Probe &probe,
                             llvm::StringRef isa, llvm::StringRef path) {
  OwningOpRef<ModuleOp> module = parseSourceString<ModuleOp>(
      llvm::formatv(kModule, probe.k, probe.n, getLayout(probe.kernel),
                    getPrecision(probe.precision))
          .str(),
      &context);
  if (!module)
    return failure();
  module->walk([&](onnx::ConstantOp constant) {
    constant.setValueAttr(makeWeight(&context, probe));
  });
  PassManager passes(&context);
  CPUPipelineOptions options;
  options.isa = isa.str();
  options.features = getKernelFeatures("native");
  buildCPUPipeline(passes, options);
  if (failed(passes.run(*module)))
    return failure();
  return emitSharedLibrary(*module, path, {});
}

/// Runs the library at `path`. Nanoseconds of the shortest run; none, after
/// telling why, if it does not run.
static std::optional<double> time(const Probe &probe, const char *path) {
  // Never closed: threads of its OpenMP runtime may outlive the last run.
  void *library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
  if (!library) {
    llvm::errs() << "error: " << dlerror() << '\n';
    return std::nullopt;
  }
  auto create = reinterpret_cast<decltype(&sopt_context_create)>(
      dlsym(library, "sopt_context_create"));
  auto destroy = reinterpret_cast<decltype(&sopt_context_destroy)>(
      dlsym(library, "sopt_context_destroy"));
  auto run = reinterpret_cast<decltype(&sopt_run)>(dlsym(library, "sopt_run"));
  SoptContext *context = create(/*threads=*/1);
  auto free = llvm::scope_exit([&] { destroy(context); });

  using Clock = std::chrono::steady_clock;
  std::vector<float> x(probe.k * probe.tokens, 0.5f);
  int64_t shape[] = {probe.tokens, probe.k};
  SoptInput input = {x.data(), SOPT_FLOAT, 2, shape};
  auto shortest = Clock::duration::max();
  for (auto begin = Clock::now();
       Clock::now() - begin <
       std::chrono::duration<double>(kSecondsPerProbe);) {
    SoptOutput output = {};
    auto start = Clock::now();
    if (run(context, &input, 1, &output, 1) != SOPT_OK) {
      llvm::errs() << "error: the kernel " << getName(probe.kernel)
                   << " does not run on this machine\n";
      return std::nullopt;
    }
    shortest = std::min(shortest, Clock::now() - start);
  }
  return double(std::chrono::nanoseconds(shortest).count());
}

static LogicalResult keep(const MachineCosts &machine) {
  std::string path = getMachineFile();
  llvm::Error error =
      path.empty() ? llvm::createStringError("there is no cache directory")
                   : llvm::errorCodeToError(llvm::sys::fs::create_directories(
                         llvm::sys::path::parent_path(path)));
  if (!error)
    error = llvm::writeToOutput(path, [&](llvm::raw_ostream &os) {
      writeMachine(machine, os);
      return llvm::Error::success();
    });
  if (!error) {
    llvm::outs() << "kept in " << path << '\n';
    return success();
  }
  llvm::errs() << "error: cannot keep the costs: " << toString(std::move(error))
               << '\n';
  return failure();
}

namespace {
/// Compiles and times probes, one after the other.
class Stopwatch {
public:
  Stopwatch(MLIRContext &context, llvm::StringRef isa, size_t total, bool quiet)
      : context(context), isa(isa), total(total), progress(quiet) {}

  /// Nanoseconds of each; none if one fails, which was reported.
  std::optional<std::vector<double>> time(llvm::ArrayRef<Probe> probes);

private:
  std::optional<double> timeOne(const Probe &probe);

  MLIRContext &context;
  llvm::StringRef isa;
  size_t total, done = 0;
  Progress progress;
};
} // namespace

std::optional<double> Stopwatch::timeOne(const Probe &probe) {
  progress.begin(llvm::formatv("time kernel {0} of {1}", ++done, total).str());
  // Opened under one name each: a name that is open is not opened again.
  llvm::SmallString<128> path;
  if (std::error_code error =
          llvm::sys::fs::createTemporaryFile("sparse-opt", "so", path)) {
    llvm::errs() << "error: no temporary file: " << error.message() << '\n';
    return std::nullopt;
  }
  llvm::FileRemover remover(path);
  if (failed(compile(context, probe, isa, path)))
    return std::nullopt;
  return ::time(probe, path.c_str());
}

std::optional<std::vector<double>>
Stopwatch::time(llvm::ArrayRef<Probe> probes) {
  std::vector<double> times;
  for (const Probe &probe : probes) {
    std::optional<double> nanoseconds = timeOne(probe);
    if (!nanoseconds)
      return std::nullopt;
    times.push_back(*nanoseconds);
  }
  return times;
}

LogicalResult sopt::measureMachine(DialectRegistry &registry, bool quiet) {
  MLIRContext context(registry);
  std::string isa = getKernelISA("native");
  MachineCosts base = *lookUpMachineCosts(isa, getKernelFeatures("native"));
  std::vector<Probe> probes = getProbes(base.lanes), checks = getChecks();
  Stopwatch stopwatch(context, isa, probes.size() + checks.size(), quiet);
  std::optional<std::vector<double>> times = stopwatch.time(probes);
  if (!times)
    return failure();
  MachineCosts machine = fitCosts(base, *times);
  times = stopwatch.time(checks);
  if (!times)
    return failure();
  machine.medianError = getMedianError(machine, *times);
  writeMachine(machine, llvm::outs());
  return keep(machine);
}
