//===- PackWeights.cpp - Constant weights in the kernels' layout ----------===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "PackWeights.h"
#include "dialects/ONNX/IR/ConstantData.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Interfaces/FunctionInterfaces.h"
#include "sparse-opt/Analysis/WeightPattern.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;
using namespace sopt;

Value WeightPacker::pack(ImplicitLocOpBuilder &b, Value weight, int64_t width) {
  if (ElementsAttr value = getConstantElements(weight))
    if (Value packed = packNow(b, weight.getDefiningOp(), value, width))
      return readOnlyBuffer(b, packed);
  return packAtRunTime(b, weight, width);
}

/// Copies K × N `source` to zeroed panels.
static void copyToPanels(ArrayRef<float> source, MutableArrayRef<float> panels,
                         int64_t k, int64_t n, int64_t width) {
  for (int64_t column = 0; column < n; column += width)
    for (int64_t row = 0; row < k; ++row)
      llvm::copy(source.slice(row * n + column, std::min(width, n - column)),
                 &panels[column * k + row * width]);
}

Value WeightPacker::packNow(ImplicitLocOpBuilder &b, Operation *constant,
                            ElementsAttr value, int64_t width) {
  auto function = constant->getParentOfType<FunctionOpInterface>();
  Value &result = packed[{value, function, width}];
  if (result)
    return result;
  std::optional<onnx::ConstantData> data = onnx::ConstantData::get(value);
  if (!data || data->isSplat())
    return {};

  int64_t k = data->getShape()[0], n = data->getShape()[1];
  onnx::ConstantWriter writer(RankedTensorType::get(
      {llvm::divideCeilSigned(n, width), k, width}, b.getF32Type()));
  llvm::fill(writer.getBytes(), 0);
  copyToPanels(data->getAs<float>(), writer.getAs<float>(), k, n, width);

  OpBuilder::InsertionGuard guard(b);
  // Where it dominates every later use of the same value.
  b.setInsertionPointToStart(&function.getFunctionBody().front());
  result = arith::ConstantOp::create(
      b, cast<TypedAttr>(
             writer.finish(llvm::formatv("packed_{0}x{1}", k, n).str())));
  sources.insert(constant);
  return result;
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
