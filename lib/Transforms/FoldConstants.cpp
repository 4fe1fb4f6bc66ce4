//===- FoldConstants.cpp - Compute what is known at compile time ----------===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ConstantFolding/Folders.h"
#include "dialects/ONNX/IR/NodeLocation.h"
#include "dialects/ONNX/IR/ONNX.h"
#include "dialects/Sopt/IR/Packing.h"
#include "mlir/IR/Builders.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/TypeUtilities.h"
#include "sparse-opt/Transforms/ConstantBlobs.h"
#include "sparse-opt/Transforms/Passes.h"
#include "llvm/ADT/DenseSet.h"

namespace sopt {
#define GEN_PASS_DEF_FOLDCONSTANTS
#include "sparse-opt/Transforms/Passes.h.inc"
} // namespace sopt

using namespace mlir;
using namespace sopt;
using sopt::onnx::ConstantData;

/// Up to here a result may be of any size beside its operands, in bytes.
constexpr int64_t freeBytes = 64 * 1024;
/// Beyond, it may be so many times as large as they.
constexpr int64_t maxGrowth = 4;
/// Beyond this a result may have no more elements than its operands: a chain
/// that doubles them 30 times would fill the memory.
constexpr int64_t mostGrownBytes = 4 << 20;

//===----------------------------------------------------------------------===//
// FoldedOp
//===----------------------------------------------------------------------===//

FoldedOp::FoldedOp(Operation *op) : op(op) {
  llvm::SmallDenseSet<Value, 4> counted;
  for (Value operand : op->getOperands()) {
    std::optional<ConstantData> data = ConstantData::get(operand);
    if (!data) {
      allConstant = false;
      return;
    }
    operandBytes += data->getBytes().size();
    if (counted.insert(operand).second)
      operandElements += data->getNumElements();
    operands.push_back(std::move(*data));
  }
}

const ConstantData *FoldedOp::get(Value value) const {
  for (auto [operand, data] : llvm::zip(op->getOperands(), operands))
    if (operand == value)
      return &data;
  return nullptr;
}

bool FoldedOp::mayHold(RankedTensorType type) const {
  std::optional<int64_t> bytes = onnx::getTensorBytes(type);
  return bytes && *bytes <= std::max(freeBytes, maxGrowth * operandBytes) &&
         (*bytes <= mostGrownBytes || type.getNumElements() <= operandElements);
}

std::optional<onnx::ConstantWriter> FoldedOp::start(ArrayRef<int64_t> shape,
                                                    Type elementType) const {
  auto type = RankedTensorType::get(shape, elementType);
  // Resources pack int4 and the like, which a writer does not.
  bool packed = elementType.isIntOrFloat() &&
                elementType.getIntOrFloatBitWidth() > 1 &&
                elementType.getIntOrFloatBitWidth() < 8;
  if (packed || !mayHold(type))
    return std::nullopt;
  return onnx::ConstantWriter(type);
}

ElementsAttr FoldedOp::finish(onnx::ConstantWriter &writer) const {
  StringRef name = onnx::getTensorName(op->getResult(0));
  return writer.finish(name.empty() ? "folded" : name);
}

//===----------------------------------------------------------------------===//
// The pass
//===----------------------------------------------------------------------===//

/// Whether a constant of `type` may stand for `result`. A more precise type is
/// welcome to nodes, but not where a function or subgraph declares its results.
static bool mayReplace(Value result, Type type) {
  if (result.getType() == type)
    return true;
  if (getElementTypeOrSelf(result.getType()) != getElementTypeOrSelf(type) ||
      failed(verifyCompatibleShape(result.getType(), type)))
    return false;
  return llvm::all_of(result.getUsers(), [](Operation *user) {
    return isa<onnx::ONNXDialect>(user->getDialect()) &&
           !isa<onnx::YieldOp>(user);
  });
}

static bool isConstant(Value value) {
  return isa_and_nonnull<onnx::ConstantOp, SparseConstantOp>(
      value.getDefiningOp());
}

