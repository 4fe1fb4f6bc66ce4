//===- ShapeAnalysis.cpp - Symbolic shapes of an onnx graph ---------------===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "sparse-opt/Analysis/ShapeAnalysis.h"
#include "ShapeTransfer.h"
#include "dialects/ONNX/IR/ConstantData.h"
#include "dialects/ONNX/IR/ONNX.h"
#include "mlir/Interfaces/FunctionInterfaces.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/raw_ostream.h"

using namespace mlir;
using namespace sopt;

/// Whether the analysis tracks the elements of a tensor of this type.
static bool isLikeAShape(RankedTensorType type) {
  return type.getRank() <= 1 && type.getElementType().isSignlessInteger();
}

ShapeAnalysis::ShapeAnalysis(Operation *root) {
  root->walk<WalkOrder::PreOrder>([&](Operation *op) {
    visit(op);
    for (Region &region : op->getRegions())
      for (Block &block : region)
        visitArguments(block);
  });
}

//===----------------------------------------------------------------------===//
// Queries
//===----------------------------------------------------------------------===//

const SymbolicShape *ShapeAnalysis::getShape(Value value) {
  const Facts &known = getFacts(value);
  return known.shape ? &*known.shape : nullptr;
}

const SymbolicContents *ShapeAnalysis::getContents(Value value) {
  const Facts &known = getFacts(value);
  return known.contents ? &*known.contents : nullptr;
}

std::optional<DimExpr> ShapeAnalysis::getScalar(Value value) {
  const SymbolicContents *contents = getContents(value);
  return contents && contents->size() == 1 ? contents->front() : std::nullopt;
}

std::optional<DimExpr> ShapeAnalysis::getDim(Value value, int64_t i) {
  const SymbolicShape *shape = getShape(value);
  if (!shape)
    return std::nullopt;
  int64_t rank = shape->size();
  i = i < 0 ? i + rank : i;
  return i >= 0 && i < rank ? std::optional((*shape)[i]) : std::nullopt;
}

bool ShapeAnalysis::areProvablyEqual(Value a, int64_t i, Value b, int64_t j) {
  std::optional<DimExpr> x = getDim(a, i), y = getDim(b, j);
  return x && y && *x == *y;
}

bool ShapeAnalysis::haveProvablyEqualShapes(Value a, Value b) {
  const SymbolicShape *x = getShape(a), *y = getShape(b);
  return x && y && *x == *y;
}

std::optional<std::pair<Value, int64_t>>
ShapeAnalysis::getSource(DimExpr::Symbol symbol) const {
  auto at = sources.find(symbol);
  return at == sources.end() ? std::nullopt : std::optional(at->second);
}

void ShapeAnalysis::forget(Operation *op) {
  for (Value result : op->getResults())
    facts.erase(result);
}

//===----------------------------------------------------------------------===//
// Facts
//===----------------------------------------------------------------------===//

const ShapeAnalysis::Facts &ShapeAnalysis::getFacts(Value value) {
  auto at = facts.find(value);
  if (at != facts.end())
    return *at->second;
  // An operation newer than the analysis, or one its caller is still visiting.
  if (Operation *op = value.getDefiningOp())
    visitWithOperands(op);
  std::unique_ptr<Facts> &known = facts[value];
  if (!known)
    known = std::make_unique<Facts>(makeDefaultFacts(value));
  return *known;
}

ShapeAnalysis::Facts ShapeAnalysis::makeDefaultFacts(Value value) {
  Facts result;
  auto type = dyn_cast<RankedTensorType>(value.getType());
  if (!type)
    return result;
  result.shape.emplace();
  for (int64_t size : type.getShape())
    result.shape->push_back(ShapedType::isDynamic(size) ? makeUnknown()
                                                        : DimExpr(size));
  return result;
}

void ShapeAnalysis::visitArguments(Block &block) {
  auto function = dyn_cast_or_null<FunctionOpInterface>(block.getParentOp());
  for (BlockArgument argument : block.getArguments()) {
    auto type = dyn_cast<RankedTensorType>(argument.getType());
    if (!type)
      continue;
    auto dims =
        function && block.isEntryBlock()
            ? function.getArgAttrOfType<ArrayAttr>(
                  argument.getArgNumber(), onnx::ONNXDialect::getDimsAttrName())
            : ArrayAttr();
    auto known = std::make_unique<Facts>(makeDefaultFacts(argument));
    for (int64_t i = 0; i < type.getRank(); ++i) {
      if (!type.isDynamicDim(i))
        continue;
      StringRef name =
          dims ? cast<StringAttr>(dims[i]).getValue() : StringRef();
      if (!name.empty())
        (*known->shape)[i] = intern(name);
      if (function && block.isEntryBlock())
        sources.try_emplace(*(*known->shape)[i].getSymbol(), argument, i);
    }
    facts[argument] = std::move(known);
  }
}

