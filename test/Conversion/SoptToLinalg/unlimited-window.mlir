// RUN: sparse-opt %s -convert-sopt-to-linalg | FileCheck %s

// A window without limits on either side masks nothing, and needs no mask.

// CHECK-LABEL: func @attention
// CHECK-NOT: tensor<1x4x4xi1>
// CHECK: return
func.func @attention(%q: tensor<1x4x64xf32>) -> tensor<1x4x64xf32> {
  %y = sopt.attention %q, %q, %q
         {heads = 2, kv_heads = 2, scale = 0.125 : f32, window = array<i64: -1, -1>}
     : (tensor<1x4x64xf32>, tensor<1x4x64xf32>, tensor<1x4x64xf32>) -> tensor<1x4x64xf32>
  return %y : tensor<1x4x64xf32>
}
