// RUN: sparse-opt %s -onnx-fold-constants -split-input-file | FileCheck %s

// Weights that an exporter stored as int8 become fp32, and nothing else stays.
// CHECK-LABEL: func @int8_weight
// CHECK-NEXT: %[[W:.*]] = onnx.Constant() {value = dense<{{\[\[}}5.000000e-01, -4.000000e+00], [-6.400000e+01, 2.540000e+02]]> : tensor<2x2xf32>}
// CHECK-NEXT: return %[[W]]
func.func @int8_weight() -> tensor<2x2xf32> {
  %w = onnx.Constant() {value = dense<[[1, -2], [-128, 127]]> : tensor<2x2xi8>} : () -> tensor<2x2xi8>
  %s = onnx.Constant() {value = dense<[0.5, 2.0]> : tensor<2xf32>} : () -> tensor<2xf32>
  %0 = onnx.Cast(%w) {to = 1 : i64} : (tensor<2x2xi8>) -> tensor<2x2xf32>
  %1 = onnx.Mul(%0, %s) : (tensor<2x2xf32>, tensor<2xf32>) -> tensor<2x2xf32>
  return %1 : tensor<2x2xf32>
}

// -----

// The result keeps the name of the tensor it replaces; its elements and those
// of the constant that stays are the only resources printed.
// CHECK-LABEL: func @resource
// CHECK: onnx.Constant() {value = dense_resource<big> : tensor<32x16xf32>}
// CHECK: onnx.Constant() {value = dense_resource<big_t> : tensor<16x32xf32>}
func.func @resource() -> (tensor<32x16xf32>, tensor<16x32xf32>) {
  %cst = onnx.Constant() {value = dense<1.5> : tensor<32x16xf32>} : () -> tensor<32x16xf32>
  %ids = onnx.Constant() {value = dense<[0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0, 10.0, 11.0, 12.0, 13.0, 14.0, 15.0]> : tensor<16xf32>} : () -> tensor<16xf32>
  %0 = onnx.Add(%cst, %ids) : (tensor<32x16xf32>, tensor<16xf32>) -> tensor<32x16xf32> loc("add"("big"))
  %1 = onnx.Transpose(%0) {perm = array<i64: 1, 0>} : (tensor<32x16xf32>) -> tensor<16x32xf32> loc("transpose"("big_t"))
  return %0, %1 : tensor<32x16xf32>, tensor<16x32xf32>
}
// The first column of `big` is 1.5, the second 2.5, in little-endian bytes.
// CHECK: big: "0x400000000000C03F00002040
// CHECK: big_t: "0x400000000000C03F0000C03F

// -----

// CHECK-LABEL: func @casts
func.func @casts() -> (tensor<3xi1>, tensor<2xf16>, tensor<2xbf16>, tensor<2xui8>, tensor<f64>, tensor<2xf32>) {
  // CHECK-DAG: dense<[false, true, true]> : tensor<3xi1>
  %f = onnx.Constant() {value = dense<[0.0, -0.5, 2.0]> : tensor<3xf32>} : () -> tensor<3xf32>
  %0 = onnx.Cast(%f) {to = 9 : i64} : (tensor<3xf32>) -> tensor<3xi1>
  // 2049 lies between two halves and goes to the even one; 65520 overflows.
  // CHECK-DAG: dense<[2.048000e+03, 0x7C00]> : tensor<2xf16>
  %h = onnx.Constant() {value = dense<[2049.0, 65520.0]> : tensor<2xf32>} : () -> tensor<2xf32>
  %1 = onnx.Cast(%h) {to = 10 : i64} : (tensor<2xf32>) -> tensor<2xf16>
  // CHECK-DAG: dense<[2.048000e+03, 6.553600e+04]> : tensor<2xbf16>
  %2 = onnx.Cast(%h) {to = 16 : i64} : (tensor<2xf32>) -> tensor<2xbf16>
  // CHECK-DAG: dense<[255, 1]> : tensor<2xui8>
  %i = onnx.Constant() {value = dense<[-1, 257]> : tensor<2xi64>} : () -> tensor<2xi64>
  %3 = onnx.Cast(%i) {to = 2 : i64} : (tensor<2xi64>) -> tensor<2xui8>
  // CHECK-DAG: dense<3.000000e+00> : tensor<f64>
  %t = onnx.Constant() {value = dense<3> : tensor<i32>} : () -> tensor<i32>
  %4 = onnx.Cast(%t) {to = 11 : i64} : (tensor<i32>) -> tensor<f64>
  // CHECK-DAG: dense<[-8.000000e+00, 7.000000e+00]> : tensor<2xf32>
  %s = onnx.Constant() {value = dense<[-8, 7]> : tensor<2xi4>} : () -> tensor<2xi4>
  %5 = onnx.Cast(%s) {to = 1 : i64} : (tensor<2xi4>) -> tensor<2xf32>
  return %0, %1, %2, %3, %4, %5 : tensor<3xi1>, tensor<2xf16>, tensor<2xbf16>, tensor<2xui8>, tensor<f64>, tensor<2xf32>
}

