//===- Lowering.h - A lowering as a function, and its pattern ---*- C++ -*-===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef SPARSE_OPT_LIB_CONVERSION_ONNXTOLINALG_LOWERING_H
#define SPARSE_OPT_LIB_CONVERSION_ONNXTOLINALG_LOWERING_H

#include "Emitter.h"
#include "dialects/ONNX/IR/ONNX.h"
#include "mlir/Transforms/DialectConversion.h"

namespace sopt {

/// What a lowering returns: the values for its op's results (null for a result
/// that nobody asked for), or a failure of which the reason has been given.
class Lowered {
public:
  Lowered(mlir::LogicalResult result) : result(result) {
    assert(failed(result));
  }
  Lowered(mlir::Value value) : values(1, value) {}
  Lowered(llvm::SmallVector<mlir::Value> values) : values(std::move(values)) {}

  bool hasFailed() const { return failed(result); }
  llvm::ArrayRef<mlir::Value> getValues() const { return values; }

private:
  mlir::LogicalResult result = mlir::success();
  llvm::SmallVector<mlir::Value> values;
};

/// What all lowerings share.
struct LoweringSet {
  mlir::RewritePatternSet &patterns;
  const mlir::TypeConverter &converter;
  LoweringState &state;
};

/// Refuses tensors without a rank and elements that are not numbers.
mlir::LogicalResult checkTypes(Emitter &e, mlir::Operation *op);

/// Converted operands as the most static tensors known.
llvm::SmallVector<mlir::Value> stripCasts(mlir::ValueRange operands);

/// `value` as a tensor of `type`, which has its elements: sizes that the type
/// states are checked at run time where they cannot be proved. Refuses another
/// rank.
mlir::FailureOr<mlir::Value> fitTo(Emitter &e, mlir::Value value,
                                   mlir::RankedTensorType type);

/// `value` as the tensor of type `type`, whose static sizes it has: at run time
/// this is checked where the sizes computed do not prove it.
mlir::FailureOr<mlir::Value> conform(Emitter &e, mlir::Value value,
                                     mlir::RankedTensorType type);

/// Replaces `op` by what its lowering returned, in the types that the
/// converter gives its results.
mlir::LogicalResult replace(Emitter &e, mlir::Operation *op,
                            const Lowered &lowered,
                            const mlir::TypeConverter &converter,
                            mlir::ConversionPatternRewriter &rewriter);

/// Lowers one kind of op by a function of the op, its converted operands and an
/// emitter at its place.
template <typename OpT>
class FunctionPattern : public mlir::OpConversionPattern<OpT> {
public:
  using Adaptor = typename OpT::Adaptor;
  using Function = Lowered (*)(OpT op, Adaptor operands, Emitter &e);

  FunctionPattern(const LoweringSet &set, Function function)
      : mlir::OpConversionPattern<OpT>(set.converter,
                                       set.patterns.getContext()),
        function(function), state(set.state) {}

  mlir::LogicalResult
  matchAndRewrite(OpT op, Adaptor adaptor,
                  mlir::ConversionPatternRewriter &rewriter) const override {
    state.sizes.begin();
    Emitter e(op, rewriter, state);
    if (succeeded(checkTypes(e, op)) &&
        succeeded(replace(
            e, op,
            function(op, Adaptor(stripCasts(adaptor.getOperands()), op), e),
            *this->getTypeConverter(), rewriter)))
      return mlir::success();
    state.sizes.abort();
    return mlir::failure();
  }

private:
  Function function;
  LoweringState &state;
};

/// Lowers the ops of one name by a function that does not know their class;
/// `Data` is what the row of a table says of them.
template <typename Data> class NamedPattern : public mlir::ConversionPattern {
public:
  using Function = Lowered (*)(const Data &data, mlir::Operation *op,
                               mlir::ValueRange operands, Emitter &e);

  NamedPattern(const LoweringSet &set, llvm::StringRef name, const Data &data,
               Function function)
      : ConversionPattern(set.converter, name, /*benefit=*/1,
                          set.patterns.getContext()),
        data(data), function(function), state(set.state) {}

  mlir::LogicalResult
  matchAndRewrite(mlir::Operation *op, mlir::ArrayRef<mlir::Value> operands,
                  mlir::ConversionPatternRewriter &rewriter) const override {
    state.sizes.begin();
    Emitter e(op, rewriter, state);
    if (succeeded(checkTypes(e, op)) &&
        succeeded(replace(e, op, function(data, op, stripCasts(operands), e),
                          *getTypeConverter(), rewriter)))
      return mlir::success();
    state.sizes.abort();
    return mlir::failure();
  }

private:
  const Data &data;
  Function function;
  LoweringState &state;
};

template <typename OpT>
void addLowering(LoweringSet &set,
                 typename FunctionPattern<OpT>::Function function) {
  set.patterns.add<FunctionPattern<OpT>>(set, function);
}

/// The product of `a` and `b`, both at least matrices, whose leading dimensions
/// broadcast; failure if these do not fit.
mlir::FailureOr<mlir::Value> makeMatrixProduct(Emitter &e, mlir::Value a,
                                               mlir::Value b);

void populateAttentionLowerings(LoweringSet &set);
void populateCacheUpdateLowerings(LoweringSet &set);
void populateControlFlowLowerings(LoweringSet &set);
void populateConvTransposeLowerings(LoweringSet &set);
void populateConvolutionLowerings(LoweringSet &set);
void populateCumulativeLowerings(LoweringSet &set);
void populateDataMovementLowerings(LoweringSet &set);
void populateDetectionLowerings(LoweringSet &set);
void populateEinsumLowerings(LoweringSet &set);
void populateElementwiseLowerings(LoweringSet &set);
void populateGeneratorLowerings(LoweringSet &set);
void populateGridSampleLowerings(LoweringSet &set);
void populateIndexingLowerings(LoweringSet &set);
void populateIterationLowerings(LoweringSet &set);
void populateMatMulLowerings(LoweringSet &set);
void populateNormalizationLowerings(LoweringSet &set);
void populateOptionalLowerings(LoweringSet &set);
void populatePoolingLowerings(LoweringSet &set);
void populateQuantizationLowerings(LoweringSet &set);
void populateQuantizedConvolutionLowerings(LoweringSet &set);
void populateRecurrentLowerings(LoweringSet &set);
void populateReductionLowerings(LoweringSet &set);
void populateReshapeLowerings(LoweringSet &set);
void populateResizeLowerings(LoweringSet &set);
void populateRuntimeOperatorLowerings(LoweringSet &set);
void populateSignalLowerings(LoweringSet &set);
void populateSoftmaxLowerings(LoweringSet &set);
void populateSortingLowerings(LoweringSet &set);

} // namespace sopt

#endif // SPARSE_OPT_LIB_CONVERSION_ONNXTOLINALG_LOWERING_H
