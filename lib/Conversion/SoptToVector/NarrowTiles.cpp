//===- NarrowTiles.cpp - Tiles of tokens, rounded to int8 -----------------===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "NarrowTiles.h"
#include "Int8Inputs.h"
#include "NarrowRows.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;
using namespace sopt;

/// What x86's instructions that interleave and pack stay within.
static constexpr int64_t kBlockBits = 128;
/// Features that a task rounds.
static constexpr int64_t kChunkFeatures = 32;

namespace {
/// Rounds whole tiles: first each vector of tokens finds its scales, then
/// features are rounded by these.
class TileRounding {
public:
  TileRounding(VectorBuilder &b, const NarrowForm &form, int64_t features,
               Value x, const NarrowTiles::Tiles &tiles,
               const Int8Details &details)
      : b(b), form(form), features(features), x(x), tiles(tiles),
        details(details) {}

  void build();

private:
  void buildScales(Value tile, Value token);
  void buildFeatures(Value tile, Value chunk);
  /// Features from `begin` to `end` of as many tokens, from `first` on, as make
  /// a vector of inputs.
  void buildTokens(Value tile, int64_t first, Value begin, Value end);
  /// The vector of tokens from `token` on, multiplied by the feature's factor.
  Value load(Value tile, Value feature, Value token);
  /// Vectors of integers as one of inputs, in the order of a narrow tile.
  Value pack(SmallVector<Value> vectors);

  VectorBuilder &b;
  const NarrowForm &form;
  int64_t features;
  Value x;
  const NarrowTiles::Tiles &tiles;
  const Int8Details &details;
  Value factors; ///< Of tokens: memref<tiles × kTokens × f32>.
};
} // namespace

void TileRounding::build() {
  Value numTiles = memref::DimOp::create(b, x, 0);
  factors = allocate(
      b, {OpFoldResult(numTiles), b.getIndexAttr(TokenTiles::kTokens)});
  b.parallel({numTiles, b.index(TokenTiles::kTokens / b.getLanes())},
             [&](ValueRange at) {
               buildScales(at[0], b.mul(at[1], b.index(b.getLanes())));
             });
  b.parallel(
      {numTiles, b.index(llvm::divideCeilSigned(features, kChunkFeatures))},
      [&](ValueRange at) { buildFeatures(at[0], at[1]); });
}

Value TileRounding::load(Value tile, Value feature, Value token) {
  Value part = b.load(x, {tile, feature, token});
  if (!details.factors)
    return part;
  return b.mul(part, b.broadcast(b.loadScalar(details.factors, feature)));
}

void TileRounding::buildScales(Value tile, Value token) {
  Value none = b.splat(0.0f);
  // The last is the sum of all times 0: NaN where one is no number.
  SmallVector<Value> found =
      b.loop(b.index(0), b.index(features), 1, {none, none, none},
             [&](Value feature, ValueRange so) -> SmallVector<Value> {
               Value part = load(tile, feature, token);
               return {b.atMost(part, so[0]), b.atLeast(part, so[1]),
                       b.add(so[2], b.mul(part, none))};
             });
  Int8Ends ends = {found[0], found[1]};
  if (details.fixed)
    ends = {b.broadcast(details.fixed->low), b.broadcast(details.fixed->high)};
  Int8Scale scale = buildInt8Scale(b, ends);
  b.store(scale.factor, factors, {tile, token});
  b.store(b.add(scale.step, found[2]), tiles.steps, {tile, token});
  b.store(arith::FPToSIOp::create(b, b.getIntVectorType(), scale.zero),
          tiles.zeros, {tile, token});
}

void TileRounding::buildFeatures(Value tile, Value chunk) {
  Value begin = b.mul(chunk, b.index(kChunkFeatures));
  Value end =
      b.minimum(b.add(begin, b.index(kChunkFeatures)), b.index(features));
  for (int64_t first = 0; first < TokenTiles::kTokens;
       first += b.getLanes() * form.group)
    buildTokens(tile, first, begin, end);
}

