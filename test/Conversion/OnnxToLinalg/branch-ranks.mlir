// A branch whose result has no rank is refused by what made it so.
// RUN: not sparse-opt %s --convert-onnx-to-linalg 2>&1 | FileCheck %s

// CHECK: error: 'onnx.Abs' op is not supported by this target: the rank of a tensor is not known
func.func @unranked(%c: tensor<i1>, %x: tensor<*xf32>, %y: tensor<3xf32>) -> tensor<3xf32> {
  %0 = onnx.If(%c) {
    onnx.Yield %y : tensor<3xf32>
  }, {
    %1 = onnx.Abs(%x) : (tensor<*xf32>) -> tensor<*xf32>
    onnx.Yield %1 : tensor<*xf32>
  } : (tensor<i1>) -> tensor<3xf32>
  return %0 : tensor<3xf32>
}
