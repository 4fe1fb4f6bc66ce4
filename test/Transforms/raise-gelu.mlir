// RUN: sparse-opt %s --onnx-raise -split-input-file | FileCheck %s

// One formula, in the order TorchScript writes it.
// CHECK-LABEL: func.func @by_quotient
// CHECK: %[[Y:.*]] = onnx.Gelu(%arg0)
// CHECK-NEXT: return %[[Y]]
func.func @by_quotient(%x: tensor<?x8xf32>) -> tensor<?x8xf32> {
  %sqrt2 = onnx.Constant() {value = dense<1.41421354> : tensor<f32>} : () -> tensor<f32>
  %one = onnx.Constant() {value = dense<1.0> : tensor<f32>} : () -> tensor<f32>
  %half = onnx.Constant() {value = dense<0.5> : tensor<f32>} : () -> tensor<f32>
  %0 = onnx.Div(%x, %sqrt2) : (tensor<?x8xf32>, tensor<f32>) -> tensor<?x8xf32>
  %1 = onnx.Erf(%0) : (tensor<?x8xf32>) -> tensor<?x8xf32>
  %2 = onnx.Add(%1, %one) : (tensor<?x8xf32>, tensor<f32>) -> tensor<?x8xf32>
  %3 = onnx.Mul(%x, %2) : (tensor<?x8xf32>, tensor<?x8xf32>) -> tensor<?x8xf32>
  %4 = onnx.Mul(%3, %half) : (tensor<?x8xf32>, tensor<f32>) -> tensor<?x8xf32>
  return %4 : tensor<?x8xf32>
}

// -----

// The same multiplied out, with a product for the quotient, on a sum of which
// the formula must not see the inside.
// CHECK-LABEL: func.func @multiplied_out
// CHECK: %[[X:.*]] = onnx.Add(%arg0, %arg1)
// CHECK: onnx.Gelu(%[[X]])
// CHECK-NOT: onnx.Erf
func.func @multiplied_out(%a: tensor<?x8xf32>, %b: tensor<8xf32>) -> tensor<?x8xf32> {
  %c = onnx.Constant() {value = dense<0.707106769> : tensor<1xf32>} : () -> tensor<1xf32>
  %half = onnx.Constant() {value = dense<0.5> : tensor<f32>} : () -> tensor<f32>
  %x = onnx.Add(%a, %b) : (tensor<?x8xf32>, tensor<8xf32>) -> tensor<?x8xf32>
  %0 = onnx.Mul(%c, %x) : (tensor<1xf32>, tensor<?x8xf32>) -> tensor<?x8xf32>
  %1 = onnx.Erf(%0) : (tensor<?x8xf32>) -> tensor<?x8xf32>
  %2 = onnx.Mul(%half, %x) : (tensor<f32>, tensor<?x8xf32>) -> tensor<?x8xf32>
  %3 = onnx.Mul(%1, %2) : (tensor<?x8xf32>, tensor<?x8xf32>) -> tensor<?x8xf32>
  %4 = onnx.Add(%3, %2) : (tensor<?x8xf32>, tensor<?x8xf32>) -> tensor<?x8xf32>
  return %4 : tensor<?x8xf32>
}

// -----

