//===- Linear.cpp - A matrix kernel for sopt.linear -----------------------===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "NMKernel.h"
#include "PackNarrow.h"
#include "Patterns.h"
#include "TileKernel.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "llvm/Support/FormatVariadic.h"

using namespace mlir;
using namespace sopt;

namespace {

// sopt.linear(x, w, bias) → linear_K×N(rows of x, panels of w, bias), where a
// precision may have both rounded, or a schedule <nm> most of w left out
class LinearToKernel : public OpRewritePattern<LinearOp> {
public:
  LinearToKernel(MLIRContext *context, KernelLibrary &kernels,
                 WeightPacker &packer, NarrowRows &rows,
                 ArrayRef<std::string> features)
      : OpRewritePattern(context), kernels(kernels), packer(packer), rows(rows),
        features(features) {}

  LogicalResult matchAndRewrite(LinearOp op,
                                PatternRewriter &rewriter) const override;

private:
  /// Of a layer with a precision; null for one without.
  const NarrowForm *getForm(LinearOp op) const;
  /// The tile that `op` gets, for inputs in `form`.
  Isa getIsa(LinearOp op, const NarrowForm *form) const;
  /// The kernel's arguments that hold x and weight, of which `x` is a buffer,
  /// for the tile of `isa`.
  SmallVector<Value> makeFactors(ImplicitLocOpBuilder &b, LinearOp op, Value x,
                                 const NarrowForm *form, const Isa &isa) const;

  KernelLibrary &kernels;
  WeightPacker &packer;
  NarrowRows &rows;
  ArrayRef<std::string> features;
};

} // namespace

/// Why there is no kernel for `op`, null if there is one.
static const char *whyNot(LinearOp op) {
  if (op.getSchedule() && op.getSchedule()->readsTokenTiles())
    return "scheduled for tiles of tokens";
  if (!llvm::all_of(op->getOperandTypes(), isF32Tensor))
    return "not f32";
  auto weight = cast<RankedTensorType>(op.getWeight().getType());
  if (weight.getRank() != 2 || !weight.hasStaticShape())
    return "weight of unknown size";
  if (weight.getNumElements() == 0)
    return "empty weight";
  if (cast<RankedTensorType>(op.getX().getType()).getRank() == 0)
    return "x has no features";
  if (op.getPrecision() && !WeightPacker::canPack(op.getWeight()))
    return "weight to be rounded is no constant";
  return nullptr;
}

/// Whether the schedule says which tile of outputs `op` gets.
static bool hasTile(LinearOp op) {
  return op.getSchedule() && !op.getSchedule()->getTile().empty();
}

/// Of each four weights, so many are stored: as the schedule says, or all.
static int64_t getKept(LinearOp op) {
  bool isSparse = op.getSchedule() && op.getSchedule()->isSparse();
  return isSparse ? op.getSchedule()->getLayout().getSizes()[0]
                  : NMForm::kGroup;
}

static bool isNM(LinearOp op) { return getKept(op) < NMForm::kGroup; }

static std::unique_ptr<DenseKernel> createKernel(LinearOp op,
                                                 const NarrowForm *form) {
  auto weight = cast<RankedTensorType>(op.getWeight().getType());
  int64_t k = weight.getDimSize(0), n = weight.getDimSize(1);
  Activation activation = op.getActivation();
  bool hasBias = bool(op.getBias());
  if (isNM(op))
    return std::make_unique<NMKernel>(getKept(op), k, n, activation, hasBias);
  if (!form)
    return std::make_unique<DenseKernel>(k, n, activation, hasBias);
  if (!form->hasTiles)
    return std::make_unique<NarrowKernel>(*form, k, n, activation, hasBias);
  return std::make_unique<TileKernel>(*form, k, n, activation, hasBias);
}

const NarrowForm *LinearToKernel::getForm(LinearOp op) const {
  if (!op.getPrecision())
    return nullptr;
  // A tile by hand is one of vector registers.
  return &lookUpNarrowForm(op.getPrecision()->getNumber(),
                           kernels.getIsa().name, features,
                           /*mayHaveTiles=*/!hasTile(op));
}

