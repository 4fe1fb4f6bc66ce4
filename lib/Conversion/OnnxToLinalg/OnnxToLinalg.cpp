//===- OnnxToLinalg.cpp - The pass, constants and functions ---------------===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "sparse-opt/Conversion/OnnxToLinalg.h"
#include "Lowering.h"
#include "dialects/Sopt/IR/Packing.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Func/Transforms/FuncConversions.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/IR/DialectResourceBlobManager.h"
#include "sparse-opt/Conversion/Passes.h"

using namespace mlir;
using namespace sopt;

namespace sopt {
#define GEN_PASS_DEF_CONVERTONNXTOLINALG
#include "sparse-opt/Conversion/Passes.h.inc"
} // namespace sopt

//===----------------------------------------------------------------------===//
// Types and constants
//===----------------------------------------------------------------------===//

static RankedTensorType toSignless(RankedTensorType type) {
  auto integer = dyn_cast<IntegerType>(type.getElementType());
  if (!integer || integer.isSignless())
    return type;
  return type.clone(IntegerType::get(type.getContext(), integer.getWidth()));
}

OnnxTypeConverter::OnnxTypeConverter()
    : state(std::make_unique<LoweringState>()) {
  addConversion([](Type type) { return type; });
  addConversion([](RankedTensorType type) { return toSignless(type); });
}

OnnxTypeConverter::~OnnxTypeConverter() = default;

/// `value` with signless elements, its bytes shared.
static ElementsAttr toSignless(ElementsAttr value) {
  auto type = dyn_cast<RankedTensorType>(value.getType());
  if (!type)
    return nullptr;
  RankedTensorType signless = toSignless(type);
  if (auto resource = dyn_cast<DenseResourceElementsAttr>(value))
    return DenseResourceElementsAttr::get(signless, resource.getRawHandle());
  if (auto dense = dyn_cast<DenseElementsAttr>(value))
    return dense.bitcast(signless.getElementType());
  return nullptr;
}

namespace {
// onnx.Constant {value = v} → arith.constant v
struct ConstantLowering : OpConversionPattern<onnx::ConstantOp> {
  using OpConversionPattern::OpConversionPattern;

  LogicalResult
  matchAndRewrite(onnx::ConstantOp op, OpAdaptor,
                  ConversionPatternRewriter &rewriter) const override {
    ElementsAttr value = op.getValueAttr();
    if (value)
      value = toSignless(value);
    if (!value || !value.getElementType().isIntOrFloat())
      return rewriter.notifyMatchFailure(
          op, "a constant that is not a dense tensor of numbers");
    rewriter.replaceOpWithNewOp<arith::ConstantOp>(op, value);
    return success();
  }
};

// sparse_constant → arith.constant: kernels are chosen by the zeros of a
// weight, and packed from it, however its file stored it
struct SparseConstantLowering : OpConversionPattern<SparseConstantOp> {
  using OpConversionPattern::OpConversionPattern;

  LogicalResult
  matchAndRewrite(SparseConstantOp op, OpAdaptor,
                  ConversionPatternRewriter &rewriter) const override {
    FailureOr<ElementsAttr> dense =
        unpack(op.getPacked(), [&] { return op.emitOpError(); });
    if (failed(dense))
      return failure();
    rewriter.replaceOpWithNewOp<arith::ConstantOp>(op, toSignless(*dense));
    return success();
  }
};
} // namespace

//===----------------------------------------------------------------------===//
// The pass
//===----------------------------------------------------------------------===//

void sopt::populateOnnxToLinalgPatterns(const OnnxTypeConverter &converter,
                                        RewritePatternSet &patterns) {
  LoweringSet set{patterns, converter, converter.getState()};
  patterns.add<ConstantLowering, SparseConstantLowering>(converter,
                                                         patterns.getContext());
  populateAttentionLowerings(set);
  populateCacheUpdateLowerings(set);
  populateControlFlowLowerings(set);
  populateConvTransposeLowerings(set);
  populateConvolutionLowerings(set);
  populateCumulativeLowerings(set);
  populateDataMovementLowerings(set);
  populateDetectionLowerings(set);
  populateEinsumLowerings(set);
  populateElementwiseLowerings(set);
  populateGeneratorLowerings(set);
  populateGridSampleLowerings(set);
  populateIndexingLowerings(set);
  populateIterationLowerings(set);
  populateMatMulLowerings(set);
  populateNormalizationLowerings(set);
  populateOptionalLowerings(set);
  populatePoolingLowerings(set);
  populateQuantizationLowerings(set);
  populateQuantizedConvolutionLowerings(set);
  populateRecurrentLowerings(set);
  populateReductionLowerings(set);
  populateReshapeLowerings(set);
  populateResizeLowerings(set);
  populateRuntimeOperatorLowerings(set);
  populateSignalLowerings(set);
  populateSoftmaxLowerings(set);
  populateSortingLowerings(set);
  populateFunctionOpInterfaceTypeConversionPattern<func::FuncOp>(patterns,
                                                                 converter);
  populateReturnOpTypeConversionPattern(patterns, converter);
  populateCallOpTypeConversionPattern(patterns, converter);
}

