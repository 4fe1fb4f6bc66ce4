// RUN: sparse-opt %s | sparse-opt | FileCheck %s
// RUN: sparse-opt %s -convert-sopt-to-linalg | FileCheck %s --check-prefix=DENSE

// One matrix in every layout:
//   0 5 0 0
//   6 0 0 7

// DENSE-LABEL: func @layouts
// DENSE-NEXT: %[[W:.*]] = arith.constant dense<{{\[}}[0.000000e+00, 5.000000e+00, 0.000000e+00, 0.000000e+00], [6.000000e+00, 0.000000e+00, 0.000000e+00, 7.000000e+00]]>
// DENSE-COUNT-4: arith.constant dense<{{\[}}[0.000000e+00, 5.000000e+00, 0.000000e+00, 0.000000e+00], [6.000000e+00, 0.000000e+00, 0.000000e+00, 7.000000e+00]]>
// DENSE-NOT: sopt.sparse_constant
// CHECK-LABEL: func @layouts
func.func @layouts() -> tensor<2x4xf32> {
  // CHECK: sopt.sparse_constant <dense> {values
  %0 = sopt.sparse_constant #sopt.layout<dense> {
    values = dense<[[0.0, 5.0, 0.0, 0.0], [6.0, 0.0, 0.0, 7.0]]> : tensor<2x4xf32>} : tensor<2x4xf32>
  // CHECK: sopt.sparse_constant <csr, i16> {
  %1 = sopt.sparse_constant #sopt.layout<csr, i16> {
    values = dense<[5.0, 6.0, 7.0]> : tensor<3xf32>, indices = dense<[1, 0, 3]> : tensor<3xi16>,
    pointers = dense<[0, 1, 3]> : tensor<3xi32>} : tensor<2x4xf32>
  // CHECK: sopt.sparse_constant <coo, i64> {
  %2 = sopt.sparse_constant #sopt.layout<coo, i64> {
    values = dense<[5.0, 6.0, 7.0]> : tensor<3xf32>,
    indices = dense<[[0, 1], [1, 0], [1, 3]]> : tensor<3x2xi64>} : tensor<2x4xf32>
  // CHECK: sopt.sparse_constant <block 2x1, i8, i64> {
  %3 = sopt.sparse_constant #sopt.layout<block 2x1, i8, i64> {
    values = dense<[[[0.0], [6.0]], [[5.0], [0.0]], [[0.0], [7.0]]]> : tensor<3x2x1xf32>,
    indices = dense<[0, 1, 3]> : tensor<3xi8>, pointers = dense<[0, 3]> : tensor<2xi64>} : tensor<2x4xf32>
  // CHECK: sopt.sparse_constant <nm 1:2, i8> {
  %4 = sopt.sparse_constant #sopt.layout<nm 1:2, i8> {
    values = dense<[[[6.0], [5.0], [0.0], [7.0]]]> : tensor<1x4x1xf32>,
    indices = dense<[[[1], [0], [0], [1]]]> : tensor<1x4x1xi8>} : tensor<2x4xf32>
  return %4 : tensor<2x4xf32>
}

// Two pointers are there even for no rows at all, and no index for no element.
// CHECK-LABEL: func @empty
// DENSE-LABEL: func @empty
func.func @empty() -> tensor<2x0xf32> {
  // DENSE: arith.constant dense<> : tensor<2x0xf32>
  %0 = sopt.sparse_constant #sopt.layout<csr, i16> {
    values = dense<> : tensor<0xf32>, indices = dense<> : tensor<0xi16>,
    pointers = dense<0> : tensor<3xi32>} : tensor<2x0xf32>
  return %0 : tensor<2x0xf32>
}
