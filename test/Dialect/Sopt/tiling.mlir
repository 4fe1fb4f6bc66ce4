// RUN: sparse-opt %s -transform-interpreter -canonicalize -cse -split-input-file | FileCheck %s

// A tile of an op is the op on slices. Sums stay whole.

// CHECK-LABEL: func @linear
// CHECK-SAME: %[[X:.*]]: tensor<8x?x64xf32>, %[[W:.*]]: tensor<64x96xf32>, %[[B:.*]]: tensor<96xf32>
// CHECK: scf.forall (%[[ROW:.*]], %[[COLUMN:.*]]) in (4, 3)
// CHECK:   %[[I:.*]] = affine.apply {{.*}}(%[[ROW]])
// CHECK:   %[[J:.*]] = affine.apply {{.*}}(%[[COLUMN]])
// CHECK:   %[[XS:.*]] = tensor.extract_slice %[[X]][%[[I]], 0, 0] [2, %{{.*}}, 64]
// CHECK:   %[[WS:.*]] = tensor.extract_slice %[[W]][0, %[[J]]] [64, 32]
// CHECK:   %[[BS:.*]] = tensor.extract_slice %[[B]][%[[J]]] [32]
// CHECK:   sopt.linear %[[XS]], %[[WS]] bias %[[BS]] activation <relu> : {{.*}} -> tensor<2x?x32xf32>
func.func @linear(%x: tensor<8x?x64xf32>, %w: tensor<64x96xf32>, %b: tensor<96xf32>) -> tensor<8x?x96xf32> {
  %0 = sopt.linear %x, %w bias %b activation <relu>
     : (tensor<8x?x64xf32>, tensor<64x96xf32>, tensor<96xf32>) -> tensor<8x?x96xf32>
  return %0 : tensor<8x?x96xf32>
}
module attributes {transform.with_named_sequence} {
  transform.named_sequence @__transform_main(%root: !transform.any_op {transform.readonly}) {
    %op = transform.structured.match ops{["sopt.linear"]} in %root : (!transform.any_op) -> !transform.any_op
    transform.structured.tile_using_forall %op tile_sizes [2, 0, 32] : (!transform.any_op) -> (!transform.any_op, !transform.any_op)
    transform.yield
  }
}

// -----

// Rows of a layer norm, fused with the polynomial that follows.
// CHECK-LABEL: func @layer_norm
// CHECK: scf.forall (%[[ROW:.*]]) in (4)
// CHECK:   %[[I:.*]] = affine.apply {{.*}}(%[[ROW]])
// CHECK:   %[[XS:.*]] = tensor.extract_slice %{{.*}}[%[[I]], 0] [2, 64]
// CHECK:   %[[N:.*]] = sopt.layer_norm %[[XS]] residual %[[XS]] scale %{{.*}} -> tensor<2x64xf32>
// CHECK:   sopt.poly %[[N]] {{.*}} -> tensor<2x64xf32>
func.func @layer_norm(%x: tensor<8x64xf32>, %s: tensor<64xf32>) -> tensor<8x64xf32> {
  %0 = sopt.layer_norm %x residual %x scale %s
     : (tensor<8x64xf32>, tensor<8x64xf32>, tensor<64xf32>) -> tensor<8x64xf32>
  %1 = sopt.poly %0 {coefficients = dense<[0.5, 1.0, 0.25]> : tensor<3xf32>} : tensor<8x64xf32> -> tensor<8x64xf32>
  return %1 : tensor<8x64xf32>
}
module attributes {transform.with_named_sequence} {
  transform.named_sequence @__transform_main(%root: !transform.any_op {transform.readonly}) {
    %poly = transform.structured.match ops{["sopt.poly"]} in %root : (!transform.any_op) -> !transform.any_op
    %norm = transform.structured.match ops{["sopt.layer_norm"]} in %root : (!transform.any_op) -> !transform.any_op
    %tile, %loop = transform.structured.tile_using_forall %poly tile_sizes [2] : (!transform.any_op) -> (!transform.any_op, !transform.any_op)
    transform.structured.fuse_into_containing_op %norm into %loop : (!transform.any_op, !transform.any_op) -> (!transform.any_op, !transform.any_op)
    transform.yield
  }
}

