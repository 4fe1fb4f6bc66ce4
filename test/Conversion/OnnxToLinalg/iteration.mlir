// RUN: sparse-opt %s --convert-onnx-to-linalg --split-input-file | FileCheck %s

// A loop that only its count ends is an scf.for, whose scan output is filled in
// place.
// CHECK-LABEL: func @counted
//       CHECK: %[[STACK:.*]] = tensor.empty(%[[N:.*]]) : tensor<?x2xf32>
//       CHECK: scf.for %[[I:[a-z0-9]*]] = %{{.*}} to %[[N]] step %{{.*}} iter_args(%[[V:.*]] = %{{.*}}, %[[S:.*]] = %[[STACK]])
//       CHECK: %[[NEXT:.*]] = linalg.generic
//       CHECK: %[[FILLED:.*]] = tensor.insert_slice %[[V]] into %[[S]][%[[I]], 0] [1, 2] [1, 1]
//       CHECK: scf.yield %[[NEXT]], %[[FILLED]]
func.func @counted(%n: tensor<i64>, %x: tensor<2xf32>) -> (tensor<2xf32>, tensor<?x2xf32>) {
  %0:2 = onnx.Loop(%n, %x) attributes {operandSegmentSizes = array<i32: 1, 0, 1>} {
  ^bb0(%i: tensor<i64>, %go: tensor<i1>, %v: tensor<2xf32>):
    %1 = onnx.Neg(%v) : (tensor<2xf32>) -> tensor<2xf32>
    onnx.Yield %go, %1, %v : tensor<i1>, tensor<2xf32>, tensor<2xf32>
  } : (tensor<i64>, tensor<2xf32>) -> (tensor<2xf32>, tensor<?x2xf32>)
  return %0#0, %0#1 : tensor<2xf32>, tensor<?x2xf32>
}

// -----

// Any other is an scf.while; a value may change its sizes from one iteration to
// the next.
// CHECK-LABEL: func @conditional
//       CHECK: scf.while
//  CHECK-SAME: (index, i1, tensor<?xf32>)
//       CHECK: scf.condition
//       CHECK: scf.yield %{{.*}}, %{{.*}}, %{{.*}} : index, i1, tensor<?xf32>
func.func @conditional(%c: tensor<i1>, %x: tensor<2xf32>, %l: tensor<f32>) -> tensor<?xf32> {
  %0 = onnx.Loop(%c, %x) attributes {operandSegmentSizes = array<i32: 0, 1, 1>} {
  ^bb0(%i: tensor<i64>, %go: tensor<i1>, %v: tensor<?xf32>):
    %axes = onnx.Constant() {value = dense<0> : tensor<1xi64>} : () -> tensor<1xi64>
    %1 = onnx.Concat(%v, %v) {axis = 0 : i64} : (tensor<?xf32>, tensor<?xf32>) -> tensor<?xf32>
    %2 = onnx.ReduceSum(%1, %axes) {keepdims = 0 : i64} : (tensor<?xf32>, tensor<1xi64>) -> tensor<f32>
    %3 = onnx.Less(%2, %l) : (tensor<f32>, tensor<f32>) -> tensor<i1>
    onnx.Yield %3, %1 : tensor<i1>, tensor<?xf32>
  } : (tensor<i1>, tensor<2xf32>) -> tensor<?xf32>
  return %0 : tensor<?xf32>
}

// -----

// So is one whose value has known sizes before the first iteration alone.
// CHECK-LABEL: func @growing
//       CHECK: scf.while
//  CHECK-SAME: (index, i1, tensor<?xf32>)
func.func @growing(%n: tensor<i64>, %x: tensor<2xf32>) -> tensor<?xf32> {
  %0 = onnx.Loop(%n, %x) attributes {operandSegmentSizes = array<i32: 1, 0, 1>} {
  ^bb0(%i: tensor<i64>, %go: tensor<i1>, %v: tensor<?xf32>):
    %1 = onnx.Concat(%v, %x) {axis = 0 : i64} : (tensor<?xf32>, tensor<2xf32>) -> tensor<?xf32>
    onnx.Yield %go, %1 : tensor<i1>, tensor<?xf32>
  } : (tensor<i64>, tensor<2xf32>) -> tensor<?xf32>
  return %0 : tensor<?xf32>
}

// -----

// A Scan takes one slice of its input for each iteration.
// CHECK-LABEL: func @scan
//       CHECK: scf.for %[[I:[a-z0-9]*]] =
//       CHECK: tensor.extract_slice %{{.*}}[%[[I]], 0] [1, 2] [1, 1]
func.func @scan(%s: tensor<2xf32>, %x: tensor<?x2xf32>) -> (tensor<2xf32>, tensor<?x2xf32>) {
  %0:2 = onnx.Scan(%s, %x) attributes {num_scan_inputs = 1 : i64} {
  ^bb0(%sum: tensor<2xf32>, %part: tensor<2xf32>):
    %1 = onnx.Add(%sum, %part) : (tensor<2xf32>, tensor<2xf32>) -> tensor<2xf32>
    onnx.Yield %1, %1 : tensor<2xf32>, tensor<2xf32>
  } : (tensor<2xf32>, tensor<?x2xf32>) -> (tensor<2xf32>, tensor<?x2xf32>)
  return %0#0, %0#1 : tensor<2xf32>, tensor<?x2xf32>
}
