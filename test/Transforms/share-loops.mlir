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

// -----

// Loops that are alike but for sizes become one for any; small sizes stay, and
// so does a constant that is more than the end of a loop.

// CHECK:       // -----
// CHECK:       func.func @main_graph(%[[X:[a-z0-9]+]]: memref<40x4xf32>, %[[Z:[a-z0-9]+]]: memref<48x4xf32>
// CHECK:         %[[X0:.*]] = memref.cast %[[X]] : memref<40x4xf32> to memref<?x4xf32>
// CHECK-NEXT:    %[[C40:.*]] = arith.constant 40 : index
// CHECK:         call @main_graph_loops0(%[[X0]], %[[C40]]) : (memref<?x4xf32>, index) -> ()
// CHECK:         %[[Z0:.*]] = memref.cast %[[Z]] : memref<48x4xf32> to memref<?x4xf32>
// CHECK-NEXT:    %[[C48:.*]] = arith.constant 48 : index
// CHECK:         call @main_graph_loops0(%[[Z0]], %[[C48]])
// CHECK:         call @main_graph_loops2(%{{.*}}) : (memref<48x4xf32, strided<[80, 1], offset: 8>>) -> ()
// CHECK:         call @main_graph_loops3(%[[X]]) : (memref<40x4xf32>) -> ()

// CHECK:       func.func private @main_graph_loops2(%{{.*}}: memref<48x4xf32, strided<[80, 1], offset: 8>>)
// CHECK:       func.func private @main_graph_loops0(%[[M:.*]]: memref<?x4xf32>, %[[N:.*]]: index)
// CHECK-DAG:     %[[C4:.*]] = arith.constant 4
// CHECK:         scf.for %{{.*}} = %{{.*}} to %[[N]]
// CHECK:           scf.for %{{.*}} = %{{.*}} to %[[C4]]
// CHECK-NOT:   @main_graph_loops1
func.func @main_graph(%x: memref<40x4xf32>, %z: memref<48x4xf32>, %v: memref<48x4xf32, strided<[80, 1], offset: 8>>) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c4 = arith.constant 4 : index
  %c40 = arith.constant 40 : index
  %c48 = arith.constant 48 : index
  %f = arith.constant 1.0 : f32
  scf.for %i = %c0 to %c40 step %c1 {
    scf.for %j = %c0 to %c4 step %c1 {
      memref.store %f, %x[%i, %j] : memref<40x4xf32>
    }
  }
  scf.for %i = %c0 to %c48 step %c1 {
    scf.for %j = %c0 to %c4 step %c1 {
      memref.store %f, %z[%i, %j] : memref<48x4xf32>
    }
  }
  scf.for %i = %c0 to %c48 step %c1 {
    scf.for %j = %c0 to %c4 step %c1 {
      memref.store %f, %v[%i, %j] : memref<48x4xf32, strided<[80, 1], offset: 8>>
    }
  }
  scf.for %i = %c0 to %c40 step %c40 {
    memref.store %f, %x[%i, %c0] : memref<40x4xf32>
  }
  return
}
