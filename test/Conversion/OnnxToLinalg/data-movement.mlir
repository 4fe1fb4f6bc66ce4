// RUN: sparse-opt %s --convert-onnx-to-linalg --canonicalize --split-input-file | FileCheck %s

// A step that is known and goes forwards is a slice of upstream's.
// CHECK-LABEL: func @slice
// CHECK: tensor.extract_slice %{{.*}}[1, 0] [2, 4] [1, 1]
func.func @slice(%x: tensor<8x4xf32>) -> tensor<2x4xf32> {
  %start = onnx.Constant() {value = dense<1> : tensor<1xi64>} : () -> tensor<1xi64>
  %end = onnx.Constant() {value = dense<3> : tensor<1xi64>} : () -> tensor<1xi64>
  %0 = onnx.Slice(%x, %start, %end) {operandSegmentSizes = array<i32: 1, 1, 1, 0, 0>}
     : (tensor<8x4xf32>, tensor<1xi64>, tensor<1xi64>) -> tensor<2x4xf32>
  return %0 : tensor<2x4xf32>
}

// -----

// Backwards, each element is fetched.
// CHECK-LABEL: func @reverse
// CHECK: linalg.generic
// CHECK: tensor.extract
func.func @reverse(%x: tensor<?xf32>) -> tensor<?xf32> {
  %start = onnx.Constant() {value = dense<-1> : tensor<1xi64>} : () -> tensor<1xi64>
  %end = onnx.Constant() {value = dense<-9223372036854775808> : tensor<1xi64>} : () -> tensor<1xi64>
  %axis = onnx.Constant() {value = dense<0> : tensor<1xi64>} : () -> tensor<1xi64>
  %step = onnx.Constant() {value = dense<-1> : tensor<1xi64>} : () -> tensor<1xi64>
  %0 = onnx.Slice(%x, %start, %end, %axis, %step) {operandSegmentSizes = array<i32: 1, 1, 1, 1, 1>}
     : (tensor<?xf32>, tensor<1xi64>, tensor<1xi64>, tensor<1xi64>, tensor<1xi64>) -> tensor<?xf32>
  return %0 : tensor<?xf32>
}

// -----

// CHECK-LABEL: func @concat
// CHECK: %[[FIRST:.+]] = tensor.insert_slice %{{.*}} into %{{.*}}[0, 0]
// CHECK: tensor.insert_slice %{{.*}} into %[[FIRST]][0, %{{.*}}]
func.func @concat(%x: tensor<2x?xf32>, %y: tensor<2x3xf32>) -> tensor<2x?xf32> {
  %0 = onnx.Concat(%x, %y) {axis = 1 : i64} : (tensor<2x?xf32>, tensor<2x3xf32>) -> tensor<2x?xf32>
  return %0 : tensor<2x?xf32>
}

// -----

// An index out of range is reported once, then limited where it is used.
// CHECK-LABEL: func @gather
// CHECK: linalg.generic {{.*}} iterator_types = ["reduction"]
// CHECK: scf.if
// CHECK: call @sopt_rt_bad_index
// CHECK: linalg.generic
// CHECK: arith.minsi
// CHECK: arith.maxsi
// CHECK: tensor.extract %{{.*}} : tensor<100x4xf32>
func.func @gather(%table: tensor<100x4xf32>, %ids: tensor<?xi64>) -> tensor<?x4xf32> {
  %0 = onnx.Gather(%table, %ids) : (tensor<100x4xf32>, tensor<?xi64>) -> tensor<?x4xf32>
  return %0 : tensor<?x4xf32>
}

// -----

// A part without elements may begin where the tensor ends; no slice is made.
// CHECK-LABEL: func @split_off_nothing
// CHECK: tensor.empty() : tensor<0xf32>
func.func @split_off_nothing(%x: tensor<3xf32>) -> (tensor<3xf32>, tensor<0xf32>) {
  %sizes = onnx.Constant() {value = dense<[3, 0]> : tensor<2xi64>} : () -> tensor<2xi64>
  %0, %1 = onnx.Split(%x, %sizes) {axis = 0 : i64}
     : (tensor<3xf32>, tensor<2xi64>) -> (tensor<3xf32>, tensor<0xf32>)
  return %0, %1 : tensor<3xf32>, tensor<0xf32>
}
