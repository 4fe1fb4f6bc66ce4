// RUN: sparse-opt %s -convert-sopt-to-linalg %to-llvm \
// RUN: | mlir-runner -e main -entry-point-result=void \
// RUN:     -shared-libs=%mlir-libs/libmlir_runner_utils.so,%mlir-libs/libmlir_c_runner_utils.so \
// RUN: | FileCheck %s

// Every kind of mask, read off the result. With q = 0 all scores are 0, so a
// query averages the values of the keys it sees, and values 1, 2, 4, 8 (sum
// 15, mean 3.75) tell which those are.

func.func private @printMemrefF32(tensor<*xf32>) attributes {llvm.emit_c_interface}

func.func @main() {
  %q = arith.constant dense<0.0> : tensor<1x4x1xf32>
  %v = arith.constant dense<[[[1.0], [2.0], [4.0], [8.0]]]> : tensor<1x4x1xf32>
  %dynamicQ = tensor.cast %q : tensor<1x4x1xf32> to tensor<?x?x1xf32>
  %dynamicV = tensor.cast %v : tensor<1x4x1xf32> to tensor<?x?x1xf32>
  %slice = tensor.extract_slice %q[0, 0, 0] [1, 2, 1] [1, 1, 1] : tensor<1x4x1xf32> to tensor<1x2x1xf32>
  %two = tensor.cast %slice : tensor<1x2x1xf32> to tensor<?x?x1xf32>
  %row = arith.constant dense<[[0.0, 0.0, 0.0, 1.0986123]]> : tensor<1x4xf32>
  %dynamicBias = tensor.cast %row : tensor<1x4xf32> to tensor<?x?xf32>

  // No mask.
  // CHECK: {{\[\[}}[3.75],
  // CHECK-NEXT: [3.75],
  // CHECK-NEXT: [3.75],
  // CHECK-NEXT: [3.75]]]
  %y1 = sopt.attention %dynamicQ, %dynamicV, %dynamicV
     {heads = 1, kv_heads = 1, scale = 1.0 : f32}
     : (tensor<?x?x1xf32>, tensor<?x?x1xf32>, tensor<?x?x1xf32>) -> tensor<?x?x1xf32>
  %u1 = tensor.cast %y1 : tensor<?x?x1xf32> to tensor<*xf32>
  call @printMemrefF32(%u1) : (tensor<*xf32>) -> ()

  // Padding, a mask: 1 and 3 are real.
  // mean(2, 8)
  // CHECK: {{\[\[}}[5],
  // CHECK-NEXT: [5],
  // CHECK-NEXT: [5],
  // CHECK-NEXT: [5]]]
  %mask = arith.constant dense<[[0, 1, 0, 1]]> : tensor<1x4xi64>
  %y2 = sopt.attention %dynamicQ, %dynamicV, %dynamicV padding %mask
     {heads = 1, kv_heads = 1, scale = 1.0 : f32}
     : (tensor<?x?x1xf32>, tensor<?x?x1xf32>, tensor<?x?x1xf32>, tensor<1x4xi64>) -> tensor<?x?x1xf32>
  %u2 = tensor.cast %y2 : tensor<?x?x1xf32> to tensor<*xf32>
  call @printMemrefF32(%u2) : (tensor<*xf32>) -> ()

  // The same as i1.
  // CHECK: {{\[\[}}[5],
  // CHECK-NEXT: [5],
  // CHECK-NEXT: [5],
  // CHECK-NEXT: [5]]]
  %bits = arith.constant dense<[[false, true, false, true]]> : tensor<1x4xi1>
  %y3 = sopt.attention %dynamicQ, %dynamicV, %dynamicV padding %bits
     {heads = 1, kv_heads = 1, scale = 1.0 : f32}
     : (tensor<?x?x1xf32>, tensor<?x?x1xf32>, tensor<?x?x1xf32>, tensor<1x4xi1>) -> tensor<?x?x1xf32>
  %u3 = tensor.cast %y3 : tensor<?x?x1xf32> to tensor<*xf32>
  call @printMemrefF32(%u3) : (tensor<*xf32>) -> ()

  // Padding, a length: 0, 1 and 2 are real.
  // mean(1, 2, 4)
  // CHECK: {{\[\[}}[2.33333],
  // CHECK-NEXT: [2.33333],
  // CHECK-NEXT: [2.33333],
  // CHECK-NEXT: [2.33333]]]
  %length = arith.constant dense<[3]> : tensor<1xi32>
  %y4 = sopt.attention %dynamicQ, %dynamicV, %dynamicV padding %length
     {heads = 1, kv_heads = 1, scale = 1.0 : f32}
     : (tensor<?x?x1xf32>, tensor<?x?x1xf32>, tensor<?x?x1xf32>, tensor<1xi32>) -> tensor<?x?x1xf32>
  %u4 = tensor.cast %y4 : tensor<?x?x1xf32> to tensor<*xf32>
  call @printMemrefF32(%u4) : (tensor<*xf32>) -> ()

  // Causal.
  // CHECK: {{\[\[}}[1],
  // CHECK-NEXT: [1.5],
  // CHECK-NEXT: [2.33333],
  // CHECK-NEXT: [3.75]]]
  %y5 = sopt.attention %dynamicQ, %dynamicV, %dynamicV
     {heads = 1, kv_heads = 1, scale = 1.0 : f32, causal}
     : (tensor<?x?x1xf32>, tensor<?x?x1xf32>, tensor<?x?x1xf32>) -> tensor<?x?x1xf32>
  %u5 = tensor.cast %y5 : tensor<?x?x1xf32> to tensor<*xf32>
  call @printMemrefF32(%u5) : (tensor<*xf32>) -> ()

  // Two of the queries, aligned with the first and with the last keys.
  // CHECK: {{\[\[}}[1],
  // CHECK-NEXT: [1.5]]]
  %y6 = sopt.attention %two, %dynamicV, %dynamicV
     {heads = 1, kv_heads = 1, scale = 1.0 : f32, causal}
     : (tensor<?x?x1xf32>, tensor<?x?x1xf32>, tensor<?x?x1xf32>) -> tensor<?x?x1xf32>
  %u6 = tensor.cast %y6 : tensor<?x?x1xf32> to tensor<*xf32>
  call @printMemrefF32(%u6) : (tensor<*xf32>) -> ()

  // CHECK: {{\[\[}}[2.33333],
  // CHECK-NEXT: [3.75]]]
  %y7 = sopt.attention %two, %dynamicV, %dynamicV
     {heads = 1, kv_heads = 1, scale = 1.0 : f32, causal, causal_end}
     : (tensor<?x?x1xf32>, tensor<?x?x1xf32>, tensor<?x?x1xf32>) -> tensor<?x?x1xf32>
  %u7 = tensor.cast %y7 : tensor<?x?x1xf32> to tensor<*xf32>
  call @printMemrefF32(%u7) : (tensor<*xf32>) -> ()

  // One before, none after.
  // CHECK: {{\[\[}}[1],
  // CHECK-NEXT: [1.5],
  // CHECK-NEXT: [3],
  // CHECK-NEXT: [6]]]
  %y8 = sopt.attention %dynamicQ, %dynamicV, %dynamicV
     {heads = 1, kv_heads = 1, scale = 1.0 : f32, window = array<i64: 1, 0>}
     : (tensor<?x?x1xf32>, tensor<?x?x1xf32>, tensor<?x?x1xf32>) -> tensor<?x?x1xf32>
  %u8 = tensor.cast %y8 : tensor<?x?x1xf32> to tensor<*xf32>
  call @printMemrefF32(%u8) : (tensor<*xf32>) -> ()

  // Any before, one after.
  // CHECK: {{\[\[}}[1.5],
  // CHECK-NEXT: [2.33333],
  // CHECK-NEXT: [3.75],
  // CHECK-NEXT: [3.75]]]
  %y9 = sopt.attention %dynamicQ, %dynamicV, %dynamicV
     {heads = 1, kv_heads = 1, scale = 1.0 : f32, window = array<i64: -1, 1>}
     : (tensor<?x?x1xf32>, tensor<?x?x1xf32>, tensor<?x?x1xf32>) -> tensor<?x?x1xf32>
  %u9 = tensor.cast %y9 : tensor<?x?x1xf32> to tensor<*xf32>
  call @printMemrefF32(%u9) : (tensor<*xf32>) -> ()

  // Blocks of 3: {0, 1, 2}, {3}.
  // CHECK: {{\[\[}}[2.33333],
  // CHECK-NEXT: [2.33333],
  // CHECK-NEXT: [2.33333],
  // CHECK-NEXT: [8]]]
  %y10 = sopt.attention %dynamicQ, %dynamicV, %dynamicV
     {heads = 1, kv_heads = 1, scale = 1.0 : f32, block = 3}
     : (tensor<?x?x1xf32>, tensor<?x?x1xf32>, tensor<?x?x1xf32>) -> tensor<?x?x1xf32>
  %u10 = tensor.cast %y10 : tensor<?x?x1xf32> to tensor<*xf32>
  call @printMemrefF32(%u10) : (tensor<*xf32>) -> ()

  // Groups {0, 2}, {1, 3}, for all batches and for each.
  // CHECK: {{\[\[}}[2.5],
  // CHECK-NEXT: [5],
  // CHECK-NEXT: [2.5],
  // CHECK-NEXT: [5]]]
  %group = arith.constant dense<[7, 9, 7, 9]> : tensor<4xi64>
  %y11 = sopt.attention %dynamicQ, %dynamicV, %dynamicV group %group
     {heads = 1, kv_heads = 1, scale = 1.0 : f32}
     : (tensor<?x?x1xf32>, tensor<?x?x1xf32>, tensor<?x?x1xf32>, tensor<4xi64>) -> tensor<?x?x1xf32>
  %u11 = tensor.cast %y11 : tensor<?x?x1xf32> to tensor<*xf32>
  call @printMemrefF32(%u11) : (tensor<*xf32>) -> ()

  // CHECK: {{\[\[}}[2.5],
  // CHECK-NEXT: [5],
  // CHECK-NEXT: [2.5],
  // CHECK-NEXT: [5]]]
  %groups = arith.constant dense<[[7, 9, 7, 9]]> : tensor<1x4xi64>
  %y12 = sopt.attention %dynamicQ, %dynamicV, %dynamicV group %groups
     {heads = 1, kv_heads = 1, scale = 1.0 : f32}
     : (tensor<?x?x1xf32>, tensor<?x?x1xf32>, tensor<?x?x1xf32>, tensor<1x4xi64>) -> tensor<?x?x1xf32>
  %u12 = tensor.cast %y12 : tensor<?x?x1xf32> to tensor<*xf32>
  call @printMemrefF32(%u12) : (tensor<*xf32>) -> ()

  // Of equal scores the earlier keys are the top 2.
  // CHECK: {{\[\[}}[1.5],
  // CHECK-NEXT: [1.5],
  // CHECK-NEXT: [1.5],
  // CHECK-NEXT: [1.5]]]
  %y13 = sopt.attention %dynamicQ, %dynamicV, %dynamicV
     {heads = 1, kv_heads = 1, scale = 1.0 : f32, top_k = 2}
     : (tensor<?x?x1xf32>, tensor<?x?x1xf32>, tensor<?x?x1xf32>) -> tensor<?x?x1xf32>
  %u13 = tensor.cast %y13 : tensor<?x?x1xf32> to tensor<*xf32>
  call @printMemrefF32(%u13) : (tensor<*xf32>) -> ()

  // Of unmasked keys only: the top 2 of 1, 2, 3.
  // CHECK: {{\[\[}}[3],
  // CHECK-NEXT: [3],
  // CHECK-NEXT: [3],
  // CHECK-NEXT: [3]]]
  %tail = arith.constant dense<[[0, 1, 1, 1]]> : tensor<1x4xi64>
  %y14 = sopt.attention %dynamicQ, %dynamicV, %dynamicV padding %tail
     {heads = 1, kv_heads = 1, scale = 1.0 : f32, top_k = 2}
     : (tensor<?x?x1xf32>, tensor<?x?x1xf32>, tensor<?x?x1xf32>, tensor<1x4xi64>) -> tensor<?x?x1xf32>
  %u14 = tensor.cast %y14 : tensor<?x?x1xf32> to tensor<*xf32>
  call @printMemrefF32(%u14) : (tensor<*xf32>) -> ()

  // A bias of ln 3 for key 3: (1 + 2 + 4 + 3·8) / 6, broadcast along queries,
  // whether the type says so or the size is found to be 1.
  // CHECK: {{\[\[}}[5.16667],
  // CHECK-NEXT: [5.16667],
  // CHECK-NEXT: [5.16667],
  // CHECK-NEXT: [5.16667]]]
  %bias = arith.constant dense<[0.0, 0.0, 0.0, 1.0986123]> : tensor<4xf32>
  %y15 = sopt.attention %dynamicQ, %dynamicV, %dynamicV bias %bias
     {heads = 1, kv_heads = 1, scale = 1.0 : f32}
     : (tensor<?x?x1xf32>, tensor<?x?x1xf32>, tensor<?x?x1xf32>, tensor<4xf32>) -> tensor<?x?x1xf32>
  %u15 = tensor.cast %y15 : tensor<?x?x1xf32> to tensor<*xf32>
  call @printMemrefF32(%u15) : (tensor<*xf32>) -> ()

  // CHECK: {{\[\[}}[5.16667],
  // CHECK-NEXT: [5.16667],
  // CHECK-NEXT: [5.16667],
  // CHECK-NEXT: [5.16667]]]
  %y16 = sopt.attention %dynamicQ, %dynamicV, %dynamicV bias %dynamicBias
     {heads = 1, kv_heads = 1, scale = 1.0 : f32}
     : (tensor<?x?x1xf32>, tensor<?x?x1xf32>, tensor<?x?x1xf32>, tensor<?x?xf32>) -> tensor<?x?x1xf32>
  %u16 = tensor.cast %y16 : tensor<?x?x1xf32> to tensor<*xf32>
  call @printMemrefF32(%u16) : (tensor<*xf32>) -> ()

  // All at once: causal leaves 0, 0–1, 0–2, 0–3; the window 0, 0–1, 1–2, 2–3;
  // padding without 0 none, 1, 1–2, 2–3. The first query has no key left.
  // CHECK: {{\[\[}}[{{-?nan}}],
  // CHECK-NEXT: [2],
  // CHECK-NEXT: [3],
  // CHECK-NEXT: [6]]]
  %y17 = sopt.attention %dynamicQ, %dynamicV, %dynamicV padding %tail
     {heads = 1, kv_heads = 1, scale = 1.0 : f32, causal, window = array<i64: 1, -1>}
     : (tensor<?x?x1xf32>, tensor<?x?x1xf32>, tensor<?x?x1xf32>, tensor<1x4xi64>) -> tensor<?x?x1xf32>
  %u17 = tensor.cast %y17 : tensor<?x?x1xf32> to tensor<*xf32>
  call @printMemrefF32(%u17) : (tensor<*xf32>) -> ()

  // No key left, and −inf is what was added: exp(−inf + inf).
  // CHECK: {{\[\[}}[{{-?nan}}],
  // CHECK-NEXT: [{{-?nan}}],
  // CHECK-NEXT: [{{-?nan}}],
  // CHECK-NEXT: [{{-?nan}}]]]
  %none = arith.constant dense<0> : tensor<1x4xi64>
  %y18 = sopt.attention %dynamicQ, %dynamicV, %dynamicV padding %none
     {heads = 1, kv_heads = 1, scale = 1.0 : f32}
     : (tensor<?x?x1xf32>, tensor<?x?x1xf32>, tensor<?x?x1xf32>, tensor<1x4xi64>) -> tensor<?x?x1xf32>
  %u18 = tensor.cast %y18 : tensor<?x?x1xf32> to tensor<*xf32>
  call @printMemrefF32(%u18) : (tensor<*xf32>) -> ()

  // No key left, and something finite was: the scores stay equal.
  // CHECK: {{\[\[}}[3.75],
  // CHECK-NEXT: [3.75],
  // CHECK-NEXT: [3.75],
  // CHECK-NEXT: [3.75]]]
  %y19 = sopt.attention %dynamicQ, %dynamicV, %dynamicV padding %none
     {heads = 1, kv_heads = 1, scale = 1.0 : f32, fill = -3.40282347e+38 : f32}
     : (tensor<?x?x1xf32>, tensor<?x?x1xf32>, tensor<?x?x1xf32>, tensor<1x4xi64>) -> tensor<?x?x1xf32>
  %u19 = tensor.cast %y19 : tensor<?x?x1xf32> to tensor<*xf32>
  call @printMemrefF32(%u19) : (tensor<*xf32>) -> ()

  // No key left, and that is defined to be nothing.
  // CHECK: {{\[\[}}[0],
  // CHECK-NEXT: [0],
  // CHECK-NEXT: [0],
  // CHECK-NEXT: [0]]]
  %y20 = sopt.attention %dynamicQ, %dynamicV, %dynamicV padding %none
     {heads = 1, kv_heads = 1, scale = 1.0 : f32, empty_is_zero}
     : (tensor<?x?x1xf32>, tensor<?x?x1xf32>, tensor<?x?x1xf32>, tensor<1x4xi64>) -> tensor<?x?x1xf32>
  %u20 = tensor.cast %y20 : tensor<?x?x1xf32> to tensor<*xf32>
  call @printMemrefF32(%u20) : (tensor<*xf32>) -> ()

  // The same for one query of some.
  // CHECK: {{\[\[}}[0],
  // CHECK-NEXT: [2],
  // CHECK-NEXT: [3],
  // CHECK-NEXT: [6]]]
  %y21 = sopt.attention %dynamicQ, %dynamicV, %dynamicV padding %tail
     {heads = 1, kv_heads = 1, scale = 1.0 : f32, causal, window = array<i64: 1, -1>, empty_is_zero}
     : (tensor<?x?x1xf32>, tensor<?x?x1xf32>, tensor<?x?x1xf32>, tensor<1x4xi64>) -> tensor<?x?x1xf32>
  %u21 = tensor.cast %y21 : tensor<?x?x1xf32> to tensor<*xf32>
  call @printMemrefF32(%u21) : (tensor<*xf32>) -> ()
  return
}
