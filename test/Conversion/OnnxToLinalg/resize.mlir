// RUN: sparse-opt %s --convert-onnx-to-linalg | FileCheck %s

// Dimensions that keep their size are left alone; positions are computed once
// per axis, and a whole scale keeps sizes comparable.
// CHECK-LABEL: func @nearest
//       CHECK: arith.muli %{{.*}}, %c2
//       CHECK: linalg.generic {{.*}} iterator_types = ["parallel"]
//   CHECK-NOT: linalg.generic {{.*}} iterator_types = ["parallel"]
//       CHECK: linalg.generic {{.*}} iterator_types = ["parallel", "parallel", "parallel"]
//       CHECK: tensor.extract
func.func @nearest(%x: tensor<1x3x?xf32>) -> tensor<1x3x?xf32> {
  %s = onnx.Constant() {value = dense<[1.0, 1.0, 2.0]> : tensor<3xf32>} : () -> tensor<3xf32>
  %0 = onnx.Resize(%x, %s) {operandSegmentSizes = array<i32: 1, 0, 1, 0>}
     : (tensor<1x3x?xf32>, tensor<3xf32>) -> tensor<1x3x?xf32>
  return %0 : tensor<1x3x?xf32>
}
