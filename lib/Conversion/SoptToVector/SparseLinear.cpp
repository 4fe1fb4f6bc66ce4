//===- SparseLinear.cpp - Kernels for layers with sparse weights ----------===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "PackNM.h"
#include "PackNarrow.h"
#include "Patterns.h"
#include "SparseInt8Kernel.h"
#include "SparseKernel.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Arith/Utils/Utils.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"

using namespace mlir;
using namespace sopt;

namespace {

// sopt.linear(x, w, bias) schedule <csr or block>
//   → tokens_to_tiles(x, tiles), sparse_K×N(tiles, packed w, bias), where a
//     precision has tiles and w rounded before
class SparseLinearToKernel : public OpRewritePattern<LinearOp> {
public:
  SparseLinearToKernel(MLIRContext *context, KernelLibrary &kernels,
                       WeightPacker &densePacker, SparseWeightPacker &packer,
                       TokenTiles &tiles, NarrowTiles &narrowTiles,
                       ArrayRef<std::string> features)
      : OpRewritePattern(context), kernels(kernels), densePacker(densePacker),
        packer(packer), tiles(tiles), narrowTiles(narrowTiles),
        features(features) {}

  LogicalResult matchAndRewrite(LinearOp op,
                                PatternRewriter &rewriter) const override;

private:
  /// Of a layer in int8; null for one in f32.
  const NarrowForm *getForm(LinearOp op) const;
  SparseTasks::Spec getSpec(LinearOp op, const TokenTiles::Input &x,
                            const SparseForm &weight) const;
  std::unique_ptr<SparseTasks> createKernel(LinearOp op,
                                            const SparseTasks::Spec &spec,
                                            const Isa &isa) const;
  /// The kernel's arguments that hold x, of so many tokens, and weight.
  SmallVector<Value> makeFactors(ImplicitLocOpBuilder &b, LinearOp op,
                                 const TokenTiles::Input &x, Value tokens,
                                 const SparseWeight &weight,
                                 RoundedWeight *integers, const Isa &isa) const;
  /// What those in int8 are besides: of x, and of the weight, of which `width`
  /// columns make a panel.
  SmallVector<Value> makeInt8Scales(ImplicitLocOpBuilder &b, LinearOp op,
                                    const NarrowTiles::Tiles &rounded,
                                    RoundedWeight &integers,
                                    int64_t width) const;

  KernelLibrary &kernels;
  WeightPacker &densePacker;
  SparseWeightPacker &packer;
  TokenTiles &tiles;
  NarrowTiles &narrowTiles;
  ArrayRef<std::string> features;
};

} // namespace

/// Half of the registers hold sums, the others inputs, weights and addresses.
static int64_t getVectors(const Isa &isa, ScheduleAttr schedule,
                          const NarrowForm *form) {
  if (form)
    return SparseInt8Kernel::getVectors(*form, isa, schedule);
  if (!schedule.getTile().empty())
    return schedule.getTile()[1];
  int64_t rows = schedule.getLayout().getBlockShape().first;
  return std::clamp<int64_t>(isa.registers / 2 / rows, 1,
                             TokenTiles::kTokens / isa.lanes);
}

/// Why `op` cannot have the kernel that it is scheduled for, null if it can.
static const char *whyNotSparse(LinearOp op) {
  bool isNM = !op.getSchedule()->readsTokenTiles();
  if (!llvm::all_of(op->getOperandTypes(), isF32Tensor))
    return "it is not in f32";
  if (!SparseWeightPacker::isPackable(op.getWeight()))
    return "its weight is no constant";
  if (cast<RankedTensorType>(op.getWeight().getType()).getNumElements() == 0)
    return "its weight is empty";
  if ((isNM || op.getPrecision()) && !WeightPacker::canPack(op.getWeight()))
    return "its weight is one number for all";
  if (isNM &&
      !canPackNM(op.getWeight(), op.getSchedule()->getLayout().getSizes()[0]))
    return "its weight has more non-zeros in a group";
  return nullptr;
}

LogicalResult sopt::verifySparseSchedule(LinearOp op) {
  ScheduleAttr schedule = op.getScheduleAttr();
  if (!schedule || !schedule.isSparse())
    return success();
  if (const char *reason = whyNotSparse(op))
    return op.emitOpError("cannot be computed as ")
           << schedule << ": " << reason;
  return success();
}

static Value multiply(ImplicitLocOpBuilder &b, ArrayRef<OpFoldResult> sizes) {
  Value product = arith::ConstantIndexOp::create(b, 1);
  for (OpFoldResult size : sizes)
    product = arith::MulIOp::create(
        b, product, getValueOrCreateConstantIndexOp(b, b.getLoc(), size));
  return product;
}

const NarrowForm *SparseLinearToKernel::getForm(LinearOp op) const {
  if (!op.getPrecision())
    return nullptr;
  return &lookUpNarrowForm(op.getPrecision()->getNumber(),
                           kernels.getIsa().name, features,
                           /*mayHaveTiles=*/false);
}

SparseTasks::Spec
SparseLinearToKernel::getSpec(LinearOp op, const TokenTiles::Input &x,
                              const SparseForm &weight) const {
  auto weightType = cast<RankedTensorType>(op.getWeight().getType());
  auto few = TokenTiles::Few::of(op);
  return {op.getSchedule()->getLayout(),
          weight,
          weightType.getDimSize(0),
          weightType.getDimSize(1),
          getVectors(kernels.getIsa(), *op.getSchedule(), getForm(op)),
          few,
          op.getActivation(),
          bool(op.getBias()),
          /*readsTiles=*/!x.rows,
          TokenTiles::isReadAlone(op.getResult()) &&
              TokenTiles::getWanted(op.getResult()) == few};
}

