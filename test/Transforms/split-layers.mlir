// RUN: sparse-opt %s -sopt-split-layers -split-input-file -mlir-print-debuginfo -mlir-print-local-scope | FileCheck %s

// Each part has its columns, of different numbers, and the layer's activation.

// CHECK-LABEL: @parts
// CHECK-DAG:   %[[W0:.*]] = onnx.Constant() {value = dense<{{\[\[}}0.000000e+00, 1.000000e+00, {{.*}}, 1.500000e+01]]> : tensor<1x16xf32>}
// CHECK-DAG:   %[[B0:.*]] = onnx.Constant() {value = dense<[1.000000e+02, {{.*}}, 1.150000e+02]>
// CHECK-DAG:   %[[P0:.*]] = sopt.linear %{{.*}}, %[[W0]] bias %[[B0]] activation <relu> {{.*}} -> tensor<?x16xf32> loc(fused["qkv[0]"("q"), "qkv"("y")])
// CHECK-DAG:   %[[W1:.*]] = onnx.Constant() {value = dense<{{\[\[}}1.600000e+01, {{.*}}, 4.700000e+01]]> : tensor<1x32xf32>}
// CHECK-DAG:   %[[B1:.*]] = onnx.Constant() {value = dense<[1.160000e+02, {{.*}}, 1.470000e+02]>
// CHECK-DAG:   %[[P1:.*]] = sopt.linear %{{.*}}, %[[W1]] bias %[[B1]] activation <relu> {{.*}} -> tensor<?x32xf32> loc(fused["qkv[1]"("k"), "qkv"("y")])
// CHECK:       return %[[P0]], %[[P1]]
func.func @parts(%x: tensor<?x1xf32>) -> (tensor<?x16xf32>, tensor<?x32xf32>) {
  %w = onnx.Constant() {value = dense<[[0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0, 10.0, 11.0, 12.0, 13.0, 14.0, 15.0, 16.0, 17.0, 18.0, 19.0, 20.0, 21.0, 22.0, 23.0, 24.0, 25.0, 26.0, 27.0, 28.0, 29.0, 30.0, 31.0, 32.0, 33.0, 34.0, 35.0, 36.0, 37.0, 38.0, 39.0, 40.0, 41.0, 42.0, 43.0, 44.0, 45.0, 46.0, 47.0]]> : tensor<1x48xf32>} : () -> tensor<1x48xf32>
  %b = onnx.Constant() {value = dense<[100.0, 101.0, 102.0, 103.0, 104.0, 105.0, 106.0, 107.0, 108.0, 109.0, 110.0, 111.0, 112.0, 113.0, 114.0, 115.0, 116.0, 117.0, 118.0, 119.0, 120.0, 121.0, 122.0, 123.0, 124.0, 125.0, 126.0, 127.0, 128.0, 129.0, 130.0, 131.0, 132.0, 133.0, 134.0, 135.0, 136.0, 137.0, 138.0, 139.0, 140.0, 141.0, 142.0, 143.0, 144.0, 145.0, 146.0, 147.0]> : tensor<48xf32>} : () -> tensor<48xf32>
  %sizes = onnx.Constant() {value = dense<[16, 32]> : tensor<2xi64>} : () -> tensor<2xi64>
  %0 = sopt.linear %x, %w bias %b activation <relu> : (tensor<?x1xf32>, tensor<1x48xf32>, tensor<48xf32>) -> tensor<?x48xf32> loc("qkv"("y"))
  %1:2 = onnx.Split(%0, %sizes) {axis = -1 : i64} : (tensor<?x48xf32>, tensor<2xi64>) -> (tensor<?x16xf32>, tensor<?x32xf32>) loc("split"(fused["q", "k"]))
  return %1#0, %1#1 : tensor<?x16xf32>, tensor<?x32xf32>
}

// -----

// Left alone: tokens are not features, a run may decide the sizes, somebody may
// read all or have scheduled it, and small parts would compute more columns.

