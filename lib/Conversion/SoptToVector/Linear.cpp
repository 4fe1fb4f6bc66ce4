//===- Linear.cpp - A matrix kernel for sopt.linear -----------------------===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Activations.h"
#include "Patterns.h"
#include "Tile.h"
#include "dialects/Sopt/IR/Sopt.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;
using namespace sopt;

/// Bytes that x and weights may take of the second-level cache: three quarters
/// of what today's processors have.
static constexpr int64_t kCacheBytes = 768 * 1024;

namespace {

/// The body of one kernel: y = activation(x · w + bias).
class LinearKernel {
public:
  LinearKernel(int64_t k, int64_t n, Activation activation, bool hasBias)
      : k(k), n(n), activation(activation), hasBias(hasBias) {}

  std::string getName() const;
  /// Arguments: x, packed w, bias if there is one, y.
  void build(VectorBuilder &b, ValueRange arguments);

private:
  /// How many tiles of rows make a chunk.
  Value buildChunk(VectorBuilder &b, Value tiles);
  /// A whole tile of outputs or what is left of one, activation included.
  void buildTask(VectorBuilder &b, Value row, Value numRows, Value panel);
  /// The tile of `rows` rows from `row` on and one panel of columns.
  void buildTile(VectorBuilder &b, int64_t rows, Value row, Value panel);
  /// Applies the activation to `rows` rows of a tile in memory.
  void buildActivation(VectorBuilder &b, Value row, Value rows, Value panel);
  SmallVector<Value> buildStart(VectorBuilder &b, int64_t rows, Value column);
  /// Masks the columns of a vector that exist; null where all always do.
  Value buildMask(VectorBuilder &b, Value column);

  int64_t k, n;
  Activation activation;
  bool hasBias;
  Value x, weight, bias, y;
};

} // namespace

std::string LinearKernel::getName() const {
  std::string name = llvm::formatv("linear_{0}x{1}", k, n);
  if (!hasBias)
    name += "_nobias";
  if (activation != Activation::None)
    name += ("_" + stringifyActivation(activation)).str();
  return name;
}

// The sums stay in registers over all of k. Every tile of the output is one
// task: tasks are small enough to balance any number of threads, and those of
// one panel of weights follow one another, so that it stays in cache. For the
// rows of x to stay there too, all panels are done for one chunk of rows before
// the next chunk is begun.
void LinearKernel::build(VectorBuilder &b, ValueRange arguments) {
  x = arguments[0];
  weight = arguments[1];
  bias = hasBias ? arguments[2] : Value();
  y = arguments.back();
  int64_t rows = b.getIsa().rows, width = b.getIsa().vectors * b.getLanes();
  Value panels = b.index(llvm::divideCeilSigned(n, width));
  Value numRows = memref::DimOp::create(b, x, 0);
  Value tiles = b.ceilDiv(numRows, rows);
  Value chunk = buildChunk(b, tiles);
  Value tasksPerChunk = b.mul(chunk, panels);
  b.parallel(b.mul(tiles, panels), [&](ValueRange task) {
    Value begin =
        b.mul(arith::DivUIOp::create(b, task[0], tasksPerChunk), chunk);
    Value rest = arith::RemUIOp::create(b, task[0], tasksPerChunk);
    Value size = b.minimum(b.sub(tiles, begin), chunk);
    Value panel = arith::DivUIOp::create(b, rest, size);
    Value tile = b.add(begin, arith::RemUIOp::create(b, rest, size));
    buildTask(b, b.mul(tile, b.index(rows)), numRows, panel);
  });
}

// A panel so large that it leaves no room for a chunk is read once, for all
// rows.
Value LinearKernel::buildChunk(VectorBuilder &b, Value tiles) {
  int64_t rows = b.getIsa().rows, width = b.getIsa().vectors * b.getLanes();
  int64_t columnBytes = k * sizeof(float);
  int64_t room = kCacheBytes - width * columnBytes;
  if (room < kCacheBytes / 4)
    return tiles;
  return b.index(std::max<int64_t>(1, room / (rows * columnBytes)));
}

void LinearKernel::buildTask(VectorBuilder &b, Value row, Value numRows,
                             Value panel) {
  int64_t rows = b.getIsa().rows;
  Value left = b.sub(numRows, row);
  Value full =
      arith::CmpIOp::create(b, arith::CmpIPredicate::uge, left, b.index(rows));
  // A last, partial tile is made of the powers of two that add up to it.
  auto buildRest = [&] {
    Value next = row;
    for (int64_t part = llvm::PowerOf2Ceil(rows) / 2; part; part /= 2) {
      Value bit = arith::AndIOp::create(b, left, b.index(part));
      Value there =
          arith::CmpIOp::create(b, arith::CmpIPredicate::ne, bit, b.index(0));
      b.when(there, [&] { buildTile(b, part, next, panel); });
      next = b.add(next, bit);
    }
  };
  b.when(full, [&] { buildTile(b, rows, row, panel); }, buildRest);
  if (activation != Activation::None)
    buildActivation(b, row, b.minimum(left, b.index(rows)), panel);
}

void LinearKernel::buildTile(VectorBuilder &b, int64_t rows, Value row,
                             Value panel) {
  int64_t vectors = b.getIsa().vectors;
  Value column = b.mul(panel, b.index(vectors * b.getLanes()));
  auto input = [&](int64_t r, Value k) {
    return b.loadScalar(x, {b.add(row, b.index(r)), k});
  };
  auto weights = [&](Value k, int64_t vector) {
    return b.load(weight, {panel, k, b.index(vector * b.getLanes())});
  };
  SmallVector<Value> sums = multiplyTile(
      b, rows, b.index(k), buildStart(b, rows, column), input, weights);
  for (int64_t v = 0; v < vectors; ++v) {
    Value at = b.add(column, b.index(v * b.getLanes()));
    Value mask = buildMask(b, at);
    for (int64_t r = 0; r < rows; ++r)
      b.store(sums[r * vectors + v], y, {b.add(row, b.index(r)), at}, mask);
  }
}

