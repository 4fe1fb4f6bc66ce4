//===- PackWeights.cpp - Constant weights in the kernels' layout ----------===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "PackWeights.h"
#include "dialects/ONNX/IR/ConstantData.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Utils/IndexingUtils.h"
#include "mlir/Interfaces/FunctionInterfaces.h"
#include "sparse-opt/Analysis/WeightPattern.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;
using namespace sopt;

/// Copies K × N `source` to zeroed panels.
static void copyToPanels(ArrayRef<float> source, float *panels, int64_t k,
                         int64_t n, int64_t width) {
  for (int64_t column = 0; column < n; column += width)
    for (int64_t row = 0; row < k; ++row)
      llvm::copy(source.slice(row * n + column, std::min(width, n - column)),
                 panels + column * k + row * width);
}

Value WeightPacker::pack(ImplicitLocOpBuilder &b, Value weight, int64_t width) {
  ArrayRef<int64_t> shape = cast<RankedTensorType>(weight.getType()).getShape();
  int64_t k = shape[0], n = shape[1];
  auto type = RankedTensorType::get(
      {llvm::divideCeilSigned(n, width), k, width}, b.getF32Type());
  if (Value packed = packConstant(
          b, weight, type,
          [&](ArrayRef<float> source, MutableArrayRef<char> panels) {
            copyToPanels(source, reinterpret_cast<float *>(panels.data()), k, n,
                         width);
          }))
    return packed;
  return packAtRunTime(b, weight, width);
}

/// Copies filters × depth `source`, `perGroup` of them in each group, to zeroed
/// tiles of `rows` filters.
static void copyToTiles(ArrayRef<float> source, float *tiles, int64_t perGroup,
                        int64_t depth, int64_t rows) {
  int64_t tilesPerGroup = llvm::divideCeilSigned(perGroup, rows);
  for (int64_t filter = 0, e = source.size() / depth; filter < e; ++filter) {
    int64_t inGroup = filter % perGroup;
    int64_t tile = filter / perGroup * tilesPerGroup + inGroup / rows;
    for (int64_t k = 0; k < depth; ++k)
      tiles[(tile * depth + k) * rows + inGroup % rows] =
          source[filter * depth + k];
  }
}

Value WeightPacker::packFilters(ImplicitLocOpBuilder &b, Value filters,
                                int64_t groups, int64_t rows) {
  auto type = cast<RankedTensorType>(filters.getType());
  int64_t kernelDims = 3; // channels, height, width
  int64_t depth = computeProduct(type.getShape().take_back(kernelDims));
  int64_t perGroup = type.getNumElements() / depth / groups;
  auto packedType = RankedTensorType::get(
      {groups, llvm::divideCeilSigned(perGroup, rows), depth, rows},
      b.getF32Type());
  return packConstant(b, filters, packedType,
                      [&](ArrayRef<float> source, MutableArrayRef<char> tiles) {
                        copyToTiles(source,
                                    reinterpret_cast<float *>(tiles.data()),
                                    perGroup, depth, rows);
                      });
}

bool WeightPacker::canPack(Value weight) {
  auto data = onnx::ConstantData::get(Attribute(getConstantElements(weight)));
  return data && !data->isSplat();
}

Value WeightPacker::packConstant(ImplicitLocOpBuilder &b, Value weight,
                                 RankedTensorType type, Fill fill,
                                 Attribute manner) {
  if (!canPack(weight))
    return {};
  ElementsAttr value = getConstantElements(weight);
  Operation *constant = weight.getDefiningOp();
  auto function = constant->getParentOfType<FunctionOpInterface>();
  Value &result = packed[{value, function, type, manner}];
  if (!result) {
    onnx::ConstantWriter writer(type);
    llvm::fill(writer.getBytes(), 0);
    fill(onnx::ConstantData::get(Attribute(value))->getAs<float>(),
         writer.getBytes());

    OpBuilder::InsertionGuard guard(b);
    // Where it dominates every later use of the same value.
    b.setInsertionPointToStart(&function.getFunctionBody().front());
    result = arith::ConstantOp::create(
        b,
        cast<TypedAttr>(writer.finish(
            "packed_" +
            llvm::join(llvm::map_range(
                           cast<RankedTensorType>(weight.getType()).getShape(),
                           [](int64_t size) { return std::to_string(size); }),
                       "x"))));
    sources.insert(constant);
  }
  return readOnlyBuffer(b, result);
}

Value WeightPacker::packAtRunTime(ImplicitLocOpBuilder &b, Value weight,
                                  int64_t width) {
  auto type = cast<RankedTensorType>(weight.getType());
  int64_t k = type.getDimSize(0), n = type.getDimSize(1);
  int64_t panels = llvm::divideCeilSigned(n, width);
  Value scratch = allocate(
      b, {b.getIndexAttr(panels), b.getIndexAttr(k), b.getIndexAttr(width)});
  auto body = [&](VectorBuilder &b, ValueRange arguments) {
    b.parallel({b.index(panels), b.index(k)}, [&](ValueRange at) {
      Value column = b.mul(at[0], b.index(width));
      for (int64_t lane = 0; lane < width; lane += b.getLanes()) {
        Value first = b.add(column, b.index(lane));
        Value mask = b.firstLanes(b.sub(b.index(n), first));
        Value part = b.load(arguments[0], {at[1], first}, mask);
        b.store(part, arguments[1], {at[0], at[1], b.index(lane)});
      }
    });
  };
  kernels.call(b, llvm::formatv("pack_{0}x{1}", k, n).str(), kernels.getIsa(),
               {readOnlyBuffer(b, weight), scratch}, body);
  return scratch;
}
