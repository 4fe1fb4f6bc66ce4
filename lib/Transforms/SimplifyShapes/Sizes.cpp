//===- Sizes.cpp - Plain tensors of sizes ---------------------------------===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "../ConstantBuilder.h"
#include "Patterns.h"

using namespace mlir;
using namespace sopt;

namespace {
/// A size as the shape of a function argument spells it.
struct SizeSource {
  Value argument;
  int64_t axis;
};

/// Whether `value` is already what this file makes.
bool isPlain(Value value) {
  if (value.getDefiningOp<onnx::ConstantOp>())
    return true;
  auto shape = value.getDefiningOp<onnx::ShapeOp>();
  if (shape && isa<BlockArgument>(shape.getData()))
    return true;
  if (auto squeeze = value.getDefiningOp<onnx::SqueezeOp>())
    return isPlain(squeeze.getData());
  auto concat = value.getDefiningOp<onnx::ConcatOp>();
  return concat && llvm::all_of(concat.getInputs(), isPlain);
}

/// computed sizes → Constant, or Shape(argument), or Concat of such
struct MakeSizesPlain : RewritePattern {
  MakeSizesPlain(MLIRContext *context, ShapeAnalysis &analysis)
      : RewritePattern(MatchAnyOpTypeTag(), 1, context), analysis(analysis) {}

  LogicalResult matchAndRewrite(Operation *op,
                                PatternRewriter &rewriter) const override {
    if (!isa<onnx::ONNXDialect>(op->getDialect()) || op->getNumResults() != 1 ||
        isPlain(op->getResult(0)))
      return rewriter.notifyMatchFailure(op, "plain, or no tensor of sizes");
    const SymbolicContents *contents = analysis.getContents(op->getResult(0));
    auto type = dyn_cast<RankedTensorType>(op->getResult(0).getType());
    if (!contents || !type)
      return rewriter.notifyMatchFailure(op, "elements are not known");
    if (Value plain = buildConstant(op->getLoc(), *contents, type, rewriter)) {
      rewriter.replaceOp(op, plain);
      return success();
    }
    if (!type.getElementType().isInteger(64) || contents->empty())
      return rewriter.notifyMatchFailure(op, "not of 64-bit integers");
    // The number of elements is now known; who ends a region may not know it.
    bool isRefined =
        type.getRank() > 0 && type != getSizesType(*contents, rewriter);
    if (isRefined && llvm::any_of(op->getUsers(), [](Operation *user) {
          return user->hasTrait<OpTrait::IsTerminator>();
        }))
      return rewriter.notifyMatchFailure(op, "a terminator wants its type");
    SmallVector<std::optional<SizeSource>> sources;
    for (const std::optional<DimExpr> &element : *contents)
      if (!element || !findSource(*element, sources))
        return rewriter.notifyMatchFailure(op, "sizes of no argument");
    Value plain = buildSizes(op->getLoc(), *contents, sources, rewriter);
    if (type.getRank() == 0)
      plain = onnx::SqueezeOp::create(rewriter, op->getLoc(), type, plain,
                                      createInts(rewriter, op->getLoc(), 0));
    rewriter.replaceOp(op, plain);
    return success();
  }

  Value buildConstant(Location loc, const SymbolicContents &contents,
                      RankedTensorType type, PatternRewriter &rewriter) const {
    SmallVector<APInt> values;
    unsigned width = type.getElementTypeBitWidth();
    for (const std::optional<DimExpr> &element : contents) {
      std::optional<int64_t> value =
          element ? element->getConstant() : std::nullopt;
      if (!value || !(width == 1 ? *value == 0 || *value == 1
                                 : llvm::isIntN(width, *value)))
        return Value();
      values.emplace_back(width, *value, /*isSigned=*/width > 1);
    }
    auto exact = type.getRank() == 0
                     ? type
                     : type.clone(ArrayRef<int64_t>(values.size()));
    if (exact != type)
      return Value();
    return onnx::ConstantOp::create(rewriter, loc,
                                    DenseElementsAttr::get(type, values));
  }

  /// Appends where `element` can be read; nothing in it for a constant.
  bool findSource(const DimExpr &element,
                  SmallVectorImpl<std::optional<SizeSource>> &sources) const {
    if (element.getConstant()) {
      sources.push_back(std::nullopt);
      return true;
    }
    std::optional<DimExpr::Symbol> symbol = element.getSymbol();
    auto source = symbol ? analysis.getSource(*symbol) : std::nullopt;
    if (source)
      sources.push_back(SizeSource{source->first, source->second});
    return source.has_value();
  }

  /// One Constant or Shape for each run of elements that one can give.
  Value buildSizes(Location loc, const SymbolicContents &contents,
                   ArrayRef<std::optional<SizeSource>> sources,
                   PatternRewriter &rewriter) const {
    SmallVector<Value> parts;
    for (size_t begin = 0, end; begin < contents.size(); begin = end) {
      auto continues = [&](size_t i) {
        if (!sources[begin] || !sources[i])
          return !sources[begin] && !sources[i];
        return sources[i]->argument == sources[begin]->argument &&
               sources[i]->axis == sources[begin]->axis + int64_t(i - begin);
      };
      for (end = begin + 1; end < contents.size() && continues(end);)
        ++end;
      if (sources[begin]) {
        int64_t axis = sources[begin]->axis;
        auto type = RankedTensorType::get({int64_t(end - begin)},
                                          rewriter.getI64Type());
        parts.push_back(onnx::ShapeOp::create(
            rewriter, loc, type, sources[begin]->argument,
            rewriter.getI64IntegerAttr(axis + end - begin),
            rewriter.getI64IntegerAttr(axis)));
        continue;
      }
      SmallVector<int64_t> constants;
      for (size_t i = begin; i < end; ++i)
        constants.push_back(*contents[i]->getConstant());
      parts.push_back(createInts(rewriter, loc, constants));
    }
    if (parts.size() == 1)
      return parts.front();
    return onnx::ConcatOp::create(rewriter, loc,
                                  getSizesType(contents, rewriter), parts,
                                  rewriter.getI64IntegerAttr(0));
  }

  static RankedTensorType getSizesType(const SymbolicContents &contents,
                                       Builder &builder) {
    return RankedTensorType::get({int64_t(contents.size())},
                                 builder.getI64Type());
  }

  ShapeAnalysis &analysis;
};
} // namespace

void sopt::populateSizePatterns(RewritePatternSet &patterns,
                                ShapeAnalysis &analysis) {
  patterns.add<MakeSizesPlain>(patterns.getContext(), analysis);
}