// In a loop over the finished tile, which is still in the first-level cache:
// unrolled over all registers of all tiles it would be most of the code.
void LinearKernel::buildActivation(VectorBuilder &b, Value row, Value rows,
                                   Value panel) {
  int64_t vectors = b.getIsa().vectors;
  Value column = b.mul(panel, b.index(vectors * b.getLanes()));
  b.forAll(rows, [&](Value r) {
    for (int64_t v = 0; v < vectors; ++v) {
      Value at = b.add(column, b.index(v * b.getLanes()));
      Value mask = buildMask(b, at);
      SmallVector<Value> place = {b.add(row, r), at};
      b.store(emitActivation(b, activation, b.load(y, place, mask)), y, place,
              mask);
    }
  });
}

// The sums start from the bias: no addition is left for the end.
SmallVector<Value> LinearKernel::buildStart(VectorBuilder &b, int64_t rows,
                                            Value column) {
  SmallVector<Value> oneRow;
  for (int64_t v = 0; v < b.getIsa().vectors; ++v) {
    Value at = b.add(column, b.index(v * b.getLanes()));
    oneRow.push_back(hasBias ? b.load(bias, at, buildMask(b, at))
                             : b.splat(0.0f));
  }
  SmallVector<Value> all;
  for (int64_t r = 0; r < rows; ++r)
    llvm::append_range(all, oneRow);
  return all;
}

Value LinearKernel::buildMask(VectorBuilder &b, Value column) {
  if (n % (b.getIsa().vectors * b.getLanes()) == 0)
    return {};
  return b.firstLanes(b.sub(b.index(n), column));
}

namespace {

// sopt.linear(x, w, bias) → linear_K×N(rows of x, panels of w, bias)
class LinearToKernel : public OpRewritePattern<LinearOp> {
public:
  LinearToKernel(MLIRContext *context, KernelLibrary &kernels,
                 WeightPacker &packer)
      : OpRewritePattern(context), kernels(kernels), packer(packer) {}

  LogicalResult matchAndRewrite(LinearOp op,
                                PatternRewriter &rewriter) const override;

private:
  KernelLibrary &kernels;
  WeightPacker &packer;
};

} // namespace

/// Why there is no kernel for `op`, null if there is one.
static const char *whyNot(LinearOp op) {
  if (op.getSchedule() && op.getSchedule()->isSparse())
    return "scheduled as sparse";
  if (!llvm::all_of(op->getOperandTypes(), isF32Tensor))
    return "not f32";
  auto weight = cast<RankedTensorType>(op.getWeight().getType());
  if (weight.getRank() != 2 || !weight.hasStaticShape())
    return "weight of unknown size";
  if (weight.getNumElements() == 0)
    return "empty weight";
  if (cast<RankedTensorType>(op.getX().getType()).getRank() == 0)
    return "x has no features";
  return nullptr;
}

LogicalResult LinearToKernel::matchAndRewrite(LinearOp op,
                                              PatternRewriter &rewriter) const {
  if (const char *reason = whyNot(op))
    return rewriter.notifyMatchFailure(op, reason);
  ImplicitLocOpBuilder b(op.getLoc(), rewriter);
  auto weight = cast<RankedTensorType>(op.getWeight().getType());
  int64_t k = weight.getDimSize(0), n = weight.getDimSize(1);
  LinearKernel kernel(k, n, op.getActivation(), bool(op.getBias()));

  std::string name = kernel.getName();
  Isa isa = kernels.getIsa().forRowsOf(k * sizeof(float));
  if (ScheduleAttr schedule = op.getScheduleAttr();
      schedule && !schedule.getTile().empty()) {
    isa.rows = schedule.getTile()[0];
    isa.vectors = schedule.getTile()[1];
    name += llvm::formatv("_tile{0}x{1}", isa.rows, isa.vectors).str();
  }
  auto xType = cast<RankedTensorType>(op.getX().getType());
  SmallVector<int64_t> xShape(xType.getShape());
  xShape.back() = k;
  Value x = castTensor(b, op.getX(), xType.clone(xShape));
  SmallVector<OpFoldResult> sizes = tensor::getMixedSizes(b, b.getLoc(), x);
  sizes.back() = b.getIndexAttr(n);
  SmallVector<Value> arguments = {
      viewRows(b, readOnlyBuffer(b, x)),
      packer.pack(b, op.getWeight(), isa.vectors * isa.lanes)};
  if (Value bias = op.getBias())
    arguments.push_back(readOnlyBuffer(
        b, castTensor(b, bias, RankedTensorType::get(n, b.getF32Type()))));
  Value y = allocate(b, sizes);
  arguments.push_back(viewRows(b, y));

  Value rows = memref::DimOp::create(b, arguments.front(), 0);
  Value flopsPerRow = arith::ConstantIndexOp::create(b, 2 * k * n);
  kernels.countFlops(b, arith::MulIOp::create(b, rows, flopsPerRow));
  kernels.call(b, name, isa, arguments,
               [&](VectorBuilder &b, ValueRange arguments) {
                 kernel.build(b, arguments);
               });
  rewriter.replaceOp(op, castTensor(b, writtenTensor(b, y), op.getType()));
  return success();
}

void sopt::populateLinearToKernel(RewritePatternSet &patterns,
                                  KernelLibrary &kernels,
                                  WeightPacker &packer) {
  patterns.add<LinearToKernel>(patterns.getContext(), kernels, packer);
}
