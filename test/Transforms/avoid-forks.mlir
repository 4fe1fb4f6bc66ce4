// RUN: sparse-opt %s -sopt-avoid-forks | FileCheck %s

// CHECK-LABEL: @two_dimensions
// CHECK-SAME:  %{{.*}}: memref<?x?xf32>, %[[N:.*]]: index, %[[M:.*]]: index
// CHECK-DAG:   %[[BEGIN:.*]] = arith.constant 0
// CHECK-DAG:   %[[STEP:.*]] = arith.constant 2
// CHECK:       %[[ROW:.*]] = arith.addi %[[BEGIN]], %[[STEP]]
// CHECK:       %[[ROWS:.*]] = arith.cmpi slt, %[[ROW]], %[[N]]
// CHECK:       %[[COLUMN:.*]] = arith.addi %[[BEGIN]], %[[STEP]]
// CHECK:       %[[COLUMNS:.*]] = arith.cmpi slt, %[[COLUMN]], %[[M]]
// CHECK:       %[[MORE:.*]] = arith.ori %[[ROWS]], %[[COLUMNS]]
// CHECK:       omp.parallel if(%[[MORE]]) {
func.func @two_dimensions(%x: memref<?x?xf32>, %n: index, %m: index, %y: f32) {
  %c0 = arith.constant 0 : index
  %c2 = arith.constant 2 : index
  omp.parallel {
    omp.wsloop {
      omp.loop_nest (%i, %j) : index = (%c0, %c0) to (%n, %m) step (%c2, %c2) {
        memref.store %y, %x[%i, %j] : memref<?x?xf32>
        omp.yield
      }
    }
    omp.terminator
  }
  return
}

// What is done before the loop may take time, and say how often it runs.

// CHECK-LABEL: @more_than_a_loop
// CHECK:       omp.parallel {
func.func @more_than_a_loop(%x: memref<?xf32>, %y: f32) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  omp.parallel {
    %n = memref.dim %x, %c0 : memref<?xf32>
    omp.wsloop {
      omp.loop_nest (%i) : index = (%c0) to (%n) step (%c1) {
        memref.store %y, %x[%i] : memref<?xf32>
        omp.yield
      }
    }
    omp.terminator
  }
  return
}
