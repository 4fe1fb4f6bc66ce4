// RUN: sparse-opt %s --convert-onnx-to-linalg | FileCheck %s

// The input's products are one layer for all steps, of a weight that is
// transposed at compile time; the loop has the state's.
// CHECK-LABEL: func @rnn
//   CHECK-DAG: %[[W:.*]] = arith.constant dense<{{\[\[}}1.000000e+00, 3.000000e+00], [2.000000e+00, 4.000000e+00]]>
//       CHECK: sopt.linear %{{.*}}, %[[W]]
//       CHECK: scf.for
//       CHECK:   sopt.linear
//       CHECK:   math.tanh
//       CHECK:   tensor.insert_slice
func.func @rnn(%x: tensor<?x?x2xf32>) -> tensor<?x1x?x2xf32> {
  %w = onnx.Constant() {value = dense<[[[1.0, 2.0], [3.0, 4.0]]]> : tensor<1x2x2xf32>} : () -> tensor<1x2x2xf32>
  %r = onnx.Constant() {value = dense<[[[5.0, 6.0], [7.0, 8.0]]]> : tensor<1x2x2xf32>} : () -> tensor<1x2x2xf32>
  %0 = onnx.RNN(%x, %w, %r) {operandSegmentSizes = array<i32: 1, 1, 1, 0, 0, 0>,
                             resultSegmentSizes = array<i32: 1, 0>}
     : (tensor<?x?x2xf32>, tensor<1x2x2xf32>, tensor<1x2x2xf32>) -> tensor<?x1x?x2xf32>
  return %0 : tensor<?x1x?x2xf32>
}
