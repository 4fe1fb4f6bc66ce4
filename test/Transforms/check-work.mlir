// RUN: sparse-opt %s -sopt-check-work="most=40" -split-input-file -verify-diagnostics

// Two loops that do the same to the same types are code once: 3 operations
// each, and 10 units more for each of the 3; one for the return.

#row = affine_map<(i) -> (i)>
func.func @main_graph(%x: tensor<4xf32>, %e: tensor<4xf32>) -> tensor<4xf32> {
  %0 = linalg.generic {indexing_maps = [#row, #row], iterator_types = ["parallel"]}
      ins(%x : tensor<4xf32>) outs(%e : tensor<4xf32>) {
  ^bb0(%in: f32, %out: f32):
    %a = math.absf %in : f32
    linalg.yield %a : f32
  } -> tensor<4xf32>
  %1 = linalg.generic {indexing_maps = [#row, #row], iterator_types = ["parallel"]}
      ins(%0 : tensor<4xf32>) outs(%e : tensor<4xf32>) {
  ^bb0(%in: f32, %out: f32):
    %a = math.absf %in : f32
    linalg.yield %a : f32
  } -> tensor<4xf32>
  return %1 : tensor<4xf32>
}

// -----

// Another type is other code.

#row = affine_map<(i) -> (i)>
// expected-error@below {{units of work, more than the 40}}
module {
  func.func @main_graph(%x: tensor<4xf32>, %y: tensor<5xf32>, %e: tensor<4xf32>, %f: tensor<5xf32>) -> (tensor<4xf32>, tensor<5xf32>) {
    %0 = linalg.generic {indexing_maps = [#row, #row], iterator_types = ["parallel"]}
        ins(%x : tensor<4xf32>) outs(%e : tensor<4xf32>) {
    ^bb0(%in: f32, %out: f32):
      %a = math.absf %in : f32
      linalg.yield %a : f32
    } -> tensor<4xf32>
    %1 = linalg.generic {indexing_maps = [#row, #row], iterator_types = ["parallel"]}
        ins(%y : tensor<5xf32>) outs(%f : tensor<5xf32>) {
    ^bb0(%in: f32, %out: f32):
      %a = math.absf %in : f32
      linalg.yield %a : f32
    } -> tensor<5xf32>
    return %0, %1 : tensor<4xf32>, tensor<5xf32>
  }
}
