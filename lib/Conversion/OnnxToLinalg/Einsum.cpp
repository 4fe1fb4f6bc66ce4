//===- Einsum.cpp - Sums of products by an equation -----------------------===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Operands are multiplied from left to right, two at a time, each time as
// stacks of matrices: labels that both have and that are needed later are the
// stack, those that nobody needs later are summed over, the others are rows and
// columns.
//
//===----------------------------------------------------------------------===//

#include "Lowering.h"
#include "sparse-opt/Analysis/EinsumEquation.h"
#include "llvm/ADT/MapVector.h"
#include "llvm/ADT/StringExtras.h"

using namespace mlir;
using namespace sopt;

using Equation = EinsumEquation;
using Label = Equation::Label;
using Term = Equation::Term;

//===----------------------------------------------------------------------===//
// One operand
//===----------------------------------------------------------------------===//

/// Sizes by label.
using Extents = llvm::SmallMapVector<Label, Value, 8>;

/// The size of each label: that of an operand in which it is not 1.
static Extents getExtents(Emitter &e, const Equation &equation) {
  Extents extents;
  for (const Term &term : equation.operands)
    for (auto [label, size] :
         llvm::zip_equal(term.labels, e.sizes(term.tensor))) {
      auto [entry, isNew] = extents.insert({label, size});
      std::optional<int64_t> known = getConstantSize(entry->second);
      if (!isNew && (known == 1 || (!known && getConstantSize(size) &&
                                    getConstantSize(size) != 1)))
        entry->second = size;
    }
  return extents;
}

/// `term` with every label once, without dimensions of size 1 that others have
/// larger: diagonals, for a label that it has twice.
static Term simplify(Emitter &e, Term term, const Extents &extents) {
  SmallVector<Value> sizes = e.sizes(term.tensor), kept, wanted;
  SmallVector<Label> labels;
  for (auto [label, size] : llvm::zip_equal(term.labels, sizes)) {
    Value extent = extents.lookup(label);
    bool isBroadcast =
        getConstantSize(size) == 1 && getConstantSize(extent) != 1;
    wanted.push_back(isBroadcast ? size : extent);
    if (isBroadcast)
      continue;
    kept.push_back(extent);
    labels.push_back(label);
  }
  Value tensor = e.reshape(e.fit(term.tensor, wanted), kept);
  SmallVector<Label> unique;
  SmallVector<Value> uniqueSizes;
  for (auto [label, size] : llvm::zip_equal(labels, kept))
    if (!llvm::is_contained(unique, label)) {
      unique.push_back(label);
      uniqueSizes.push_back(size);
    }
  if (unique.size() == labels.size())
    return {tensor, labels};
  SmallVector<AffineExpr> exprs;
  for (Label label : labels)
    exprs.push_back(
        e.getAffineDimExpr(llvm::find(unique, label) - unique.begin()));
  tensor =
      e.generate(uniqueSizes, getElementType(tensor), [&](ValueRange loops) {
        SmallVector<Value> position;
        for (Label label : labels)
          position.push_back(loops[llvm::find(unique, label) - unique.begin()]);
        return e.element(tensor, position);
      });
  return {tensor, unique};
}

/// Sums over the labels that are not in `needed`.
static Term sumOver(Emitter &e, const Term &term, ArrayRef<Label> needed) {
  SmallVector<int64_t> axes;
  SmallVector<Label> kept;
  for (auto [dim, label] : llvm::enumerate(term.labels)) {
    if (llvm::is_contained(needed, label))
      kept.push_back(label);
    else
      axes.push_back(dim);
  }
  if (axes.empty())
    return term;
  Type type = getElementType(term.tensor);
  bool isFloat = isa<FloatType>(type);
  Value sum =
      e.reduce(term.tensor, axes, /*keepDims=*/false,
               {e.constant(type, 0), [&](Value x, Value acc) {
                  return isFloat ? e.addReassociable(acc, x) : e.add(acc, x);
                }});
  return {sum, kept};
}