// -----

// The remainder has the divisor's sign or, by fmod, the dividend's.
// CHECK-LABEL: func @remainders
func.func @remainders() -> (tensor<2xi32>, tensor<2xi32>) {
  %x = onnx.Constant() {value = dense<[-3, 3]> : tensor<2xi32>} : () -> tensor<2xi32>
  %y = onnx.Constant() {value = dense<[2, -2]> : tensor<2xi32>} : () -> tensor<2xi32>
  // CHECK-DAG: dense<[1, -1]> : tensor<2xi32>
  %0 = onnx.Mod(%x, %y) : (tensor<2xi32>, tensor<2xi32>) -> tensor<2xi32>
  // CHECK-DAG: dense<[-1, 1]> : tensor<2xi32>
  %1 = onnx.Mod(%x, %y) {fmod = 1 : i64} : (tensor<2xi32>, tensor<2xi32>) -> tensor<2xi32>
  return %0, %1 : tensor<2xi32>, tensor<2xi32>
}

// -----

// One scale for all, one for each row, one for each pair of a row.
// CHECK-LABEL: func @dequantize
func.func @dequantize() -> (tensor<2x2xf32>, tensor<2x2xf32>, tensor<1x4xf32>) {
  %x = onnx.Constant() {value = dense<[[1, 2], [3, 4]]> : tensor<2x2xui8>} : () -> tensor<2x2xui8>
  %s = onnx.Constant() {value = dense<0.5> : tensor<f32>} : () -> tensor<f32>
  %z = onnx.Constant() {value = dense<2> : tensor<ui8>} : () -> tensor<ui8>
  // CHECK-DAG: dense<{{\[\[}}-5.000000e-01, 0.000000e+00], [5.000000e-01, 1.000000e+00]]>
  %0 = onnx.DequantizeLinear(%x, %s, %z) : (tensor<2x2xui8>, tensor<f32>, tensor<ui8>) -> tensor<2x2xf32>
  %rows = onnx.Constant() {value = dense<[1.0, 10.0]> : tensor<2xf32>} : () -> tensor<2xf32>
  // CHECK-DAG: dense<{{\[\[}}1.000000e+00, 2.000000e+00], [3.000000e+01, 4.000000e+01]]>
  %1 = onnx.DequantizeLinear(%x, %rows) {axis = 0 : i64} : (tensor<2x2xui8>, tensor<2xf32>) -> tensor<2x2xf32>
  %y = onnx.Constant() {value = dense<[[1, 2, 3, 4]]> : tensor<1x4xi8>} : () -> tensor<1x4xi8>
  %pairs = onnx.Constant() {value = dense<[[1.0, 10.0]]> : tensor<1x2xf32>} : () -> tensor<1x2xf32>
  // CHECK-DAG: dense<{{\[\[}}1.000000e+00, 2.000000e+00, 3.000000e+01, 4.000000e+01]]>
  %2 = onnx.DequantizeLinear(%y, %pairs) {axis = 1 : i64, block_size = 2 : i64} : (tensor<1x4xi8>, tensor<1x2xf32>) -> tensor<1x4xf32>
  return %0, %1, %2 : tensor<2x2xf32>, tensor<2x2xf32>, tensor<1x4xf32>
}

