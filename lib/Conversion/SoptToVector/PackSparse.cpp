//===- PackSparse.cpp - Constant weights without their zeros --------------===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "PackSparse.h"
#include "dialects/ONNX/IR/ConstantData.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Interfaces/FunctionInterfaces.h"
#include "sparse-opt/Analysis/WeightPattern.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;
using namespace sopt;

namespace {

/// A group of outputs: where it begins in the weight, and its packed form.
struct Group {
  int64_t column;
  std::vector<float> values;
  std::vector<uint32_t> indices;
  /// Panel by panel, in the order of their sizes: each row of blocks, and how
  /// many of its blocks are in the panel.
  std::vector<uint16_t> rows;
  std::vector<int32_t> sizes;
};

} // namespace

SparseForm::SparseForm(LayoutAttr layout, int64_t k, int64_t n,
                       int64_t nonZeros)
    : panelInputs(k) {
  constexpr int64_t kManyOutputs = 1024;
  if (layout.getBlockShape().first > 1)
    return;
  numPanels = countCsrPanels(k, n, nonZeros);
  if (numPanels == 1)
    return;
  // Few outputs are cut finer, so that there are tasks for many threads.
  groupOutputs = n < kManyOutputs ? 32 : kMaxGroupOutputs;
  panelInputs = kCsrPanelInputs;
}

/// Packs the columns of a K × N weight from `column` on as blocks of `rows`.
static Group packGroup(ArrayRef<float> weight, int64_t k, int64_t n,
                       int64_t column, int64_t rows, const SparseForm &form) {
  // Columns past the last one are zero.
  std::vector<float> columns(k * form.groupOutputs);
  int64_t count = std::min(form.groupOutputs, n - column);
  for (int64_t row = 0; row < k; ++row)
    llvm::copy(weight.slice(row * n + column, count),
               &columns[row * form.groupOutputs]);

  Group group = {column, {}, {}, {}, {}};
  auto getBlock = [&](int64_t row, int64_t input) {
    return ArrayRef(columns).slice(input * form.groupOutputs + row * rows,
                                   rows);
  };
  auto isStored = [&](int64_t row, int64_t input) {
    return llvm::any_of(getBlock(row, input), [](float w) { return w != 0; });
  };
  for (int64_t begin = 0; begin < k; begin += form.panelInputs) {
    auto inputs = llvm::seq(begin, std::min(begin + form.panelInputs, k));
    // By number of blocks, row.
    std::vector<std::pair<int32_t, uint16_t>> order;
    order.reserve(form.groupOutputs / rows);
    for (int64_t row = 0; row < form.groupOutputs / rows; ++row)
      order.emplace_back(
          llvm::count_if(inputs, [&](int64_t i) { return isStored(row, i); }),
          row);
    llvm::sort(order);
    for (auto [size, row] : order) {
      group.rows.push_back(row);
      group.sizes.push_back(size);
      for (int64_t input : inputs)
        if (isStored(row, input)) {
          llvm::append_range(group.values, getBlock(row, input));
          group.indices.push_back(input);
        }
    }
  }
  return group;
}

/// Deals groups out by size, there and back: whichever power of two of equal
/// runs the result is cut into, each has as many large and small ones as the
/// next, and the larger of two that follow each other falls to either in turn.
static std::vector<Group> balance(std::vector<Group> groups) {
  llvm::sort(groups, [](const Group &a, const Group &b) {
    return std::make_pair(b.indices.size(), a.column) <
           std::make_pair(a.indices.size(), b.column);
  });
  std::vector<Group> order(groups.size());
  unsigned bits = llvm::Log2_64_Ceil(std::max<size_t>(groups.size(), 1));
  auto next = groups.begin();
  for (uint64_t turn = 0; turn < uint64_t(1) << bits; ++turn) {
    // Each bit of a Gray code goes there and back, the lowest the fastest.
    uint64_t code = turn ^ turn >> 1;
    uint64_t place = bits ? llvm::reverseBits(code) >> (64 - bits) : 0;
    if (place < order.size())
      order[place] = std::move(*next++);
  }
  return order;
}

