//===- SoptToVector.cpp - Lower sopt to vector kernels --------------------===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Patterns.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Bufferization/IR/Bufferization.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/Transforms/WalkPatternRewriteDriver.h"
#include "sparse-opt/Conversion/Passes.h"

namespace sopt {
#define GEN_PASS_DEF_CONVERTSOPTTOVECTOR
#include "sparse-opt/Conversion/Passes.h.inc"
} // namespace sopt

using namespace mlir;
using namespace sopt;

namespace {

class ConvertSoptToVector
    : public sopt::impl::ConvertSoptToVectorBase<ConvertSoptToVector> {
public:
  using ConvertSoptToVectorBase::ConvertSoptToVectorBase;

  void runOnOperation() override;

private:
  /// The table's entry with what the options override; failure is reported.
  FailureOr<Isa> chooseIsa();
};

} // namespace

FailureOr<Isa> ConvertSoptToVector::chooseIsa() {
  const Isa *known = lookUpIsa(isaName);
  if (!known)
    return emitError(getOperation().getLoc())
           << "convert-sopt-to-vector: unknown isa '" << isaName << "'";
  Isa isa = *known;
  if (tileRows > 0)
    isa.rows = isa.rowsInOneSet = tileRows;
  if (tileVectors > 0)
    isa.vectors = isa.vectorsInOneSet = tileVectors;
  return isa;
}

void ConvertSoptToVector::runOnOperation() {
  FailureOr<Isa> isa = chooseIsa();
  if (failed(isa))
    return signalPassFailure();
  WalkResult verified = getOperation().walk(
      [](LinearOp op) { return WalkResult(verifySparseSchedule(op)); });
  if (verified.wasInterrupted())
    return signalPassFailure();
  KernelLibrary kernels(getOperation(), *isa);
  llvm::SetVector<Operation *> packedConstants;
  WeightPacker packer(kernels, packedConstants);
  SparseWeightPacker sparsePacker(packedConstants);
  TokenTiles tiles(kernels);
  NarrowTiles narrowTiles(kernels);
  NarrowRows narrowRows(kernels);
  std::vector<std::string> processor(features.begin(), features.end());
  RewritePatternSet patterns(&getContext());
  populateAttentionToKernel(patterns, kernels);
  populateConvolutionToKernel(patterns, kernels, packer);
  populateLayerNormToKernel(patterns, kernels, tiles);
  populateLinearToKernel(patterns, kernels, packer, narrowRows, processor);
  populateSparseLinearToKernel(patterns, kernels, packer, sparsePacker, tiles,
                               narrowTiles, processor);
  FrozenRewritePatternSet frozen(std::move(patterns));
  // Not the module at once: kernels are added to it meanwhile.
  for (auto function : llvm::to_vector(getOperation().getOps<func::FuncOp>()))
    walkAndApplyPatterns(function, frozen);
  for (Operation *source : packedConstants)
    if (source->use_empty())
      source->erase();
}
