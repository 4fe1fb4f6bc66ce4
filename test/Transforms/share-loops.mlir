// RUN: sparse-opt %s -sopt-share-loops="longest=3" -split-input-file | FileCheck %s

// The loops are alike but for their buffers, so they become one function, also
// those of a part.

// CHECK:       func.func @main_graph(%[[X:[a-z0-9]+]]:
// CHECK:         call @main_graph_loops0(%[[X]], %{{.*}}, %{{.*}})
// CHECK:         call @main_graph_part1

// CHECK:       func.func private @main_graph_part1
// CHECK:         call @main_graph_loops0

// CHECK:       func.func private @main_graph_loops0(%[[FROM:.*]]: memref<4xf32>, %[[BY:.*]]: memref<4xf32>, %[[TO:.*]]: memref<4xf32>)
// CHECK-SAME:  passthrough = ["noinline"]
// CHECK-DAG:   %[[C0:.*]] = arith.constant 0
// CHECK-DAG:   %[[C4:.*]] = arith.constant 4
// CHECK:       scf.for %{{.*}} = %[[C0]] to %[[C4]]
// CHECK:         memref.load %[[FROM]]
// CHECK:         memref.load %[[BY]]
// CHECK:         memref.store %{{.*}}, %[[TO]]
// CHECK-NOT:   @main_graph_loops1
memref.global "private" constant @w : memref<4xf32> = dense<1.0>
func.func @main_graph(%x: memref<4xf32>, %y: memref<4xf32>) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c4 = arith.constant 4 : index
  %w = memref.get_global @w : memref<4xf32>
  %a = memref.alloc() : memref<4xf32>
  scf.for %i = %c0 to %c4 step %c1 {
    %0 = memref.load %x[%i] : memref<4xf32>
    %1 = memref.load %w[%i] : memref<4xf32>
    %2 = arith.addf %0, %1 : f32
    memref.store %2, %a[%i] : memref<4xf32>
  }
  call @main_graph_part1(%a, %y) : (memref<4xf32>, memref<4xf32>) -> ()
  memref.dealloc %a : memref<4xf32>
  return
}
func.func private @main_graph_part1(%a: memref<4xf32>, %y: memref<4xf32>) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c4 = arith.constant 4 : index
  %v = memref.get_global @w : memref<4xf32>
  scf.for %i = %c0 to %c4 step %c1 {
    %0 = memref.load %a[%i] : memref<4xf32>
    %1 = memref.load %v[%i] : memref<4xf32>
    %2 = arith.addf %0, %1 : f32
    memref.store %2, %y[%i] : memref<4xf32>
  }
  return
}

// -----

// Loops of a short model stay, for LLVM to see what is around them.

// CHECK:       // -----
// CHECK:       scf.for
// CHECK-NOT:   main_graph_loops
func.func @main_graph(%m: memref<f32>, %n: index, %step: index, %x: f32) {
  scf.for %i = %n to %n step %step {
    memref.store %x, %m[] : memref<f32>
  }
  return
}
