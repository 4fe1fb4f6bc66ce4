// RUN: sparse-opt %s | sparse-opt | FileCheck %s

// Defaults are not printed; optional operands keep their words.
// CHECK-LABEL: func @linear
func.func @linear(%x: tensor<?x4xf32>, %w: tensor<4x8xf32>, %b: tensor<8xf32>) -> tensor<?x8xf32> {
  // CHECK: sopt.linear %{{.*}}, %{{.*}} : (tensor<?x4xf32>, tensor<4x8xf32>) -> tensor<?x8xf32>
  %0 = sopt.linear %x, %w {activation = #sopt.activation<none>}
     : (tensor<?x4xf32>, tensor<4x8xf32>) -> tensor<?x8xf32>
  // CHECK: sopt.linear %{{.*}}, %{{.*}} bias %{{.*}} activation <gelu_tanh> :
  %1 = sopt.linear %x, %w bias %b activation <gelu_tanh>
     : (tensor<?x4xf32>, tensor<4x8xf32>, tensor<8xf32>) -> tensor<?x8xf32>
  return %1 : tensor<?x8xf32>
}

// A schedule is written as the layout of the weight and, if given, the tile and
// the number of tokens below which the layer is dense.
// CHECK-LABEL: func @schedules
func.func @schedules(%x: tensor<?x4xf32>, %w: tensor<4x8xf32>) {
  // CHECK: sopt.linear %{{.*}}, %{{.*}} schedule <layout = <dense>, tile = 12x2> :
  %0 = sopt.linear %x, %w schedule <layout = <dense>, tile = 12x2>
     : (tensor<?x4xf32>, tensor<4x8xf32>) -> tensor<?x8xf32>
  // CHECK: schedule <layout = <nm 2:4, i8>, tile = 10x1> :
  %nm = sopt.linear %x, %w schedule <layout = <nm 2:4, i8>, tile = 10x1>
     : (tensor<?x4xf32>, tensor<4x8xf32>) -> tensor<?x8xf32>
  // CHECK: activation <relu> schedule <layout = <csr, i16>> :
  %1 = sopt.linear %x, %w activation <relu> schedule <layout = <csr, i16>>
     : (tensor<?x4xf32>, tensor<4x8xf32>) -> tensor<?x8xf32>
  // CHECK: schedule <layout = <block 4x1, i32>, tile = 4x2, dense_below = 8> :
  %2 = sopt.linear %x, %w {schedule = #sopt.schedule<layout = <block 4x1, i32>, tile = 4x2, dense_below = 8>}
     : (tensor<?x4xf32>, tensor<4x8xf32>) -> tensor<?x8xf32>
  return
}

// A precision stands last, with or without a schedule.
// CHECK-LABEL: func @precisions
func.func @precisions(%x: tensor<?x4xf32>, %w: tensor<4x8xf32>) {
  // CHECK: sopt.linear %{{.*}}, %{{.*}} precision <bf16> :
  %0 = sopt.linear %x, %w precision <bf16> : (tensor<?x4xf32>, tensor<4x8xf32>) -> tensor<?x8xf32>
  // CHECK: activation <relu> schedule <layout = <dense>, tile = 6x2> precision <int8> :
  %1 = sopt.linear %x, %w activation <relu> schedule <layout = <dense>, tile = 6x2> precision <int8>
     : (tensor<?x4xf32>, tensor<4x8xf32>) -> tensor<?x8xf32>
  // CHECK: precision <int8, range = array<f32: -5.000000e-01, 4.000000e+00>> :
  %2 = sopt.linear %x, %w precision <int8, range = array<f32: -0.5, 4.0>>
     : (tensor<?x4xf32>, tensor<4x8xf32>) -> tensor<?x8xf32>
  // CHECK: precision <int8, smooth = dense<[0, -16, 1, 16]> : tensor<4xi8>> :
  %3 = sopt.linear %x, %w precision <int8, smooth = dense<[0, -16, 1, 16]> : tensor<4xi8>>
     : (tensor<?x4xf32>, tensor<4x8xf32>) -> tensor<?x8xf32>
  // CHECK: precision <int8, range = array<f32: 0.000000e+00, 4.000000e+00>, smooth = dense<2> : tensor<4xi8>> :
  %4 = sopt.linear %x, %w precision <int8, range = array<f32: 0.0, 4.0>, smooth = dense<2> : tensor<4xi8>>
     : (tensor<?x4xf32>, tensor<4x8xf32>) -> tensor<?x8xf32>
  return
}

// CHECK-LABEL: func @layer_norm
func.func @layer_norm(%x: tensor<?x4xf16>, %s: tensor<4xf16>) -> tensor<?x4xf16> {
  // CHECK: sopt.layer_norm %{{.*}} residual %{{.*}} scale %{{.*}} {rms} :
  %0 = sopt.layer_norm %x residual %x scale %s {rms}
     : (tensor<?x4xf16>, tensor<?x4xf16>, tensor<4xf16>) -> tensor<?x4xf16>
  return %0 : tensor<?x4xf16>
}

// CHECK-LABEL: func @attention
func.func @attention(%q: tensor<?x?x8xf32>, %k: tensor<?x?x4xf32>,
    %bias: tensor<1x1x?x?xf32>, %lengths: tensor<?xi32>, %group: tensor<?xi64>)
    -> tensor<?x?x8xf32> {
  // CHECK: sopt.attention %{{.*}}, %{{.*}}, %{{.*}} bias %{{.*}} padding %{{.*}} group %{{.*}} {
  // CHECK-SAME: block = 16 : i64, causal, causal_end, empty_is_zero, fill = -1.000000e+04 : f32
  // CHECK-SAME: top_k = 3 : i64, window = array<i64: 4, -1>
  %0 = sopt.attention %q, %k, %k bias %bias padding %lengths group %group
     {heads = 4, kv_heads = 2, scale = 0.5 : f32, causal, causal_end, block = 16,
      window = array<i64: 4, -1>, top_k = 3, fill = -1.0e4 : f32, empty_is_zero}
     : (tensor<?x?x8xf32>, tensor<?x?x4xf32>, tensor<?x?x4xf32>,
        tensor<1x1x?x?xf32>, tensor<?xi32>, tensor<?xi64>) -> tensor<?x?x8xf32>
  return %0 : tensor<?x?x8xf32>
}

// CHECK-LABEL: func @poly
func.func @poly(%x: tensor<?x2xf32>) -> tensor<?x2xf32> {
  // CHECK: sopt.poly %{{.*}} {channel = 1 : i64, coefficients = dense<{{.*}}> : tensor<2x2xf32>}
  %0 = sopt.poly %x {channel = 1,
      coefficients = dense<[[0.0, 1.0], [0.5, 2.0]]> : tensor<2x2xf32>}
     : tensor<?x2xf32> -> tensor<?x2xf32>
  return %0 : tensor<?x2xf32>
}
