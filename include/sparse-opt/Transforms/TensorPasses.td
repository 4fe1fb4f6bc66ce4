//===- TensorPasses.td - Passes on linalg and tensors ------*- tablegen -*-===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef SPARSE_OPT_TRANSFORMS_TENSORPASSES
#define SPARSE_OPT_TRANSFORMS_TENSORPASSES

include "mlir/Pass/PassBase.td"

def RecordSignature : Pass<"sopt-record-signature", "::mlir::ModuleOp"> {
  let summary = "Note what the model takes and gives, before lowering forgets";
  let description = [{
    Moves what the arguments and results of `@main_graph` say of themselves to
    `sopt.signature` on the module: names, types with their signedness, names of dimensions. A
    value without `onnx.name` is called `input0`, `output0` and so on. The
    arguments are then marked as not to be written, as they are the caller's.

    Refuses a module without `@main_graph` and values that are not tensors of
    known rank.

    ```mlir
    func.func @main_graph(%x: tensor<?xui8> {onnx.name = "x", onnx.dims = ["n"]})
        -> (tensor<?xui8> {onnx.name = "y"}) {
      return %x : tensor<?xui8>
    }
    // gives the module
    sopt.signature = #sopt.signature<[<"x", tensor<?xui8>, ["n"]>], [<"y", tensor<?xui8>, [""]>]>
    ```
  }];
  let dependentDialects = ["::mlir::bufferization::BufferizationDialect",
                           "::sopt::SoptDialect"];
}

def OutputShapes : Pass<"sopt-output-shapes", "::mlir::ModuleOp"> {
  let summary = "Make a function that computes the shapes of the outputs";
  let description = [{
    Adds `@sopt_output_shapes`, from the sizes of all dimensions of the inputs of
    `@main_graph` to those of its outputs: -1 for a size that depends on the
    values of inputs. Runs on tensors, when no operation of the onnx dialect is
    left. Does nothing if `@main_graph` is absent or has more than one block.

    ```mlir
    func.func @main_graph(%a: tensor<?x4xf32>) -> tensor<?xf32> {
      %y = tensor.collapse_shape %a [[0, 1]] : tensor<?x4xf32> into tensor<?xf32>
      return %y : tensor<?xf32>
    }
    // gives
    func.func private @sopt_output_shapes(%rows: index, %columns: index) -> index {
      %size = affine.apply affine_map<()[s0] -> (s0 * 4)>()[%rows]
      return %size : index
    }
    ```
  }];
  let dependentDialects = ["::mlir::affine::AffineDialect",
                           "::mlir::arith::ArithDialect",
                           "::mlir::func::FuncDialect",
                           "::mlir::tensor::TensorDialect"];
}

def MergeEqual : Pass<"sopt-merge-equal"> {
  let summary = "Compute what is equal once";
  let description = [{
    Upstream's CSE without its square: it takes all operations for equal at
    first that differ in nothing but their regions, and compares each with each:
    thousands of `linalg.generic` that take their tensors from around them, as
    gathers do, cost it minutes. Here what is inside counts from the start. Only
    operations without side effects are merged.

    ```mlir
    %0 = math.absf %x : f32
    %1 = math.absf %x : f32
    %2 = arith.addf %0, %1 : f32
    // gives
    %0 = math.absf %x : f32
    %2 = arith.addf %0, %0 : f32
    ```
  }];
}

def FuseElementwise : Pass<"sopt-fuse-elementwise"> {
  let summary = "Fuse elementwise linalg operations, up to a size";
  let description = [{
    Upstream's `linalg-fuse-elementwise-ops` with an end to it: two operations
    whose bodies together would have more than `largest-body` operations stay
    two. A longer body needs more values at once than the processor has
    registers for, and fusing one operation after the other into a body that
    grows without limit takes time that grows with the square of its length.

    ```mlir
    #row = affine_map<(i) -> (i)>
    func.func @f(%x: tensor<4xf32>, %e: tensor<4xf32>) -> tensor<4xf32> {
      %y = linalg.generic {indexing_maps = [#row, #row], iterator_types = ["parallel"]}
          ins(%x : tensor<4xf32>) outs(%e : tensor<4xf32>) {
      ^bb0(%in: f32, %out: f32):
        %0 = math.absf %in : f32
        linalg.yield %0 : f32
      } -> tensor<4xf32>
      %z = linalg.generic {indexing_maps = [#row, #row], iterator_types = ["parallel"]}
          ins(%y : tensor<4xf32>) outs(%e : tensor<4xf32>) {
      ^bb0(%in: f32, %out: f32):
        %0 = arith.negf %in : f32
        linalg.yield %0 : f32
      } -> tensor<4xf32>
      return %z : tensor<4xf32>
    }
    // becomes
    %z = linalg.generic {indexing_maps = [#row, #row], iterator_types = ["parallel"]}
        ins(%x : tensor<4xf32>) outs(%e : tensor<4xf32>) {
    ^bb0(%in: f32, %out: f32):
      %0 = math.absf %in : f32
      %1 = arith.negf %0 : f32
      linalg.yield %1 : f32
    } -> tensor<4xf32>
    ```
  }];
  let options = [
    Option<"largestBody", "largest-body", "unsigned", /*default=*/"64",
           "How many operations a fused body may have">,
  ];
  let dependentDialects = ["::mlir::affine::AffineDialect",
                           "::mlir::linalg::LinalgDialect"];
}