/// `term` with its dimensions in the order of `labels`, all of which it has.
static Value orderDims(Emitter &e, const Term &term, ArrayRef<Label> labels) {
  SmallVector<int64_t> perm;
  for (Label label : labels)
    perm.push_back(llvm::find(term.labels, label) - term.labels.begin());
  return llvm::is_sorted(perm) ? term.tensor : e.transpose(term.tensor, perm);
}

//===----------------------------------------------------------------------===//
// Two operands
//===----------------------------------------------------------------------===//

static FailureOr<Term> multiply(Emitter &e, Term a, Term b,
                                ArrayRef<Label> needed,
                                const Extents &extents) {
  auto has = [](ArrayRef<Label> labels, Label label) {
    return llvm::is_contained(labels, label);
  };
  SmallVector<Label> neededByA(needed), neededByB(needed);
  llvm::append_range(neededByA, b.labels);
  llvm::append_range(neededByB, a.labels);
  a = sumOver(e, a, neededByA);
  b = sumOver(e, b, neededByB);
  SmallVector<Label> stack, rows, columns, inner;
  for (Label label : a.labels)
    (!has(b.labels, label) ? rows
     : has(needed, label)  ? stack
                           : inner)
        .push_back(label);
  for (Label label : b.labels)
    if (!has(a.labels, label))
      columns.push_back(label);

  auto sizesOf = [&](ArrayRef<Label> labels) {
    return llvm::map_to_vector(
        labels, [&](Label label) { return extents.lookup(label); });
  };
  auto arrange = [&](const Term &term, ArrayRef<Label> first,
                     ArrayRef<Label> second) {
    SmallVector<Label> labels(stack);
    llvm::append_range(labels, first);
    llvm::append_range(labels, second);
    SmallVector<Value> sizes = sizesOf(stack);
    sizes.push_back(e.product(sizesOf(first)));
    sizes.push_back(e.product(sizesOf(second)));
    return e.reshape(orderDims(e, term, labels), sizes);
  };
  FailureOr<Value> product =
      makeMatrixProduct(e, arrange(a, rows, inner), arrange(b, inner, columns));
  if (failed(product))
    return failure();
  SmallVector<Label> labels(stack);
  llvm::append_range(labels, rows);
  llvm::append_range(labels, columns);
  return Term{e.reshape(*product, sizesOf(labels)), labels};
}

static Lowered lowerEinsum(onnx::EinsumOp op, onnx::EinsumOp::Adaptor operands,
                           Emitter &e) {
  std::optional<Equation> equation =
      Equation::read(op.getEquation(), operands.getInputs());
  if (!equation || equation->operands.empty())
    return e.refuse("its equation does not fit its operands");
  Type type = getElementType(equation->operands.front().tensor);
  for (Term &term : equation->operands) {
    if (getElementType(term.tensor) != type)
      return e.refuse("its operands have different element types");
    term.tensor = e.widen(term.tensor);
  }
  Extents extents = getExtents(e, *equation);
  for (Label label : equation->result)
    if (!extents.contains(label) || llvm::count(equation->result, label) > 1)
      return e.refuse("its result has a label that no operand has, or twice");

  Term total = simplify(e, equation->operands.front(), extents);
  for (size_t i = 1; i < equation->operands.size(); ++i) {
    SmallVector<Label> needed(equation->result);
    for (const Term &later : ArrayRef(equation->operands).drop_front(i + 1))
      llvm::append_range(needed, later.labels);
    FailureOr<Term> product = multiply(
        e, total, simplify(e, equation->operands[i], extents), needed, extents);
    if (failed(product))
      return e.refuse("its operands do not fit");
    total = *product;
  }
  total = sumOver(e, total, equation->result);
  // A label that was 1 in every operand that is left comes back.
  SmallVector<Label> present;
  SmallVector<Value> sizes;
  for (Label label : equation->result) {
    sizes.push_back(extents.lookup(label));
    if (llvm::is_contained(total.labels, label))
      present.push_back(label);
  }
  Value result = e.reshape(orderDims(e, total, present), sizes);
  return e.convertElements(result, type);
}

void sopt::populateEinsumLowerings(LoweringSet &set) {
  addLowering<onnx::EinsumOp>(set, lowerEinsum);
}
