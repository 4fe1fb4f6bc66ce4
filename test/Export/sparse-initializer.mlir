// RUN: sparse-opt %s -o %t.onnx && %python %S/Inputs/print-onnx.py %t.onnx | FileCheck %s
// RUN: sparse-opt %t.onnx -o %t2.onnx && cmp %t.onnx %t2.onnx
// REQUIRES: python

// A sparse constant of any layout is a sparse initializer with its elements in
// the order of rows; it needs version 6 of the file format.

// CHECK: ir_version: 8
// CHECK: sparse initializer coordinates float32 [2, 3] [5.0, 6.0] {{\[\[}}0, 1], [1, 0]]
// CHECK: sparse initializer positions float32 [2, 3] [5.0, 6.0] [1, 3]
// CHECK: sparse initializer rows float32 [2, 3] [5.0, 6.0, 7.0] {{\[\[}}0, 1], [1, 0], [1, 2]]
// CHECK: sparse initializer blocks float32 [2, 3] [1.0, 0.0, 3.0, 4.0] {{\[\[}}0, 0], [0, 2], [1, 0], [1, 2]]
// CHECK: sparse initializer empty float32 [2, 3] [] []
module attributes {onnx.model = {ir_version = 3 : i64, opset_import = {ai.onnx = 17 : i64}}} {
  func.func @main_graph() -> (tensor<2x3xf32> {onnx.name = "y"}) {
    %0 = sopt.sparse_constant #sopt.layout<coo, i8> {
      values = dense<[5.0, 6.0]> : tensor<2xf32>,
      indices = dense<[[0, 1], [1, 0]]> : tensor<2x2xi8>} : tensor<2x3xf32> loc("coordinates")
    %1 = sopt.sparse_constant #sopt.layout<coo, i64> {
      values = dense<[5.0, 6.0]> : tensor<2xf32>, sopt.linear_indices,
      indices = dense<[[0, 1], [1, 0]]> : tensor<2x2xi64>} : tensor<2x3xf32> loc("positions")
    %2 = sopt.sparse_constant #sopt.layout<csr, i16> {
      values = dense<[5.0, 6.0, 7.0]> : tensor<3xf32>,
      indices = dense<[1, 0, 2]> : tensor<3xi16>,
      pointers = dense<[0, 1, 3]> : tensor<3xi32>} : tensor<2x3xf32> loc("rows")
    %3 = sopt.sparse_constant #sopt.layout<block 2x1, i16> {
      values = dense<[[[1.0], [3.0]], [[0.0], [4.0]]]> : tensor<2x2x1xf32>,
      indices = dense<[0, 2]> : tensor<2xi16>,
      pointers = dense<[0, 2]> : tensor<2xi32>} : tensor<2x3xf32> loc("blocks")
    %4 = sopt.sparse_constant #sopt.layout<coo, i8> {
      values = dense<> : tensor<0xf32>,
      indices = dense<> : tensor<0x2xi8>} : tensor<2x3xf32> loc("empty")
    %5 = onnx.Sum(%0, %1, %2, %3, %4) : (tensor<2x3xf32>, tensor<2x3xf32>, tensor<2x3xf32>, tensor<2x3xf32>, tensor<2x3xf32>) -> tensor<2x3xf32> loc("Sum"("y"))
    return %5 : tensor<2x3xf32>
  }
}
