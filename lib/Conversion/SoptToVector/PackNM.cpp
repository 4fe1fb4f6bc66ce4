//===- PackNM.cpp - Constant weights of which N in M are stored -----------===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "PackNM.h"
#include "NMForm.h"
#include "dialects/ONNX/IR/ConstantData.h"
#include "sparse-opt/Analysis/WeightPattern.h"
#include "llvm/ADT/bit.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;
using namespace sopt;

NMRows::NMRows(int64_t k, int64_t kept)
    : kept(kept), groups(llvm::divideCeilSigned(k, NMForm::kGroup)),
      groupsPerWord(NMForm::kPlacesPerWord / kept),
      rowsPerWord(1 + groupsPerWord * kept),
      count(llvm::divideCeilSigned(groups, groupsPerWord) + groups * kept) {}

bool sopt::canPackNM(Value weight, int64_t kept) {
  auto data = *onnx::ConstantData::get(Attribute(getConstantElements(weight)));
  ArrayRef<int64_t> shape = data.getShape();
  return WeightPattern::of(data.getAs<float>(), shape[0], shape[1]).mostOf4 <=
         kept;
}

/// Copies column `column` of K × N `source` to `lane` of zeroed `rows` of so
/// many lanes.
static void copyColumn(ArrayRef<float> source, int64_t k, int64_t n,
                       int64_t column, const NMRows &rows, int32_t *packed,
                       int64_t lanes) {
  for (int64_t group = 0; group < rows.groups; ++group) {
    int64_t stored = 0, begin = group * NMForm::kGroup;
    int64_t word = rows.getWord(group), value = rows.getValue(group);
    for (int64_t row = begin; row < std::min(begin + NMForm::kGroup, k);
         ++row) {
      float w = source[row * n + column];
      if (w == 0)
        continue;
      packed[(value + stored) * lanes] = llvm::bit_cast<int32_t>(w);
      int64_t place = value + stored - word - 1;
      packed[word * lanes] |= uint32_t(row - begin)
                              << (place * NMForm::kPlaceBits);
      ++stored;
    }
  }
}

Value sopt::packNM(ImplicitLocOpBuilder &b, WeightPacker &packer, Value weight,
                   int64_t kept, int64_t width, int64_t lanes) {
  ArrayRef<int64_t> shape = cast<RankedTensorType>(weight.getType()).getShape();
  int64_t k = shape[0], n = shape[1];
  NMRows rows(k, kept);
  auto type = RankedTensorType::get(
      {llvm::divideCeilSigned(n, width), width / lanes * rows.count, lanes},
      b.getI32Type());
  return packer.packConstant(
      b, weight, type,
      [&](ArrayRef<float> source, MutableArrayRef<char> bytes) {
        auto *packed = reinterpret_cast<int32_t *>(bytes.data());
        for (int64_t column = 0; column < n; ++column)
          copyColumn(source, k, n, column, rows,
                     packed + column / lanes * rows.count * lanes +
                         column % lanes,
                     lanes);
      });
}
