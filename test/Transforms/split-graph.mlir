// RUN: sparse-opt %s -sopt-split-graph="longest=3 length=2" -split-input-file | FileCheck %s

// Values that are used later are handed over, constants made again. The loops
// are alike but for their buffers, so they become one function.

// CHECK:       func.func @main_graph(
// CHECK-SAME:  %[[X:.*]]: memref<4xf32>, %[[Y:.*]]: memref<4xf32>)
// CHECK:       %[[A:.*]] = call @main_graph_part0(%[[X]]) : (memref<4xf32>) -> memref<4xf32>
// CHECK:       call @main_graph_part1(%[[A]], %[[Y]])
// CHECK-NEXT:  return

// CHECK:       func.func private @main_graph_loops0(%[[FROM:.*]]: memref<4xf32>, %[[BY:.*]]: memref<4xf32>, %[[TO:.*]]: memref<4xf32>)
// CHECK-SAME:  passthrough = ["noinline"]
// CHECK-DAG:   %[[C0:.*]] = arith.constant 0
// CHECK-DAG:   %[[C4:.*]] = arith.constant 4
// CHECK:       scf.for %{{.*}} = %[[C0]] to %[[C4]]
// CHECK:         memref.load %[[FROM]]
// CHECK:         memref.load %[[BY]]
// CHECK:         memref.store %{{.*}}, %[[TO]]
// CHECK-NOT:   @main_graph_loops1

// CHECK:       func.func private @main_graph_part0(%[[X:.*]]: memref<4xf32>) -> memref<4xf32>
// CHECK:       %[[W:.*]] = memref.get_global @w
// CHECK:       %[[A:.*]] = memref.alloc()
// CHECK:       call @main_graph_loops0(%[[X]], %[[W]], %[[A]])
// CHECK:       return %[[A]]

// CHECK:       func.func private @main_graph_part1(%[[A:.*]]: memref<4xf32>, %[[Y:.*]]: memref<4xf32>)
// CHECK:       %[[V:.*]] = memref.get_global @v
// CHECK:       call @main_graph_loops0(%[[A]], %[[V]], %[[Y]])
// CHECK:       memref.dealloc %[[A]]
// CHECK:       return
memref.global "private" constant @w : memref<4xf32> = dense<1.0>
memref.global "private" constant @v : memref<4xf32> = dense<2.0>
func.func @main_graph(%x: memref<4xf32>, %y: memref<4xf32>) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c4 = arith.constant 4 : index
  %w = memref.get_global @w : memref<4xf32>
  %v = memref.get_global @v : memref<4xf32>
  %a = memref.alloc() : memref<4xf32>
  scf.for %i = %c0 to %c4 step %c1 {
    %0 = memref.load %x[%i] : memref<4xf32>
    %1 = memref.load %w[%i] : memref<4xf32>
    %2 = arith.addf %0, %1 : f32
    memref.store %2, %a[%i] : memref<4xf32>
  }
  scf.for %i = %c0 to %c4 step %c1 {
    %0 = memref.load %a[%i] : memref<4xf32>
    %1 = memref.load %v[%i] : memref<4xf32>
    %2 = arith.addf %0, %1 : f32
    memref.store %2, %y[%i] : memref<4xf32>
  }
  memref.dealloc %a : memref<4xf32>
  return
}

// -----

// A short model stays one function.

// CHECK:     // -----
// CHECK-NOT: call
func.func @main_graph(%x: memref<4xf32>, %y: memref<4xf32>) {
  memref.copy %x, %y : memref<4xf32> to memref<4xf32>
  return
}
