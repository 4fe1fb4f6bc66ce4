// RUN: sparse-opt %s -sopt-split-layers -split-input-file -mlir-print-debuginfo -mlir-print-local-scope | FileCheck %s

// Each part has its columns, of different numbers, and the layer's activation.

// CHECK-LABEL: @parts
// CHECK-DAG:   %[[W0:.*]] = onnx.Constant() {value = dense<{{\[\[}}1.000000e+00], [4.000000e+00]]>
// CHECK-DAG:   %[[B0:.*]] = onnx.Constant() {value = dense<7.000000e+00> : tensor<1xf32>}
// CHECK-DAG:   %[[P0:.*]] = sopt.linear %{{.*}}, %[[W0]] bias %[[B0]] activation <relu> {{.*}} -> tensor<?x1xf32> loc(fused["qkv[0]"("q"), "qkv"("y")])
// CHECK-DAG:   %[[W1:.*]] = onnx.Constant() {value = dense<{{\[\[}}2.000000e+00, 3.000000e+00], [5.000000e+00, 6.000000e+00]]>
// CHECK-DAG:   %[[B1:.*]] = onnx.Constant() {value = dense<[8.000000e+00, 9.000000e+00]>
// CHECK-DAG:   %[[P1:.*]] = sopt.linear %{{.*}}, %[[W1]] bias %[[B1]] activation <relu> {{.*}} -> tensor<?x2xf32> loc(fused["qkv[1]"("k"), "qkv"("y")])
// CHECK:       return %[[P0]], %[[P1]]
func.func @parts(%x: tensor<?x2xf32>) -> (tensor<?x1xf32>, tensor<?x2xf32>) {
  %w = onnx.Constant() {value = dense<[[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]> : tensor<2x3xf32>} : () -> tensor<2x3xf32>
  %b = onnx.Constant() {value = dense<[7.0, 8.0, 9.0]> : tensor<3xf32>} : () -> tensor<3xf32>
  %sizes = onnx.Constant() {value = dense<[1, 2]> : tensor<2xi64>} : () -> tensor<2xi64>
  %0 = sopt.linear %x, %w bias %b activation <relu> : (tensor<?x2xf32>, tensor<2x3xf32>, tensor<3xf32>) -> tensor<?x3xf32> loc("qkv"("y"))
  %1:2 = onnx.Split(%0, %sizes) {axis = -1 : i64} : (tensor<?x3xf32>, tensor<2xi64>) -> (tensor<?x1xf32>, tensor<?x2xf32>) loc("split"(fused["q", "k"]))
  return %1#0, %1#1 : tensor<?x1xf32>, tensor<?x2xf32>
}

// -----

// Tokens are not features.

// CHECK-LABEL: @tokens
// CHECK:       onnx.Split
func.func @tokens(%x: tensor<2x2xf32>) -> (tensor<1x2xf32>, tensor<1x2xf32>) {
  %w = onnx.Constant() {value = dense<[[1.0, 2.0], [3.0, 4.0]]> : tensor<2x2xf32>} : () -> tensor<2x2xf32>
  %0 = sopt.linear %x, %w : (tensor<2x2xf32>, tensor<2x2xf32>) -> tensor<2x2xf32>
  %1:2 = onnx.Split(%0) {axis = 0 : i64, num_outputs = 2 : i64} : (tensor<2x2xf32>) -> (tensor<1x2xf32>, tensor<1x2xf32>)
  return %1#0, %1#1 : tensor<1x2xf32>, tensor<1x2xf32>
}

// -----

// Sizes that a run decides, a second reader, a schedule by hand: left alone.

// CHECK-LABEL: @open_sizes
// CHECK:       onnx.Split
func.func @open_sizes(%x: tensor<?x2xf32>, %sizes: tensor<2xi64>) -> (tensor<?x1xf32>, tensor<?x1xf32>) {
  %w = onnx.Constant() {value = dense<[[1.0, 2.0], [3.0, 4.0]]> : tensor<2x2xf32>} : () -> tensor<2x2xf32>
  %0 = sopt.linear %x, %w : (tensor<?x2xf32>, tensor<2x2xf32>) -> tensor<?x2xf32>
  %1:2 = onnx.Split(%0, %sizes) {axis = 1 : i64} : (tensor<?x2xf32>, tensor<2xi64>) -> (tensor<?x1xf32>, tensor<?x1xf32>)
  return %1#0, %1#1 : tensor<?x1xf32>, tensor<?x1xf32>
}

// CHECK-LABEL: @read_whole
// CHECK:       onnx.Split
func.func @read_whole(%x: tensor<?x2xf32>) -> (tensor<?x1xf32>, tensor<?x1xf32>, tensor<?x2xf32>) {
  %w = onnx.Constant() {value = dense<[[1.0, 2.0], [3.0, 4.0]]> : tensor<2x2xf32>} : () -> tensor<2x2xf32>
  %0 = sopt.linear %x, %w : (tensor<?x2xf32>, tensor<2x2xf32>) -> tensor<?x2xf32>
  %1:2 = onnx.Split(%0) {axis = 1 : i64, num_outputs = 2 : i64} : (tensor<?x2xf32>) -> (tensor<?x1xf32>, tensor<?x1xf32>)
  return %1#0, %1#1, %0 : tensor<?x1xf32>, tensor<?x1xf32>, tensor<?x2xf32>
}

// CHECK-LABEL: @scheduled
// CHECK:       onnx.Split
func.func @scheduled(%x: tensor<?x2xf32>) -> (tensor<?x1xf32>, tensor<?x1xf32>) {
  %w = onnx.Constant() {value = dense<[[1.0, 2.0], [3.0, 4.0]]> : tensor<2x2xf32>} : () -> tensor<2x2xf32>
  %0 = sopt.linear %x, %w schedule <layout = <csr, i16>> : (tensor<?x2xf32>, tensor<2x2xf32>) -> tensor<?x2xf32>
  %1:2 = onnx.Split(%0) {axis = 1 : i64, num_outputs = 2 : i64} : (tensor<?x2xf32>) -> (tensor<?x1xf32>, tensor<?x1xf32>)
  return %1#0, %1#1 : tensor<?x1xf32>, tensor<?x1xf32>
}

// -----

// Sizes that do not add up to the columns are for the conversion to refuse.

// CHECK-LABEL: @too_few
// CHECK:       onnx.Split
func.func @too_few(%x: tensor<?x2xf32>) -> (tensor<?x1xf32>, tensor<?x1xf32>) {
  %w = onnx.Constant() {value = dense<[[1.0, 2.0, 5.0], [3.0, 4.0, 6.0]]> : tensor<2x3xf32>} : () -> tensor<2x3xf32>
  %0 = sopt.linear %x, %w : (tensor<?x2xf32>, tensor<2x3xf32>) -> tensor<?x3xf32>
  %1:2 = onnx.Split(%0) {axis = 1 : i64, num_outputs = 2 : i64} : (tensor<?x3xf32>) -> (tensor<?x1xf32>, tensor<?x1xf32>)
  return %1#0, %1#1 : tensor<?x1xf32>, tensor<?x1xf32>
}