std::unique_ptr<SparseTasks>
SparseLinearToKernel::createKernel(LinearOp op, const SparseTasks::Spec &spec,
                                   const Isa &isa) const {
  if (const NarrowForm *form = getForm(op))
    return std::make_unique<SparseInt8Kernel>(*form, spec, isa);
  return std::make_unique<SparseKernel>(spec);
}

SmallVector<Value> SparseLinearToKernel::makeInt8Scales(
    ImplicitLocOpBuilder &b, LinearOp op, const NarrowTiles::Tiles &rounded,
    RoundedWeight &integers, int64_t width) const {
  Value weight = op.getWeight();
  if (!op.getSchedule()->getDenseBelow()) {
    Int8Columns columns =
        packInt8Columns(b, densePacker, weight, integers, width);
    return {rounded.steps, rounded.zeros, columns.steps, columns.sums};
  }
  NarrowWeight dense =
      packNarrow(b, densePacker, weight, *getForm(op), integers, width);
  return {rounded.steps, rounded.zeros, dense.columns.steps, dense.columns.sums,
          dense.panels};
}

SmallVector<Value> SparseLinearToKernel::makeFactors(
    ImplicitLocOpBuilder &b, LinearOp op, const TokenTiles::Input &x,
    Value tokens, const SparseWeight &weight, RoundedWeight *integers,
    const Isa &isa) const {
  SmallVector<Value> arguments = {
      tokens,          x.tiles,     weight.values, weight.indices,
      weight.pointers, weight.rows, weight.groups};
  Value &tiles = arguments[1];
  int64_t k = cast<RankedTensorType>(op.getWeight().getType()).getDimSize(0);
  int64_t width = isa.vectors * isa.lanes;
  if (const NarrowForm *form = getForm(op)) {
    NarrowTiles::Tiles rounded =
        narrowTiles.get(b, {op.getX(), tokens, x, k, TokenTiles::Few::of(op)},
                        *form, *op.getPrecision());
    tiles = rounded.words;
    llvm::append_range(arguments,
                       makeInt8Scales(b, op, rounded, *integers, width));
  } else if (op.getSchedule()->getDenseBelow()) {
    if (x.rows)
      arguments.push_back(x.rows);
    arguments.push_back(densePacker.pack(b, op.getWeight(), width));
  }
  return arguments;
}

LogicalResult
SparseLinearToKernel::matchAndRewrite(LinearOp op,
                                      PatternRewriter &rewriter) const {
  ScheduleAttr schedule = op.getScheduleAttr();
  if (!schedule || !schedule.readsTokenTiles())
    return rewriter.notifyMatchFailure(op, "not scheduled for tiles of tokens");
  ImplicitLocOpBuilder b(op.getLoc(), rewriter);
  auto weightType = cast<RankedTensorType>(op.getWeight().getType());
  int64_t k = weightType.getDimSize(0), n = weightType.getDimSize(1);
  auto few = TokenTiles::Few::of(op);
  TokenTiles::Input x = tiles.get(b, op.getX(), k, few);
  std::optional<RoundedWeight> integers;
  if (PrecisionAttr precision = op.getPrecisionAttr())
    integers.emplace(precision, n);
  RoundedWeight *rounded = integers ? &*integers : nullptr;
  SparseWeight weight = packer.pack(b, op.getWeight(), schedule.getLayout(),
                                    getForm(op), rounded);
  SparseTasks::Spec spec = getSpec(op, x, weight.form);
  Isa isa = kernels.getIsa().forRowsOf(getRowBytes(getForm(op), k));
  std::unique_ptr<SparseTasks> kernel = createKernel(op, spec, isa);

  SmallVector<OpFoldResult> sizes =
      tensor::getMixedSizes(b, b.getLoc(), op.getX());
  sizes.back() = b.getIndexAttr(n);
  Value tokens = multiply(b, ArrayRef(sizes).drop_back());
  SmallVector<Value> arguments =
      makeFactors(b, op, x, tokens, weight, rounded, isa);
  if (Value bias = op.getBias())
    arguments.push_back(readOnlyBuffer(
        b, castTensor(b, bias, RankedTensorType::get(n, b.getF32Type()))));
  Value y =
      spec.writesTiles ? tiles.allocateFor(b, tokens, n) : allocate(b, sizes);
  arguments.push_back(spec.writesTiles ? y : viewRows(b, y));

  Value flopsPerToken = arith::ConstantIndexOp::create(
      b, 2 * weight.numBlocks * schedule.getLayout().getBlockShape().first);
  kernels.countFlops(b, arith::MulIOp::create(b, tokens, flopsPerToken));
  kernels.call(b, kernel->getName(), isa, arguments,
               [&](VectorBuilder &b, ValueRange arguments) {
                 kernel->build(b, arguments);
               });
  // Those who read tiles ask the tensor for nothing but its size.
  Value result = spec.writesTiles
                     ? tensor::EmptyOp::create(b, sizes, b.getF32Type())
                     : writtenTensor(b, y);
  result = castTensor(b, result, op.getType());
  if (spec.writesTiles)
    tiles.set(b, result, few, y, TokenTiles::Rows::InTiles);
  rewriter.replaceOp(op, result);
  return success();
}

void sopt::populateSparseLinearToKernel(
    RewritePatternSet &patterns, KernelLibrary &kernels,
    WeightPacker &densePacker, SparseWeightPacker &packer, TokenTiles &tiles,
    NarrowTiles &narrowTiles, ArrayRef<std::string> features) {
  patterns.add<SparseLinearToKernel>(patterns.getContext(), kernels,
                                     densePacker, packer, tiles, narrowTiles,
                                     features);
}
