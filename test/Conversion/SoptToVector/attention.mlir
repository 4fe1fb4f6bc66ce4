// RUN: sparse-opt %s -convert-sopt-to-vector=isa=avx512 | FileCheck %s

// Scale and fill are arguments, masks are part of the kernel.

// CHECK-LABEL: func @padding_and_causal
// CHECK-DAG: %[[SCALE:.*]] = arith.constant 1.250000e-01 : f32
// CHECK-DAG: %[[FILL:.*]] = arith.constant -3.40282347E+38 : f32
// CHECK: call @sopt_rt_flops
// CHECK: call @attention_12x32_padding_causal_far(%{{.*}}, %{{.*}}, %{{.*}}, %{{.*}}, %[[SCALE]], %[[FILL]], %{{.*}})
func.func @padding_and_causal(%q: tensor<?x?x384xf32>, %k: tensor<?x?x384xf32>, %v: tensor<?x?x384xf32>,
                              %mask: tensor<?x?xi64>) -> tensor<?x?x384xf32> {
  %y = sopt.attention %q, %k, %v padding %mask
         {heads = 12, kv_heads = 12, scale = 0.125 : f32, causal, fill = -3.40282347E+38 : f32}
     : (tensor<?x?x384xf32>, tensor<?x?x384xf32>, tensor<?x?x384xf32>, tensor<?x?xi64>) -> tensor<?x?x384xf32>
  return %y : tensor<?x?x384xf32>
}

// CHECK-LABEL: func @grouped_heads
// CHECK: call @attention_8x64_kv2_byhead_window_128_0(
func.func @grouped_heads(%q: tensor<1x8x?x64xf32>, %k: tensor<1x2x?x64xf32>,
                         %v: tensor<1x2x?x64xf32>) -> tensor<1x8x?x64xf32> {
  %y = sopt.attention %q, %k, %v
         {heads = 8, kv_heads = 2, scale = 0.125 : f32, window = array<i64: 128, 0>}
     : (tensor<1x8x?x64xf32>, tensor<1x2x?x64xf32>, tensor<1x2x?x64xf32>) -> tensor<1x8x?x64xf32>
  return %y : tensor<1x8x?x64xf32>
}

// CHECK-LABEL: func @top_k
// CHECK: call @attention_2x32_top2(
func.func @top_k(%q: tensor<1x4x64xf32>) -> tensor<1x4x64xf32> {
  %y = sopt.attention %q, %q, %q {heads = 2, kv_heads = 2, scale = 0.125 : f32, top_k = 2}
     : (tensor<1x4x64xf32>, tensor<1x4x64xf32>, tensor<1x4x64xf32>) -> tensor<1x4x64xf32>
  return %y : tensor<1x4x64xf32>
}

// What there is no kernel for stays: keys that are not chosen, but may weigh something.

// CHECK-LABEL: func @top_k_with_near_fill
// CHECK-NEXT: sopt.attention
func.func @top_k_with_near_fill(%q: tensor<1x4x64xf32>) -> tensor<1x4x64xf32> {
  %y = sopt.attention %q, %q, %q {heads = 2, kv_heads = 2, scale = 0.125 : f32, top_k = 2, fill = -1.0e4 : f32}
     : (tensor<1x4x64xf32>, tensor<1x4x64xf32>, tensor<1x4x64xf32>) -> tensor<1x4x64xf32>
  return %y : tensor<1x4x64xf32>
}

// CHECK-LABEL: func @unknown_size
// CHECK-NEXT: sopt.attention
func.func @unknown_size(%q: tensor<1x4x?xf32>) -> tensor<1x4x?xf32> {
  %y = sopt.attention %q, %q, %q {heads = 2, kv_heads = 2, scale = 0.125 : f32}
     : (tensor<1x4x?xf32>, tensor<1x4x?xf32>, tensor<1x4x?xf32>) -> tensor<1x4x?xf32>
  return %y : tensor<1x4x?xf32>
}

// Memory is taken before the threads start; keys are packed in parallel, then
// 48 workers share the tiles of queries.

// CHECK-LABEL: func private @attention_12x32_padding_causal_far(
// CHECK: %[[WORKERS:.*]] = arith.minsi %{{.*}}, %c48
// CHECK: memref.alloc(%{{.*}}, %{{.*}}) {alignment = 64 : i64} : memref<?x?x32x32xf32>
// CHECK: memref.alloc(%[[WORKERS]]) {alignment = 64 : i64} : memref<?x12x128xf32>
// CHECK: scf.parallel
// CHECK-NOT: memref.alloc
// CHECK: scf.parallel (%{{.*}}) = (%c0) to (%[[WORKERS]])
// CHECK-NOT: memref.alloc
// CHECK: return
