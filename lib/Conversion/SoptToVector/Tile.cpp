//===- Tile.cpp - The inner loop of every matrix kernel -------------------===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Tile.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"

using namespace mlir;
using namespace sopt;

// Lowering to branches and then to LLVM keeps an attribute of this name and
// type.
void sopt::keepRolled(Operation *loop) {
  MLIRContext *context = loop->getContext();
  auto unroll = LLVM::LoopUnrollAttr::get(
      context, /*disable=*/BoolAttr::get(context, true), /*count=*/{},
      /*runtimeDisable=*/{}, /*full=*/{}, /*followupUnrolled=*/{},
      /*followupRemainder=*/{}, /*followupAll=*/{});
  loop->setAttr("loop_annotation",
                LLVM::LoopAnnotationAttr::get(
                    context, /*disableNonforced=*/{}, /*vectorize=*/{},
                    /*interleave=*/{}, unroll, /*unrollAndJam=*/{},
                    /*licm=*/{}, /*distribute=*/{}, /*pipeline=*/{},
                    /*peeled=*/{}, /*unswitch=*/{}, /*mustProgress=*/{},
                    /*isVectorized=*/{}, /*startLoc=*/{}, /*endLoc=*/{},
                    /*parallelAccesses=*/{}));
}

SmallVector<Value>
sopt::accumulateTile(VectorBuilder &b, int64_t rows, Value depth,
                     ValueRange sums, function_ref<Value(int64_t, Value)> left,
                     function_ref<Value(Value, int64_t)> right,
                     function_ref<Value(Value, Value, Value)> multiplyAdd) {
  int64_t vectors = b.getIsa().vectors;
  SmallVector<Value> results =
      b.loop(b.index(0), depth, 1, sums, [&](Value k, ValueRange sums) {
        SmallVector<Value> weights, next;
        for (int64_t v = 0; v < vectors; ++v)
          weights.push_back(right(k, v));
        for (int64_t r = 0; r < rows; ++r) {
          Value input = left(r, k);
          for (int64_t v = 0; v < vectors; ++v)
            next.push_back(
                multiplyAdd(input, weights[v], sums[r * vectors + v]));
        }
        return next;
      });
  keepRolled(results.front().getDefiningOp());
  return results;
}

SmallVector<Value>
sopt::multiplyTile(VectorBuilder &b, int64_t rows, Value depth, ValueRange sums,
                   function_ref<Value(int64_t, Value)> left,
                   function_ref<Value(Value, int64_t)> right) {
  return accumulateTile(
      b, rows, depth, sums,
      [&](int64_t r, Value k) { return b.broadcast(left(r, k)); }, right,
      [&](Value left, Value right, Value sum) {
        return b.fma(left, right, sum);
      });
}
