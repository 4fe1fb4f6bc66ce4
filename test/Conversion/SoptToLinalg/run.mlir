// RUN: sparse-opt %s -convert-sopt-to-linalg %to-llvm \
// RUN: | mlir-runner -e main -entry-point-result=void \
// RUN:     -shared-libs=%mlir-libs/libmlir_runner_utils.so,%mlir-libs/libmlir_c_runner_utils.so \
// RUN: | FileCheck %s

// The numbers are numpy's, from the formula of each op's description.

func.func private @printMemrefF32(tensor<*xf32>) attributes {llvm.emit_c_interface}

func.func @linear(%x: tensor<?x3xf32>) {
  %w = arith.constant dense<[[1.0, 0.0], [0.5, -1.0], [-1.0, 0.25]]> : tensor<3x2xf32>
  %b = arith.constant dense<[0.1, -0.2]> : tensor<2xf32>

  // x · w + b
  // CHECK:      {{\[\[}}-0.9,   -1.45],
  // CHECK-NEXT: [1.35,   -1.2]]
  %0 = sopt.linear %x, %w bias %b : (tensor<?x3xf32>, tensor<3x2xf32>, tensor<2xf32>) -> tensor<?x2xf32>
  %u0 = tensor.cast %0 : tensor<?x2xf32> to tensor<*xf32>
  call @printMemrefF32(%u0) : (tensor<*xf32>) -> ()

  // max(z, 0)
  // CHECK:      {{\[\[}}0,   0],
  // CHECK-NEXT: [1.35,   0]]
  %1 = sopt.linear %x, %w bias %b activation <relu> : (tensor<?x3xf32>, tensor<3x2xf32>, tensor<2xf32>) -> tensor<?x2xf32>
  %u1 = tensor.cast %1 : tensor<?x2xf32> to tensor<*xf32>
  call @printMemrefF32(%u1) : (tensor<*xf32>) -> ()

  // z·(1 + erf(z/√2))/2
  // CHECK:      {{\[\[}}-0.165654,   -0.106617],
  // CHECK-NEXT: [1.23051,   -0.138084]]
  %2 = sopt.linear %x, %w bias %b activation <gelu> : (tensor<?x3xf32>, tensor<3x2xf32>, tensor<2xf32>) -> tensor<?x2xf32>
  %u2 = tensor.cast %2 : tensor<?x2xf32> to tensor<*xf32>
  call @printMemrefF32(%u2) : (tensor<*xf32>) -> ()

  // z·(1 + tanh(√(2/π)·(z + 0.044715·z³)))/2
  // CHECK:      {{\[\[}}-0.16577{{[12]}},   -0.106845],
  // CHECK-NEXT: [1.23028,   -0.138297]]
  %3 = sopt.linear %x, %w bias %b activation <gelu_tanh> : (tensor<?x3xf32>, tensor<3x2xf32>, tensor<2xf32>) -> tensor<?x2xf32>
  %u3 = tensor.cast %3 : tensor<?x2xf32> to tensor<*xf32>
  call @printMemrefF32(%u3) : (tensor<*xf32>) -> ()

  // z/(1 + e^−z)
  // CHECK:      {{\[\[}}-0.260145,   -0.275502],
  // CHECK-NEXT: [1.0720{{[78]}},   -0.27777]]
  %4 = sopt.linear %x, %w bias %b activation <silu> : (tensor<?x3xf32>, tensor<3x2xf32>, tensor<2xf32>) -> tensor<?x2xf32>
  %u4 = tensor.cast %4 : tensor<?x2xf32> to tensor<*xf32>
  call @printMemrefF32(%u4) : (tensor<*xf32>) -> ()

  // CHECK:      {{\[\[}}-0.716298,   -0.895693],
  // CHECK-NEXT: [0.874053,   -0.833655]]
  %5 = sopt.linear %x, %w bias %b activation <tanh> : (tensor<?x3xf32>, tensor<3x2xf32>, tensor<2xf32>) -> tensor<?x2xf32>
  %u5 = tensor.cast %5 : tensor<?x2xf32> to tensor<*xf32>
  call @printMemrefF32(%u5) : (tensor<*xf32>) -> ()

  // 1/(1 + e^−z)
  // CHECK:      {{\[\[}}0.28905,   0.190002],
  // CHECK-NEXT: [0.79413,   0.231475]]
  %6 = sopt.linear %x, %w bias %b activation <sigmoid> : (tensor<?x3xf32>, tensor<3x2xf32>, tensor<2xf32>) -> tensor<?x2xf32>
  %u6 = tensor.cast %6 : tensor<?x2xf32> to tensor<*xf32>
  call @printMemrefF32(%u6) : (tensor<*xf32>) -> ()
  return
}

