// RUN: sparse-opt %s --convert-onnx-to-linalg | FileCheck %s

// From f64 to f16 through f32: no processor does it in one step, and the
// function that does is not linked.
// CHECK-LABEL: func @narrow
// CHECK:       %[[F:.*]] = arith.truncf %{{.*}} : f64 to f32
// CHECK-NEXT:  arith.truncf %[[F]] : f32 to f16
func.func @narrow(%x: tensor<4xf64>) -> tensor<4xf16> {
  %0 = onnx.Cast(%x) {to = 10 : i64} : (tensor<4xf64>) -> tensor<4xf16>
  return %0 : tensor<4xf16>
}
