//===- NMForm.cpp - How inputs are picked from groups ---------------------===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "NMForm.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "llvm/ADT/STLExtras.h"

using namespace mlir;
using namespace sopt;

namespace {
/// The instructions of an isa that permute within 128 bits.
struct Permutations {
  llvm::StringLiteral isa, lanes, bytes;
};
} // namespace

static constexpr Permutations kPermutations[] = {
    {"avx512", "llvm.x86.avx512.vpermilvar.ps.512", ""},
    {"avx2", "llvm.x86.avx.vpermilvar.ps.256", "llvm.x86.avx2.pshuf.b"},
    {"neon", "", "llvm.aarch64.neon.tbl1.v16i8"},
};

bool sopt::isNMIntrinsic(StringRef name) {
  return llvm::any_of(kPermutations, [&](const Permutations &permutations) {
    return permutations.lanes == name || permutations.bytes == name;
  });
}

// Zen permutes bytes beside two multiply-adds, but lanes in their stead. Bytes
// of place cost an instruction more, which some rows must share.
NMForm::NMForm(const Isa &isa, int64_t rows) {
  constexpr int64_t kManyRows = 6;
  for (const Permutations &permutations : kPermutations)
    if (permutations.isa == isa.name) {
      lanes = permutations.lanes;
      if (lanes.empty() || rows >= kManyRows)
        bytes = permutations.bytes;
    }
}

static Value permuteLanes(VectorBuilder &b, StringRef intrinsic, Value vector,
                          Value places) {
  return LLVM::CallIntrinsicOp::create(b, b.getVectorType(),
                                       b.getStringAttr(intrinsic),
                                       ValueRange{vector, places})
      .getResults();
}

static Value permuteBytes(VectorBuilder &b, StringRef intrinsic, Value vector,
                          Value places) {
  auto type =
      VectorType::get(b.getLanes() * int64_t(sizeof(float)), b.getI8Type());
  auto cast = [&](Value value) -> Value {
    return vector::BitCastOp::create(b, type, value);
  };
  Value permuted =
      LLVM::CallIntrinsicOp::create(b, type, b.getStringAttr(intrinsic),
                                    ValueRange{cast(vector), cast(places)})
          .getResults();
  return vector::BitCastOp::create(b, b.getVectorType(), permuted);
}

SmallVector<Value> NMForm::loadInputs(VectorBuilder &b, Value x, Value row,
                                      Value k, int64_t count) const {
  SmallVector<Value> inputs;
  if (lanes.empty() && bytes.empty()) {
    for (int64_t i = 0; i < kGroup; ++i)
      inputs.push_back(
          i < count ? b.broadcast(b.loadScalar(x, {row, b.add(k, b.index(i))}))
                    : b.splat(0.0f));
    return inputs;
  }
  int64_t width = b.getLanes();
  b.withLanes(kGroup, [&] {
    Value mask = count < kGroup ? b.firstLanes(b.index(count)) : Value();
    inputs.push_back(b.load(x, {row, k}, mask));
  });
  if (width == kGroup)
    return inputs;
  SmallVector<int64_t> order;
  for (int64_t lane = 0; lane < width; ++lane)
    order.push_back(lane % kGroup);
  return {vector::ShuffleOp::create(b, inputs[0], inputs[0], order)};
}

/// Byte i of the input at place p is the byte 4p + i.
static Value makeBytePlaces(VectorBuilder &b, StringRef permutation,
                            Value words) {
  constexpr int32_t kFirst = 0x03020100, kNext = 0x04040404;
  if (permutation.empty()) {
    Value place = arith::AndIOp::create(b, words, b.splatInt(3));
    return arith::AddIOp::create(
        b, arith::MulIOp::create(b, place, b.splatInt(kNext)),
        b.splatInt(kFirst));
  }
  SmallVector<int32_t> table;
  for (int64_t lane = 0; lane < b.getLanes(); ++lane)
    table.push_back(kFirst + int32_t(lane % NMForm::kGroup) * kNext);
  Value bytes = b.constantInts(table);
  return permuteLanes(b, permutation,
                      arith::BitcastOp::create(b, b.getVectorType(), bytes),
                      words);
}

SmallVector<Value> NMForm::decode(VectorBuilder &b, Value words) const {
  if (!bytes.empty())
    return {makeBytePlaces(b, lanes, words)};
  // The instruction looks at no other bits.
  if (!lanes.empty())
    return {words};
  SmallVector<Value> bits;
  for (int32_t bit : {1, 2})
    bits.push_back(arith::CmpIOp::create(
        b, arith::CmpIPredicate::ne,
        arith::AndIOp::create(b, words, b.splatInt(bit)), b.splatInt(0)));
  return bits;
}

Value NMForm::pick(VectorBuilder &b, ValueRange inputs,
                   ValueRange places) const {
  if (!bytes.empty())
    return permuteBytes(b, bytes, inputs[0], places[0]);
  if (!lanes.empty())
    return permuteLanes(b, lanes, inputs[0], places[0]);
  Value low = b.select(places[0], inputs[1], inputs[0]);
  Value high = b.select(places[0], inputs[3], inputs[2]);
  return b.select(places[1], high, low);
}
