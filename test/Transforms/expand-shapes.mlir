// RUN: sparse-opt %s -sopt-expand-shapes -split-input-file | FileCheck %s

// Sizes of which two are unknown cannot be found by division; they are given.

// CHECK-LABEL: @two_unknown_sizes
// CHECK-SAME:  (%[[X:.*]]: memref<?xf32>, %[[A:.*]]: index, %[[B:.*]]: index)
// CHECK:       %[[BASE:.*]], %{{.*}}, %{{.*}}, %{{.*}} = memref.extract_strided_metadata %[[X]]
// CHECK:       %[[STRIDE:.*]] = affine.apply {{.*}}()[%[[B]]]
// CHECK:       memref.reinterpret_cast %[[BASE]] to offset: [0], sizes: [%[[A]], %[[B]], 4], strides: [%[[STRIDE]], 4, 1]
func.func @two_unknown_sizes(%x: memref<?xf32>, %a: index, %b: index) -> memref<?x?x4xf32> {
  %y = memref.expand_shape %x [[0, 1, 2]] output_shape [%a, %b, 4]
      : memref<?xf32> into memref<?x?x4xf32>
  return %y : memref<?x?x4xf32>
}

// -----

// CHECK-LABEL: @of_a_strided_view
// CHECK:       memref.extract_strided_metadata
// CHECK:       memref.reinterpret_cast {{.*}} to offset: [%{{.*}}], sizes: [%{{.*}}, %{{.*}}], strides: [%{{.*}}, %{{.*}}]
func.func @of_a_strided_view(%x: memref<?xf32, strided<[?], offset: ?>>, %a: index, %b: index)
    -> memref<?x?xf32, strided<[?, ?], offset: ?>> {
  %y = memref.expand_shape %x [[0, 1]] output_shape [%a, %b]
      : memref<?xf32, strided<[?], offset: ?>> into memref<?x?xf32, strided<[?, ?], offset: ?>>
  return %y : memref<?x?xf32, strided<[?, ?], offset: ?>>
}

// -----

// CHECK-LABEL: @one_unknown_size
// CHECK:       memref.expand_shape
func.func @one_unknown_size(%x: memref<?xf32>, %a: index) -> memref<?x4xf32> {
  %y = memref.expand_shape %x [[0, 1]] output_shape [%a, 4] : memref<?xf32> into memref<?x4xf32>
  return %y : memref<?x4xf32>
}
