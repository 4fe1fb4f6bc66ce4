// RUN: sparse-opt %s --onnx-simplify-shapes | FileCheck %s

// A branch that a constant decides needs no If. (The first region is the else.)
// CHECK-LABEL: func @branch
//   CHECK-NOT: onnx.If
//       CHECK: %[[Y:.*]] = onnx.Neg(%arg0)
//       CHECK: onnx.Exp(%[[Y]])
func.func @branch(%x: tensor<2xf32>) -> tensor<2xf32> {
  %true = onnx.Constant() {value = dense<true> : tensor<i1>} : () -> tensor<i1>
  %0 = onnx.If(%true) {
    onnx.Yield %x : tensor<2xf32>
  }, {
    %1 = onnx.Neg(%x) : (tensor<2xf32>) -> tensor<2xf32>
    onnx.Yield %1 : tensor<2xf32>
  } : (tensor<i1>) -> tensor<2xf32>
  %2 = onnx.Exp(%0) : (tensor<2xf32>) -> tensor<2xf32>
  return %2 : tensor<2xf32>
}