// The approximation by tanh, its cube as a power.
// CHECK-LABEL: func.func @tanh
// CHECK: onnx.Gelu(%arg0) {approximate = "tanh"}
// CHECK-NEXT: return
func.func @tanh(%x: tensor<?x8xf32>) -> tensor<?x8xf32> {
  %three = onnx.Constant() {value = dense<3.0> : tensor<f32>} : () -> tensor<f32>
  %cubic = onnx.Constant() {value = dense<4.471500e-02> : tensor<f32>} : () -> tensor<f32>
  %scale = onnx.Constant() {value = dense<0.797884583> : tensor<f32>} : () -> tensor<f32>
  %one = onnx.Constant() {value = dense<1.0> : tensor<f32>} : () -> tensor<f32>
  %half = onnx.Constant() {value = dense<0.5> : tensor<f32>} : () -> tensor<f32>
  %0 = onnx.Pow(%x, %three) : (tensor<?x8xf32>, tensor<f32>) -> tensor<?x8xf32>
  %1 = onnx.Mul(%0, %cubic) : (tensor<?x8xf32>, tensor<f32>) -> tensor<?x8xf32>
  %2 = onnx.Add(%x, %1) : (tensor<?x8xf32>, tensor<?x8xf32>) -> tensor<?x8xf32>
  %3 = onnx.Mul(%2, %scale) : (tensor<?x8xf32>, tensor<f32>) -> tensor<?x8xf32>
  %4 = onnx.Tanh(%3) : (tensor<?x8xf32>) -> tensor<?x8xf32>
  %5 = onnx.Add(%4, %one) : (tensor<?x8xf32>, tensor<f32>) -> tensor<?x8xf32>
  %6 = onnx.Mul(%x, %half) : (tensor<?x8xf32>, tensor<f32>) -> tensor<?x8xf32>
  %7 = onnx.Mul(%6, %5) : (tensor<?x8xf32>, tensor<?x8xf32>) -> tensor<?x8xf32>
  return %7 : tensor<?x8xf32>
}

// -----

// x·tanh's argument factored, x·(1 + 0.044715·x·x)·√(2/π), and (1 + tanh(u))/2
// as the sigmoid of 2u.
// CHECK-LABEL: func.func @sigmoid_of_cubic
// CHECK: onnx.Gelu(%arg0) {approximate = "tanh"}
// CHECK-NEXT: return
func.func @sigmoid_of_cubic(%x: tensor<?x8xf32>) -> tensor<?x8xf32> {
  %cubic = onnx.Constant() {value = dense<4.471500e-02> : tensor<f32>} : () -> tensor<f32>
  %scale = onnx.Constant() {value = dense<1.59576917> : tensor<f32>} : () -> tensor<f32>
  %one = onnx.Constant() {value = dense<1.0> : tensor<f32>} : () -> tensor<f32>
  %0 = onnx.Mul(%x, %x) : (tensor<?x8xf32>, tensor<?x8xf32>) -> tensor<?x8xf32>
  %1 = onnx.Mul(%cubic, %0) : (tensor<f32>, tensor<?x8xf32>) -> tensor<?x8xf32>
  %2 = onnx.Add(%one, %1) : (tensor<f32>, tensor<?x8xf32>) -> tensor<?x8xf32>
  %3 = onnx.Mul(%scale, %x) : (tensor<f32>, tensor<?x8xf32>) -> tensor<?x8xf32>
  %4 = onnx.Mul(%3, %2) : (tensor<?x8xf32>, tensor<?x8xf32>) -> tensor<?x8xf32>
  %5 = onnx.Sigmoid(%4) : (tensor<?x8xf32>) -> tensor<?x8xf32>
  %6 = onnx.Mul(%5, %x) : (tensor<?x8xf32>, tensor<?x8xf32>) -> tensor<?x8xf32>
  return %6 : tensor<?x8xf32>
}

// -----

// x·σ(x) and x·σ(1.702·x) are Swish, the latter as it is: not quite a GELU.
// CHECK-LABEL: func.func @swish
// CHECK: onnx.Swish(%arg0) :
// CHECK: onnx.Swish(%arg0) {alpha = 1.702
func.func @swish(%x: tensor<?x8xf32>) -> (tensor<?x8xf32>, tensor<?x8xf32>) {
  %alpha = onnx.Constant() {value = dense<1.702> : tensor<f32>} : () -> tensor<f32>
  %0 = onnx.Sigmoid(%x) : (tensor<?x8xf32>) -> tensor<?x8xf32>
  %1 = onnx.Mul(%0, %x) : (tensor<?x8xf32>, tensor<?x8xf32>) -> tensor<?x8xf32>
  %2 = onnx.Mul(%x, %alpha) : (tensor<?x8xf32>, tensor<f32>) -> tensor<?x8xf32>
  %3 = onnx.Sigmoid(%2) : (tensor<?x8xf32>) -> tensor<?x8xf32>
  %4 = onnx.Mul(%x, %3) : (tensor<?x8xf32>, tensor<?x8xf32>) -> tensor<?x8xf32>
  return %1, %4 : tensor<?x8xf32>, tensor<?x8xf32>
}
