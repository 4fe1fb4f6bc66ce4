// RUN: sparse-opt %s --convert-onnx-to-linalg --canonicalize --split-input-file | FileCheck %s

// Sizes that come from the tensor itself prove the shape: heads are split
// without asking anything at run time.
// CHECK-LABEL: func @split_heads
// CHECK-NOT: scf.if
// CHECK: tensor.expand_shape %{{.*}} {{\[\[}}0], [1], [2, 3]] output_shape [%{{.*}}, %{{.*}}, 12, 32]
func.func @split_heads(%x: tensor<?x?x384xf32>) -> tensor<?x?x12x32xf32> {
  %zero = onnx.Constant() {value = dense<0> : tensor<1xi64>} : () -> tensor<1xi64>
  %one = onnx.Constant() {value = dense<1> : tensor<1xi64>} : () -> tensor<1xi64>
  %heads = onnx.Constant() {value = dense<[12, 32]> : tensor<2xi64>} : () -> tensor<2xi64>
  %shape = onnx.Shape(%x) : (tensor<?x?x384xf32>) -> tensor<3xi64>
  %b = onnx.Gather(%shape, %zero) : (tensor<3xi64>, tensor<1xi64>) -> tensor<1xi64>
  %s = onnx.Gather(%shape, %one) : (tensor<3xi64>, tensor<1xi64>) -> tensor<1xi64>
  %to = onnx.Concat(%b, %s, %heads) {axis = 0 : i64}
      : (tensor<1xi64>, tensor<1xi64>, tensor<2xi64>) -> tensor<4xi64>
  %0 = onnx.Reshape(%x, %to) : (tensor<?x?x384xf32>, tensor<4xi64>) -> tensor<?x?x12x32xf32>
  return %0 : tensor<?x?x12x32xf32>
}

// -----

// 0 keeps a size; -1 is what is left when equal factors cancel.
// CHECK-LABEL: func @merge_heads
// CHECK-NOT: scf.if
// CHECK: tensor.collapse_shape %{{.*}} {{\[\[}}0], [1], [2, 3]]
func.func @merge_heads(%x: tensor<?x?x12x32xf32>) -> tensor<?x?x384xf32> {
  %to = onnx.Constant() {value = dense<[0, -1, 384]> : tensor<3xi64>} : () -> tensor<3xi64>
  %0 = onnx.Reshape(%x, %to) : (tensor<?x?x12x32xf32>, tensor<3xi64>) -> tensor<?x?x384xf32>
  return %0 : tensor<?x?x384xf32>
}

// -----

// A shape that only a run knows is checked there.
// CHECK-LABEL: func @run_time_shape
// CHECK: %[[FITS:.+]] = scf.if
// CHECK: tensor.expand_shape %[[FITS]] {{\[\[}}0, 1]]
func.func @run_time_shape(%x: tensor<?xf32>, %to: tensor<2xi64>) -> tensor<?x?xf32> {
  %0 = onnx.Reshape(%x, %to) : (tensor<?xf32>, tensor<2xi64>) -> tensor<?x?xf32>
  return %0 : tensor<?x?xf32>
}

// -----

// Without elements there is nothing to move.
// CHECK-LABEL: func @nothing
// CHECK-NOT:   expand_shape
// CHECK:       tensor.empty(%{{.*}}) : tensor<0x?x3xf32>
func.func @nothing(%x: tensor<0x?xf32>) -> tensor<0x?x3xf32> {
  %shape = onnx.Constant() {value = dense<[0, 0, 3]> : tensor<3xi64>} : () -> tensor<3xi64>
  %0 = onnx.Reshape(%x, %shape) {allowzero = 0 : i64}
     : (tensor<0x?xf32>, tensor<3xi64>) -> tensor<0x?x3xf32>
  return %0 : tensor<0x?x3xf32>
}