// -----

// Arithmetic on shapes, from a partly static type to the operand of a Reshape.
// CHECK-LABEL: func @shapes
func.func @shapes(%x: tensor<?x4x6xf32>) -> tensor<3xi64> {
  // CHECK-NEXT: %[[C:.*]] = onnx.Constant() {value = dense<[-1, 24, 2]> : tensor<3xi64>}
  // CHECK-NEXT: return %[[C]]
  %sizes = onnx.Shape(%x) {start = 1 : i64} : (tensor<?x4x6xf32>) -> tensor<2xi64>
  %zero = onnx.Constant() {value = dense<0> : tensor<i64>} : () -> tensor<i64>
  %last = onnx.Constant() {value = dense<-1> : tensor<1xi64>} : () -> tensor<1xi64>
  %end = onnx.Constant() {value = dense<9223372036854775807> : tensor<1xi64>} : () -> tensor<1xi64>
  %a = onnx.Gather(%sizes, %zero) : (tensor<2xi64>, tensor<i64>) -> tensor<i64>
  %b = onnx.Slice(%sizes, %last, %end) {operandSegmentSizes = array<i32: 1, 1, 1, 0, 0>} : (tensor<2xi64>, tensor<1xi64>, tensor<1xi64>) -> tensor<1xi64>
  %axes = onnx.Constant() {value = dense<0> : tensor<1xi64>} : () -> tensor<1xi64>
  %a1 = onnx.Unsqueeze(%a, %axes) : (tensor<i64>, tensor<1xi64>) -> tensor<1xi64>
  %ab = onnx.Mul(%a1, %b) : (tensor<1xi64>, tensor<1xi64>) -> tensor<1xi64>
  %two = onnx.Sub(%b, %a1) : (tensor<1xi64>, tensor<1xi64>) -> tensor<1xi64>
  %all = onnx.Concat(%last, %ab, %two) {axis = 0 : i64} : (tensor<1xi64>, tensor<1xi64>, tensor<1xi64>) -> tensor<3xi64>
  return %all : tensor<3xi64>
}

// -----

// Steps may be negative, axes repeat nothing.
// CHECK-LABEL: func @movement
func.func @movement() -> (tensor<2x2xi32>, tensor<3x2xi32>, tensor<2x3xi32>) {
  %x = onnx.Constant() {value = dense<[[1, 2, 3], [4, 5, 6]]> : tensor<2x3xi32>} : () -> tensor<2x3xi32>
  %start = onnx.Constant() {value = dense<[-1]> : tensor<1xi64>} : () -> tensor<1xi64>
  %stop = onnx.Constant() {value = dense<[-9]> : tensor<1xi64>} : () -> tensor<1xi64>
  %axis = onnx.Constant() {value = dense<[1]> : tensor<1xi64>} : () -> tensor<1xi64>
  %step = onnx.Constant() {value = dense<[-2]> : tensor<1xi64>} : () -> tensor<1xi64>
  // CHECK-DAG: dense<{{\[\[}}3, 1], [6, 4]]> : tensor<2x2xi32>
  %0 = onnx.Slice(%x, %start, %stop, %axis, %step) {operandSegmentSizes = array<i32: 1, 1, 1, 1, 1>} : (tensor<2x3xi32>, tensor<1xi64>, tensor<1xi64>, tensor<1xi64>, tensor<1xi64>) -> tensor<2x2xi32>
  // CHECK-DAG: dense<{{\[\[}}1, 4], [2, 5], [3, 6]]> : tensor<3x2xi32>
  %1 = onnx.Transpose(%x) : (tensor<2x3xi32>) -> tensor<3x2xi32>
  // CHECK-DAG: dense<{{\[\[}}1, 4, 3], [4, 4, 4]]> : tensor<2x3xi32>
  %c = onnx.Constant() {value = dense<[[true, false, true], [false, false, false]]> : tensor<2x3xi1>} : () -> tensor<2x3xi1>
  %four = onnx.Constant() {value = dense<4> : tensor<i32>} : () -> tensor<i32>
  %2 = onnx.Where(%c, %x, %four) : (tensor<2x3xi1>, tensor<2x3xi32>, tensor<i32>) -> tensor<2x3xi32>
  return %0, %1, %2 : tensor<2x2xi32>, tensor<3x2xi32>, tensor<2x3xi32>
}

