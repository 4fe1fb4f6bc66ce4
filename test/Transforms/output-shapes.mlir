// RUN: sparse-opt %s -split-input-file -sopt-output-shapes | FileCheck %s

// The sizes of all inputs come in, those of all outputs go out.

// CHECK-LABEL: func.func private @sopt_output_shapes(
// CHECK-SAME:    %[[ROWS:.*]]: index, %{{.*}}: index) -> index
// CHECK-NEXT:    return %[[ROWS]]
func.func @main_graph(%a: tensor<?x4xf32>) -> tensor<?xf32> {
  %c0 = arith.constant 0 : index
  %rows = tensor.dim %a, %c0 : tensor<?x4xf32>
  %init = tensor.empty(%rows) : tensor<?xf32>
  %0 = linalg.generic {
      indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0)>],
      iterator_types = ["parallel", "reduction"]}
      ins(%a : tensor<?x4xf32>) outs(%init : tensor<?xf32>) {
  ^bb0(%in: f32, %out: f32):
    %1 = arith.addf %in, %out : f32
    linalg.yield %1 : f32
  } -> tensor<?xf32>
  return %0 : tensor<?xf32>
}

// -----

// Sizes that are computed from sizes are, too.

// CHECK-LABEL: func.func private @sopt_output_shapes(
// CHECK-SAME:    %[[N:.*]]: index) -> (index, index)
// CHECK-DAG:     %[[TWO:.*]] = arith.constant 2 : index
// CHECK-DAG:     %[[TWICE:.*]] = arith.muli %[[N]], %[[TWO]]
// CHECK:         return %[[TWICE]], %[[TWO]]
func.func @main_graph(%a: tensor<?xf32>) -> tensor<?x2xf32> {
  %c0 = arith.constant 0 : index
  %c2 = arith.constant 2 : index
  %zero = arith.constant 0.0 : f32
  %n = tensor.dim %a, %c0 : tensor<?xf32>
  %twice = arith.muli %n, %c2 : index
  %0 = tensor.splat %zero[%twice] : tensor<?x2xf32>
  return %0 : tensor<?x2xf32>
}

// -----

// What depends on values is not known beforehand.

// CHECK-LABEL: func.func private @sopt_output_shapes(
// CHECK:         %[[UNKNOWN:.*]] = arith.constant -1 : index
// CHECK:         return %[[UNKNOWN]]
func.func @main_graph(%size: tensor<i64>) -> tensor<?xf32> {
  %zero = arith.constant 0.0 : f32
  %value = tensor.extract %size[] : tensor<i64>
  %n = arith.index_cast %value : i64 to index
  %0 = tensor.splat %zero[%n] : tensor<?xf32>
  return %0 : tensor<?xf32>
}
