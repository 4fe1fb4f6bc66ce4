//===- LimitPasses.td - Passes that refuse what is too much *- tablegen -*-===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef SPARSE_OPT_TRANSFORMS_LIMITPASSES
#define SPARSE_OPT_TRANSFORMS_LIMITPASSES

include "mlir/Pass/PassBase.td"

def CheckLimits : Pass<"sopt-check-limits", "::mlir::ModuleOp"> {
  let summary = "Refuse models that would take hours or all memory to compile";
  let description = [{
    A small file can stand for a model that no machine holds, or for code that
    takes hours to generate: some steps take time that grows with the square of
    a model's nodes, of a node's operands, of a tensor's dimensions. Refuses, at
    the node if there is one, what goes beyond the limits that the options
    state, and tensors of more than 1 TiB. No model that is of use comes near.
    Changes nothing; a module without `@main_graph` has no limits.

    ```mlir
    // error: input 'x' is larger than any memory
    func.func @main_graph(%x: tensor<1099511627776x4xf32> {onnx.name = "x"})
        -> tensor<1099511627776x4xf32> {
      return %x : tensor<1099511627776x4xf32>
    }
    ```
  }];
  let options = [
    Option<"maxNodes", "max-nodes", "uint64_t", /*default=*/"20000",
           "Operations that the model may have, constants not counted">,
    Option<"maxOperands", "max-operands", "uint64_t", /*default=*/"1024",
           "Operands, and results, that an operation may have">,
    Option<"maxValues", "max-values", "uint64_t", /*default=*/"1024",
           "Inputs, and outputs, that the model may have">,
    Option<"maxRank", "max-rank", "uint64_t", /*default=*/"64",
           "Dimensions that a tensor may have">,
  ];
}

def CheckWork : Pass<"sopt-check-work", "::mlir::ModuleOp"> {
  let summary = "Refuse models that take too long to generate code for";
  let description = [{
    Estimates, on tensors and after fusion, what is left to do, and refuses a
    model for which it is more than `most`: one unit for each operation, and
    ten more for each in a loop, as LLVM has to make code of it; those of loops
    that are alike count once, as do the loops of a model's equal layers.
    Without a limit it does nothing.

    ```mlir
    func.func @main_graph(%x: f32) -> f32 {
      return %x : f32
    }
    ```
  }];
  let options = [
    Option<"most", "most", "uint64_t", /*default=*/"0",
           "Units of work that a model may need; 0 for any number">,
  ];
}

#endif // SPARSE_OPT_TRANSFORMS_LIMITPASSES
