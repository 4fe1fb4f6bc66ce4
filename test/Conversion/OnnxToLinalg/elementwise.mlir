// RUN: sparse-opt %s --convert-onnx-to-linalg --split-input-file | FileCheck %s

// A dimension that is missing or 1 is repeated by the indexing map.
// CHECK-DAG: #[[WHOLE:.+]] = affine_map<(d0, d1) -> (d0, d1)>
// CHECK-DAG: #[[LAST:.+]] = affine_map<(d0, d1) -> (d1)>
// CHECK-LABEL: func @static_broadcast
// CHECK: linalg.generic {indexing_maps = [#[[WHOLE]], #[[LAST]], #[[WHOLE]]], iterator_types = ["parallel", "parallel"]}
// CHECK: arith.addf
func.func @static_broadcast(%x: tensor<?x4xf32>, %b: tensor<4xf32>) -> tensor<?x4xf32> {
  %0 = onnx.Add(%x, %b) : (tensor<?x4xf32>, tensor<4xf32>) -> tensor<?x4xf32>
  return %0 : tensor<?x4xf32>
}

// -----

// Dimensions of one name are equal: nothing is asked at run time.
// CHECK-LABEL: func @equal_symbols
// CHECK-NOT: arith.select
// CHECK-NOT: scf.if
// CHECK: linalg.generic {{.*}} ins(%{{.*}}, %{{.*}} : tensor<?xf32>, tensor<?xf32>)
func.func @equal_symbols(%x: tensor<?xf32> {onnx.dims = ["n"]},
                         %y: tensor<?xf32> {onnx.dims = ["n"]}) -> tensor<?xf32> {
  %0 = onnx.Mul(%x, %y) : (tensor<?xf32>, tensor<?xf32>) -> tensor<?xf32>
  return %0 : tensor<?xf32>
}

// -----

// Either may be 1 at run time; what is neither equal nor 1 is reported.
// CHECK-LABEL: func @unknown_sizes
// CHECK: call @sopt_rt_bad_shape
// CHECK: linalg.generic
// CHECK: tensor.extract
func.func @unknown_sizes(%x: tensor<?xf32>, %y: tensor<?xf32>) -> tensor<?xf32> {
  %0 = onnx.Mul(%x, %y) : (tensor<?xf32>, tensor<?xf32>) -> tensor<?xf32>
  return %0 : tensor<?xf32>
}

// -----

// Signedness is ONNX's; the integers of the result are signless.
// CHECK-LABEL: func @unsigned
// CHECK-SAME: tensor<4xi8>
// CHECK: arith.maxui
func.func @unsigned(%x: tensor<4xui8>, %y: tensor<4xui8>) -> tensor<4xui8> {
  %0 = onnx.Max(%x, %y) : (tensor<4xui8>, tensor<4xui8>) -> tensor<4xui8>
  return %0 : tensor<4xui8>
}

// -----

// Integer division has no input that traps.
// CHECK-LABEL: func @division
// CHECK: %[[DIVISOR:.+]] = arith.select
// CHECK: arith.divsi %{{.*}}, %[[DIVISOR]]
func.func @division(%x: tensor<4xi32>, %y: tensor<4xi32>) -> tensor<4xi32> {
  %0 = onnx.Div(%x, %y) : (tensor<4xi32>, tensor<4xi32>) -> tensor<4xi32>
  return %0 : tensor<4xi32>
}

// -----

// Half floats are computed as f32.
// CHECK-LABEL: func @half
// CHECK: arith.extf
// CHECK: math.tanh %{{.*}} : f32
// CHECK: arith.truncf
func.func @half(%x: tensor<4xf16>) -> tensor<4xf16> {
  %0 = onnx.Tanh(%x) : (tensor<4xf16>) -> tensor<4xf16>
  return %0 : tensor<4xf16>
}

// -----

// Weights keep their bytes, whatever the type is called.
// CHECK-LABEL: func @constant
// CHECK: arith.constant dense_resource<w> : tensor<2xi8>
func.func @constant() -> tensor<2xui8> {
  %0 = onnx.Constant() {value = dense_resource<w> : tensor<2xui8>} : () -> tensor<2xui8>
  return %0 : tensor<2xui8>
}
{-# dialect_resources: { builtin: { w: "0x010000000102" } } #-}
