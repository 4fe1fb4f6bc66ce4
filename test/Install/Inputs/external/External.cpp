//===- External.cpp - sparse-opt inside another compiler ------------------===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Registers the dialects, imports a model and runs the pipelines in a pass
// manager of its own, with a pass of its own between them.
//
//===----------------------------------------------------------------------===//

#include "dialects/ONNX/IR/ONNX.h"
#include "dialects/Sopt/IR/Sopt.h"
#include "mlir/IR/MLIRContext.h"
#include "mlir/InitAllDialects.h"
#include "mlir/InitAllExtensions.h"
#include "mlir/Pass/Pass.h"
#include "mlir/Pass/PassManager.h"
#include "sparse-opt/Import/Import.h"
#include "sparse-opt/Pipelines/CPU.h"
#include "sparse-opt/Pipelines/Raise.h"

using namespace mlir;

namespace {
/// Counts the layers that were raised.
struct CountLayers : PassWrapper<CountLayers, OperationPass<ModuleOp>> {
  MLIR_DEFINE_EXPLICIT_INTERNAL_INLINE_TYPE_ID(CountLayers)

  void runOnOperation() override {
    int attentions = 0, linears = 0;
    getOperation()->walk([&](Operation *op) {
      attentions += isa<sopt::AttentionOp>(op);
      linears += isa<sopt::LinearOp>(op);
    });
    llvm::outs() << attentions << " attentions, " << linears << " linears\n";
  }
};
} // namespace

int main(int argc, char **argv) {
  if (argc != 2)
    return 2;
  DialectRegistry registry;
  registerAllDialects(registry);
  registerAllExtensions(registry);
  registry.insert<sopt::onnx::ONNXDialect, sopt::SoptDialect>();
  MLIRContext context(registry);
  OwningOpRef<ModuleOp> module = sopt::importONNX(argv[1], &context);
  if (!module)
    return 1;
  PassManager passes(&context);
  sopt::buildRaisePipeline(passes);
  passes.addPass(std::make_unique<CountLayers>());
  sopt::buildCPUPipeline(passes, {});
  if (failed(passes.run(*module)))
    return 1;
  for (Operation &op : module->getOps())
    if (SymbolTable::getSymbolVisibility(&op) ==
            SymbolTable::Visibility::Public &&
        op.getNumRegions())
      llvm::outs() << op.getName() << " "
                   << SymbolTable::getSymbolName(&op).getValue() << "\n";
  return 0;
}
