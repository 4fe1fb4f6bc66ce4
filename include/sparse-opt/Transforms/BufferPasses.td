//===- BufferPasses.td - Passes on buffers -----------------*- tablegen -*-===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef SPARSE_OPT_TRANSFORMS_BUFFERPASSES
#define SPARSE_OPT_TRANSFORMS_BUFFERPASSES

include "mlir/Pass/PassBase.td"

def PlaceConstants : Pass<"sopt-place-constants", "::mlir::ModuleOp"> {
  let summary = "Make globals of constants, in the order of the model";
  let description = [{
    Bufferization makes a `memref.global` of each constant tensor where it comes
    to it. It goes through functions that call no other in an order of its own,
    which is another in each run of the program, and so would the library be.
    This pass makes the globals before it, which then takes those. Equal
    constants share one.

    ```mlir
    func.func @main_graph() -> tensor<2xf32> {
      %0 = arith.constant dense<[1.0, 2.0]> : tensor<2xf32>
      return %0 : tensor<2xf32>
    }
    // gives beside it
    memref.global "private" constant @__constant_2xf32 : memref<2xf32> = dense<[1.0, 2.0]> {alignment = 64 : i64}
    ```
  }];
  let options = [
    Option<"alignment", "alignment", "uint64_t", /*default=*/"64",
           "Bytes of which an address is a multiple; those of bufferization">,
  ];
  let dependentDialects = ["::mlir::memref::MemRefDialect"];
}

def CopyViews : Pass<"sopt-copy-views"> {
  let summary = "Copy views with gaps where a buffer without is expected";
  let description = [{
    The first 6 of the rows that each batch has are a view with gaps between the
    batches. Bufferization hands it to what expects a contiguous buffer by a
    `memref.cast`, which is allowed to forget strides where sizes are dynamic.
    This pass makes such a cast a copy.

    ```mlir
    func.func @first_rows(%x: memref<?x?x32xf32, strided<[?, 32, 1]>>) -> memref<?x?x32xf32> {
      %0 = memref.cast %x : memref<?x?x32xf32, strided<[?, 32, 1]>> to memref<?x?x32xf32>
      return %0 : memref<?x?x32xf32>
    }
    ```
  }];
  let dependentDialects = ["::mlir::memref::MemRefDialect"];
}

def FreeLocals : Pass<"sopt-free-locals"> {
  let summary = "Free each buffer that nothing keeps right after its last use";
  let description = [{
    Upstream's deallocation compares each buffer with each other, since one may
    be a view of the other: the time grows with the square of a function's
    length. Most buffers are handed to nobody who could keep them: no loop
    carries them, no function returns them. This pass frees these and marks them
    for upstream's as taken care of. It leaves all others to it.

    ```mlir
    %a = memref.alloc() : memref<f32>
    memref.store %x, %a[] : memref<f32>
    %y = memref.load %a[] : memref<f32>
    // gives
    %a = memref.alloc() {bufferization.manual_deallocation} : memref<f32>
    memref.store %x, %a[] : memref<f32>
    %y = memref.load %a[] : memref<f32>
    memref.dealloc %a {bufferization.manual_deallocation} : memref<f32>
    ```
  }];
  let dependentDialects = ["::mlir::bufferization::BufferizationDialect",
                           "::mlir::memref::MemRefDialect"];
}

def FreeEarly : Pass<"sopt-free-early", "::mlir::func::FuncOp"> {
  let summary = "Free each buffer right after its last use";
  let description = [{
    Upstream's deallocation frees at the end of the block. Moving each
    `memref.dealloc` up to behind the last operation that uses the buffer or an
    alias of it lets the runtime's arena give the memory to the next layer while
    it is still in the cache.

    ```mlir
    func.func private @use(memref<4xf32>)
    func.func private @other()
    func.func @f() {
      %a = memref.alloc() : memref<4xf32>
      call @use(%a) : (memref<4xf32>) -> ()
      call @other() : () -> ()
      memref.dealloc %a : memref<4xf32>  // moves up by one
      return
    }
    ```
  }];
}

def ExpandShapes : Pass<"sopt-expand-shapes"> {
  let summary = "Make views of expanded shapes whose sizes only a run knows";
  let description = [{
    Rewrites each `memref.expand_shape` that splits a dimension into several of
    unknown sizes to a `memref.reinterpret_cast`. Upstream's
    `expand-strided-metadata` divides to find one unknown size, and cannot find
    two, though the operation names them all. Leaves the others to it.

    ```mlir
    %y = memref.expand_shape %x [[0, 1, 2]] output_shape [%a, %b, 4]
        : memref<?xf32> into memref<?x?x4xf32>
    // becomes
    %s = affine.apply affine_map<()[s0] -> (s0 * 4)>()[%b]
    %y = memref.reinterpret_cast %x to offset: [0], sizes: [%a, %b, 4], strides: [%s, 4, 1]
        : memref<f32> to memref<?x?x4xf32>
    ```
  }];
  let dependentDialects = ["::mlir::affine::AffineDialect",
                           "::mlir::arith::ArithDialect",
                           "::mlir::memref::MemRefDialect"];
}

#endif // SPARSE_OPT_TRANSFORMS_BUFFERPASSES
