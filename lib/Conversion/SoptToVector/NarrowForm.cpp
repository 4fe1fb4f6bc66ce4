//===- NarrowForm.cpp - Products of numbers of 8 or 16 bits ---------------===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "NarrowForm.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "llvm/ADT/STLExtras.h"
#include <climits>

using namespace mlir;
using namespace sopt;

// Best first. Not vpmaddubsw: it adds two products in 16 bits, which they do
// not fit, and would leave 7 bits for a weight.
static constexpr NarrowForm kForms[] = {
    {Number::Int8, "avx512", "amx-int8", 4, "llvm.x86.tdpbusd", true},
    {Number::Int8, "avx512", "vnni", 4, "llvm.x86.avx512.vpdpbusd.512"},
    {Number::Int8, "avx512", "bw", 2, "llvm.x86.avx512.pmaddw.d.512"},
    {Number::Int8, "avx2", "vnni", 4, "llvm.x86.avx512.vpdpbusd.256"},
    {Number::Int8, "avx2", "", 2, "llvm.x86.avx2.pmadd.wd"},
    {Number::Int8, "", "", 1, ""},
    {Number::Bf16, "avx512", "amx-bf16", 2, "llvm.x86.tdpbf16ps", true},
    {Number::Bf16, "avx512", "bf16", 2, "llvm.x86.avx512bf16.dpbf16ps.512"},
    {Number::Bf16, "", "", 1, ""},
};

int64_t sopt::getRowBytes(const NarrowForm *form, int64_t k) {
  return form ? k * form->getInputBits() / CHAR_BIT : k * sizeof(float);
}

const NarrowForm &sopt::lookUpNarrowForm(Number number, StringRef isa,
                                         ArrayRef<std::string> features,
                                         bool mayHaveTiles) {
  const auto *form = llvm::find_if(kForms, [&](const NarrowForm &form) {
    return form.number == number && (mayHaveTiles || !form.hasTiles) &&
           (form.isa.empty() || form.isa == isa) &&
           (form.feature.empty() || llvm::is_contained(features, form.feature));
  });
  assert(form != std::end(kForms) && "a form for any isa is the last");
  return *form;
}

bool sopt::isNarrowIntrinsic(StringRef name) {
  return llvm::any_of(kForms, [&](const NarrowForm &form) {
    return !form.intrinsic.empty() && !form.hasTiles && form.intrinsic == name;
  });
}

Value NarrowForm::loadWord(VectorBuilder &b, Value memory,
                           ValueRange indices) const {
  if (group == 1)
    return b.broadcastInt(b.loadScalar(memory, indices));
  auto type = VectorType::get(group, b.getIntegerType(getInputBits()));
  Value inputs = vector::LoadOp::create(b, type, memory, indices);
  Value word =
      vector::BitCastOp::create(b, VectorType::get(1, b.getI32Type()), inputs);
  return b.broadcastInt(vector::ExtractOp::create(b, word, 0));
}

/// Each the upper half of a float.
static Value widenBfloat16(VectorBuilder &b, Value halves) {
  Value bits = arith::ShLIOp::create(
      b, arith::ExtUIOp::create(b, b.getIntVectorType(), halves),
      b.splatInt(16));
  return arith::BitcastOp::create(b, b.getVectorType(), bits);
}

Value NarrowForm::loadWeights(VectorBuilder &b, Value weight,
                              ValueRange indices) const {
  int64_t size = b.getLanes() * group;
  Value stored = vector::LoadOp::create(
      b, VectorType::get(size, b.getIntegerType(getWeightBits())), weight,
      indices);
  if (number == Number::Int8 && group < 4) {
    auto wide = VectorType::get(size, b.getIntegerType(getInputBits()));
    return arith::ExtSIOp::create(b, wide, stored);
  }
  if (number == Number::Bf16 && group == 1)
    return widenBfloat16(b, stored);
  return stored;
}

Value NarrowForm::multiplyAdd(VectorBuilder &b, Value input, Value weights,
                              Value sum) const {
  if (intrinsic.empty() && number == Number::Bf16)
    return b.fma(arith::BitcastOp::create(b, b.getVectorType(), input), weights,
                 sum);
  if (intrinsic.empty())
    return arith::AddIOp::create(b, sum,
                                 arith::MulIOp::create(b, input, weights));
  Type element = number == Number::Bf16 ? Type(b.getBF16Type())
                                        : b.getIntegerType(getInputBits());
  auto type = VectorType::get(b.getLanes() * group, element);
  auto cast = [&](Value value) -> Value {
    return vector::BitCastOp::create(b, type, value);
  };
  auto call = [&](ValueRange arguments) {
    return LLVM::CallIntrinsicOp::create(b, sum.getType(),
                                         b.getStringAttr(intrinsic), arguments)
        .getResults();
  };
  // Of two products a sum, to which the instruction adds nothing.
  if (number == Number::Int8 && group == 2)
    return arith::AddIOp::create(b, sum, call({cast(input), cast(weights)}));
  return call({sum, cast(input), cast(weights)});
}
