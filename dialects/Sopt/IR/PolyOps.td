//===- PolyOps.td - Polynomial activations --------------------------------===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef SPARSE_OPT_DIALECTS_SOPT_IR_POLYOPS
#define SPARSE_OPT_DIALECTS_SOPT_IR_POLYOPS

include "dialects/Sopt/IR/SoptBase.td"

def Sopt_PolyOp : Sopt_Op<"poly", [Pure,
    InferTypeOpAdaptorWithIsCompatible,
    DeclareOpInterfaceMethods<ReifyRankedShapedTypeOpInterface, ["reifyResultShapes"]>,
    Sopt_Tiling<["generateResultTileValue"]>]> {
  let summary = "A polynomial of each element";
  let description = [{
    y = c₀ + c₁x + … + c_d·x^d with d ≤ 8. `coefficients` is a constant of
    d + 1 elements, or of C × (d + 1) where C is the size of dimension
    `channel`. Evaluated by Horner's rule with fused multiply-adds.

    ```mlir
    %y = sopt.poly %x {coefficients = dense<[0.0, 1.0, 0.005]> : tensor<3xf32>}
       : tensor<?x64xf32> -> tensor<?x64xf32>
    ```
  }];
  let arguments = (ins Sopt_FloatTensor:$x, ElementsAttr:$coefficients,
                       OptionalAttr<I64Attr>:$channel);
  let results = (outs Sopt_FloatTensor:$result);
  let assemblyFormat = "$x attr-dict `:` type($x) `->` type($result)";
  let hasVerifier = 1;
  let hasFolder = 1;
  let extraClassDeclaration = [{
    /// The largest degree that the verifier lets through.
    static constexpr int64_t maxDegree = 8;
    int64_t getDegree() {
      return ::mlir::cast<::mlir::ShapedType>(getCoefficients().getType())
                 .getShape().back() - 1;
    }
  }];
}

#endif // SPARSE_OPT_DIALECTS_SOPT_IR_POLYOPS
