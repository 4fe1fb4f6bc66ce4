// RUN: split-file %s %t
// RUN: sparse-opt %t/types.mlir -o %t/m.onnx && %python %S/Inputs/print-onnx.py %t/m.onnx | FileCheck %t/types.mlir
// RUN: sparse-opt %t/operator.mlir -o %t/m.onnx && %python %S/Inputs/print-onnx.py %t/m.onnx | FileCheck %t/operator.mlir
// RUN: sparse-opt %t/element.mlir -o %t/m.onnx && %python %S/Inputs/print-onnx.py %t/m.onnx | FileCheck %t/element.mlir
// RUN: sparse-opt %t/default.mlir -o %t/m.onnx && %python %S/Inputs/print-onnx.py %t/m.onnx | FileCheck %t/default.mlir
// REQUIRES: python

//--- types.mlir
// Reshape was revised for new types only: the original's opset has it.
// CHECK: ir_version: 8
// CHECK: opset_import: ["" : 17]
module attributes {onnx.model = {ir_version = 8 : i64, opset_import = {ai.onnx = 17 : i64}}} {
  func.func @main_graph(%x: tensor<4xf32>) -> tensor<2x2xf32> {
    %s = onnx.Constant() {value = dense<2> : tensor<2xi64>} : () -> tensor<2xi64>
    %0 = onnx.Reshape(%x, %s) : (tensor<4xf32>, tensor<2xi64>) -> tensor<2x2xf32>
    return %0 : tensor<2x2xf32>
  }
}

//--- operator.mlir
// Gelu is of opset 20, which needs version 9 of the format.
// CHECK: ir_version: 9
// CHECK: opset_import: ["" : 20]
module attributes {onnx.model = {ir_version = 8 : i64, opset_import = {ai.onnx = 17 : i64}}} {
  func.func @main_graph(%x: tensor<4xf32>) -> tensor<4xf32> {
    %0 = onnx.Gelu(%x) : (tensor<4xf32>) -> tensor<4xf32>
    return %0 : tensor<4xf32>
  }
}

//--- element.mlir
// Transpose of int4 is of opset 21.
// CHECK: opset_import: ["" : 21]
module attributes {onnx.model = {ir_version = 8 : i64, opset_import = {ai.onnx = 17 : i64}}} {
  func.func @main_graph(%x: tensor<2x3xi4>) -> tensor<3x2xi4> {
    %0 = onnx.Transpose(%x) : (tensor<2x3xi4>) -> tensor<3x2xi4>
    return %0 : tensor<3x2xi4>
  }
}

//--- default.mlir
// What no file said is written for opset 13.
// CHECK: opset_import: ["" : 13]
func.func @f(%x: tensor<4xf32>) -> tensor<4xf32> {
  %0 = onnx.Softmax(%x) {axis = 0 : i64} : (tensor<4xf32>) -> tensor<4xf32>
  return %0 : tensor<4xf32>
}
