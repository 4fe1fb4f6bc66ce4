// RUN: sparse-opt %s --convert-onnx-to-linalg --canonicalize --split-input-file | FileCheck %s

// Axes that only a run tells: each element goes to its place.
// CHECK-LABEL: func @reduce
// CHECK: arith.cmpi eq
// CHECK: scf.for
// CHECK: arith.select %{{.*}}, %c0
// CHECK: tensor.insert
func.func @reduce(%x: tensor<3x4xf32>, %axes: tensor<1xi64>) -> tensor<?x?xf32> {
  %0 = onnx.ReduceSum(%x, %axes) : (tensor<3x4xf32>, tensor<1xi64>) -> tensor<?x?xf32>
  return %0 : tensor<?x?xf32>
}

// -----

// How many dimensions there are is known, and that the elements fit is checked.
// CHECK-LABEL: func @unsqueeze
// CHECK: call @sopt_rt_bad_shape
func.func @unsqueeze(%x: tensor<3x4xf32>, %axes: tensor<1xi64>) -> tensor<?x?x?xf32> {
  %0 = onnx.Unsqueeze(%x, %axes) : (tensor<3x4xf32>, tensor<1xi64>) -> tensor<?x?x?xf32>
  return %0 : tensor<?x?x?xf32>
}

// -----

// An axis out of range is reported.
// CHECK-LABEL: func @cumsum
// CHECK: call @sopt_rt_bad_index
// CHECK: scf.for
// CHECK: arith.addf
func.func @cumsum(%x: tensor<3x4xf32>, %axis: tensor<i32>) -> tensor<3x4xf32> {
  %0 = onnx.CumSum(%x, %axis) : (tensor<3x4xf32>, tensor<i32>) -> tensor<3x4xf32>
  return %0 : tensor<3x4xf32>
}
