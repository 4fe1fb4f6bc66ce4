//===- EinsumEquation.cpp - What an Einsum's equation says ----------------===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "sparse-opt/Analysis/EinsumEquation.h"
#include "mlir/IR/BuiltinTypes.h"
#include "llvm/ADT/MapVector.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"

using namespace mlir;
using namespace sopt;

using Label = EinsumEquation::Label;

static std::optional<int64_t> getRank(Value tensor) {
  auto type = dyn_cast<RankedTensorType>(tensor.getType());
  return type ? std::optional(type.getRank()) : std::nullopt;
}

/// Reads labels of a tensor with `rank` dimensions, or as many as the text has
/// and `ellipsis` for "…" where `rank` is not known.
static std::optional<SmallVector<Label>>
readLabels(StringRef text, std::optional<int64_t> rank, int64_t &ellipsis) {
  SmallVector<Label> labels;
  int64_t letters = llvm::count_if(text, llvm::isAlpha);
  bool hasEllipsis = text.contains("...");
  if (rank) {
    int64_t rest = *rank - letters;
    if (rest < 0 || (!hasEllipsis && rest > 0) ||
        rest >= EinsumEquation::kFirstLetter)
      return std::nullopt;
    ellipsis = rest;
  }
  while (!text.empty()) {
    if (text.consume_front("...")) {
      for (int64_t dim = ellipsis; dim > 0; --dim)
        labels.push_back(Label(dim));
    } else if (llvm::isAlpha(text.front())) {
      labels.push_back(text.front());
      text = text.drop_front();
    } else {
      return std::nullopt;
    }
  }
  return labels;
}

std::optional<EinsumEquation> EinsumEquation::read(StringRef text,
                                                   ValueRange tensors) {
  std::string plain;
  llvm::copy_if(text, std::back_inserter(plain),
                [](char c) { return c != ' '; });
  auto [left, right] = StringRef(plain).split("->");
  bool isExplicit = StringRef(plain).contains("->");
  SmallVector<StringRef> parts;
  left.split(parts, ',');
  if (parts.size() != tensors.size())
    return std::nullopt;
  EinsumEquation equation;
  int64_t widest = 0;
  for (auto [part, tensor] : llvm::zip_equal(parts, tensors)) {
    int64_t ellipsis = 0;
    std::optional<SmallVector<Label>> labels =
        readLabels(part, getRank(tensor), ellipsis);
    if (!labels)
      return std::nullopt;
    widest = std::max(widest, ellipsis);
    equation.operands.push_back({tensor, *labels});
  }
  if (isExplicit) {
    std::optional<SmallVector<Label>> labels =
        readLabels(right, std::nullopt, widest);
    if (!labels)
      return std::nullopt;
    equation.result = *labels;
    return equation;
  }
  // All of the ellipsis, then letters that occur once, in their order.
  for (int64_t dim = widest; dim > 0; --dim)
    equation.result.push_back(Label(dim));
  llvm::SmallMapVector<Label, int, 8> counts;
  for (const Term &term : equation.operands)
    for (Label label : term.labels)
      ++counts[label];
  SmallVector<Label> once;
  for (auto [label, count] : counts)
    if (count == 1 && label >= kFirstLetter)
      once.push_back(label);
  llvm::sort(once);
  llvm::append_range(equation.result, once);
  return equation;
}
