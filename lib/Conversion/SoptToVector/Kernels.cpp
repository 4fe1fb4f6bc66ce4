//===- Kernels.cpp - Kernel functions and their calls ---------------------===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Kernels.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Bufferization/IR/Bufferization.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/Dialect/Utils/StaticValueUtils.h"
#include "llvm/Support/raw_ostream.h"

using namespace mlir;
using namespace sopt;

void KernelLibrary::call(ImplicitLocOpBuilder &b, StringRef name,
                         const Isa &isa, ValueRange arguments,
                         BodyBuilder body) {
  std::string key;
  llvm::raw_string_ostream(key) << name << arguments.getTypes();
  func::FuncOp &kernel = kernels[key];
  if (!kernel)
    kernel = make(name, isa, arguments.getTypes(), body);
  func::CallOp::create(b, kernel, arguments);
}

func::FuncOp KernelLibrary::make(StringRef name, const Isa &isa,
                                 TypeRange arguments, BodyBuilder body) {
  MLIRContext *context = symbols.getOp()->getContext();
  Location loc = NameLoc::get(StringAttr::get(context, name));
  auto kernel = func::FuncOp::create(loc, name,
                                     FunctionType::get(context, arguments, {}));
  kernel.setPrivate();
  kernel.setNoInline(true);
  symbols.insert(kernel);
  VectorBuilder b(loc, *kernel.addEntryBlock(), isa);
  body(b, kernel.getArguments());
  func::ReturnOp::create(b);
  return kernel;
}

ValueRange KernelLibrary::callRuntime(ImplicitLocOpBuilder &b, StringRef name,
                                      ValueRange indices, TypeRange results) {
  SmallVector<Value> arguments;
  for (Value index : indices)
    arguments.push_back(arith::IndexCastOp::create(b, b.getI64Type(), index));
  if (!symbols.lookup(name)) {
    auto function = func::FuncOp::create(
        b.getLoc(), name,
        b.getFunctionType(ValueRange(arguments).getTypes(), results));
    function.setPrivate();
    symbols.insert(function);
  }
  return func::CallOp::create(b, name, results, arguments).getResults();
}

void KernelLibrary::countFlops(ImplicitLocOpBuilder &b, Value count) {
  callRuntime(b, "sopt_rt_flops", count);
}

Value KernelLibrary::getTileThreads(ImplicitLocOpBuilder &b) {
  Value count =
      callRuntime(b, "sopt_rt_tile_threads", {}, b.getI64Type()).front();
  return arith::IndexCastOp::create(b, b.getIndexType(), count);
}

void KernelLibrary::reportBadShape(ImplicitLocOpBuilder &b, Value size,
                                   Value expected) {
  callRuntime(b, "sopt_rt_bad_shape", {size, expected});
}

bool sopt::isF32Tensor(Type type) {
  auto tensor = dyn_cast<RankedTensorType>(type);
  return tensor && tensor.getElementType().isF32();
}

Value sopt::readOnlyBuffer(ImplicitLocOpBuilder &b, Value tensor) {
  auto type = cast<RankedTensorType>(tensor.getType());
  auto buffer = bufferization::ToBufferOp::create(
      b, MemRefType::get(type.getShape(), type.getElementType()), tensor,
      /*read_only=*/true);
  // One for each call, which common subexpression elimination must not make one
  // before the first: to bufferization, a tensor is read where this stands, and
  // its memory may be another's before the second call.
  buffer->setDiscardableAttr("sopt.call",
                             DistinctAttr::create(b.getUnitAttr()));
  return buffer;
}

Value sopt::allocate(ImplicitLocOpBuilder &b, ArrayRef<OpFoldResult> sizes,
                     Type elementType) {
  if (!elementType)
    elementType = b.getF32Type();
  SmallVector<int64_t> shape;
  SmallVector<Value> dynamicSizes;
  dispatchIndexOpFoldResults(sizes, dynamicSizes, shape);
  return memref::AllocOp::create(b, MemRefType::get(shape, elementType),
                                 dynamicSizes,
                                 b.getI64IntegerAttr(kBufferAlignment));
}

Value sopt::writtenTensor(ImplicitLocOpBuilder &b, Value buffer) {
  auto type = cast<MemRefType>(buffer.getType());
  return bufferization::ToTensorOp::create(
      b, RankedTensorType::get(type.getShape(), type.getElementType()), buffer,
      /*restrict=*/true, /*writable=*/true);
}

Value sopt::castTensor(ImplicitLocOpBuilder &b, Value tensor, Type type) {
  if (tensor.getType() == type)
    return tensor;
  return tensor::CastOp::create(b, type, tensor);
}

// On buffers rather than tensors: the result is then allocated in its own
// shape, where a tensor would have to be expanded to several dynamic
// dimensions.
Value sopt::viewRows(ImplicitLocOpBuilder &b, Value buffer) {
  auto type = cast<MemRefType>(buffer.getType());
  int64_t rank = type.getRank();
  if (rank == 1) {
    auto oneRow = MemRefType::get({1, type.getDimSize(0)}, b.getF32Type());
    buffer = memref::ExpandShapeOp::create(
        b, oneRow, buffer, ArrayRef<ReassociationIndices>{{0, 1}});
  } else if (rank > 2) {
    auto leading = llvm::to_vector<2>(llvm::seq<int64_t>(0, rank - 1));
    buffer = memref::CollapseShapeOp::create(
        b, buffer, ArrayRef<ReassociationIndices>{leading, {rank - 1}});
  }
  auto rows = MemRefType::get({ShapedType::kDynamic, type.getShape().back()},
                              b.getF32Type());
  if (buffer.getType() == rows)
    return buffer;
  return memref::CastOp::create(b, rows, buffer);
}
