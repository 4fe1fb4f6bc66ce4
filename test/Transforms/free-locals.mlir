// RUN: sparse-opt %s -sopt-free-locals -split-input-file | FileCheck %s

// A buffer is freed after the last use of it or of a view of it, in loops too.

// CHECK-LABEL: @views
// CHECK:         scf.for
// CHECK:           call @use
// CHECK:         memref.dealloc %{{.*}} {bufferization.manual_deallocation}
// CHECK-NEXT:    return
func.func private @use(memref<?xf32>)
func.func @views(%n: index, %one: index) {
  %a = memref.alloc() : memref<4xf32>
  %view = memref.cast %a : memref<4xf32> to memref<?xf32>
  scf.for %i = %one to %n step %one {
    func.call @use(%view) : (memref<?xf32>) -> ()
  }
  return
}

// -----

// What is returned, or may be, is another's to free.

// CHECK-LABEL: @returned
// CHECK-NOT:     dealloc
// CHECK:         return
func.func @returned(%c: i1, %other: memref<4xf32>) -> (memref<?xf32>, memref<4xf32>) {
  %a = memref.alloc() : memref<4xf32>
  %view = memref.cast %a : memref<4xf32> to memref<?xf32>
  %b = memref.alloc() : memref<4xf32>
  %either = arith.select %c, %b, %other : memref<4xf32>
  return %view, %either : memref<?xf32>, memref<4xf32>
}

// -----

// So is what a loop carries, for there it is another value.

// CHECK-LABEL: @carried
// CHECK-NOT:     dealloc
// CHECK:         return
func.func @carried(%n: index, %one: index, %other: memref<4xf32>) {
  %a = memref.alloc() : memref<4xf32>
  %0 = scf.for %i = %one to %n step %one iter_args(%m = %a) -> memref<4xf32> {
    memref.copy %m, %other : memref<4xf32> to memref<4xf32>
    scf.yield %other : memref<4xf32>
  }
  return
}

// -----

// And what a pointer refers to.

// CHECK-LABEL: @pointer
// CHECK-NOT:     dealloc
// CHECK:         return
func.func @pointer() -> index {
  %a = memref.alloc() : memref<4xf32>
  %0 = memref.extract_aligned_pointer_as_index %a : memref<4xf32> -> index
  return %0 : index
}
