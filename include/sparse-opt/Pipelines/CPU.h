//===- CPU.h - From the onnx and sopt dialects to LLVM ----------*- C++ -*-===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef SPARSE_OPT_PIPELINES_CPU_H
#define SPARSE_OPT_PIPELINES_CPU_H

#include "mlir/Pass/PassManager.h"
#include "mlir/Pass/PassOptions.h"
#include "sparse-opt/Transforms/Passes.h"

namespace sopt {

/// Options of the pipeline `sopt-cpu`.
struct CPUPipelineOptions : mlir::PassPipelineOptions<CPUPipelineOptions> {
  Option<std::string> isa{
      *this, "isa",
      llvm::cl::desc("Instruction set of the kernels: avx512, avx2, neon or "
                     "generic"),
      llvm::cl::init("generic")};
  Option<std::string> machine{
      *this, "machine",
      llvm::cl::desc("File of costs that --measure-machine wrote"),
      llvm::cl::init("")};
  Option<int64_t> tokens{
      *this, "tokens",
      llvm::cl::desc("Tokens to expect where the model does not say how many"),
      llvm::cl::init(128)};
  Option<ReportFormat> report{
      *this, "report",
      llvm::cl::desc("What to print of how layers are computed, and why"),
      llvm::cl::init(ReportFormat::None), getReportFormatValues()};
  Option<LayerPrecision> precision{
      *this, "precision",
      llvm::cl::desc("To what linear layers round what they multiply"),
      llvm::cl::init(LayerPrecision::F32),
      llvm::cl::values(clEnumValN(LayerPrecision::F32, "fp32", "not at all"),
                       clEnumValN(LayerPrecision::Bf16, "bf16", "16 bits"),
                       clEnumValN(LayerPrecision::Int8, "int8", "8 bits"))};
  Option<double> cosine{
      *this, "cosine",
      llvm::cl::desc("Of the outputs with those in fp32, for the report"),
      llvm::cl::init(0)};
  ListOption<std::string> features{
      *this, "features",
      llvm::cl::desc("What the processor has beyond the isa: vnni, bf16, bw, "
                     "amx-int8, amx-bf16, half-rate")};
  Option<uint64_t> maxNodes{
      *this, "max-nodes",
      llvm::cl::desc("Nodes that a model may have after simplification"),
      llvm::cl::init(12000)};
  Option<uint64_t> maxWork{
      *this, "max-work",
      llvm::cl::desc("Units of -sopt-check-work that a model may need; 0 for "
                     "any number"),
      llvm::cl::init(0)};
  Option<bool> kernels{
      *this, "kernels",
      llvm::cl::desc(
          "Use vector kernels; otherwise every sopt op is lowered by "
          "its definition in linalg"),
      llvm::cl::init(true)};

  /// Chooses isa and features for `cpu`, a name that LLVM knows, and what was
  /// measured on this machine if it is "native". Returns false if LLVM knows no
  /// such CPU of this machine's architecture.
  bool setProcessor(llvm::StringRef cpu);
};

/// The pipeline's first part on whole operations: simplifies, and takes out
/// what nobody reads. Nothing is left to do where it was run before.
void buildPreparationPipeline(mlir::OpPassManager &passes,
                              const CPUPipelineOptions &options);

/// A later part: decides how layers are computed that do not say it.
void buildDecisionPipeline(mlir::OpPassManager &passes,
                           const CPUPipelineOptions &options);

/// Lowers a module with `@main_graph` in the onnx and sopt dialects, on
/// tensors, to the LLVM dialect: kernels, fusion, bufferization, loops, OpenMP.
void buildCPUPipeline(mlir::OpPassManager &passes,
                      const CPUPipelineOptions &options);

/// Registers `sopt-cpu`.
void registerCPUPipeline();

} // namespace sopt

#endif // SPARSE_OPT_PIPELINES_CPU_H
