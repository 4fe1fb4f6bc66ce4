//===- ONNXOps.td - Operations of the onnx dialect ------------------------===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef SPARSE_OPT_DIALECTS_ONNX_IR_ONNXOPS
#define SPARSE_OPT_DIALECTS_ONNX_IR_ONNXOPS

include "dialects/ONNX/IR/ONNXBase.td"
include "dialects/ONNX/IR/ONNXSchemaOps.td"

def ONNX_CustomOp : ONNX_Op<"Custom"> {
  let summary = "An operator of a domain this project does not know";
  let description = [{
    Keeps a node of an unknown domain as it was, so that it survives to export.
    An absent optional operand is an `onnx.None`. Attributes keep their ONNX
    names in `attrs`; graph attributes are the regions, named in order by
    `region_names`.

    ```mlir
    %0 = onnx.Custom(%x) {domain = "com.example", op_type = "Warp",
                          attrs = {alpha = 1.0 : f32}}
       : (tensor<4xf32>) -> tensor<4xf32>
    ```
  }];
  let arguments = (ins Variadic<AnyType>:$inputs,
    StrAttr:$domain, StrAttr:$op_type,
    DefaultValuedAttr<DictionaryAttr, "{}">:$attrs,
    DefaultValuedAttr<StrArrayAttr, "{}">:$region_names);
  let results = (outs Variadic<AnyType>:$outputs);
  let regions = (region VariadicRegion<AnyRegion>:$bodies);
  let assemblyFormat = ONNX_RegionFormat;
}

def ONNX_NoneOp : ONNX_Op<"None", [Pure, ConstantLike]> {
  let summary = "An operand of `onnx.Custom` that is left out";
  let results = (outs NoneType:$result);
  let assemblyFormat = "attr-dict";
  let hasFolder = 1;
}

def ONNX_YieldOp : ONNX_Op<"Yield", [Pure, Terminator, ReturnLike]> {
  let summary = "Ends a subgraph with its outputs";
  let arguments = (ins Variadic<AnyType>:$outputs);
  let assemblyFormat = "attr-dict ($outputs^ `:` type($outputs))?";
}

#endif // SPARSE_OPT_DIALECTS_ONNX_IR_ONNXOPS
