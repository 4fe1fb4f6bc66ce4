// RUN: sparse-opt %s --onnx-raise -split-input-file | FileCheck %s

// CHECK-LABEL: func.func @torchscript
// CHECK-SAME: (%[[X:.*]]: tensor<?x8xf32>, %[[S:.*]]: tensor<8xf32>, %[[B:.*]]: tensor<8xf32>)
// CHECK: %[[Y:.*]] = onnx.LayerNormalization(%[[X]], %[[S]], %[[B]]) {epsilon = 9.99999996E-13 : f32
// CHECK-NEXT: return %[[Y]]
func.func @torchscript(%x: tensor<?x8xf32>, %scale: tensor<8xf32>, %bias: tensor<8xf32>) -> tensor<?x8xf32> {
  %axes = onnx.Constant() {value = dense<-1> : tensor<1xi64>} : () -> tensor<1xi64>
  %two = onnx.Constant() {value = dense<2.0> : tensor<f32>} : () -> tensor<f32>
  %eps = onnx.Constant() {value = dense<1.0e-12> : tensor<f32>} : () -> tensor<f32>
  %0 = onnx.ReduceMean(%x, %axes) : (tensor<?x8xf32>, tensor<1xi64>) -> tensor<?x1xf32>
  %1 = onnx.Sub(%x, %0) : (tensor<?x8xf32>, tensor<?x1xf32>) -> tensor<?x8xf32>
  %2 = onnx.Pow(%1, %two) : (tensor<?x8xf32>, tensor<f32>) -> tensor<?x8xf32>
  %3 = onnx.ReduceMean(%2, %axes) : (tensor<?x8xf32>, tensor<1xi64>) -> tensor<?x1xf32>
  %4 = onnx.Add(%3, %eps) : (tensor<?x1xf32>, tensor<f32>) -> tensor<?x1xf32>
  %5 = onnx.Sqrt(%4) : (tensor<?x1xf32>) -> tensor<?x1xf32>
  %6 = onnx.Div(%1, %5) : (tensor<?x8xf32>, tensor<?x1xf32>) -> tensor<?x8xf32>
  %7 = onnx.Mul(%6, %scale) : (tensor<?x8xf32>, tensor<8xf32>) -> tensor<?x8xf32>
  %8 = onnx.Add(%7, %bias) : (tensor<?x8xf32>, tensor<8xf32>) -> tensor<?x8xf32>
  return %8 : tensor<?x8xf32>
}

// -----

// As TensorFlow's batch normalisation has it: x·(s/σ) + (b − mean·(s/σ)), the
// mean as a sum over a number, axes from the front, the square as a product.
// CHECK-LABEL: func.func @distributed
// CHECK-SAME: (%[[X:.*]]: tensor<?x3x8xf32>, %[[S:.*]]: tensor<8xf32>, %[[B:.*]]: tensor<8xf32>)
// CHECK: %[[Y:.*]] = onnx.LayerNormalization(%[[X]], %[[S]], %[[B]])
// CHECK-NEXT: return %[[Y]]
func.func @distributed(%x: tensor<?x3x8xf32>, %scale: tensor<8xf32>, %bias: tensor<8xf32>) -> tensor<?x3x8xf32> {
  %axes = onnx.Constant() {value = dense<2> : tensor<1xi64>} : () -> tensor<1xi64>
  %eight = onnx.Constant() {value = dense<8.0> : tensor<f32>} : () -> tensor<f32>
  %eps = onnx.Constant() {value = dense<1.0e-5> : tensor<f32>} : () -> tensor<f32>
  %sum = onnx.ReduceSum(%x, %axes) : (tensor<?x3x8xf32>, tensor<1xi64>) -> tensor<?x3x1xf32>
  %mean = onnx.Div(%sum, %eight) : (tensor<?x3x1xf32>, tensor<f32>) -> tensor<?x3x1xf32>
  %0 = onnx.Sub(%mean, %x) : (tensor<?x3x1xf32>, tensor<?x3x8xf32>) -> tensor<?x3x8xf32>
  %1 = onnx.Mul(%0, %0) : (tensor<?x3x8xf32>, tensor<?x3x8xf32>) -> tensor<?x3x8xf32>
  %2 = onnx.ReduceMean(%1, %axes) : (tensor<?x3x8xf32>, tensor<1xi64>) -> tensor<?x3x1xf32>
  %3 = onnx.Add(%eps, %2) : (tensor<f32>, tensor<?x3x1xf32>) -> tensor<?x3x1xf32>
  %4 = onnx.Sqrt(%3) : (tensor<?x3x1xf32>) -> tensor<?x3x1xf32>
  %5 = onnx.Reciprocal(%4) : (tensor<?x3x1xf32>) -> tensor<?x3x1xf32>
  %6 = onnx.Mul(%5, %scale) : (tensor<?x3x1xf32>, tensor<8xf32>) -> tensor<?x3x8xf32>
  %7 = onnx.Mul(%x, %6) : (tensor<?x3x8xf32>, tensor<?x3x8xf32>) -> tensor<?x3x8xf32>
  %8 = onnx.Mul(%mean, %6) : (tensor<?x3x1xf32>, tensor<?x3x8xf32>) -> tensor<?x3x8xf32>
  %9 = onnx.Sub(%bias, %8) : (tensor<8xf32>, tensor<?x3x8xf32>) -> tensor<?x3x8xf32>
  %10 = onnx.Add(%7, %9) : (tensor<?x3x8xf32>, tensor<?x3x8xf32>) -> tensor<?x3x8xf32>
  return %10 : tensor<?x3x8xf32>
}

