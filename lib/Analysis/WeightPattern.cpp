//===- WeightPattern.cpp - Where a weight has its zeros -------------------===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "sparse-opt/Analysis/WeightPattern.h"
#include "dialects/ONNX/IR/ONNX.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "llvm/ADT/TypeSwitch.h"
#include "llvm/Support/MathExtras.h"
#include <cmath>

using namespace mlir;
using namespace sopt;

ElementsAttr sopt::getConstantElements(Value value) {
  Operation *op = value.getDefiningOp();
  if (!op)
    return {};
  return TypeSwitch<Operation *, ElementsAttr>(op)
      .Case([](arith::ConstantOp constant) {
        return dyn_cast<ElementsAttr>(constant.getValue());
      })
      .Case([](onnx::ConstantOp constant) { return constant.getValueAttr(); })
      .Default(ElementsAttr());
}

double WeightPattern::getZeroShare() const {
  return k * n == 0 ? 0 : 1 - double(nonZeros) / double(k * n);
}

double WeightPattern::getFill() const {
  return nonZeros == 0 ? 1 : double(4 * blocksOf4) / double(nonZeros);
}

/// WeightPattern::mostOf4 of K × N `weight`.
static int64_t getMostOf4(ArrayRef<float> weight, int64_t k, int64_t n) {
  int64_t most = 0;
  std::vector<uint8_t> counts(n);
  for (int64_t row = 0; row < k && most < 4; ++row) {
    if (row % 4 == 0)
      llvm::fill(counts, 0);
    for (int64_t column = 0; column < n; ++column)
      counts[column] += weight[row * n + column] != 0;
    for (uint8_t count : counts)
      most = std::max<int64_t>(most, count);
  }
  return most;
}

WeightPattern WeightPattern::of(ArrayRef<float> weight, int64_t k, int64_t n) {
  assert(int64_t(weight.size()) == k * n && "not the matrix's elements");
  auto countNonZeros = [](ArrayRef<float> elements) {
    return llvm::count_if(elements, [](float w) { return w != 0; });
  };
  WeightPattern pattern = {k, n};
  pattern.mostOf4 = getMostOf4(weight, k, n);
  for (int64_t row = 0; row < k; ++row) {
    ArrayRef<float> left = weight.slice(row * n, n);
    while (!left.empty()) {
      int64_t count = countNonZeros(left.take_front(4));
      pattern.nonZeros += count;
      pattern.blocksOf4 += count != 0;
      left = left.drop_front(std::min<size_t>(4, left.size()));
    }
  }
  return pattern;
}

int64_t WeightPattern::countBlocks(ArrayRef<float> weight, int64_t k, int64_t n,
                                   ArrayRef<int64_t> columns) {
  assert(int64_t(weight.size()) == k * n && "not the matrix's elements");
  int64_t blocks = 0;
  for (int64_t row = 0; row < k; ++row) {
    ArrayRef<float> elements = weight.slice(row * n, n);
    for (ArrayRef<int64_t> left = columns; !left.empty();
         left = left.drop_front(std::min<size_t>(4, left.size())))
      blocks += llvm::any_of(left.take_front(4), [&](int64_t column) {
        return elements[column] != 0;
      });
  }
  return blocks;
}

WeightPattern WeightPattern::expect(int64_t k, int64_t n, double zeros,
                                    int64_t block) {
  // A block of 4 is empty if all that it is made of are.
  double parts = std::max(1.0, 4.0 / double(block));
  const int64_t blocks = k * ((n + 3) / 4);
  WeightPattern pattern = {k, n};
  pattern.nonZeros = std::llround((1 - zeros) * double(k * n));
  pattern.blocksOf4 =
      std::llround((1 - std::pow(zeros, parts)) * double(blocks));
  return pattern;
}

WeightPattern WeightPattern::expectNM(int64_t k, int64_t n, int64_t keep,
                                      int64_t of) {
  WeightPattern pattern = expect(k, n, 1 - double(keep) / double(of), 1);
  if (of % 4 == 0)
    pattern.mostOf4 = std::min<int64_t>(keep, 4);
  else if (4 % of == 0)
    pattern.mostOf4 = 4 / of * keep;
  return pattern;
}

int64_t sopt::countCsrPanels(int64_t k, int64_t n, int64_t nonZeros) {
  constexpr int64_t kFewestNonZeros = 8;
  int64_t panels =
      std::max<int64_t>(1, llvm::divideCeilSigned(k, kCsrPanelInputs));
  return nonZeros < kFewestNonZeros * panels * n ? 1 : panels;
}