func.func @layer_norm(%x: tensor<?x4xf32>, %r: tensor<?x4xf32>) {
  %s = arith.constant dense<[1.0, 2.0, 1.0, 1.0]> : tensor<4xf32>
  %b = arith.constant dense<[0.0, 0.0, 0.0, 1.0]> : tensor<4xf32>

  // (x − mean)/√(var + 1e-5)·s + b; a row of equal numbers gives b
  // CHECK:      {{\[\[}}-1.06904,   -1.06904,   0,   2.60357],
  // CHECK-NEXT: [0,   0,   0,   1]]
  %0 = sopt.layer_norm %x scale %s bias %b : (tensor<?x4xf32>, tensor<4xf32>, tensor<4xf32>) -> tensor<?x4xf32>
  %u0 = tensor.cast %0 : tensor<?x4xf32> to tensor<*xf32>
  call @printMemrefF32(%u0) : (tensor<*xf32>) -> ()

  // of x + r
  // CHECK:      {{\[\[}}-1.34164,   -0.894424,   0.447212,   1.34164],
  // CHECK-NEXT: [0.999995,   -1.99999,   0.999995,   -0.999995]]
  %1 = sopt.layer_norm %x residual %r scale %s : (tensor<?x4xf32>, tensor<?x4xf32>, tensor<4xf32>) -> tensor<?x4xf32>
  %u1 = tensor.cast %1 : tensor<?x4xf32> to tensor<*xf32>
  call @printMemrefF32(%u1) : (tensor<*xf32>) -> ()

  // x/√(mean(x²) + 1e-5)·s
  // CHECK:      {{\[\[}}0.282843,   1.13137,   0.848528,   1.69706],
  // CHECK-NEXT: [0,   0,   0,   0]]
  %2 = sopt.layer_norm %x scale %s {rms} : (tensor<?x4xf32>, tensor<4xf32>) -> tensor<?x4xf32>
  %u2 = tensor.cast %2 : tensor<?x4xf32> to tensor<*xf32>
  call @printMemrefF32(%u2) : (tensor<*xf32>) -> ()
  return
}

// Four heads of q, two of them to each of k and v: in both forms
// softmax(q·kᵀ/2)·v with numpy's repeat(k, 2), repeat(v, 2).
func.func @attention(%q: tensor<?x4x?x2xf32>, %k: tensor<?x2x?x2xf32>, %v: tensor<?x2x?x1xf32>,
    %packedQ: tensor<?x?x8xf32>, %packedK: tensor<?x?x4xf32>, %packedV: tensor<?x?x2xf32>) {
  // CHECK:      [1.75508],
  // CHECK-NEXT: [2.46212]],
  // CHECK:      [2.24492],
  // CHECK-NEXT: [2]],
  // CHECK:      [5.47681],
  // CHECK-NEXT: [7.48984]],
  // CHECK:      [6.51016],
  // CHECK-NEXT: [6.07577]]
  %0 = sopt.attention %q, %k, %v {heads = 4, kv_heads = 2, scale = 0.5 : f32}
     : (tensor<?x4x?x2xf32>, tensor<?x2x?x2xf32>, tensor<?x2x?x1xf32>) -> tensor<?x4x?x1xf32>
  %u0 = tensor.cast %0 : tensor<?x4x?x1xf32> to tensor<*xf32>
  call @printMemrefF32(%u0) : (tensor<*xf32>) -> ()

  // CHECK:      1.75508,    2.24492,    5.47681,    6.51016],
  // CHECK-NEXT: [2.46212,    2,    7.48984,    6.07577]
  %1 = sopt.attention %packedQ, %packedK, %packedV {heads = 4, kv_heads = 2, scale = 0.5 : f32}
     : (tensor<?x?x8xf32>, tensor<?x?x4xf32>, tensor<?x?x2xf32>) -> tensor<?x?x4xf32>
  %u1 = tensor.cast %1 : tensor<?x?x4xf32> to tensor<*xf32>
  call @printMemrefF32(%u1) : (tensor<*xf32>) -> ()
  return
}