bool ShapeAnalysis::isTooLong(const DimExpr &expr) const {
  size_t length = 0;
  for (const DimExpr::Term &term : expr.getTerms()) {
    ++length;
    for (DimExpr::Symbol symbol : term.symbols)
      length += 1 + names[symbol].size() / 16;
  }
  return length > maxLength;
}

void ShapeAnalysis::forgetLong(Facts &known) {
  if (known.shape)
    for (DimExpr &size : *known.shape)
      if (isTooLong(size))
        size = intern("?" + std::to_string(numUnknown++));
  if (known.contents)
    for (std::optional<DimExpr> &element : *known.contents)
      if (element && isTooLong(*element))
        element = std::nullopt;
}

void ShapeAnalysis::visitWithOperands(Operation *op) {
  SmallVector<Operation *> pending = {op};
  llvm::DenseSet<Operation *> expanded;
  while (!pending.empty()) {
    Operation *next = pending.back();
    if (!expanded.insert(next).second) {
      pending.pop_back();
      if (next == op || !facts.contains(next->getResult(0)))
        visit(next);
      continue;
    }
    for (Value operand : next->getOperands())
      if (Operation *producer = operand.getDefiningOp();
          producer && !facts.contains(operand) && !expanded.contains(producer))
        pending.push_back(producer);
  }
}

void ShapeAnalysis::visit(Operation *op) {
  // What comes later: operations of a module may use each other in a circle.
  for (Value operand : op->getOperands())
    if (operand.getDefiningOp() && !facts.contains(operand))
      facts[operand] = std::make_unique<Facts>(makeDefaultFacts(operand));
  ShapeTransfer transfer(*this);
  for (OpResult result : op->getResults()) {
    Facts known = makeDefaultFacts(result);
    auto type = dyn_cast<RankedTensorType>(result.getType());
    if (std::optional<SymbolicShape> shape = transfer.inferShape(
            result, known.shape.value_or(SymbolicShape()))) {
      // The type may know a size that symbols do not, as where a model's
      // author fixed an intermediate dimension.
      if (known.shape && known.shape->size() == shape->size())
        for (auto [inferred, declared] : llvm::zip_equal(*shape, *known.shape))
          if (declared.getConstant())
            inferred = declared;
      if (!type || known.shape->size() == shape->size())
        known.shape = std::move(shape);
    }
    if (type && isLikeAShape(type) && known.shape) {
      std::optional<int64_t> size =
          known.shape->empty() ? 1 : known.shape->front().getConstant();
      std::optional<SymbolicContents> contents;
      if (size && *size >= 0 && *size <= maxElements)
        contents = transfer.inferContents(result);
      if (contents && int64_t(contents->size()) == *size &&
          llvm::any_of(*contents, [](auto &e) { return e.has_value(); }))
        known.contents = std::move(contents);
    }
    forgetLong(known);
    facts[result] = std::make_unique<Facts>(std::move(known));
  }
}

//===----------------------------------------------------------------------===//
// Symbols
//===----------------------------------------------------------------------===//

DimExpr ShapeAnalysis::intern(StringRef name) {
  auto [at, isNew] = symbols.try_emplace(name, names.size());
  if (isNew)
    names.push_back(name.str());
  return DimExpr::fromSymbol(at->second);
}

std::string ShapeAnalysis::toString(const DimExpr &expr) const {
  std::string text;
  llvm::raw_string_ostream os(text);
  print(os, expr);
  return text;
}

DimExpr ShapeAnalysis::makeUnknown() {
  return intern("?" + std::to_string(numUnknown++));
}

DimExpr ShapeAnalysis::floorDiv(const DimExpr &a, const DimExpr &b) {
  if (a == b && a != DimExpr(0))
    return 1;
  if (b != DimExpr(0))
    if (std::optional<DimExpr> exact = a.divideExactly(b))
      return *exact;
  std::optional<int64_t> x = a.getConstant(), y = b.getConstant();
  if (x && y && *x >= 0 && *y > 0)
    return *x / *y;
  return intern("(" + toString(a) + ") / (" + toString(b) + ")");
}