// -----

// A tile of the heads of k is a tile of twice as many heads of q; a bias of
// dynamic sizes is cut only where it is not broadcast.
// CHECK-LABEL: func @packed
// CHECK-SAME: %[[Q:[^:]*]]: tensor<?x?x64xf32>, %[[K:.*]]: tensor<?x?x32xf32>, %[[BIAS:.*]]: tensor<1x?x?xf32>, %[[P:.*]]: tensor<?x?xi64>
// CHECK: scf.forall (%[[B:.*]], %[[H:.*]], %[[TILE:.*]]) in (%{{.*}}, 2, %{{.*}})
// CHECK: %[[T:.*]] = affine.apply {{.*}}(%[[TILE]])
// CHECK-DAG: tensor.extract_slice %[[Q]][%[[B]], %[[T]], %{{.*}}] [1, %{{.*}}, 32]
// CHECK-DAG: tensor.extract_slice %[[K]][%[[B]], 0, %{{.*}}] [1, %{{.*}}, 16]
// CHECK-DAG: tensor.extract_slice %[[BIAS]][0, %{{.*}}, %{{.*}}] [1, %{{.*}}, %{{.*}}]
// CHECK-DAG: tensor.extract_slice %[[P]][%[[B]], 0] [1, %{{.*}}]
// CHECK: sopt.attention {{.*}} {heads = 4 : i64, kv_heads = 2 : i64, scale = 5.000000e-01 : f32} : {{.*}} -> tensor<1x?x32xf32>
func.func @packed(%q: tensor<?x?x64xf32>, %k: tensor<?x?x32xf32>, %bias: tensor<1x?x?xf32>, %p: tensor<?x?xi64>)
    -> tensor<?x?x64xf32> {
  %0 = sopt.attention %q, %k, %k bias %bias padding %p {heads = 8, kv_heads = 4, scale = 0.5 : f32}
     : (tensor<?x?x64xf32>, tensor<?x?x32xf32>, tensor<?x?x32xf32>, tensor<1x?x?xf32>, tensor<?x?xi64>)
    -> tensor<?x?x64xf32>
  return %0 : tensor<?x?x64xf32>
}
module attributes {transform.with_named_sequence} {
  transform.named_sequence @__transform_main(%root: !transform.any_op {transform.readonly}) {
    %op = transform.structured.match ops{["sopt.attention"]} in %root : (!transform.any_op) -> !transform.any_op
    transform.structured.tile_using_forall %op tile_sizes [1, 2, 32] : (!transform.any_op) -> (!transform.any_op, !transform.any_op)
    transform.yield
  }
}

// -----

// With causal there is no loop over queries: a tile does not know where in the
// sequence it is.
// CHECK-LABEL: func @by_head
// CHECK-SAME: %[[Q:.*]]: tensor<2x4x?x16xf32>
// CHECK: scf.forall (%[[B:.*]], %[[H:.*]]) in (2, 4)
// CHECK: tensor.extract_slice %[[Q]][%[[B]], %[[H]], 0, 0] [1, 1, %{{.*}}, 16]
// CHECK: sopt.attention {{.*}} {causal, heads = 1 : i64, kv_heads = 1 : i64, {{.*}} -> tensor<1x1x?x16xf32>
func.func @by_head(%q: tensor<2x4x?x16xf32>) -> tensor<2x4x?x16xf32> {
  %0 = sopt.attention %q, %q, %q {heads = 4, kv_heads = 4, scale = 0.25 : f32, causal}
     : (tensor<2x4x?x16xf32>, tensor<2x4x?x16xf32>, tensor<2x4x?x16xf32>) -> tensor<2x4x?x16xf32>
  return %0 : tensor<2x4x?x16xf32>
}
module attributes {transform.with_named_sequence} {
  transform.named_sequence @__transform_main(%root: !transform.any_op {transform.readonly}) {
    %op = transform.structured.match ops{["sopt.attention"]} in %root : (!transform.any_op) -> !transform.any_op
    transform.structured.tile_using_forall %op tile_sizes [1, 1] : (!transform.any_op) -> (!transform.any_op, !transform.any_op)
    transform.yield
  }
}