func.func @poly(%x: tensor<?x2xf32>) {
  // 1 + 2x + 3x² for channel 0, 1 − x for channel 1
  // CHECK:      {{\[\[}}1,   1],
  // CHECK-NEXT: [6,   0],
  // CHECK-NEXT: [9,   3]]
  %0 = sopt.poly %x {channel = 1,
      coefficients = dense<[[1.0, 2.0, 3.0], [1.0, -1.0, 0.0]]> : tensor<2x3xf32>}
     : tensor<?x2xf32> -> tensor<?x2xf32>
  %u0 = tensor.cast %0 : tensor<?x2xf32> to tensor<*xf32>
  call @printMemrefF32(%u0) : (tensor<*xf32>) -> ()
  return
}

func.func @main() {
  %x = arith.constant dense<[[1.0, 2.0, 3.0], [-1.0, 0.5, -2.0]]> : tensor<2x3xf32>
  %x.any = tensor.cast %x : tensor<2x3xf32> to tensor<?x3xf32>
  call @linear(%x.any) : (tensor<?x3xf32>) -> ()

  %rows = arith.constant dense<[[1.0, 2.0, 3.0, 6.0], [0.0, 0.0, 0.0, 0.0]]> : tensor<2x4xf32>
  %residual = arith.constant dense<[[0.0, 0.0, 0.0, -2.0], [1.0, -1.0, 1.0, -1.0]]> : tensor<2x4xf32>
  %rows.any = tensor.cast %rows : tensor<2x4xf32> to tensor<?x4xf32>
  %residual.any = tensor.cast %residual : tensor<2x4xf32> to tensor<?x4xf32>
  call @layer_norm(%rows.any, %residual.any) : (tensor<?x4xf32>, tensor<?x4xf32>) -> ()

  %q = arith.constant dense<[[[[1.0, 0.0], [0.0, 1.0]], [[1.0, 1.0], [0.0, 0.0]],
                              [[2.0, 0.0], [0.0, -1.0]], [[0.0, 1.0], [1.0, 0.0]]]]> : tensor<1x4x2x2xf32>
  %k = arith.constant dense<[[[[1.0, 0.0], [0.0, 2.0]], [[1.0, 1.0], [-1.0, 0.0]]]]> : tensor<1x2x2x2xf32>
  %v = arith.constant dense<[[[[1.0], [3.0]], [[5.0], [9.0]]]]> : tensor<1x2x2x1xf32>
  %packedQ = arith.constant dense<[[[1.0, 0.0, 1.0, 1.0, 2.0, 0.0, 0.0, 1.0],
                                    [0.0, 1.0, 0.0, 0.0, 0.0, -1.0, 1.0, 0.0]]]> : tensor<1x2x8xf32>
  %packedK = arith.constant dense<[[[1.0, 0.0, 1.0, 1.0], [0.0, 2.0, -1.0, 0.0]]]> : tensor<1x2x4xf32>
  %packedV = arith.constant dense<[[[1.0, 5.0], [3.0, 9.0]]]> : tensor<1x2x2xf32>
  %q.any = tensor.cast %q : tensor<1x4x2x2xf32> to tensor<?x4x?x2xf32>
  %k.any = tensor.cast %k : tensor<1x2x2x2xf32> to tensor<?x2x?x2xf32>
  %v.any = tensor.cast %v : tensor<1x2x2x1xf32> to tensor<?x2x?x1xf32>
  %packedQ.any = tensor.cast %packedQ : tensor<1x2x8xf32> to tensor<?x?x8xf32>
  %packedK.any = tensor.cast %packedK : tensor<1x2x4xf32> to tensor<?x?x4xf32>
  %packedV.any = tensor.cast %packedV : tensor<1x2x2xf32> to tensor<?x?x2xf32>
  call @attention(%q.any, %k.any, %v.any, %packedQ.any, %packedK.any, %packedV.any)
    : (tensor<?x4x?x2xf32>, tensor<?x2x?x2xf32>, tensor<?x2x?x1xf32>,
       tensor<?x?x8xf32>, tensor<?x?x4xf32>, tensor<?x?x2xf32>) -> ()

  %points = arith.constant dense<[[0.0, 0.0], [1.0, 1.0], [-2.0, -2.0]]> : tensor<3x2xf32>
  %points.any = tensor.cast %points : tensor<3x2xf32> to tensor<?x2xf32>
  call @poly(%points.any) : (tensor<?x2xf32>) -> ()
  return
}
