//===- CPU.cpp - From the onnx and sopt dialects to LLVM ------------------===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "sparse-opt/Pipelines/CPU.h"
#include "mlir/Conversion/AffineToStandard/AffineToStandard.h"
#include "mlir/Conversion/ArithToLLVM/ArithToLLVM.h"
#include "mlir/Conversion/BufferizationToMemRef/BufferizationToMemRef.h"
#include "mlir/Conversion/ControlFlowToLLVM/ControlFlowToLLVM.h"
#include "mlir/Conversion/FuncToLLVM/ConvertFuncToLLVMPass.h"
#include "mlir/Conversion/IndexToLLVM/IndexToLLVM.h"
#include "mlir/Conversion/MathToLLVM/MathToLLVM.h"
#include "mlir/Conversion/MathToLibm/MathToLibm.h"
#include "mlir/Conversion/MemRefToLLVM/MemRefToLLVM.h"
#include "mlir/Conversion/OpenMPToLLVM/ConvertOpenMPToLLVM.h"
#include "mlir/Conversion/ReconcileUnrealizedCasts/ReconcileUnrealizedCasts.h"
#include "mlir/Conversion/SCFToControlFlow/SCFToControlFlow.h"
#include "mlir/Conversion/SCFToOpenMP/SCFToOpenMP.h"
#include "mlir/Conversion/UBToLLVM/UBToLLVM.h"
#include "mlir/Conversion/VectorToLLVM/ConvertVectorToLLVMPass.h"
#include "mlir/Conversion/VectorToSCF/VectorToSCF.h"
#include "mlir/Dialect/Bufferization/Transforms/Passes.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Func/Transforms/Passes.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/Linalg/Passes.h"
#include "mlir/Dialect/MemRef/Transforms/Passes.h"
#include "mlir/Pass/PassRegistry.h"
#include "mlir/Transforms/Passes.h"
#include "sparse-opt/Conversion/Passes.h"
#include "sparse-opt/Schedule/Machine.h"
#include "sparse-opt/Target/SharedLibrary.h"
#include "sparse-opt/Transforms/Passes.h"

using namespace mlir;
using namespace sopt;

// What a function can be given alone is done to all at once, by as many threads
// as there are.

template <typename FuncOp = func::FuncOp>
static void cleanUp(OpPassManager &passes) {
  OpPassManager &functions = passes.nest<FuncOp>();
  functions.addPass(createCanonicalizerPass());
  functions.addPass(createCSEPass());
}

/// The same on tensors, on which nothing has side effects.
static void cleanUpTensors(OpPassManager &passes) {
  OpPassManager &functions = passes.nest<func::FuncOp>();
  functions.addPass(createCanonicalizerPass());
  functions.addPass(createMergeEqual());
}

bool CPUPipelineOptions::setProcessor(StringRef cpu) {
  isa = getKernelISA(cpu);
  if (isa.empty())
    return false;
  features = getKernelFeatures(cpu);
  // What was measured here says nothing of another processor.
  if (cpu == "native")
    machine = findMachineFile();
  return true;
}

/// Options of a pass that predicts how long layers take.
template <typename PassOptions>
static PassOptions getCostOptions(const CPUPipelineOptions &options) {
  PassOptions costs;
  costs.isa = options.isa;
  costs.features.assign(options.features.begin(), options.features.end());
  costs.machine = options.machine;
  costs.tokens = options.tokens;
  return costs;
}

void sopt::buildPreparationPipeline(OpPassManager &passes,
                                    const CPUPipelineOptions &options) {
  passes.addPass(createExpandFunctions());
  // Definitions are full of constants and of sizes, and of branches that these
  // decide.
  for (int i = 0; i < 2; ++i) {
    passes.addPass(createFoldConstants());
    passes.addPass(createSimplifyONNXShapes());
  }
  passes.addPass(createFoldConstants());
  // Again, now that sizes are known and definitions count; what exporters write
  // around the nodes that compute is gone.
  CheckLimitsOptions limits;
  limits.maxNodes = options.maxNodes;
  passes.addPass(createCheckLimits(limits));
  passes.addPass(createSplitLayers());
  passes.addPass(createDropDeadFeatures());
  if (options.kernels)
    passes.addPass(
        createPermuteFeatures(getCostOptions<PermuteFeaturesOptions>(options)));
}

void sopt::buildDecisionPipeline(OpPassManager &passes,
                                 const CPUPipelineOptions &options) {
  if (options.precision != LayerPrecision::F32)
    passes.addPass(createChoosePrecision({options.precision}));
  if (options.kernels)
    passes.addPass(
        createScheduleLayers(getCostOptions<ScheduleLayersOptions>(options)));
}

/// Tells what was decided, and by whom.
static void addReport(OpPassManager &passes,
                      const CPUPipelineOptions &options) {
  if (!options.kernels || options.report == ReportFormat::None)
    return;
  auto report = getCostOptions<ReportLayersOptions>(options);
  report.precision = options.precision;
  report.cosine = options.cosine;
  report.format = options.report;
  passes.addPass(createReportLayers(report));
}