void TileRounding::buildTokens(Value tile, int64_t first, Value begin,
                               Value end) {
  SmallVector<std::pair<Value, Int8Rounding>> parts;
  for (int64_t v = 0; v < form.group; ++v) {
    Value token = b.index(first + v * b.getLanes());
    Value zero = arith::SIToFPOp::create(
        b, b.getVectorType(), b.loadInts(tiles.zeros, {tile, token}));
    parts.emplace_back(token,
                       Int8Rounding(b, b.load(factors, {tile, token}), zero));
  }
  b.loop(begin, end, 1, {}, [&](Value feature, ValueRange) {
    SmallVector<Value> vectors;
    for (const auto &[token, rounding] : parts)
      vectors.push_back(rounding.round(b, load(tile, feature, token)));
    b.store(pack(vectors), tiles.words, {tile, feature, b.index(first)});
    return SmallVector<Value>();
  });
}

Value TileRounding::pack(SmallVector<Value> vectors) {
  // That LLVM knows them to fit, and packs them by one instruction.
  if (form.group > 1)
    for (Value &vector : vectors)
      vector = arith::AndIOp::create(b, vector, b.splatInt(0xff));
  // The lower halves of two vectors become one, block by block.
  for (int64_t bits = 16; vectors.size() > 1; bits /= 2) {
    int64_t size = b.getLanes() * 32 / bits, block = kBlockBits / bits;
    SmallVector<int64_t> order;
    for (int64_t begin = 0; begin < size; begin += block)
      for (int64_t vector : {0, 1})
        for (int64_t i = 0; i < block; i += 2)
          order.push_back(vector * size + begin + i);
    auto type = VectorType::get(size, b.getIntegerType(bits));
    SmallVector<Value> packed;
    for (size_t v = 0; v < vectors.size(); v += 2)
      packed.push_back(vector::ShuffleOp::create(
          b, vector::BitCastOp::create(b, type, vectors[v]),
          vector::BitCastOp::create(b, type, vectors[v + 1]), order));
    vectors = packed;
  }
  return vectors.front();
}

/// Interleaves elements of `bits` within blocks, their lower or upper halves,
/// to elements of twice as many bits.
static Value interleave(VectorBuilder &b, Value first, Value second,
                        int64_t bits, bool upper) {
  int64_t size = cast<VectorType>(first.getType()).getNumElements();
  int64_t block = kBlockBits / bits;
  SmallVector<int64_t> order;
  for (int64_t begin = 0; begin < size; begin += block)
    for (int64_t i = 0; i < block / 2; ++i) {
      int64_t at = begin + (upper ? block / 2 : 0) + i;
      order.append({at, size + at});
    }
  return vector::BitCastOp::create(
      b, VectorType::get(size / 2, b.getIntegerType(2 * bits)),
      vector::ShuffleOp::create(b, first, second, order));
}

SmallVector<Value> NarrowTiles::load(VectorBuilder &b, const NarrowForm &form,
                                     Value words, Value tile,
                                     ValueRange features, Value token) {
  int64_t bits = form.getInputBits();
  auto type =
      VectorType::get(b.getLanes() * form.group, b.getIntegerType(bits));
  SmallVector<Value> vectors;
  for (Value feature : features)
    vectors.push_back(vector::LoadOp::create(b, type, words,
                                             ValueRange{tile, feature, token}));
  // After each stage a feature's vectors, or those of several, in a row.
  for (int64_t each = 1; each < form.group; each *= 2, bits *= 2) {
    SmallVector<Value> next;
    for (int64_t pair = 0; pair < form.group; pair += 2 * each)
      for (int64_t v = 0; v < each; ++v)
        for (bool upper : {false, true})
          next.push_back(interleave(b, vectors[pair + v],
                                    vectors[pair + each + v], bits, upper));
    vectors = next;
  }
  return vectors;
}