// -----

// The variance as mean(x²) − mean(x)², the root as a power, no scale.
// CHECK-LABEL: func.func @moments
// CHECK: %[[ONE:.*]] = onnx.Constant() {value = dense<1.000000e+00> : tensor<8xf32>}
// CHECK: onnx.LayerNormalization(%arg0, %[[ONE]])
func.func @moments(%x: tensor<?x8xf32>) -> tensor<?x8xf32> {
  %axes = onnx.Constant() {value = dense<-1> : tensor<1xi64>} : () -> tensor<1xi64>
  %exponent = onnx.Constant() {value = dense<-0.5> : tensor<f32>} : () -> tensor<f32>
  %eps = onnx.Constant() {value = dense<1.0e-6> : tensor<f32>} : () -> tensor<f32>
  %0 = onnx.ReduceMean(%x, %axes) : (tensor<?x8xf32>, tensor<1xi64>) -> tensor<?x1xf32>
  %1 = onnx.Mul(%x, %x) : (tensor<?x8xf32>, tensor<?x8xf32>) -> tensor<?x8xf32>
  %2 = onnx.ReduceMean(%1, %axes) : (tensor<?x8xf32>, tensor<1xi64>) -> tensor<?x1xf32>
  %3 = onnx.Mul(%0, %0) : (tensor<?x1xf32>, tensor<?x1xf32>) -> tensor<?x1xf32>
  %4 = onnx.Sub(%2, %3) : (tensor<?x1xf32>, tensor<?x1xf32>) -> tensor<?x1xf32>
  %5 = onnx.Add(%4, %eps) : (tensor<?x1xf32>, tensor<f32>) -> tensor<?x1xf32>
  %6 = onnx.Pow(%5, %exponent) : (tensor<?x1xf32>, tensor<f32>) -> tensor<?x1xf32>
  %7 = onnx.Sub(%x, %0) : (tensor<?x8xf32>, tensor<?x1xf32>) -> tensor<?x8xf32>
  %8 = onnx.Mul(%6, %7) : (tensor<?x1xf32>, tensor<?x8xf32>) -> tensor<?x8xf32>
  return %8 : tensor<?x8xf32>
}

// -----

// Without a mean it is RMS normalisation, in single precision around a half.
// CHECK-LABEL: func.func @rms
// CHECK: %[[Y:.*]] = onnx.RMSNormalization(%arg0, %arg1) {epsilon = 9.99999997E-7 : f32}
// CHECK-NEXT: return %[[Y]]
func.func @rms(%x: tensor<?x8xf16>, %scale: tensor<8xf16>) -> tensor<?x8xf16> {
  %axes = onnx.Constant() {value = dense<-1> : tensor<1xi64>} : () -> tensor<1xi64>
  %two = onnx.Constant() {value = dense<2.0> : tensor<f32>} : () -> tensor<f32>
  %one = onnx.Constant() {value = dense<1.0> : tensor<f32>} : () -> tensor<f32>
  %eps = onnx.Constant() {value = dense<1.0e-6> : tensor<f32>} : () -> tensor<f32>
  %0 = onnx.Cast(%x) {to = 1 : i64} : (tensor<?x8xf16>) -> tensor<?x8xf32>
  %1 = onnx.Pow(%0, %two) : (tensor<?x8xf32>, tensor<f32>) -> tensor<?x8xf32>
  %2 = onnx.ReduceMean(%1, %axes) : (tensor<?x8xf32>, tensor<1xi64>) -> tensor<?x1xf32>
  %3 = onnx.Add(%2, %eps) : (tensor<?x1xf32>, tensor<f32>) -> tensor<?x1xf32>
  %4 = onnx.Sqrt(%3) : (tensor<?x1xf32>) -> tensor<?x1xf32>
  %5 = onnx.Div(%one, %4) : (tensor<f32>, tensor<?x1xf32>) -> tensor<?x1xf32>
  %6 = onnx.Mul(%0, %5) : (tensor<?x8xf32>, tensor<?x1xf32>) -> tensor<?x8xf32>
  %7 = onnx.Cast(%6) {to = 10 : i64} : (tensor<?x8xf32>) -> tensor<?x8xf16>
  %8 = onnx.Mul(%scale, %7) : (tensor<8xf16>, tensor<?x8xf16>) -> tensor<?x8xf16>
  return %8 : tensor<?x8xf16>
}