DimExpr ShapeAnalysis::min(const DimExpr &a, const DimExpr &b) {
  if (a == b)
    return a;
  std::optional<int64_t> x = a.getConstant(), y = b.getConstant();
  if (x && y)
    return std::min(*x, *y);
  if ((b - a).isNonNegative())
    return a;
  if ((a - b).isNonNegative())
    return b;
  std::string first = toString(a), second = toString(b);
  if (first > second)
    std::swap(first, second);
  DimExpr result = intern("min(" + first + ", " + second + ")");
  minima.try_emplace(*result.getSymbol(), a, b);
  return result;
}

bool ShapeAnalysis::isCutTo(const DimExpr &cut, const DimExpr &size) const {
  std::optional<DimExpr::Symbol> symbol = cut.getSymbol();
  auto at = symbol ? minima.find(*symbol) : minima.end();
  if (at == minima.end())
    return false;
  auto isPositive = [](const DimExpr &e) {
    std::optional<int64_t> value = e.getConstant();
    return value && *value > 0;
  };
  auto &[a, b] = at->second;
  return (a == size && isPositive(b)) || (b == size && isPositive(a));
}

DimExpr ShapeAnalysis::broadcast(const DimExpr &a, const DimExpr &b) {
  std::optional<int64_t> x = a.getConstant(), y = b.getConstant();
  if (a == b || (y && *y == 1))
    return a;
  if (x && *x == 1)
    return b;
  // A size other than 1 can only meet itself or 1.
  if (x)
    return a;
  if (y)
    return b;
  // Broadcasting is associative, so a size that takes part already changes
  // nothing.
  SmallVector<DimExpr> parts;
  for (const DimExpr &size : {a, b})
    for (const DimExpr &part : getBroadcastParts(size))
      if (!llvm::is_contained(parts, part))
        parts.push_back(part);
  // A buffer cut to the first `size` of its elements meets `size` only if it
  // has them.
  llvm::erase_if(parts, [&](const DimExpr &cut) {
    return llvm::any_of(
        parts, [&](const DimExpr &size) { return isCutTo(cut, size); });
  });
  if (parts.size() == 1)
    return parts.front();
  SmallVector<std::string> spelt;
  for (const DimExpr &part : parts)
    spelt.push_back(toString(part));
  llvm::sort(spelt);
  DimExpr result = intern("broadcast(" + llvm::join(spelt, ", ") + ")");
  broadcasts.try_emplace(*result.getSymbol(), parts);
  return result;
}

SmallVector<DimExpr>
ShapeAnalysis::getBroadcastParts(const DimExpr &size) const {
  std::optional<DimExpr::Symbol> symbol = size.getSymbol();
  auto at = symbol ? broadcasts.find(*symbol) : broadcasts.end();
  return at == broadcasts.end() ? SmallVector<DimExpr>{size} : at->second;
}

DimExpr ShapeAnalysis::lastOf(int64_t total, const DimExpr &count) {
  if (std::optional<int64_t> size = count.getConstant())
    if (*size >= 0 && *size <= total)
      return *size;
  DimExpr result =
      intern("last(" + std::to_string(total) + ", " + toString(count) + ")");
  minima.try_emplace(*result.getSymbol(), total, count);
  return result;
}

SymbolicShape ShapeAnalysis::broadcast(ArrayRef<DimExpr> a,
                                       ArrayRef<DimExpr> b) {
  if (a.size() < b.size())
    std::swap(a, b);
  SymbolicShape result(a);
  size_t lead = a.size() - b.size();
  for (size_t i = 0; i < b.size(); ++i)
    result[lead + i] = broadcast(a[lead + i], b[i]);
  return result;
}

void ShapeAnalysis::print(raw_ostream &os, const DimExpr &expr) const {
  expr.print(os,
             [&](DimExpr::Symbol symbol) { return StringRef(names[symbol]); });
}

void ShapeAnalysis::print(raw_ostream &os, ArrayRef<DimExpr> shape) const {
  os << '[';
  llvm::interleaveComma(shape, os, [&](const DimExpr &dim) { print(os, dim); });
  os << ']';
}
