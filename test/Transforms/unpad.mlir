// RUN: sparse-opt %s -sopt-unpad -split-input-file -verify-diagnostics | FileCheck %s

// Between embedding and output, only tokens that are not padding are left;
// sequences are groups, and a caller finds rows where they were.

// CHECK-LABEL: func.func @encoder
// CHECK-SAME:    %[[IDS:.*]]: tensor<?x?xi64> {{.*}}, %[[MASK:.*]]: tensor<?x?xi64>
// CHECK:         %[[FOUND:.*]] = onnx.NonZero(%[[MASK]])
// CHECK-DAG:     %[[PLACES:.*]] = onnx.Transpose(%[[FOUND]]) {perm = array<i64: 1, 0>}
// CHECK-DAG:     %[[BATCHES:.*]] = onnx.Gather(%[[FOUND]], %[[ZERO:.*]]) :
// CHECK-DAG:     %[[POSITIONS:.*]] = onnx.Gather(%[[FOUND]], %[[ONE:.*]]) :
// CHECK:         %[[PICKED:.*]] = onnx.GatherND(%[[IDS]], %[[PLACES]])
// CHECK:         onnx.Gather(%{{.*}}, %{{.*}}) : (tensor<100x8xf32>, tensor<1x?xi64>) -> tensor<1x?x8xf32>
// CHECK:         onnx.Gather(%{{.*}}, %[[POSITIONS]]) {axis = 1 : i64} : (tensor<1x?x8xf32>, tensor<?xi64>) -> tensor<1x?x8xf32>
// CHECK:         onnx.Add{{.*}} -> tensor<1x?x8xf32>
// CHECK:         sopt.linear{{.*}} -> tensor<1x?x8xf32>
// CHECK:         sopt.attention %{{.*}}, %{{.*}}, %{{.*}} group %[[BATCHES]] {heads = 2 : i64, kv_heads = 2 : i64, scale = 5.000000e-01 : f32}
// CHECK:         %[[TOKENS:.*]] = sopt.layer_norm{{.*}} -> tensor<1x?x8xf32>
// CHECK:         %[[ROWS:.*]] = onnx.Squeeze(%[[TOKENS]]
// CHECK:         %[[RESULT:.*]] = onnx.ScatterND(%{{.*}}, %[[PLACES]], %[[ROWS]])
// CHECK:         return %[[RESULT]] : tensor<?x?x8xf32>
func.func @encoder(%ids: tensor<?x?xi64> {onnx.dims = ["batch", "seq"]},
                   %mask: tensor<?x?xi64> {onnx.dims = ["batch", "seq"]},
                   %table: tensor<100x8xf32>, %rows: tensor<1x?x8xf32> {onnx.dims = ["", "seq", ""]},
                   %w: tensor<8x8xf32>, %s: tensor<8xf32>) -> tensor<?x?x8xf32> {
  %0 = onnx.Gather(%table, %ids) : (tensor<100x8xf32>, tensor<?x?xi64>) -> tensor<?x?x8xf32>
  %1 = onnx.Add(%0, %rows) : (tensor<?x?x8xf32>, tensor<1x?x8xf32>) -> tensor<?x?x8xf32>
  %2 = sopt.linear %1, %w : (tensor<?x?x8xf32>, tensor<8x8xf32>) -> tensor<?x?x8xf32>
  %3 = sopt.attention %2, %1, %1 padding %mask {heads = 2, kv_heads = 2, scale = 0.5 : f32, fill = -1.0e4 : f32}
     : (tensor<?x?x8xf32>, tensor<?x?x8xf32>, tensor<?x?x8xf32>, tensor<?x?xi64>) -> tensor<?x?x8xf32>
  %4 = sopt.layer_norm %3 residual %1 scale %s {epsilon = 1.0e-5 : f32}
     : (tensor<?x?x8xf32>, tensor<?x?x8xf32>, tensor<8xf32>) -> tensor<?x?x8xf32>
  return %4 : tensor<?x?x8xf32>
}

// -----

// A mean that leaves padding out sees the zeros that it would make anyway.

