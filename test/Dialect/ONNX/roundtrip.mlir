// RUN: sparse-opt %s | sparse-opt | FileCheck %s

// Optional operands in the middle are told apart by their segment sizes.
// CHECK-LABEL: func @optional_operand
func.func @optional_operand(%x: tensor<?x4xf32> {onnx.dims = ["n", ""], onnx.name = "x"},
                            %max: tensor<f32>) -> tensor<?x4xf32> {
  // CHECK: onnx.Clip(%{{.*}}, %{{.*}}) {operandSegmentSizes = array<i32: 1, 0, 1>}
  %0 = onnx.Clip(%x, %max) {operandSegmentSizes = array<i32: 1, 0, 1>}
     : (tensor<?x4xf32>, tensor<f32>) -> tensor<?x4xf32>
  return %0 : tensor<?x4xf32>
}

// Subgraphs are regions that end in a yield.
// CHECK-LABEL: func @subgraphs
func.func @subgraphs(%c: tensor<i1>, %x: tensor<4xf32>) -> tensor<4xf32> {
  // CHECK: onnx.If(%{{.*}}) {
  // CHECK:   onnx.Yield %{{.*}} : tensor<4xf32>
  %0 = onnx.If(%c) {
    %1 = onnx.Neg(%x) : (tensor<4xf32>) -> tensor<4xf32>
    onnx.Yield %1 : tensor<4xf32>
  }, {
    onnx.Yield %x : tensor<4xf32>
  } : (tensor<i1>) -> tensor<4xf32>
  return %0 : tensor<4xf32>
}
