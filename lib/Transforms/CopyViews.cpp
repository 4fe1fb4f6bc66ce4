//===- CopyViews.cpp - Contiguous buffers of strided views ----------------===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "sparse-opt/Transforms/Passes.h"

namespace sopt {
#define GEN_PASS_DEF_COPYVIEWS
#include "sparse-opt/Transforms/Passes.h.inc"
} // namespace sopt

using namespace mlir;

/// Whether `cast` takes a view with gaps for a buffer without.
static bool forgetsStrides(memref::CastOp cast) {
  auto from = dyn_cast<MemRefType>(cast.getSource().getType());
  auto to = dyn_cast<MemRefType>(cast.getType());
  return from && to && !from.getLayout().isIdentity() &&
         to.getLayout().isIdentity();
}

namespace {
struct CopyViews : sopt::impl::CopyViewsBase<CopyViews> {
  void runOnOperation() override {
    getOperation()->walk([](memref::CastOp cast) {
      if (forgetsStrides(cast))
        copy(cast);
    });
  }

private:
  static void copy(memref::CastOp view) {
    OpBuilder builder(view);
    Location loc = view.getLoc();
    auto type = cast<MemRefType>(view.getType());
    SmallVector<Value> sizes;
    for (int64_t i = 0; i < type.getRank(); ++i)
      if (type.isDynamicDim(i))
        sizes.push_back(
            memref::DimOp::create(builder, loc, view.getSource(), i));
    Value buffer = memref::AllocOp::create(builder, loc, type, sizes,
                                           builder.getI64IntegerAttr(64));
    memref::CopyOp::create(builder, loc, view.getSource(), buffer);
    view.replaceAllUsesWith(buffer);
    view.erase();
  }
};
} // namespace
