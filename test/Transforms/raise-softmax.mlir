// RUN: sparse-opt %s --onnx-raise -split-input-file | FileCheck %s

// CHECK-LABEL: func.func @shifted
// CHECK: %[[Y:.*]] = onnx.Softmax(%arg0) {axis = 1 : i64}
// CHECK-NEXT: return %[[Y]]
func.func @shifted(%x: tensor<?x8xf32>) -> tensor<?x8xf32> {
  %axes = onnx.Constant() {value = dense<-1> : tensor<1xi64>} : () -> tensor<1xi64>
  %0 = onnx.ReduceMax(%x, %axes) : (tensor<?x8xf32>, tensor<1xi64>) -> tensor<?x1xf32>
  %1 = onnx.Sub(%x, %0) : (tensor<?x8xf32>, tensor<?x1xf32>) -> tensor<?x8xf32>
  %2 = onnx.Exp(%1) : (tensor<?x8xf32>) -> tensor<?x8xf32>
  %3 = onnx.ReduceSum(%2, %axes) : (tensor<?x8xf32>, tensor<1xi64>) -> tensor<?x1xf32>
  %4 = onnx.Div(%2, %3) : (tensor<?x8xf32>, tensor<?x1xf32>) -> tensor<?x8xf32>
  return %4 : tensor<?x8xf32>
}

// -----

// CHECK-LABEL: func.func @plain_product
// CHECK: onnx.Softmax(%arg0) {axis = 1 : i64}
// CHECK-NEXT: return
func.func @plain_product(%x: tensor<?x8xf32>) -> tensor<?x8xf32> {
  %axes = onnx.Constant() {value = dense<1> : tensor<1xi64>} : () -> tensor<1xi64>
  %0 = onnx.Exp(%x) : (tensor<?x8xf32>) -> tensor<?x8xf32>
  %1 = onnx.ReduceSum(%0, %axes) : (tensor<?x8xf32>, tensor<1xi64>) -> tensor<?x1xf32>
  %2 = onnx.Reciprocal(%1) : (tensor<?x1xf32>) -> tensor<?x1xf32>
  %3 = onnx.Mul(%2, %0) : (tensor<?x1xf32>, tensor<?x8xf32>) -> tensor<?x8xf32>
  return %3 : tensor<?x8xf32>
}

// -----

// CHECK-LABEL: func.func @exponential_of_logarithm
// CHECK: onnx.Softmax(%arg0)
// CHECK-NEXT: return
func.func @exponential_of_logarithm(%x: tensor<?x8xf32>) -> tensor<?x8xf32> {
  %0 = onnx.LogSoftmax(%x) : (tensor<?x8xf32>) -> tensor<?x8xf32>
  %1 = onnx.Exp(%0) : (tensor<?x8xf32>) -> tensor<?x8xf32>
  return %1 : tensor<?x8xf32>
}
