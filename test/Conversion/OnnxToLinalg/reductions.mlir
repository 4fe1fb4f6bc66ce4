// RUN: sparse-opt %s --convert-onnx-to-linalg --split-input-file | FileCheck %s

// Sums may be reordered, so that they vectorise.
// CHECK-LABEL: func @sum
// CHECK: linalg.generic {{.*}} iterator_types = ["parallel", "reduction"]
// CHECK: arith.addf {{.*}} fastmath<reassoc>
// CHECK: tensor.expand_shape
func.func @sum(%x: tensor<?x4xf32>) -> tensor<?x1xf32> {
  %axes = onnx.Constant() {value = dense<-1> : tensor<1xi64>} : () -> tensor<1xi64>
  %0 = onnx.ReduceSum(%x, %axes) : (tensor<?x4xf32>, tensor<1xi64>) -> tensor<?x1xf32>
  return %0 : tensor<?x1xf32>
}

// -----

// Any axis; nothing overflows.
// CHECK-LABEL: func @softmax
// CHECK: linalg.generic {{.*}} iterator_types = ["reduction", "parallel"]
// CHECK: arith.maxnumf
// CHECK: arith.subf
// CHECK: math.exp
// CHECK: arith.addf
// CHECK: arith.divf
func.func @softmax(%x: tensor<?x4xf32>) -> tensor<?x4xf32> {
  %0 = onnx.Softmax(%x) {axis = 0 : i64} : (tensor<?x4xf32>) -> tensor<?x4xf32>
  return %0 : tensor<?x4xf32>
}

// -----

// Among equals the position decides.
// CHECK-LABEL: func @argmax
// CHECK: linalg.index 0
// CHECK: arith.cmpf ogt
func.func @argmax(%x: tensor<4xf32>) -> tensor<i64> {
  %0 = onnx.ArgMax(%x) {axis = 0 : i64, keepdims = 0 : i64} : (tensor<4xf32>) -> tensor<i64>
  return %0 : tensor<i64>
}