/// Folders compute with dense elements.
static LogicalResult densifyOperands(Operation *op, ConstantBlobs &blobs) {
  for (OpOperand &operand : op->getOpOperands()) {
    auto sparse = operand.get().getDefiningOp<SparseConstantOp>();
    if (!sparse)
      continue;
    FailureOr<ElementsAttr> dense =
        unpack(sparse.getPacked(), [&] { return sparse.emitOpError(); });
    if (failed(dense))
      return failure();
    OpBuilder builder(op);
    auto constant = onnx::ConstantOp::create(builder, sparse.getLoc(), *dense);
    blobs.add(constant);
    operand.set(constant.getOutput());
    if (sparse.use_empty()) {
      blobs.remove(sparse);
      sparse.erase();
    }
  }
  return success();
}

/// The layout of the sparse constant that `op` transposes, or null. Its users
/// multiply by it, and can do so sparsely: a Gemm's weight comes transposed.
static LayoutAttr getLayoutOfTransposed(Operation *op) {
  auto transpose = dyn_cast<onnx::TransposeOp>(op);
  auto sparse = transpose
                    ? transpose.getData().getDefiningOp<SparseConstantOp>()
                    : SparseConstantOp();
  return sparse ? sparse.getLayout() : LayoutAttr();
}

/// Replaces `dense` by a constant of the same `value` in `layout`, if the
/// layout can store it. Returns the constant there then is.
static Operation *makeSparse(Operation *dense, ElementsAttr value,
                             LayoutAttr layout, ConstantBlobs &blobs) {
  auto ignore = [&] {
    InFlightDiagnostic error = dense->emitError();
    error.abandon();
    return error;
  };
  FailureOr<PackedMatrix> packed = pack(value, layout, ignore);
  if (failed(packed))
    return dense;
  OpBuilder builder(dense);
  auto sparse = SparseConstantOp::create(builder, dense->getLoc(), packed->type,
                                         layout, packed->values,
                                         packed->indices, packed->pointers);
  blobs.add(sparse);
  blobs.remove(dense);
  dense->erase();
  return sparse;
}

namespace {
struct FoldConstants : sopt::impl::FoldConstantsBase<FoldConstants> {
  void runOnOperation() override {
    FolderMap folders;
    addCastFolders(folders);
    addElementwiseFolders(folders);
    addMovementFolders(folders);

    ConstantBlobs blobs(getOperation());
    // Definitions precede uses, so one walk folds whole chains.
    getOperation().walk([&](Operation *op) {
      LayoutAttr layout = getLayoutOfTransposed(op);
      if (ElementsAttr value = fold(folders, op, blobs))
        replace(op, value, layout, blobs);
    });
  }

private:
  ElementsAttr fold(const FolderMap &folders, Operation *op,
                    ConstantBlobs &blobs) {
    if (op->getNumResults() != 1 ||
        !isa_and_nonnull<onnx::ONNXDialect>(op->getDialect()))
      return {};
    if (ElementsAttr value = foldShapeQuery(op))
      return value;
    auto folder = folders.find(op->getName().getStringRef());
    if (folder == folders.end())
      return {};
    if (!llvm::all_of(op->getOperands(), isConstant))
      return {};
    if (failed(densifyOperands(op, blobs))) {
      signalPassFailure();
      return {};
    }
    FoldedOp folded(op);
    return folded.hasConstantOperands() ? folder->second(folded)
                                        : ElementsAttr();
  }

  /// Replaces `op` by a constant, in `layout` if there is one, and erases the
  /// constants only it used.
  void replace(Operation *op, ElementsAttr value, LayoutAttr layout,
               ConstantBlobs &blobs) {
    Value result = op->getResult(0);
    if (!mayReplace(result, value.getType()))
      return;
    OpBuilder builder(op);
    Operation *constant =
        onnx::ConstantOp::create(builder, op->getLoc(), value);
    blobs.add(constant);
    if (layout)
      constant = makeSparse(constant, value, layout, blobs);
    result.replaceAllUsesWith(constant->getResult(0));

    llvm::SmallSetVector<Operation *, 4> operands;
    for (Value operand : op->getOperands())
      if (isConstant(operand))
        operands.insert(operand.getDefiningOp());
    op->erase();
    for (Operation *operand : operands)
      if (operand->use_empty()) {
        blobs.remove(operand);
        operand->erase();
      }
    ++numFolded;
  }
};
} // namespace