Isa LinearToKernel::getIsa(LinearOp op, const NarrowForm *form) const {
  if (form && form->hasTiles)
    return TileKernel::getTile(kernels.getIsa());
  int64_t k = cast<RankedTensorType>(op.getWeight().getType()).getDimSize(0);
  Isa isa = isNM(op) ? NMKernel::getTile(kernels.getIsa(), getKept(op), k)
                     : kernels.getIsa().forRowsOf(getRowBytes(form, k));
  if (hasTile(op)) {
    isa.rows = op.getSchedule()->getTile()[0];
    isa.vectors = op.getSchedule()->getTile()[1];
  }
  return isa;
}

SmallVector<Value> LinearToKernel::makeFactors(ImplicitLocOpBuilder &b,
                                               LinearOp op, Value x,
                                               const NarrowForm *form,
                                               const Isa &isa) const {
  int64_t width = isa.vectors * isa.lanes;
  if (isNM(op))
    return {x,
            packNM(b, packer, op.getWeight(), getKept(op), width, isa.lanes)};
  if (!form)
    return {x, packer.pack(b, op.getWeight(), width)};
  PrecisionAttr precision = *op.getPrecision();
  NarrowRows::Rows rounded = rows.get(b, op.getX(), x, *form, precision);
  RoundedWeight integers(
      precision,
      cast<RankedTensorType>(op.getWeight().getType()).getDimSize(1));
  NarrowWeight weight =
      packNarrow(b, packer, op.getWeight(), *form, integers, width);
  if (form->number == Number::Bf16)
    return {rounded.words, weight.panels};
  return {rounded.words, rounded.steps,        rounded.zeros,
          weight.panels, weight.columns.steps, weight.columns.sums};
}

LogicalResult LinearToKernel::matchAndRewrite(LinearOp op,
                                              PatternRewriter &rewriter) const {
  if (const char *reason = whyNot(op))
    return rewriter.notifyMatchFailure(op, reason);
  ImplicitLocOpBuilder b(op.getLoc(), rewriter);
  auto weight = cast<RankedTensorType>(op.getWeight().getType());
  int64_t k = weight.getDimSize(0), n = weight.getDimSize(1);
  const NarrowForm *form = getForm(op);
  std::unique_ptr<DenseKernel> kernel = createKernel(op, form);
  std::string name = kernel->getName();
  Isa isa = getIsa(op, form);
  if (hasTile(op))
    name += llvm::formatv("_tile{0}x{1}", isa.rows, isa.vectors).str();
  auto xType = cast<RankedTensorType>(op.getX().getType());
  SmallVector<int64_t> xShape(xType.getShape());
  xShape.back() = k;
  Value x = castTensor(b, op.getX(), xType.clone(xShape));
  SmallVector<OpFoldResult> sizes = tensor::getMixedSizes(b, b.getLoc(), x);
  sizes.back() = b.getIndexAttr(n);
  SmallVector<Value> arguments =
      makeFactors(b, op, viewRows(b, readOnlyBuffer(b, x)), form, isa);
  if (Value bias = op.getBias())
    arguments.push_back(readOnlyBuffer(
        b, castTensor(b, bias, RankedTensorType::get(n, b.getF32Type()))));
  Value y = allocate(b, sizes);
  arguments.push_back(viewRows(b, y));

  Value rows = memref::DimOp::create(b, arguments.back(), 0);
  Value flopsPerRow =
      arith::ConstantIndexOp::create(b, 2 * kernel->getProducts());
  kernels.countFlops(b, arith::MulIOp::create(b, rows, flopsPerRow));
  if (form && form->hasTiles)
    arguments.push_back(kernels.getTileThreads(b));
  kernels.call(b, name, isa, arguments,
               [&](VectorBuilder &b, ValueRange arguments) {
                 kernel->build(b, arguments);
               });
  rewriter.replaceOp(op, castTensor(b, writtenTensor(b, y), op.getType()));
  return success();
}

void sopt::populateLinearToKernel(RewritePatternSet &patterns,
                                  KernelLibrary &kernels, WeightPacker &packer,
                                  NarrowRows &rows,
                                  ArrayRef<std::string> features) {
  patterns.add<LinearToKernel>(patterns.getContext(), kernels, packer, rows,
                               features);
}
