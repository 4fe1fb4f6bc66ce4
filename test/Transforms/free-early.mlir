// RUN: sparse-opt %s -sopt-free-early | FileCheck %s

// Memory goes back after the last use of any view of it.

func.func private @use(memref<?xf32>)

// CHECK-LABEL: @free
// CHECK:         call @use
// CHECK-NEXT:    memref.dealloc %[[A:.*]] :
// CHECK-NEXT:    call @use
func.func @free(%other: memref<?xf32>) {
  %a = memref.alloc() : memref<4xf32>
  %view = memref.cast %a : memref<4xf32> to memref<?xf32>
  call @use(%view) : (memref<?xf32>) -> ()
  call @use(%other) : (memref<?xf32>) -> ()
  memref.dealloc %a : memref<4xf32>
  return
}
