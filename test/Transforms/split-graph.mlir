// RUN: sparse-opt %s -sopt-split-graph="longest=2 length=2" -split-input-file | FileCheck %s

// Values that are used later are handed over, constants made again.

// CHECK:       func.func @main_graph(
// CHECK-SAME:  %[[X:.*]]: memref<4xf32>, %[[Y:.*]]: memref<4xf32>)
// CHECK:       %[[A:.*]] = call @main_graph_part1(%[[X]]) : (memref<4xf32>) -> memref<4xf32>
// CHECK:       call @main_graph_part2(%[[Y]], %[[A]])
// CHECK-NEXT:  return

// CHECK:       func.func private @main_graph_part1(%[[X:.*]]: memref<4xf32>) -> memref<4xf32>
// CHECK-SAME:  passthrough = ["noinline"]
// CHECK:       %[[A:.*]] = memref.alloc()
// CHECK:       memref.copy %[[X]], %[[A]]
// CHECK:       return %[[A]]

// CHECK:       func.func private @main_graph_part2(%[[Y:.*]]: memref<4xf32>, %[[A:.*]]: memref<4xf32>)
// CHECK:       %[[V:.*]] = memref.get_global @v
// CHECK:       memref.copy %[[V]], %[[Y]]
// CHECK:       memref.dealloc %[[A]]
// CHECK:       return
memref.global "private" constant @v : memref<4xf32> = dense<2.0>
func.func @main_graph(%x: memref<4xf32>, %y: memref<4xf32>) {
  %v = memref.get_global @v : memref<4xf32>
  %a = memref.alloc() : memref<4xf32>
  memref.copy %x, %a : memref<4xf32> to memref<4xf32>
  memref.copy %v, %y : memref<4xf32> to memref<4xf32>
  memref.dealloc %a : memref<4xf32>
  return
}

// -----

// A part that is long is split, too, and tensors as buffers.

// CHECK:       func.func @main_graph(
// CHECK:       call @main_graph_part1
// CHECK:       func.func private @main_graph_part1(
// CHECK:       %[[A:.*]] = call @main_graph_part2(%{{.*}}) : (tensor<4xf32>) -> tensor<4xf32>
// CHECK:       call @main_graph_part3(%[[A]]) : (tensor<4xf32>) -> tensor<4xf32>
func.func @main_graph(%x: tensor<4xf32>) -> tensor<4xf32> {
  %0 = call @main_graph_part1(%x) : (tensor<4xf32>) -> tensor<4xf32>
  return %0 : tensor<4xf32>
}
func.func private @main_graph_part1(%x: tensor<4xf32>) -> tensor<4xf32> {
  %0 = math.absf %x : tensor<4xf32>
  %1 = math.exp %0 : tensor<4xf32>
  %2 = math.sin %1 : tensor<4xf32>
  %3 = math.cos %2 : tensor<4xf32>
  return %3 : tensor<4xf32>
}

// -----

// A short model stays one function.

// CHECK:     // -----
// CHECK-NOT: call
func.func @main_graph(%x: memref<4xf32>, %y: memref<4xf32>) {
  memref.copy %x, %y : memref<4xf32> to memref<4xf32>
  return
}
