//===- AttentionOps.td - Attention with its mask as data ------------------===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef SPARSE_OPT_DIALECTS_SOPT_IR_ATTENTIONOPS
#define SPARSE_OPT_DIALECTS_SOPT_IR_ATTENTIONOPS

include "dialects/Sopt/IR/SoptBase.td"

def Sopt_AttentionOp
    : Sopt_Op<"attention", [AttrSizedOperandSegments, Pure,
    InferTypeOpAdaptorWithIsCompatible,
    DeclareOpInterfaceMethods<ReifyRankedShapedTypeOpInterface, ["reifyResultShapes"]>,
    Sopt_Tiling<>]> {
  let summary = "softmax(q·kᵀ·scale + mask) · v, per head";
  let description = [{
    Two forms, as in ONNX's Attention:
      packed   q: B × Sq × (heads·D), k: B × Sk × (kv_heads·D),
               v: B × Sk × (kv_heads·Dv), result: B × Sq × (heads·Dv);
      by head  q: B × heads × Sq × D, and so on.
    Each query head h attends with key head h / (heads / kv_heads).

    A key is *masked* for a query if any of these says so:
      `padding`  B × Sk, integer or i1: masked where 0; or B integers: the
                 number of keys that are real;
      `causal`   key position > query position (+ Sk − Sq if `causal_end`,
                 which aligns the last query with the last key);
      `window`   key < query − left or key > query + right (−1: no limit);
      `block`    ⌊query / block⌋ ≠ ⌊key / block⌋;
      `group`    B × S or S integers: query's and key's group differ;
      `top_k`    the score is not among the query's `top_k` largest unmasked;
                 of equal scores the earlier key's counts as larger. With
                 `top_k_bits` = b, 1 to 4, keys are ranked by the scores of q
                 and k rounded to b bits, round(x · (2ᵇ⁻¹ − 1) / max|x|) with
                 the maximum of the whole tensor, or −1 and 1 by x's sign if b
                 is 1; scores of the chosen keys stay exact.
    `bias` is added to the scores; its shape broadcasts to B × heads × Sq × Sk,
    a size of it that is dynamic if it turns out to be 1 at run time.

    To a masked score `fill` is added, once. So a query all of whose keys are masked
    gives NaN if `fill` is −inf (its default), and a finite mean if it is
    finite, as the ONNX spelling it came from did; with `empty_is_zero` such a
    query gives zeros.

    ```mlir
    %y = sopt.attention %q, %k, %v padding %mask {heads = 12, kv_heads = 12,
           scale = 0.176776692 : f32, causal}
       : (tensor<?x?x384xf32>, tensor<?x?x384xf32>, tensor<?x?x384xf32>,
          tensor<?x?xi64>) -> tensor<?x?x384xf32>
    ```
  }];
  let arguments = (ins Sopt_FloatTensor:$q, Sopt_FloatTensor:$k,
    Sopt_FloatTensor:$v, Optional<Sopt_FloatTensor>:$bias,
    Optional<Sopt_IntegerTensor>:$padding, Optional<Sopt_IntegerTensor>:$group,
    I64Attr:$heads, I64Attr:$kv_heads, F32Attr:$scale,
    UnitAttr:$causal, UnitAttr:$causal_end,
    OptionalAttr<DenseI64ArrayAttr>:$window, OptionalAttr<I64Attr>:$block,
    OptionalAttr<I64Attr>:$top_k, OptionalAttr<I64Attr>:$top_k_bits,
    DefaultValuedAttr<F32Attr, "-std::numeric_limits<float>::infinity()">:$fill,
    UnitAttr:$empty_is_zero);
  let results = (outs Sopt_FloatTensor:$result);
  let assemblyFormat = [{
    $q `,` $k `,` $v (`bias` $bias^)? (`padding` $padding^)? (`group` $group^)?
    attr-dict `:` functional-type(operands, results)
  }];
  let hasVerifier = 1;
  let hasCanonicalizer = 1;
  let extraClassDeclaration = [{
    /// Whether heads share the last dimension of q, k and v (rank 3).
    bool isPacked() {
      return ::mlir::cast<::mlir::RankedTensorType>(getQ().getType())
                 .getRank() == 3;
    }
    /// The dimension of q, k and v that counts tokens.
    int64_t getTokenDim() { return isPacked() ? 1 : 2; }
    /// The number of queries and of keys, if the types tell it.
    int64_t getNumQueries() { return getQ().getType().getDimSize(getTokenDim()); }
    int64_t getNumKeys() { return getK().getType().getDimSize(getTokenDim()); }
    /// Whether what a query sees depends on where it stands.
    bool hasPositions() {
      return getGroup() || getCausal() || getWindow() || getBlock();
    }
    /// Whether anything masks a key: all operands and attributes but `bias`.
    bool hasMask() {
      return getPadding() || getGroup() || getCausal() || getWindow() ||
             getBlock() || getTopK();
    }
  }];
}

#endif // SPARSE_OPT_DIALECTS_SOPT_IR_ATTENTIONOPS
