//===- Model.cpp - The compiler from C ------------------------------------===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "sparse-opt-c/Model.h"
#include "dialects/ONNX/IR/NodeLocation.h"
#include "mlir/CAPI/IR.h"
#include "mlir/CAPI/Support.h"
#include "mlir/InitAllDialects.h"
#include "mlir/InitAllExtensions.h"
#include "mlir/InitAllPasses.h"
#include "mlir/Pass/PassManager.h"
#include "mlir/Pass/PassRegistry.h"
#include "sparse-opt/Analysis/WorkLimit.h"
#include "sparse-opt/InitAll.h"
#include "sparse-opt/Tools/ModelFile.h"
#include <mutex>

using namespace mlir;
using namespace sopt;

void soptRegisterAllDialects(MlirDialectRegistry registry) {
  mlir::registerAllDialects(*unwrap(registry));
  mlir::registerAllExtensions(*unwrap(registry));
  sopt::registerAllDialects(*unwrap(registry));
}

void soptRegisterAllPasses() {
  // The registry of passes is the process's, and not safe for threads.
  static std::once_flag once;
  std::call_once(once, [] {
    mlir::registerAllPasses();
    sopt::registerAllPasses();
  });
}

MlirContext soptContextCreate() {
  soptRegisterAllPasses();
  DialectRegistry registry;
  soptRegisterAllDialects(wrap(&registry));
  auto *context = new MLIRContext(registry);
  context->printOpOnDiagnostic(false);
  return wrap(context);
}

MlirModule soptModelRead(MlirContext context, MlirStringRef path) {
  return wrap(readModel(unwrap(path), unwrap(context)).release());
}

/// Runs `passes` on `module` unless adding them failed.
static MlirLogicalResult
runPasses(ModuleOp module,
          llvm::function_ref<LogicalResult(PassManager &)> add) {
  PassManager passes(module.getContext());
  return wrap(failure(failed(add(passes)) || failed(passes.run(module))));
}

MlirLogicalResult soptModelRunPipeline(MlirModule model,
                                       MlirStringRef pipeline) {
  ModuleOp module = unwrap(model);
  std::string message;
  llvm::raw_string_ostream os(message);
  FailureOr<OpPassManager> parsed = parsePassPipeline(unwrap(pipeline), os);
  if (failed(parsed)) {
    module.emitError() << StringRef(message).rtrim();
    return mlirLogicalResultFailure();
  }
  if (parsed->getOpAnchorName() != ModuleOp::getOperationName()) {
    module.emitError("a pipeline for models is builtin.module(...)");
    return mlirLogicalResultFailure();
  }
  return runPasses(module, [&](PassManager &passes) {
    static_cast<OpPassManager &>(passes) = std::move(*parsed);
    return success();
  });
}

MlirLogicalResult soptModelLowerToCPU(MlirModule model, MlirStringRef cpu) {
  ModuleOp module = unwrap(model);
  CPUPipelineOptions options;
  if (!options.setProcessor(unwrap(cpu))) {
    module.emitError("LLVM knows no CPU '")
        << unwrap(cpu) << "' of this machine's architecture";
    return mlirLogicalResultFailure();
  }
  MlirLogicalResult raised = runPasses(module, [](PassManager &passes) {
    passes.addPass(createCheckLimits());
    buildRaisePipeline(passes);
    return success();
  });
  if (mlirLogicalResultIsFailure(raised))
    return raised;
  // By the weights of the raised model, as sparse-opt does.
  options.maxWork = getWorkLimit(module).units;
  return runPasses(module, [&](PassManager &passes) {
    buildCPUPipeline(passes, options);
    return success();
  });
}

MlirLogicalResult soptModelWrite(MlirModule model, MlirStringRef path,
                                 MlirStringRef cpu) {
  WriteOptions options;
  options.library.cpu = unwrap(cpu).str();
  return wrap(writeModel(unwrap(model), unwrap(path), options));
}

MlirStringRef soptLocationGetNodeName(MlirLocation location) {
  return wrap(onnx::getNodeName(unwrap(location)));
}
