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
  int64_t numBlocks;
  std::vector<float> values; ///< Integers in int8, which a float can hold.
  std::vector<uint32_t> indices;
  /// Panel by panel, in the order of their sizes: each row of blocks, and how
  /// many units of it are in the panel.
  std::vector<uint16_t> rows;
  std::vector<int32_t> sizes;
};

} // namespace

SparseForm::SparseForm(LayoutAttr layout, ArrayRef<float> weight, int64_t n,
                       const NarrowForm *narrow)
    : panelInputs(int64_t(weight.size()) / n) {
  constexpr int64_t kManyOutputs = 1024, kMiddlingGroup = 32;
  // In int8 sums stay in registers: inputs are a quarter as large, and are
  // interleaved while others are on their way. A larger group writes rows of y
  // faster.
  if (narrow)
    groupOutputs = kMiddlingGroup;
  if (narrow || layout.getBlockShape().first > 1)
    return;
  numPanels = countCsrPanels(
      panelInputs, n, llvm::count_if(weight, [](float w) { return w != 0; }));
  if (numPanels == 1)
    return;
  // Few outputs are cut finer, so that there are tasks for many threads.
  groupOutputs = n < kManyOutputs ? kMiddlingGroup : kMaxGroupOutputs;
  panelInputs = kCsrPanelInputs;
}

/// Packs the columns of a K × N weight from `column` on as blocks of `rows`, of
/// which `unit` go together.
static Group packGroup(ArrayRef<float> weight, int64_t k, int64_t n,
                       int64_t column, int64_t rows, int64_t unit,
                       const SparseForm &form) {
  // Columns past the last one are zero.
  std::vector<float> columns(k * form.groupOutputs);
  int64_t count = std::min(form.groupOutputs, n - column);
  for (int64_t row = 0; row < k; ++row)
    llvm::copy(weight.slice(row * n + column, count),
               &columns[row * form.groupOutputs]);

  Group group = {column, 0, {}, {}, {}, {}};
  auto getBlock = [&](int64_t row, int64_t input) {
    return ArrayRef(columns).slice(input * form.groupOutputs + row * rows,
                                   rows);
  };
  auto isStored = [&](int64_t row, int64_t input) {
    return llvm::any_of(getBlock(row, input), [](float w) { return w != 0; });
  };
  // Zeros that fill up a unit are weights of its last input.
  auto packUnit = [&](int64_t row, ArrayRef<uint32_t> inputs) {
    for (int64_t r = 0; r < rows; ++r) {
      for (uint32_t input : inputs)
        group.values.push_back(getBlock(row, input)[r]);
      group.values.resize(llvm::alignTo(group.values.size(), unit));
    }
    llvm::append_range(group.indices, inputs);
    group.indices.resize(llvm::alignTo(group.indices.size(), unit),
                         inputs.back());
  };
  for (int64_t begin = 0; begin < k; begin += form.panelInputs) {
    std::vector<std::pair<uint16_t, std::vector<uint32_t>>> stored;
    for (int64_t row = 0; row < form.groupOutputs / rows; ++row) {
      auto &inputs = stored.emplace_back(row, std::vector<uint32_t>()).second;
      llvm::copy_if(llvm::seq(begin, std::min(begin + form.panelInputs, k)),
                    std::back_inserter(inputs),
                    [&](int64_t input) { return isStored(row, input); });
    }
    llvm::sort(stored, [](const auto &a, const auto &b) {
      return std::make_pair(a.second.size(), a.first) <
             std::make_pair(b.second.size(), b.first);
    });
    for (const auto &[row, inputs] : stored) {
      int64_t size = inputs.size();
      group.rows.push_back(row);
      group.numBlocks += size;
      group.sizes.push_back(llvm::divideCeilSigned(size, unit));
      for (int64_t first = 0; first < size; first += unit)
        packUnit(row,
                 ArrayRef(inputs).slice(first, std::min(unit, size - first)));
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

/// The same of a weight's values: f32, or integers as `form` stores inputs.
static Value makeValues(ImplicitLocOpBuilder &b, ArrayRef<float> values,
                        const NarrowForm *form, StringRef name) {
  if (!form)
    return makeBuffer<float>(b, b.getF32Type(), values, name);
  Type type = b.getIntegerType(form->getInputBits());
  if (type.isInteger(8))
    return makeBuffer<int8_t>(b, type, values, name);
  if (type.isInteger(16))
    return makeBuffer<int16_t>(b, type, values, name);
  return makeBuffer<int32_t>(b, type, values, name);
}

static SparseWeight makeBuffers(ImplicitLocOpBuilder &b, ArrayRef<Group> groups,
                                LayoutAttr layout, const NarrowForm *form,
                                StringRef name) {
  std::vector<float> values;
  std::vector<uint32_t> indices;
  std::vector<uint16_t> rows;
  std::vector<int64_t> pointers = {0}, columns;
  SparseWeight weight;
  weight.numBlocks = 0;
  for (const Group &group : groups) {
    llvm::append_range(values, group.values);
    llvm::append_range(indices, group.indices);
    llvm::append_range(rows, group.rows);
    for (int32_t size : group.sizes)
      pointers.push_back(pointers.back() + size);
    columns.push_back(group.column);
    weight.numBlocks += group.numBlocks;
  }

  weight.values = makeValues(b, values, form, (name + "_values").str());
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
                                      LayoutAttr layout, const NarrowForm *form,
                                      RoundedWeight *rounded) {
  Operation *constant = weight.getDefiningOp();
  ElementsAttr elements = getConstantElements(weight);
  auto function = constant->getParentOfType<FunctionOpInterface>();
  auto [place, isNew] =
      packed.try_emplace({elements, layout, function,
                          rounded ? rounded->getPrecision() : PrecisionAttr()},
                         SparseWeight());
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
  std::vector<float> integers;
  if (rounded) {
    llvm::append_range(integers, rounded->get(dense).integers);
    dense = integers;
  }
  SparseForm sparseForm(layout, dense, n, form);
  std::vector<Group> groups;
  for (int64_t column = 0; column < n; column += sparseForm.groupOutputs)
    groups.push_back(packGroup(dense, k, n, column,
                               layout.getBlockShape().first,
                               form ? form->group : 1, sparseForm));

  OpBuilder::InsertionGuard guard(b);
  // Where it dominates every later use of the same value.
  b.setInsertionPointToStart(&function.getFunctionBody().front());
  sources.insert(constant);
  place->second = makeBuffers(b, balance(std::move(groups)), layout, form,
                              llvm::formatv("sparse_{0}x{1}", k, n).str());
  place->second.form = sparseForm;
  return place->second;
}
