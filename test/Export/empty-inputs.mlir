// RUN: sparse-opt %s -o %t.onnx && %python %S/Inputs/print-onnx.py %t.onnx | FileCheck %s
// REQUIRES: python

// Inputs that are left out have no name at the end of a node, but for those that
// its operator counts among the least it has.

// CHECK-DAG: Clip (x)
// CHECK-DAG: Loop (n, "")
func.func @main_graph(%x: tensor<2xf32> {onnx.name = "x"}, %n: tensor<i64> {onnx.name = "n"})
    -> (tensor<?xf32> {onnx.name = "y"}) {
  %c = onnx.Clip(%x) {operandSegmentSizes = array<i32: 1, 0, 0>} : (tensor<2xf32>) -> tensor<2xf32>
  %y = onnx.Loop(%n) attributes {operandSegmentSizes = array<i32: 1, 0, 0>} {
  ^bb0(%i: tensor<i64>, %before: tensor<i1>):
    %after = onnx.Identity(%before) : (tensor<i1>) -> tensor<i1>
    %r = onnx.ReduceMean(%c) {keepdims = 0 : i64} : (tensor<2xf32>) -> tensor<f32>
    onnx.Yield %after, %r : tensor<i1>, tensor<f32>
  } : (tensor<i64>) -> tensor<?xf32>
  return %y : tensor<?xf32>
}