// CHECK-LABEL: @tokens
// CHECK:       onnx.Split
func.func @tokens(%x: tensor<32x32xf32>) -> (tensor<16x32xf32>, tensor<16x32xf32>) {
  %w = onnx.Constant() {value = dense<1.0> : tensor<32x32xf32>} : () -> tensor<32x32xf32>
  %0 = sopt.linear %x, %w : (tensor<32x32xf32>, tensor<32x32xf32>) -> tensor<32x32xf32>
  %1:2 = onnx.Split(%0) {axis = 0 : i64, num_outputs = 2 : i64} : (tensor<32x32xf32>) -> (tensor<16x32xf32>, tensor<16x32xf32>)
  return %1#0, %1#1 : tensor<16x32xf32>, tensor<16x32xf32>
}

// CHECK-LABEL: @open_sizes
// CHECK:       onnx.Split
func.func @open_sizes(%x: tensor<?x32xf32>, %sizes: tensor<2xi64>) -> (tensor<?x16xf32>, tensor<?x16xf32>) {
  %w = onnx.Constant() {value = dense<1.0> : tensor<32x32xf32>} : () -> tensor<32x32xf32>
  %0 = sopt.linear %x, %w : (tensor<?x32xf32>, tensor<32x32xf32>) -> tensor<?x32xf32>
  %1:2 = onnx.Split(%0, %sizes) {axis = 1 : i64} : (tensor<?x32xf32>, tensor<2xi64>) -> (tensor<?x16xf32>, tensor<?x16xf32>)
  return %1#0, %1#1 : tensor<?x16xf32>, tensor<?x16xf32>
}

// CHECK-LABEL: @read_whole
// CHECK:       onnx.Split
func.func @read_whole(%x: tensor<?x32xf32>) -> (tensor<?x16xf32>, tensor<?x16xf32>, tensor<?x32xf32>) {
  %w = onnx.Constant() {value = dense<1.0> : tensor<32x32xf32>} : () -> tensor<32x32xf32>
  %0 = sopt.linear %x, %w : (tensor<?x32xf32>, tensor<32x32xf32>) -> tensor<?x32xf32>
  %1:2 = onnx.Split(%0) {axis = 1 : i64, num_outputs = 2 : i64} : (tensor<?x32xf32>) -> (tensor<?x16xf32>, tensor<?x16xf32>)
  return %1#0, %1#1, %0 : tensor<?x16xf32>, tensor<?x16xf32>, tensor<?x32xf32>
}

// CHECK-LABEL: @scheduled
// CHECK:       onnx.Split
func.func @scheduled(%x: tensor<?x32xf32>) -> (tensor<?x16xf32>, tensor<?x16xf32>) {
  %w = onnx.Constant() {value = dense<1.0> : tensor<32x32xf32>} : () -> tensor<32x32xf32>
  %0 = sopt.linear %x, %w schedule <layout = <csr, i16>> : (tensor<?x32xf32>, tensor<32x32xf32>) -> tensor<?x32xf32>
  %1:2 = onnx.Split(%0) {axis = 1 : i64, num_outputs = 2 : i64} : (tensor<?x32xf32>) -> (tensor<?x16xf32>, tensor<?x16xf32>)
  return %1#0, %1#1 : tensor<?x16xf32>, tensor<?x16xf32>
}

// CHECK-LABEL: @small
// CHECK:       onnx.Split
func.func @small(%x: tensor<?x32xf32>) -> (tensor<?x8xf32>, tensor<?x8xf32>, tensor<?x8xf32>, tensor<?x8xf32>) {
  %w = onnx.Constant() {value = dense<1.0> : tensor<32x32xf32>} : () -> tensor<32x32xf32>
  %0 = sopt.linear %x, %w : (tensor<?x32xf32>, tensor<32x32xf32>) -> tensor<?x32xf32>
  %1:4 = onnx.Split(%0) {axis = 1 : i64, num_outputs = 4 : i64} : (tensor<?x32xf32>) -> (tensor<?x8xf32>, tensor<?x8xf32>, tensor<?x8xf32>, tensor<?x8xf32>)
  return %1#0, %1#1, %1#2, %1#3 : tensor<?x8xf32>, tensor<?x8xf32>, tensor<?x8xf32>, tensor<?x8xf32>
}