// -----

// What would fill the memory, or has no defined value, is left.
// CHECK-LABEL: func @left
func.func @left() -> (tensor<1000000x1000000xf32>, tensor<i32>, tensor<i32>, tensor<4x!onnx.string>) {
  %big = onnx.Constant() {value = dense<1000000> : tensor<2xi64>} : () -> tensor<2xi64>
  // CHECK: onnx.ConstantOfShape
  %0 = onnx.ConstantOfShape(%big) : (tensor<2xi64>) -> tensor<1000000x1000000xf32>
  %one = onnx.Constant() {value = dense<1> : tensor<i32>} : () -> tensor<i32>
  %zero = onnx.Constant() {value = dense<0> : tensor<i32>} : () -> tensor<i32>
  // CHECK: onnx.Div
  %1 = onnx.Div(%one, %zero) : (tensor<i32>, tensor<i32>) -> tensor<i32>
  %nan = onnx.Constant() {value = dense<0x7FC00000> : tensor<f32>} : () -> tensor<f32>
  // CHECK: onnx.Cast
  %2 = onnx.Cast(%nan) {to = 6 : i64} : (tensor<f32>) -> tensor<i32>
  %s = onnx.Constant() {value = dense<"a"> : tensor<2x!onnx.string>} : () -> tensor<2x!onnx.string>
  // CHECK: onnx.Concat
  %3 = onnx.Concat(%s, %s) {axis = 0 : i64} : (tensor<2x!onnx.string>, tensor<2x!onnx.string>) -> tensor<4x!onnx.string>
  return %0, %1, %2, %3 : tensor<1000000x1000000xf32>, tensor<i32>, tensor<i32>, tensor<4x!onnx.string>
}

// -----

// A sparse constant is folded like a dense one; transposed, it stays sparse.
// CHECK-LABEL: func @sparse
// CHECK-DAG: sopt.sparse_constant <coo, i8> {indices = dense<{{\[\[}}0, 1], [1, 0], [2, 1]]> : tensor<3x2xi8>, values = dense<[6.000000e+00, 5.000000e+00, 7.000000e+00]> : tensor<3xf32>} : tensor<3x2xf32>
// CHECK-DAG: onnx.Constant() {value = dense<{{\[\[}}0.000000e+00, -5.000000e+00, 0.000000e+00], [-6.000000e+00, 0.000000e+00, -7.000000e+00]]> : tensor<2x3xf32>}
func.func @sparse() -> (tensor<3x2xf32>, tensor<2x3xf32>) {
  %w = sopt.sparse_constant #sopt.layout<coo, i8> {
    values = dense<[5.0, 6.0, 7.0]> : tensor<3xf32>,
    indices = dense<[[0, 1], [1, 0], [1, 2]]> : tensor<3x2xi8>} : tensor<2x3xf32>
  %0 = onnx.Transpose(%w) {perm = array<i64: 1, 0>} : (tensor<2x3xf32>) -> tensor<3x2xf32>
  %zero = onnx.Constant() {value = dense<0.0> : tensor<f32>} : () -> tensor<f32>
  %1 = onnx.Sub(%zero, %w) : (tensor<f32>, tensor<2x3xf32>) -> tensor<2x3xf32>
  return %0, %1 : tensor<3x2xf32>, tensor<2x3xf32>
}