NarrowTiles::Tiles NarrowTiles::viewRows(VectorBuilder &b,
                                         const NarrowForm &form,
                                         const Tiles &tiles, Value tokens,
                                         int64_t features) {
  auto viewFirst = [&](Value buffer) -> Value {
    Type element = cast<MemRefType>(buffer.getType()).getElementType();
    return memref::ReinterpretCastOp::create(
        b, MemRefType::get(ShapedType::kDynamic, element), buffer,
        OpFoldResult(b.getIndexAttr(0)), ArrayRef<OpFoldResult>{tokens},
        ArrayRef<OpFoldResult>{b.getIndexAttr(1)});
  };
  int64_t padded = NarrowRows::getPadded(form, b.getIsa(), features);
  return {TokenTiles::viewRows(b, tiles.words, tokens, padded),
          viewFirst(tiles.steps), viewFirst(tiles.zeros)};
}

/// Rounds tiles or, where tokens are few, rows. The arguments are those of f32,
/// both, and the rounded ones, words, steps and zeros; then what Int8Details
/// says.
static void buildRounding(VectorBuilder &b, const NarrowForm &form,
                          PrecisionAttr precision, int64_t features,
                          TokenTiles::Few few, ValueRange arguments) {
  Value x = arguments[0], rows = arguments[1];
  NarrowTiles::Tiles tiles = {arguments[2], arguments[3], arguments[4]};
  ValueRange rest = arguments.drop_front(5);
  Value tokens = memref::DimOp::create(b, rows, 0);
  auto buildRows = [&] {
    NarrowTiles::Tiles rounded =
        NarrowTiles::viewRows(b, form, tiles, tokens, features);
    SmallVector<Value> arguments = {rows, rounded.words, rounded.steps,
                                    rounded.zeros};
    llvm::append_range(arguments, rest);
    NarrowRows::build(b, form, precision, arguments);
  };
  auto buildTiles = [&](int64_t) {
    Int8Details details(precision, rest);
    TileRounding(b, form, features, x, tiles, details).build();
  };
  TokenTiles::branch(b, tokens, few, buildRows, buildTiles);
}

NarrowTiles::Tiles NarrowTiles::get(ImplicitLocOpBuilder &b,
                                    const Source &source,
                                    const NarrowForm &form,
                                    PrecisionAttr precision) {
  int64_t below = source.few.rowsBelow;
  Tiles &tiles =
      known[{source.tensor, b.getInsertionBlock(), &form, precision, below}];
  if (tiles.words)
    return tiles;
  Value x = source.x.tiles;
  OpFoldResult numTiles = memref::DimOp::create(b, x, 0).getResult();
  OpFoldResult tokens = b.getIndexAttr(TokenTiles::kTokens);
  tiles.words = allocate(
      b,
      {numTiles, b.getIndexAttr(cast<MemRefType>(x.getType()).getDimSize(1)),
       tokens},
      b.getIntegerType(form.getInputBits()));
  tiles.steps = allocate(b, {numTiles, tokens});
  tiles.zeros = allocate(b, {numTiles, tokens}, b.getI32Type());
  Value rows = source.x.rows
                   ? source.x.rows
                   : TokenTiles::viewRows(b, x, source.tokens, source.features);
  SmallVector<Value> arguments = {x, rows, tiles.words, tiles.steps,
                                  tiles.zeros};
  Int8Details::append(b, precision, arguments);
  std::string name = llvm::formatv("round_tiles_{0}_int8{1}", source.features,
                                   Int8Details::getSuffix(precision));
  if (below > 1)
    name += llvm::formatv("_rows_below_{0}", below);
  kernels.call(b, name, kernels.getIsa(), arguments,
               [&](VectorBuilder &b, ValueRange arguments) {
                 buildRounding(b, form, precision, source.features, source.few,
                               arguments);
               });
  return tiles;
}