def SkipEmpty : Pass<"sopt-skip-empty"> {
  let summary = "Compute nothing for tensors without elements";
  let description = [{
    Replaces each operation whose only result is a tensor with a size of 0 by
    `tensor.empty`, and likewise each `tensor.collapse_shape` of such a tensor:
    there is nothing to compute. Besides, 0 times an unknown size is unknown to
    upstream's tensors and 0 to its buffers, so that it cannot bufferize such a
    collapse. Leaves operations alone that have side effects, or that cannot
    tell their result's sizes.

    ```mlir
    %y = tensor.collapse_shape %x [[0, 1]] : tensor<2x0xf32> into tensor<0xf32>
    // becomes
    %y = tensor.empty() : tensor<0xf32>
    ```
  }];
  let dependentDialects = ["::mlir::affine::AffineDialect",
                           "::mlir::arith::ArithDialect",
                           "::mlir::tensor::TensorDialect"];
}

def OwnDestinations : Pass<"sopt-own-destinations"> {
  let summary = "Give each operation an empty tensor of its own to write to";
  let description = [{
    Upstream's CSE makes one `tensor.empty` of all that have the same sizes, and
    one `linalg.fill` of all that fill them alike. To bufferization, everything
    that is written there may share one buffer: it compares each writer with
    each reader, which takes minutes for a chain of some hundred operations, and
    then copies what was filled. This pass undoes it: each writer gets an empty
    tensor or a fill of its own, right before it, but outside of loops that the
    shared one was outside of.

    ```mlir
    %e = tensor.empty() : tensor<4xf32>
    %0 = linalg.exp ins(%x : tensor<4xf32>) outs(%e : tensor<4xf32>) -> tensor<4xf32>
    %1 = linalg.log ins(%0 : tensor<4xf32>) outs(%e : tensor<4xf32>) -> tensor<4xf32>
    // gives
    %e = tensor.empty() : tensor<4xf32>
    %0 = linalg.exp ins(%x : tensor<4xf32>) outs(%e : tensor<4xf32>) -> tensor<4xf32>
    %f = tensor.empty() : tensor<4xf32>
    %1 = linalg.log ins(%0 : tensor<4xf32>) outs(%f : tensor<4xf32>) -> tensor<4xf32>
    ```
  }];
  let dependentDialects = ["::mlir::linalg::LinalgDialect",
                           "::mlir::tensor::TensorDialect"];
}

def SplitGraph : Pass<"sopt-split-graph", "::mlir::ModuleOp"> {
  let summary = "Make a long model a sequence of functions";
  let description = [{
    Bufferization, LLVM's optimizations and its register allocation take time
    that grows with the square of a function's length. Where `@main_graph`, or a
    part that was split off it before, has more than `longest` operations, each
    `length` of them become a function of their own; constants and globals are
    not handed over but repeated. Leaves functions of several blocks alone.

    ```mlir
    // with longest=1 length=1
    func.func @main_graph(%x: memref<4xf32>, %y: memref<4xf32>) {
      %a = memref.alloc() : memref<4xf32>
      memref.copy %x, %a : memref<4xf32> to memref<4xf32>
      return
    }
    // makes of the copy
    func.func private @main_graph_part2(%x: memref<4xf32>, %a: memref<4xf32>) {
      memref.copy %x, %a : memref<4xf32> to memref<4xf32>
      return
    }
    ```
  }];
  let options = [
    Option<"longest", "longest", "unsigned", /*default=*/"1024",
           "How many operations stay one function">,
    Option<"length", "length", "unsigned", /*default=*/"256",
           "How many operations become a function where there are more">,
  ];
  let dependentDialects = ["::mlir::func::FuncDialect"];
}

#endif // SPARSE_OPT_TRANSFORMS_TENSORPASSES
