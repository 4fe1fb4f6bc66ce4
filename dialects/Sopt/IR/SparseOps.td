//===- SparseOps.td - Layers with sparse weights --------------------------===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef SPARSE_OPT_DIALECTS_SOPT_IR_SPARSEOPS
#define SPARSE_OPT_DIALECTS_SOPT_IR_SPARSEOPS

include "dialects/Sopt/IR/SoptBase.td"

def Sopt_SparseConstantOp : Sopt_Op<"sparse_constant", [Pure]> {
  let summary = "A constant matrix of which only some elements are stored";
  let description = [{
    The matrix whose stored elements are `values`, at the places that `layout`
    reads from `indices` and `pointers` (see `#sopt.layout`), and 0 elsewhere.
    The result is an ordinary tensor: how it is stored is this op's affair, not
    its users'.

    ```mlir
    // 0 5 0
    // 6 0 7
    %w = sopt.sparse_constant #sopt.layout<csr, i16> {
           values = dense<[5.0, 6.0, 7.0]> : tensor<3xf32>,
           indices = dense<[1, 0, 2]> : tensor<3xi16>,
           pointers = dense<[0, 1, 3]> : tensor<3xi32>} : tensor<2x3xf32>
    ```
  }];
  let arguments = (ins Sopt_LayoutAttr:$layout, ElementsAttr:$values,
    OptionalAttr<ElementsAttr>:$indices, OptionalAttr<ElementsAttr>:$pointers);
  let results = (outs AnyRankedTensor:$result);
  let assemblyFormat = "$layout attr-dict `:` type($result)";
  let hasVerifier = 1;
  let extraClassDeclaration = [{
    /// The op's attributes as one value, which Packing.h works on.
    PackedMatrix getPacked();
  }];
}

def Sopt_LinearOp : Sopt_Op<"linear", [Pure,
    InferTypeOpAdaptorWithIsCompatible,
    DeclareOpInterfaceMethods<ReifyRankedShapedTypeOpInterface, ["reifyResultShapes"]>,
    Sopt_Tiling<["generateResultTileValue"]>]> {
  let summary = "activation(x · weight + bias)";
  let description = [{
    `x` has any leading dimensions and K features last; `weight` is K × N, as
    ONNX writes it; `bias`, if there is one, has N elements. The result has
    x's leading dimensions and N features.

    `schedule` says by which kernel; it changes nothing but the order of the
    sum, and that a weight that is not stored contributes 0 even where x is
    infinite or NaN. `precision` says to what x and weight, then of f32, are
    rounded (see `#sopt.precision`). With one, a schedule skips zeros in int8
    alone and as `csr` or `block` alone, and changes nothing at all.

    ```mlir
    %y = sopt.linear %x, %w bias %b activation <gelu>
       : (tensor<?x?x384xf32>, tensor<384x1536xf32>, tensor<1536xf32>)
      -> tensor<?x?x1536xf32>
    ```
  }];
  let arguments = (ins Sopt_FloatTensor:$x, Sopt_FloatTensor:$weight,
    Optional<Sopt_FloatTensor>:$bias,
    DefaultValuedAttr<Sopt_ActivationAttr, "Activation::None">:$activation,
    OptionalAttr<Sopt_ScheduleAttr>:$schedule,
    OptionalAttr<Sopt_PrecisionAttr>:$precision);
  let results = (outs Sopt_FloatTensor:$result);
  let assemblyFormat = [{
    $x `,` $weight (`bias` $bias^)? (`activation` $activation^)?
    (`schedule` $schedule^)? (`precision` $precision^)? attr-dict `:`
    functional-type(operands, results)
  }];
  let builders = [
    OpBuilder<(ins "::mlir::Type":$result, "::mlir::Value":$x,
                   "::mlir::Value":$weight, "::mlir::Value":$bias,
                   "::sopt::Activation":$activation,
                   "::sopt::ScheduleAttr":$schedule), [{
      build($_builder, $_state, result, x, weight, bias, activation, schedule,
            /*precision=*/nullptr);
    }]>];
  let hasVerifier = 1;
  let hasCanonicalizer = 1;
  let extraClassDeclaration = [{
    /// The most features of x for which sums of products of 8 bits fit 32.
    static constexpr int64_t kMaxInt8Features = 1 << 16;
  }];
}

def Sopt_LayerNormOp : Sopt_Op<"layer_norm", [AttrSizedOperandSegments, Pure,
    InferTypeOpAdaptorWithIsCompatible,
    DeclareOpInterfaceMethods<ReifyRankedShapedTypeOpInterface, ["reifyResultShapes"]>,
    Sopt_Tiling<["generateResultTileValue"]>]> {
  let summary = "Normalise the last dimension to mean 0 and variance 1";
  let description = [{
    y = (z − mean(z)) / sqrt(var(z) + epsilon) · scale + bias with
    z = x + residual, statistics over the last dimension (divided by its size).
    With `rms`, the mean is not subtracted: y = z / sqrt(mean(z²) + epsilon) ·
    scale + bias. `scale` and `bias` have the last dimension's size.

    ```mlir
    %y = sopt.layer_norm %x scale %s bias %b {epsilon = 1.0e-12 : f32}
       : (tensor<?x?x384xf32>, tensor<384xf32>, tensor<384xf32>)
      -> tensor<?x?x384xf32>
    ```
  }];
  let arguments = (ins Sopt_FloatTensor:$x, Optional<Sopt_FloatTensor>:$residual,
    Sopt_FloatTensor:$scale, Optional<Sopt_FloatTensor>:$bias,
    DefaultValuedAttr<F32Attr, "1.0e-5f">:$epsilon, UnitAttr:$rms);
  let results = (outs Sopt_FloatTensor:$result);
  let assemblyFormat = [{
    $x (`residual` $residual^)? `scale` $scale (`bias` $bias^)? attr-dict `:`
    functional-type(operands, results)
  }];
  let hasVerifier = 1;
  let hasCanonicalizer = 1;
}

#endif // SPARSE_OPT_DIALECTS_SOPT_IR_SPARSEOPS
