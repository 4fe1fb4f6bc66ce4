// RUN: sparse-opt %s --onnx-expand-functions --split-input-file | FileCheck %s

// A loss is what ONNX defines it by, in the place of the node.
// CHECK-LABEL: func @loss
//   CHECK-NOT: onnx.NegativeLogLikelihoodLoss
//       CHECK: %[[PICKED:.*]] = onnx.GatherElements(%arg0
//       CHECK: onnx.Neg(%[[PICKED]])
func.func @loss(%x: tensor<3x5xf32>, %target: tensor<3xi64>) -> tensor<3xf32> {
  %0 = onnx.NegativeLogLikelihoodLoss(%x, %target) {reduction = "none"} : (tensor<3x5xf32>, tensor<3xi64>) -> tensor<3xf32>
  return %0 : tensor<3xf32>
}

// -----

// Attributes that are absent have their defaults.
// CHECK-LABEL: func @window
//   CHECK-NOT: onnx.HannWindow
//       CHECK: onnx.Cos
func.func @window(%size: tensor<i32>) -> tensor<?xf32> {
  %0 = onnx.HannWindow(%size) : (tensor<i32>) -> tensor<?xf32>
  return %0 : tensor<?xf32>
}

// -----

// Attention that sopt.attention can say stays whole; capped scores it cannot.
// CHECK-LABEL: func @attention
//       CHECK: onnx.Attention(%arg0
//   CHECK-NOT: softcap
//       CHECK: onnx.Tanh
//       CHECK: onnx.Softmax
func.func @attention(%q: tensor<1x2x4x8xf32>) -> (tensor<1x2x4x8xf32>, tensor<1x2x4x8xf32>) {
  %0 = onnx.Attention(%q, %q, %q) {operandSegmentSizes = array<i32: 1, 1, 1, 0, 0, 0, 0>, resultSegmentSizes = array<i32: 1, 0, 0, 0>} : (tensor<1x2x4x8xf32>, tensor<1x2x4x8xf32>, tensor<1x2x4x8xf32>) -> tensor<1x2x4x8xf32>
  %1 = onnx.Attention(%q, %q, %q) {softcap = 2.0 : f32, operandSegmentSizes = array<i32: 1, 1, 1, 0, 0, 0, 0>, resultSegmentSizes = array<i32: 1, 0, 0, 0>} : (tensor<1x2x4x8xf32>, tensor<1x2x4x8xf32>, tensor<1x2x4x8xf32>) -> tensor<1x2x4x8xf32>
  return %0, %1 : tensor<1x2x4x8xf32>, tensor<1x2x4x8xf32>
}
