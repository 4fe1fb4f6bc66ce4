//===- LoopPasses.td - Passes on loops and what calls them -*- tablegen -*-===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef SPARSE_OPT_TRANSFORMS_LOOPPASSES
#define SPARSE_OPT_TRANSFORMS_LOOPPASSES

include "mlir/Pass/PassBase.td"

def LinalgToLoops : Pass<"sopt-linalg-to-loops", "::mlir::func::FuncOp"> {
  let summary = "Lower linalg on buffers to parallel and vectorisable loops";
  let description = [{
    Turns each linalg operation into a loop nest. Loops are ordered so that the
    innermost walks memory with stride one where an order allows it. The
    parallel dimensions around the innermost loop become one `scf.parallel`, if
    the work is worth a fork: at least `min-work` innermost iterations, a
    dynamic size counting as `assumed-size`. Everything else becomes `scf.for`,
    the innermost left to LLVM's vectoriser. What the innermost loop reduces is
    kept in a register, and sums and products of floats there may be
    reassociated; what it loads from a place that does not move, as a gather does
    the index of a row, is loaded before it. Copies between buffers with strides become loops, too.

    Left serial are operations that report errors to the runtime; left alone
    those on tensors.

    ```mlir
    linalg.fill ins(%c : f32) outs(%m : memref<?x?x384xf32>)
    // becomes
    scf.parallel (%i, %j) = (%c0, %c0) to (%d0, %d1) step (%c1, %c1) {
      scf.for %k = %c0 to %c384 step %c1 {
        memref.store %c, %m[%i, %j, %k] : memref<?x?x384xf32>
      }
    }
    ```
  }];
  let options = [
    Option<"minWork", "min-work", "int64_t", /*default=*/"32768",
           "Innermost iterations from which on a loop nest runs in parallel">,
    Option<"assumedSize", "assumed-size", "int64_t", /*default=*/"64",
           "What a dynamic dimension counts as">,
  ];
  let dependentDialects = ["::mlir::affine::AffineDialect",
                           "::mlir::linalg::LinalgDialect",
                           "::mlir::memref::MemRefDialect",
                           "::mlir::scf::SCFDialect"];
}

def ApproximateMath : Pass<"sopt-approximate-math"> {
  let summary = "Replace f32 exp, erf, tanh and others by polynomials";
  let description = [{
    Rewrites f32 functions of the math dialect, on scalars and vectors, to
    upstream's polynomial approximations (errors of some ulp), which LLVM's loop
    vectoriser can widen where a call of libm stops it.

    ```mlir
    %y = math.exp %x : f32
    // becomes arith and math.fma
    ```
  }];
  let dependentDialects = ["::mlir::arith::ArithDialect",
                           "::mlir::math::MathDialect",
                           "::mlir::vector::VectorDialect"];
}

def AvoidForks : Pass<"sopt-avoid-forks", "::mlir::func::FuncOp"> {
  let summary = "Run a parallel loop of one iteration on the thread at hand";
  let description = [{
    Gives each `omp.parallel` around one loop the condition that the loop has a
    second iteration: waking threads takes longer than much that is done for a
    single token. Leaves regions alone that do more than one loop, that have a
    condition, or whose bounds are computed inside of them.

    ```mlir
    func.func @fill(%m: memref<?xf32>, %n: index, %step: index, %x: f32) {
      omp.parallel {
        omp.wsloop {
          omp.loop_nest (%i) : index = (%step) to (%n) step (%step) {
            memref.store %x, %m[%i] : memref<?xf32>
            omp.yield
          }
        }
        omp.terminator
      }
      return
    }
    // gives omp.parallel if(%more), which is %step + %step < %n
    ```
  }];
  let dependentDialects = ["::mlir::arith::ArithDialect"];
}

def DropBarriers : Pass<"sopt-drop-barriers", "::mlir::func::FuncOp"> {
  let summary = "Let threads wait for each other once after a loop, not twice";
  let description = [{
    Marks each `omp.wsloop` at the end of its `omp.parallel` as `nowait`: threads
    meet at the end of the region in any case, and a kernel may be over in the
    time that a few meetings take. Leaves loops alone that reduce something or
    that anything follows.

    ```mlir
    func.func @fill(%m: memref<?xf32>, %n: index, %step: index, %x: f32) {
      omp.parallel {
        omp.wsloop {
          omp.loop_nest (%i) : index = (%step) to (%n) step (%step) {
            memref.store %x, %m[%i] : memref<?xf32>
            omp.yield
          }
        }
        omp.terminator
      }
      return
    }
    // gives omp.wsloop nowait
    ```
  }];
}

def ShareLoops : Pass<"sopt-share-loops", "::mlir::ModuleOp"> {
  let summary = "Make one function of the loops of a long model that are alike";
  let description = [{
    Where `@main_graph` and its parts together have more than `longest`
    operations, makes each of their loop nests a function, the same for all that
    differ only in the buffers they read and write: a model's layers are alike,
    and LLVM then generates their code once. Where layers are alike but for sizes
    above 16, these become arguments.

    ```mlir
    // with longest=1
    func.func @main_graph(%m: memref<f32>, %n: index, %step: index, %x: f32) {
      scf.for %i = %n to %n step %step {
        memref.store %x, %m[] : memref<f32>
      }
      return
    }
    // makes of the loop
    func.func private @main_graph_loops0(%n: index, %step: index, %x: f32, %m: memref<f32>) {
      scf.for %i = %n to %n step %step {
        memref.store %x, %m[] : memref<f32>
      }
      return
    }
    ```
  }];
  let options = [
    Option<"longest", "longest", "unsigned", /*default=*/"64",
           "How many operations a model may have whose loops stay">,
  ];
  let dependentDialects = ["::mlir::arith::ArithDialect",
                           "::mlir::func::FuncDialect",
                           "::mlir::memref::MemRefDialect"];
}

def MarkNodes : Pass<"sopt-mark-nodes", "::mlir::ModuleOp"> {
  let summary = "Tell the runtime which of the model's nodes is running";
  let description = [{
    Before each top-level loop nest, call or copy of `@main_graph` and its parts whose
    location names another node than the one before, calls `sopt_rt_node` with
    the node's index in the module's `sopt.nodes`, an array of names that it
    makes. Runs on buffers, after fusion: time of a fused loop counts for the
    first of its nodes.

    ```mlir
    func.func @main_graph(%x: memref<4xf32>, %y: memref<4xf32>) {
      memref.copy %x, %y : memref<4xf32> to memref<4xf32> loc("encoder/Identity"("y"))
      return
    }
    // gives the module sopt.nodes = ["encoder/Identity"], and becomes
    func.func @main_graph(%x: memref<4xf32>, %y: memref<4xf32>) {
      %c0 = arith.constant 0 : i64
      call @sopt_rt_node(%c0) : (i64) -> ()
      memref.copy %x, %y : memref<4xf32> to memref<4xf32>
      return
    }
    ```
  }];
  let dependentDialects = ["::mlir::arith::ArithDialect",
                           "::mlir::func::FuncDialect"];
}

#endif // SPARSE_OPT_TRANSFORMS_LOOPPASSES
