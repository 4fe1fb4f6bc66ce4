// The ops of tiling-run.mlir that carry a mark are tiled, by sizes that do not
// divide them.
module attributes {transform.with_named_sequence} {
  transform.named_sequence @__transform_main(%root: !transform.any_op {transform.readonly}) {
    %linear = transform.structured.match ops{["sopt.linear"]} attributes {linear} in %root : (!transform.any_op) -> !transform.any_op
    %linear_tile, %linear_loops:3 = transform.structured.tile_using_for %linear tile_sizes [1, 3, 5]
      : (!transform.any_op) -> (!transform.any_op, !transform.any_op, !transform.any_op, !transform.any_op)
    %norm = transform.structured.match ops{["sopt.layer_norm"]} attributes {norm} in %root : (!transform.any_op) -> !transform.any_op
    %norm_tile, %norm_loops:2 = transform.structured.tile_using_for %norm tile_sizes [1, 3]
      : (!transform.any_op) -> (!transform.any_op, !transform.any_op, !transform.any_op)
    %poly = transform.structured.match ops{["sopt.poly"]} attributes {poly} in %root : (!transform.any_op) -> !transform.any_op
    %poly_tile, %poly_loops:3 = transform.structured.tile_using_for %poly tile_sizes [2, 3, 5]
      : (!transform.any_op) -> (!transform.any_op, !transform.any_op, !transform.any_op, !transform.any_op)
    %attention = transform.structured.match ops{["sopt.attention"]} attributes {attention} in %root : (!transform.any_op) -> !transform.any_op
    %attention_tile, %attention_loops:3 = transform.structured.tile_using_for %attention tile_sizes [1, 2, 3]
      : (!transform.any_op) -> (!transform.any_op, !transform.any_op, !transform.any_op, !transform.any_op)
    %causal = transform.structured.match ops{["sopt.attention"]} attributes {masked} in %root : (!transform.any_op) -> !transform.any_op
    %causal_tile, %causal_loops:2 = transform.structured.tile_using_for %causal tile_sizes [1, 2]
      : (!transform.any_op) -> (!transform.any_op, !transform.any_op, !transform.any_op)
    transform.yield
  }
}