// CHECK-LABEL: func.func @masked_mean
// CHECK:         %[[TOKENS:.*]] = onnx.ScatterND
// CHECK:         onnx.Mul(%[[TOKENS]], %{{.*}})
func.func @masked_mean(%x: tensor<?x?x8xf32> {onnx.dims = ["batch", "seq", ""]},
                       %mask: tensor<?x?xi64> {onnx.dims = ["batch", "seq"]}) -> tensor<?x8xf32> {
  %axis = onnx.Constant() {value = dense<1> : tensor<1xi64>} : () -> tensor<1xi64>
  %last = onnx.Constant() {value = dense<2> : tensor<1xi64>} : () -> tensor<1xi64>
  %0 = sopt.attention %x, %x, %x padding %mask {heads = 2, kv_heads = 2, scale = 0.5 : f32}
     : (tensor<?x?x8xf32>, tensor<?x?x8xf32>, tensor<?x?x8xf32>, tensor<?x?xi64>) -> tensor<?x?x8xf32>
  %1 = onnx.Cast(%mask) {to = 1 : i64} : (tensor<?x?xi64>) -> tensor<?x?xf32>
  %2 = onnx.Unsqueeze(%1, %last) : (tensor<?x?xf32>, tensor<1xi64>) -> tensor<?x?x1xf32>
  %3 = onnx.Mul(%0, %2) : (tensor<?x?x8xf32>, tensor<?x?x1xf32>) -> tensor<?x?x8xf32>
  %4 = onnx.ReduceSum(%3, %axis) {keepdims = 0 : i64} : (tensor<?x?x8xf32>, tensor<1xi64>) -> tensor<?x8xf32>
  return %4 : tensor<?x8xf32>
}

// -----

// One that counts padding would change.

func.func @mean_of_all(%x: tensor<?x?x8xf32> {onnx.dims = ["batch", "seq", ""]},
                       %mask: tensor<?x?xi64> {onnx.dims = ["batch", "seq"]}) -> tensor<?x8xf32> {
  %axis = onnx.Constant() {value = dense<1> : tensor<1xi64>} : () -> tensor<1xi64>
  %0 = sopt.attention %x, %x, %x padding %mask {heads = 2, kv_heads = 2, scale = 0.5 : f32}
     : (tensor<?x?x8xf32>, tensor<?x?x8xf32>, tensor<?x?x8xf32>, tensor<?x?xi64>) -> tensor<?x?x8xf32>
  // expected-error @below {{cannot be unpadded: it would see zeros in place of tokens that are padding}}
  %1 = onnx.ReduceMean(%0, %axis) {keepdims = 0 : i64} : (tensor<?x?x8xf32>, tensor<1xi64>) -> tensor<?x8xf32>
  return %1 : tensor<?x8xf32>
}

// -----

func.func @window(%x: tensor<?x?x8xf32> {onnx.dims = ["batch", "seq", ""]},
                  %mask: tensor<?x?xi64> {onnx.dims = ["batch", "seq"]}) -> tensor<?x?x8xf32> {
  // expected-error @below {{cannot be unpadded: its bias, groups, window or blocks depend on the positions of tokens}}
  %0 = sopt.attention %x, %x, %x padding %mask {heads = 2, kv_heads = 2, scale = 0.5 : f32, window = array<i64: 1, 1>}
     : (tensor<?x?x8xf32>, tensor<?x?x8xf32>, tensor<?x?x8xf32>, tensor<?x?xi64>) -> tensor<?x?x8xf32>
  return %0 : tensor<?x?x8xf32>
}

// -----

// Queries of another length than the mask: not every token has its row there.

func.func @cross(%q: tensor<?x?x8xf32> {onnx.dims = ["batch", "queries", ""]},
                 %x: tensor<?x?x8xf32> {onnx.dims = ["batch", "seq", ""]},
                 %mask: tensor<?x?xi64> {onnx.dims = ["batch", "seq"]}) -> tensor<?x?x8xf32> {
  // expected-error @below {{cannot be unpadded: the shape of its operands does not begin with that of the padding}}
  %0 = sopt.attention %q, %x, %x padding %mask {heads = 2, kv_heads = 2, scale = 0.5 : f32}
     : (tensor<?x?x8xf32>, tensor<?x?x8xf32>, tensor<?x?x8xf32>, tensor<?x?xi64>) -> tensor<?x?x8xf32>
  return %0 : tensor<?x?x8xf32>
}

// -----

// expected-warning @below {{has no attention with padding: nothing is unpadded}}
func.func @no_padding(%x: tensor<?x?x8xf32>) -> tensor<?x?x8xf32> {
  return %x : tensor<?x?x8xf32>
}
