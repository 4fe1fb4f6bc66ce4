// A size that the model declares of a branch's result is checked as it runs.
// RUN: sparse-opt %s --convert-onnx-to-linalg --canonicalize | FileCheck %s

// CHECK-LABEL: func.func @declared
//       CHECK:   %[[SIZE:.*]] = tensor.dim %arg1
//       CHECK:   scf.if %{{.*}} -> (tensor<6xf32>)
//       CHECK:     %[[OTHER:.*]] = arith.cmpi ne, %[[SIZE]], %{{.*}} : index
//       CHECK:     scf.if %[[OTHER]]
//       CHECK:       func.call @sopt_rt_bad_shape
//       CHECK:   } else {
//   CHECK-NOT:     sopt_rt_bad_shape
func.func @declared(%c: tensor<i1>, %x: tensor<?xf32>, %y: tensor<3xf32>) -> tensor<6xf32> {
  %0 = onnx.If(%c) {
    %1 = onnx.Concat(%y, %y) {axis = 0 : i64} : (tensor<3xf32>, tensor<3xf32>) -> tensor<6xf32>
    onnx.Yield %1 : tensor<6xf32>
  }, {
    %1 = onnx.Abs(%x) : (tensor<?xf32>) -> tensor<?xf32>
    onnx.Yield %1 : tensor<?xf32>
  } : (tensor<i1>) -> tensor<6xf32>
  return %0 : tensor<6xf32>
}

// One that it cannot have is no reason to refuse the model, of which the other
// branch may be all that is used.
// CHECK-LABEL: func.func @never
//       CHECK:   scf.if %{{.*}} -> (tensor<6xf32>)
//       CHECK:     func.call @sopt_rt_bad_shape
//   CHECK-NOT:     tensor.cast
func.func @never(%c: tensor<i1>, %y: tensor<3xf32>) -> tensor<6xf32> {
  %0 = onnx.If(%c) {
    %1 = onnx.Concat(%y, %y) {axis = 0 : i64} : (tensor<3xf32>, tensor<3xf32>) -> tensor<6xf32>
    onnx.Yield %1 : tensor<6xf32>
  }, {
    %1 = onnx.Identity(%y) : (tensor<3xf32>) -> tensor<?xf32>
    onnx.Yield %1 : tensor<?xf32>
  } : (tensor<i1>) -> tensor<6xf32>
  return %0 : tensor<6xf32>
}
