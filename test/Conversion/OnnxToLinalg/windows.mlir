// RUN: sparse-opt %s --convert-onnx-to-linalg --split-input-file | FileCheck %s

// CHECK-LABEL: func @conv
// CHECK: tensor.insert_slice
// CHECK: linalg.conv_2d_nchw_fchw {dilations = dense<1> : tensor<2xi64>, strides = dense<2> : tensor<2xi64>}
func.func @conv(%x: tensor<?x3x8x8xf32>, %w: tensor<4x3x3x3xf32>) -> tensor<?x4x4x4xf32> {
  %0 = onnx.Conv(%x, %w) {pads = array<i64: 1, 1, 1, 1>, strides = array<i64: 2, 2>}
     : (tensor<?x3x8x8xf32>, tensor<4x3x3x3xf32>) -> tensor<?x4x4x4xf32>
  return %0 : tensor<?x4x4x4xf32>
}

// -----

// Sums start from the bias.
// CHECK-LABEL: func @bias
// CHECK: %[[INIT:.*]] = linalg.broadcast ins({{.*}} : tensor<4xf32>) {{.*}} dimensions = [0, 2, 3]
// CHECK: linalg.conv_2d_nchw_fchw {{.*}} outs(%[[INIT]] : tensor<?x4x6x6xf32>)
func.func @bias(%x: tensor<?x3x8x8xf32>, %w: tensor<4x3x3x3xf32>, %b: tensor<4xf32>) -> tensor<?x4x6x6xf32> {
  %0 = onnx.Conv(%x, %w, %b) : (tensor<?x3x8x8xf32>, tensor<4x3x3x3xf32>, tensor<4xf32>) -> tensor<?x4x6x6xf32>
  return %0 : tensor<?x4x6x6xf32>
}

// -----

// Groups are one more dimension of everything, and one dimension is an image
// of one row.
// CHECK-LABEL: func @depthwise
// CHECK: linalg.conv_2d_ngchw_gfchw
// CHECK-SAME: ins({{.*}} : tensor<1x4x1x1x8xf32>, tensor<4x1x1x1x3xf32>)
// CHECK-SAME: outs({{.*}} : tensor<1x4x1x1x6xf32>)
func.func @depthwise(%x: tensor<1x4x8xf32>, %w: tensor<4x1x3xf32>) -> tensor<1x4x6xf32> {
  %0 = onnx.Conv(%x, %w) {group = 4 : i64} : (tensor<1x4x8xf32>, tensor<4x1x3xf32>) -> tensor<1x4x6xf32>
  return %0 : tensor<1x4x6xf32>
}

// -----

// CHECK-LABEL: func @volume
// CHECK: linalg.generic {{.*}} iterator_types = ["parallel", "parallel", "parallel", "parallel", "parallel", "parallel", "reduction", "reduction", "reduction", "reduction"]
func.func @volume(%x: tensor<1x4x8x8x8xf32>, %w: tensor<4x1x3x3x3xf32>) -> tensor<1x4x6x6x6xf32> {
  %0 = onnx.Conv(%x, %w) {group = 4 : i64} : (tensor<1x4x8x8x8xf32>, tensor<4x1x3x3x3xf32>) -> tensor<1x4x6x6x6xf32>
  return %0 : tensor<1x4x6x6x6xf32>
}

// -----

// CHECK-LABEL: func @max_pool
// CHECK: arith.maximumf
func.func @max_pool(%x: tensor<1x1x4xf32>) -> tensor<1x1x2xf32> {
  %0 = onnx.MaxPool(%x) {kernel_shape = array<i64: 2>, strides = array<i64: 2>}
     : (tensor<1x1x4xf32>) -> tensor<1x1x2xf32>
  return %0 : tensor<1x1x2xf32>
}

// -----

// How many windows there are is computed without a choice: bufferization asks
// for bounds of both sides of each choice that a size depends on, and each
// layer would add one.
// CHECK-LABEL: func @number_of_windows
//   CHECK-NOT: arith.select
//       CHECK: arith.maxsi
//   CHECK-NOT: arith.select
//       CHECK: linalg.conv_2d_nchw_fchw
func.func @number_of_windows(%x: tensor<?x2x?x?xf32>, %w: tensor<4x2x3x3xf32>) -> tensor<?x4x?x?xf32> {
  %0 = onnx.Conv(%x, %w) {pads = array<i64: 1, 1, 1, 1>, strides = array<i64: 2, 2>}
     : (tensor<?x2x?x?xf32>, tensor<4x2x3x3xf32>) -> tensor<?x4x?x?xf32>
  return %0 : tensor<?x4x?x?xf32>
}
