// RUN: sparse-opt %s --onnx-raise=report -o /dev/null 2>&1 | FileCheck %s

// Each near miss names the operation, as the model does, and where the matcher
// stopped.

// CHECK: raised: 1 Gelu
// CHECK-NEXT: Gelu at 'gelu/Mul_1'
func.func @raised(%x: tensor<?x8xf32>) -> tensor<?x8xf32> {
  %c = onnx.Constant() {value = dense<0.707106769> : tensor<f32>} : () -> tensor<f32>
  %one = onnx.Constant() {value = dense<1.0> : tensor<f32>} : () -> tensor<f32>
  %half = onnx.Constant() {value = dense<0.5> : tensor<f32>} : () -> tensor<f32>
  %0 = onnx.Mul(%x, %c) : (tensor<?x8xf32>, tensor<f32>) -> tensor<?x8xf32>
  %1 = onnx.Erf(%0) : (tensor<?x8xf32>) -> tensor<?x8xf32>
  %2 = onnx.Add(%1, %one) : (tensor<?x8xf32>, tensor<f32>) -> tensor<?x8xf32>
  %3 = onnx.Mul(%x, %2) : (tensor<?x8xf32>, tensor<?x8xf32>) -> tensor<?x8xf32>
  %4 = onnx.Mul(%3, %half) : (tensor<?x8xf32>, tensor<f32>) -> tensor<?x8xf32> loc("gelu/Mul_1"("y"))
  return %4 : tensor<?x8xf32>
}

// CHECK-DAG: near miss: onnx.Erf at 'erf' is in no GELU: its argument is not x / sqrt(2)
func.func @other_scale(%x: tensor<?x8xf32>) -> tensor<?x8xf32> {
  %c = onnx.Constant() {value = dense<0.8> : tensor<f32>} : () -> tensor<f32>
  %0 = onnx.Mul(%x, %c) : (tensor<?x8xf32>, tensor<f32>) -> tensor<?x8xf32>
  %1 = onnx.Erf(%0) : (tensor<?x8xf32>) -> tensor<?x8xf32> loc("erf"("e"))
  %2 = onnx.Mul(%x, %1) : (tensor<?x8xf32>, tensor<?x8xf32>) -> tensor<?x8xf32>
  return %2 : tensor<?x8xf32>
}

// CHECK-DAG: near miss: onnx.Sqrt at 'std' is in no normalisation: no result is the normalised tensor times a scale plus a bias
func.func @epsilon_outside(%x: tensor<?x8xf32>) -> tensor<?x8xf32> {
  %axes = onnx.Constant() {value = dense<-1> : tensor<1xi64>} : () -> tensor<1xi64>
  %eps = onnx.Constant() {value = dense<1.0e-6> : tensor<f32>} : () -> tensor<f32>
  %0 = onnx.ReduceMean(%x, %axes) : (tensor<?x8xf32>, tensor<1xi64>) -> tensor<?x1xf32>
  %1 = onnx.Sub(%x, %0) : (tensor<?x8xf32>, tensor<?x1xf32>) -> tensor<?x8xf32>
  %2 = onnx.Mul(%1, %1) : (tensor<?x8xf32>, tensor<?x8xf32>) -> tensor<?x8xf32>
  %3 = onnx.ReduceMean(%2, %axes) : (tensor<?x8xf32>, tensor<1xi64>) -> tensor<?x1xf32>
  %4 = onnx.Sqrt(%3) : (tensor<?x1xf32>) -> tensor<?x1xf32> loc("std"("s"))
  %5 = onnx.Add(%4, %eps) : (tensor<?x1xf32>, tensor<f32>) -> tensor<?x1xf32>
  %6 = onnx.Div(%1, %5) : (tensor<?x8xf32>, tensor<?x1xf32>) -> tensor<?x8xf32>
  return %6 : tensor<?x8xf32>
}

// CHECK-DAG: near miss: onnx.Softmax at 'classes' is in no attention: its input does not have batch, heads, queries and keys
func.func @classifier(%x: tensor<?x8xf32>) -> tensor<?x8xf32> {
  %0 = onnx.Softmax(%x) : (tensor<?x8xf32>) -> tensor<?x8xf32> loc("classes"("c"))
  return %0 : tensor<?x8xf32>
}

// CHECK-DAG: near miss: onnx.Softmax at 'kept' is in no attention: the attention weights have other uses
func.func @weights_returned(%q: tensor<2x4x3x8xf32>, %kt: tensor<2x4x8x3xf32>, %v: tensor<2x4x3x8xf32>) -> (tensor<2x4x3x8xf32>, tensor<2x4x3x3xf32>) {
  %s = onnx.MatMul(%q, %kt) : (tensor<2x4x3x8xf32>, tensor<2x4x8x3xf32>) -> tensor<2x4x3x3xf32>
  %p = onnx.Softmax(%s) : (tensor<2x4x3x3xf32>) -> tensor<2x4x3x3xf32> loc("kept"("k"))
  %y = onnx.MatMul(%p, %v) : (tensor<2x4x3x3xf32>, tensor<2x4x3x8xf32>) -> tensor<2x4x3x8xf32>
  return %y, %p : tensor<2x4x3x8xf32>, tensor<2x4x3x3xf32>
}

// Names of sizes are all that makes them equal.
// CHECK-DAG: near miss: onnx.Softmax at 'unproven' is in no attention: batch, length or size of q, k and v are not provably equal
func.func @unproven(%q: tensor<?x4x3x8xf32>, %kt: tensor<?x4x8x3xf32>, %v: tensor<?x4x3x8xf32>) -> tensor<?x4x3x8xf32> {
  %s = onnx.MatMul(%q, %kt) : (tensor<?x4x3x8xf32>, tensor<?x4x8x3xf32>) -> tensor<?x4x3x3xf32>
  %p = onnx.Softmax(%s) : (tensor<?x4x3x3xf32>) -> tensor<?x4x3x3xf32> loc("unproven"("u"))
  %y = onnx.MatMul(%p, %v) : (tensor<?x4x3x3xf32>, tensor<?x4x3x8xf32>) -> tensor<?x4x3x8xf32>
  return %y : tensor<?x4x3x8xf32>
}

// CHECK-DAG: near miss: onnx.Softmax at 'clamped' is in no attention: scores are replaced by a number that is not very low
func.func @shallow_fill(%q: tensor<2x4x3x8xf32>, %kt: tensor<2x4x8x3xf32>, %v: tensor<2x4x3x8xf32>, %mask: tensor<2x1x1x3xi1>) -> tensor<2x4x3x8xf32> {
  %fill = onnx.Constant() {value = dense<-1.0> : tensor<f32>} : () -> tensor<f32>
  %s = onnx.MatMul(%q, %kt) : (tensor<2x4x3x8xf32>, tensor<2x4x8x3xf32>) -> tensor<2x4x3x3xf32>
  %m = onnx.Where(%mask, %s, %fill) : (tensor<2x1x1x3xi1>, tensor<2x4x3x3xf32>, tensor<f32>) -> tensor<2x4x3x3xf32>
  %p = onnx.Softmax(%m) : (tensor<2x4x3x3xf32>) -> tensor<2x4x3x3xf32> loc("clamped"("c"))
  %y = onnx.MatMul(%p, %v) : (tensor<2x4x3x3xf32>, tensor<2x4x3x8xf32>) -> tensor<2x4x3x8xf32>
  return %y : tensor<2x4x3x8xf32>
}