SmallVector<StringRef> sopt::getLoweredOperators(MLIRContext *context) {
  context->loadDialect<onnx::ONNXDialect>();
  OnnxTypeConverter converter;
  RewritePatternSet patterns(context);
  populateOnnxToLinalgPatterns(converter, patterns);
  SmallVector<StringRef> result;
  for (const auto &pattern : patterns.getNativePatterns()) {
    std::optional<OperationName> root = pattern->getRootKind();
    if (root &&
        root->getDialectNamespace() == onnx::ONNXDialect::getDialectNamespace())
      result.push_back(root->stripDialect());
  }
  llvm::sort(result);
  return result;
}

namespace {
/// Declares the functions that report bad data, for as long as it lives; those
/// which nobody calls then go again.
class ReportDeclarations {
public:
  explicit ReportDeclarations(ModuleOp module) : module(module) {
    OpBuilder builder = OpBuilder::atBlockBegin(module.getBody());
    Type i64 = builder.getI64Type();
    for (StringRef name : {kReportBadIndex, kReportBadShape}) {
      if (module.lookupSymbol(name))
        continue;
      auto function =
          func::FuncOp::create(builder, module.getLoc(), name,
                               builder.getFunctionType({i64, i64}, {}));
      function.setPrivate();
      functions.push_back(function);
    }
  }

  ~ReportDeclarations() {
    for (func::FuncOp function : functions)
      if (SymbolTable::symbolKnownUseEmpty(function, module))
        function.erase();
  }

private:
  ModuleOp module;
  SmallVector<func::FuncOp> functions;
};

struct ConvertOnnxToLinalg
    : sopt::impl::ConvertOnnxToLinalgBase<ConvertOnnxToLinalg> {
  void runOnOperation() override {
    ReportDeclarations declarations(getOperation());
    OnnxTypeConverter converter;
    RewritePatternSet patterns(&getContext());
    populateOnnxToLinalgPatterns(converter, patterns);

    ConversionTarget target(getContext());
    // Neither legal nor illegal: one run is to name everything that is not
    // supported, and a partial conversion ends at the first illegal op.
    target.markUnknownOpDynamicallyLegal(
        [](Operation *op) -> std::optional<bool> {
          if (isa<onnx::ONNXDialect>(op->getDialect()) ||
              isa<SparseConstantOp>(op))
            return std::nullopt;
          return true;
        });
    target.addDynamicallyLegalOp<func::FuncOp>([&](func::FuncOp function) {
      return converter.isSignatureLegal(function.getFunctionType()) &&
             converter.isLegal(&function.getBody());
    });
    target.addDynamicallyLegalOp<func::ReturnOp, func::CallOp>(
        [&](Operation *op) { return converter.isLegal(op); });

    ConversionConfig config;
    // What is left unsupported gets one error of ours, not one for each type.
    config.buildMaterializations = false;
    config.foldingMode = DialectConversionFoldingMode::Never;
    LogicalResult converted = applyPartialConversion(
        getOperation(), target, std::move(patterns), config);
    if (failed(reportUnsupported(converter.getState())) || failed(converted))
      signalPassFailure();
  }

  /// One error for each operation that is left in the onnx dialect.
  LogicalResult reportUnsupported(const LoweringState &state) {
    LogicalResult result = success();
    getOperation().walk<WalkOrder::PreOrder>([&](Operation *op) {
      // Has told what is wrong with it.
      if (isa<SparseConstantOp>(op))
        result = failure();
      // What is left out is left out of an operation that tells its own.
      if (!isa<onnx::ONNXDialect>(op->getDialect()) || isa<onnx::NoneOp>(op))
        return WalkResult::advance();
      auto reason = state.refusals.find(op);
      InFlightDiagnostic error =
          op->emitOpError("is not supported by this target");
      if (reason != state.refusals.end())
        error << ": " << reason->second;
      result = failure();
      return WalkResult::skip();
    });
    return result;
  }
};
} // namespace
