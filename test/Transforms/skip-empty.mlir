// RUN: sparse-opt %s -sopt-skip-empty -split-input-file | FileCheck %s

// What has no elements needs no computation, only its sizes.

// CHECK-LABEL: @collapse
// CHECK-NOT:   tensor.collapse_shape
// CHECK:       %[[Y:.*]] = tensor.empty() : tensor<0xf32>
// CHECK:       return %[[Y]]
func.func @collapse(%x: tensor<2x0xf32>) -> tensor<0xf32> {
  %y = tensor.collapse_shape %x [[0, 1]] : tensor<2x0xf32> into tensor<0xf32>
  return %y : tensor<0xf32>
}

// -----

// The result's type does not tell that it is empty; its source's does.

// CHECK-LABEL: @collapse_unknown
// CHECK-NOT:   tensor.collapse_shape
// CHECK:       tensor.empty(%{{.*}}) : tensor<?xf32>
func.func @collapse_unknown(%x: tensor<?x0xf32>) -> tensor<?xf32> {
  %y = tensor.collapse_shape %x [[0, 1]] : tensor<?x0xf32> into tensor<?xf32>
  return %y : tensor<?xf32>
}

// -----

// CHECK-LABEL: @linear
// CHECK-SAME:  (%[[X:.*]]: tensor<0x?x8xf32>
// CHECK:       %[[N:.*]] = tensor.dim %[[X]]
// CHECK:       tensor.empty(%[[N]]) : tensor<0x?x3xf32>
// CHECK-NOT:   sopt.linear
func.func @linear(%x: tensor<0x?x8xf32>, %w: tensor<8x3xf32>) -> tensor<0x?x3xf32> {
  %y = sopt.linear %x, %w : (tensor<0x?x8xf32>, tensor<8x3xf32>) -> tensor<0x?x3xf32>
  return %y : tensor<0x?x3xf32>
}

// -----

// CHECK-LABEL: @with_elements
// CHECK:       linalg.fill
func.func @with_elements(%x: tensor<?xf32>, %v: f32) -> tensor<?xf32> {
  %y = linalg.fill ins(%v : f32) outs(%x : tensor<?xf32>) -> tensor<?xf32>
  return %y : tensor<?xf32>
}