/// From the onnx and sopt dialects to linalg on tensors and calls of kernels.
static void addTensorPasses(OpPassManager &passes,
                            const CPUPipelineOptions &options) {
  passes.addPass(createRecordSignature());
  buildPreparationPipeline(passes, options);
  passes.addPass(createConvertOnnxToLinalg());
  // Sizes computed twice must be one value before kernels are chosen.
  cleanUpTensors(passes);
  passes.addPass(createSkipEmpty());
  passes.addPass(createOutputShapes());
  buildDecisionPipeline(passes, options);
  addReport(passes, options);
  if (options.kernels) {
    ConvertSoptToVectorOptions kernels;
    kernels.isaName = options.isa;
    kernels.features.assign(options.features.begin(), options.features.end());
    passes.addPass(createConvertSoptToVector(kernels));
  }
  passes.addPass(createConvertSoptToLinalg());
  cleanUpTensors(passes);
  passes.addPass(createFuseElementwise());
  cleanUpTensors(passes);
  passes.addPass(createSkipEmpty());
  passes.addPass(createCheckWork({options.maxWork}));
}

/// From tensors to buffers, each freed after its last use.
static void addBufferPasses(OpPassManager &passes) {
  passes.addPass(createOwnDestinations());
  passes.addPass(createSplitGraph());
  passes.addPass(bufferization::createEmptyTensorEliminationPass());
  bufferization::OneShotBufferizePassOptions oneShot;
  passes.addPass(createPlaceConstants({oneShot.bufferAlignment}));
  oneShot.bufferizeFunctionBoundaries = true;
  // A loop may hand on a new buffer, e.g. a running sum.
  oneShot.allowReturnAllocsFromLoops = true;
  oneShot.functionBoundaryTypeConversion =
      bufferization::LayoutMapOption::IdentityLayoutMap;
  passes.addPass(bufferization::createOneShotBufferizePass(oneShot));
  passes.addPass(createCopyViews());
  cleanUp(passes);
  passes.addPass(createFreeLocals());
  passes.addPass(bufferization::createOwnershipBasedBufferDeallocationPass());
  OpPassManager &owners = passes.nest<func::FuncOp>();
  owners.addPass(createCanonicalizerPass());
  owners.addPass(bufferization::createBufferDeallocationSimplificationPass());
  passes.addPass(bufferization::createLowerDeallocationsPass());
  // An input that is also an output is cloned.
  passes.addPass(createConvertBufferizationToMemRefPass());
  cleanUp(passes);
  passes.addNestedPass<func::FuncOp>(createFreeEarly());
}

/// From linalg on buffers to loops, with the runtime told what runs.
static void addLoopPasses(OpPassManager &passes) {
  passes.addNestedPass<func::FuncOp>(createLinalgToLoops());
  passes.addPass(createMarkNodes());
  passes.addPass(createShareLoops());
  passes.addPass(createSplitGraph());
  passes.addNestedPass<func::FuncOp>(createApproximateMath());
  cleanUp(passes);
}

/// From loops to branches, and from vectors to those of LLVM.
static void addBranchPasses(OpPassManager &passes) {
  OpPassManager &loops = passes.nest<func::FuncOp>();
  loops.addPass(createConvertVectorToSCFPass());
  loops.addPass(createExpandShapes());
  loops.addPass(memref::createExpandStridedMetadataPass());
  loops.addPass(createLowerAffinePass());
  cleanUp(passes);
  passes.addPass(createConvertSCFToOpenMPPass());
  OpPassManager &branches = passes.nest<func::FuncOp>();
  // Takes the scopes away that parallel bodies get for allocations they do not
  // make; a scope can hold no control flow.
  branches.addPass(createCanonicalizerPass());
  branches.addPass(createAvoidForks());
  branches.addPass(createDropBarriers());
  branches.addPass(createSCFToControlFlowPass());
  branches.addPass(memref::createExpandOpsPass());
  branches.addPass(memref::createExpandStridedMetadataPass());
  branches.addPass(createLowerAffinePass());
  branches.addPass(createConvertVectorToLLVMPass());
  branches.addPass(createConvertMathToLLVMPass());
}

/// From there to the LLVM dialect.
static void addLLVMPasses(OpPassManager &passes) {
  passes.addPass(createConvertMathToLibmPass());
  FinalizeMemRefToLLVMConversionPassOptions memory;
  memory.useGenericFunctions = true;
  memory.indexBitwidth = 64;
  passes.addPass(createFinalizeMemRefToLLVMConversionPass(memory));
  passes.addPass(createConvertOpenMPToLLVMPass());
  passes.addPass(createConvertFuncToLLVMPass());
  passes.addPass(createConvertControlFlowToLLVMPass());
  OpPassManager &functions = passes.nest<LLVM::LLVMFuncOp>();
  functions.addPass(createArithToLLVMConversionPass());
  functions.addPass(createConvertIndexToLLVMPass());
  functions.addPass(createUBToLLVMConversionPass());
  functions.addPass(createReconcileUnrealizedCastsPass());
  cleanUp<LLVM::LLVMFuncOp>(passes);
}

void sopt::buildCPUPipeline(OpPassManager &passes,
                            const CPUPipelineOptions &options) {
  addTensorPasses(passes, options);
  addBufferPasses(passes);
  addLoopPasses(passes);
  addBranchPasses(passes);
  addLLVMPasses(passes);
}

void sopt::registerCPUPipeline() {
  PassPipelineRegistration<CPUPipelineOptions>(
      "sopt-cpu",
      "Lower onnx and sopt to the LLVM dialect, for a shared library",
      buildCPUPipeline);
}
