// RUN: sparse-opt %s -convert-sopt-to-vector=isa=avx512 | FileCheck %s

// Keys are visited from where the first query of a tile begins to see to where
// the last one ends, block by block; and no memory is a queries × keys matrix.

// CHECK-LABEL: func private @attention_2x32_window_8_0(
// CHECK-NOT:   memref<?x?x?x?xf32>
// CHECK:       %[[FROM:.*]] = arith.subi %{{.*}}, %c8
// CHECK:       %[[LEFT:.*]] = arith.maxsi %c0, %[[FROM]]
// CHECK:       %[[RIGHT:.*]] = arith.minsi %[[KEYS:.*]], %{{.*}}
// CHECK:       %[[FIRST:.*]] = arith.minsi %[[LEFT]], %[[KEYS]]
// CHECK:       %[[END:.*]] = arith.maxsi %[[RIGHT]], %[[FIRST]]
// CHECK:       %[[PANEL:.*]] = arith.divui %[[FIRST]], %c32
// CHECK:       %[[BEGIN:.*]] = arith.muli %[[PANEL]], %c32
// CHECK:       scf.for %{{.*}} = %[[BEGIN]] to %[[END]] step %c128
func.func @window(%q: tensor<?x?x64xf32>) -> tensor<?x?x64xf32> {
  %y = sopt.attention %q, %q, %q {heads = 2, kv_heads = 2, scale = 0.125 : f32, window = array<i64: 8, 0>}
     : (tensor<?x?x64xf32>, tensor<?x?x64xf32>, tensor<?x?x64xf32>) -> tensor<?x?x64xf32>
  return %y : tensor<?x?x64xf32>
}

// What padding leaves is counted, and its keys come first.

// CHECK-LABEL: func private @attention_2x32_padding(
// CHECK-NOT:   memref<?x?x?x?xf32>
// CHECK:       %[[BEFORE:.*]] = memref.alloc(%{{.*}}, %{{.*}}) {alignment = 64 : i64} : memref<?x?xi32>
// CHECK:       %[[ORDER:.*]] = memref.alloc(%{{.*}}, %{{.*}}) {alignment = 64 : i64} : memref<?x?xi32>
// CHECK:       memref.store %{{.*}}, %[[ORDER]]
// CHECK:       %[[COUNT:.*]] = memref.load %[[BEFORE]][%{{.*}}, %{{.*}}] : memref<?x?xi32>
// CHECK:       scf.for %{{.*}} = %{{.*}} to %{{.*}} step %c128
// CHECK:       memref.load %[[ORDER]]
func.func @padding(%q: tensor<?x?x64xf32>, %mask: tensor<?x?xi64>) -> tensor<?x?x64xf32> {
  %y = sopt.attention %q, %q, %q padding %mask {heads = 2, kv_heads = 2, scale = 0.125 : f32}
     : (tensor<?x?x64xf32>, tensor<?x?x64xf32>, tensor<?x?x64xf32>, tensor<?x?xi64>) -> tensor<?x?x64xf32>
  return %y : tensor<?x?x64xf32>
}

// By few bits: scores of all keys are counts of bits; products are for the
// chosen alone.

// CHECK-LABEL: func private @attention_2x32_top4_bits2(
// CHECK-NOT:   memref<?x?x?x?xf32>
// CHECK:       memref.alloc({{.*}}) {alignment = 64 : i64} : memref<?x12x?xf32>
// CHECK-NOT:   vector.fma
// CHECK:       math.ctpop %{{.*}} : vector<16xi32>
// CHECK-NOT:   vector.fma
// CHECK:       scf.for %{{.*}} = %c0 to %c7 
// CHECK:       vector.fma
func.func @top_k(%q: tensor<?x?x64xf32>) -> tensor<?x?x64xf32> {
  %y = sopt.attention %q, %q, %q {heads = 2, kv_heads = 2, scale = 0.125 : f32, top_k = 4, top_k_bits = 2}
     : (tensor<?x?x64xf32>, tensor<?x?x64xf32>, tensor<?x?x64xf32>) -> tensor<?x?x64xf32>
  return %y : tensor<?x?x64xf32>
}