/// A constant of `elements`, narrowed to T, as a buffer of unknown length:
/// kernels are shared by weights with different numbers of non-zeros.
template <typename T, typename Range>
static Value makeBuffer(ImplicitLocOpBuilder &b, Type type,
                        const Range &elements, StringRef name) {
  int64_t size = elements.size();
  // Of no elements there is no address to take.
  onnx::ConstantWriter writer(
      RankedTensorType::get(std::max<int64_t>(size, 1), type));
  llvm::fill(writer.getBytes(), 0);
  llvm::transform(elements, writer.getAs<T>().begin(),
                  [](auto element) { return T(element); });
  Value tensor =
      arith::ConstantOp::create(b, cast<TypedAttr>(writer.finish(name)));
  return memref::CastOp::create(b, MemRefType::get(ShapedType::kDynamic, type),
                                readOnlyBuffer(b, tensor));
}

static SparseWeight makeBuffers(ImplicitLocOpBuilder &b, ArrayRef<Group> groups,
                                LayoutAttr layout, StringRef name) {
  std::vector<float> values;
  std::vector<uint32_t> indices;
  std::vector<uint16_t> rows;
  std::vector<int64_t> pointers = {0}, columns;
  for (const Group &group : groups) {
    llvm::append_range(values, group.values);
    llvm::append_range(indices, group.indices);
    llvm::append_range(rows, group.rows);
    for (int32_t size : group.sizes)
      pointers.push_back(pointers.back() + size);
    columns.push_back(group.column);
  }

  SparseWeight weight;
  weight.numBlocks = indices.size();
  weight.values =
      makeBuffer<float>(b, b.getF32Type(), values, (name + "_values").str());
  std::string indexName = (name + "_indices").str();
  weight.indices =
      layout.getIndexWidth() == 16
          ? makeBuffer<uint16_t>(b, b.getI16Type(), indices, indexName)
          : makeBuffer<uint32_t>(b, b.getI32Type(), indices, indexName);
  weight.pointers = makeBuffer<int32_t>(b, b.getI32Type(), pointers,
                                        (name + "_pointers").str());
  weight.rows =
      makeBuffer<uint16_t>(b, b.getI16Type(), rows, (name + "_rows").str());
  weight.groups =
      makeBuffer<int32_t>(b, b.getI32Type(), columns, (name + "_groups").str());
  return weight;
}

bool SparseWeightPacker::isPackable(Value weight) {
  return onnx::ConstantData::get(Attribute(getConstantElements(weight)))
      .has_value();
}

SparseWeight SparseWeightPacker::pack(ImplicitLocOpBuilder &b, Value weight,
                                      LayoutAttr layout) {
  Operation *constant = weight.getDefiningOp();
  ElementsAttr elements = getConstantElements(weight);
  auto function = constant->getParentOfType<FunctionOpInterface>();
  auto [place, isNew] =
      packed.try_emplace({elements, layout, function}, SparseWeight());
  if (!isNew)
    return place->second;

  auto data = *onnx::ConstantData::get(Attribute(elements));
  int64_t k = data.getShape()[0], n = data.getShape()[1];
  std::vector<float> splat;
  ArrayRef<float> dense = data.getAs<float>();
  if (data.isSplat()) {
    splat.assign(k * n, dense[0]);
    dense = splat;
  }
  SparseForm form(layout, k, n,
                  llvm::count_if(dense, [](float w) { return w != 0; }));
  std::vector<Group> groups;
  for (int64_t column = 0; column < n; column += form.groupOutputs)
    groups.push_back(
        packGroup(dense, k, n, column, layout.getBlockShape().first, form));

  OpBuilder::InsertionGuard guard(b);
  // Where it dominates every later use of the same value.
  b.setInsertionPointToStart(&function.getFunctionBody().front());
  sources.insert(constant);
  place->second = makeBuffers(b, balance(std::move(groups)), layout,
                              llvm::formatv("sparse_{0}x{1}", k, n).str());
  place->second.form = form;
  return place->second;
}
