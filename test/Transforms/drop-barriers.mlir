// RUN: sparse-opt %s -sopt-drop-barriers | FileCheck %s

// Threads meet at the end of the region.

// CHECK-LABEL: @last
// CHECK: omp.wsloop nowait
func.func @last(%m: memref<?xf32>, %n: index, %x: f32) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  omp.parallel {
    omp.wsloop {
      omp.loop_nest (%i) : index = (%c0) to (%n) step (%c1) {
        memref.store %x, %m[%i] : memref<?xf32>
        omp.yield
      }
    }
    omp.terminator
  }
  return
}

// The second loop may read what the first one writes.

// CHECK-LABEL: @followed
// CHECK: omp.wsloop {
// CHECK: omp.wsloop nowait {
func.func @followed(%m: memref<?xf32>, %n: index, %x: f32) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  omp.parallel {
    omp.wsloop {
      omp.loop_nest (%i) : index = (%c0) to (%n) step (%c1) {
        memref.store %x, %m[%i] : memref<?xf32>
        omp.yield
      }
    }
    omp.wsloop {
      omp.loop_nest (%i) : index = (%c0) to (%n) step (%c1) {
        %y = memref.load %m[%c0] : memref<?xf32>
        memref.store %y, %m[%i] : memref<?xf32>
        omp.yield
      }
    }
    omp.terminator
  }
  return
}
