// RUN: sparse-opt %s -transform-preload-library=transform-library-paths=%S/Inputs/tiling-schedule.mlir \
// RUN:     -transform-interpreter -canonicalize -convert-sopt-to-linalg %to-llvm \
// RUN: | mlir-runner -e main -entry-point-result=void \
// RUN:     -shared-libs=%mlir-libs/libmlir_runner_utils.so,%mlir-libs/libmlir_c_runner_utils.so \
// RUN: | FileCheck %s

// Tiles compute what the whole does, also where they do not divide it: the
// largest difference is 0. Last, to show that there is something to differ, that
// from the input.

// CHECK: {{^}}0{{$}}
// CHECK-NEXT: {{^}}0{{$}}
// CHECK-NEXT: {{^}}0{{$}}
// CHECK-NEXT: {{^}}0{{$}}
// CHECK-NEXT: {{^}}0{{$}}
// CHECK-NEXT: {{^[0-9.]*[1-9]}}

#all = affine_map<(i, j, k) -> (i, j, k)>
#none = affine_map<(i, j, k) -> ()>

// Numbers between -1 and 1, all different.
func.func private @data(%salt: f32) -> tensor<?x?x12xf32> {
  %data = tensor.generate {
  ^bb0(%i: index, %j: index, %k: index):
    %place = affine.apply affine_map<(i, j, k) -> (i * 84 + j * 12 + k)>(%i, %j, %k)
    %int = arith.index_cast %place : index to i32
    %float = arith.sitofp %int : i32 to f32
    %salted = arith.mulf %float, %salt : f32
    %number = math.sin %salted : f32
    tensor.yield %number : f32
  } : tensor<2x7x12xf32>
  %cast = tensor.cast %data : tensor<2x7x12xf32> to tensor<?x?x12xf32>
  return %cast : tensor<?x?x12xf32>
}

func.func private @compare(%a: tensor<?x?x12xf32>, %b: tensor<?x?x12xf32>) {
  %zero = arith.constant dense<0.0> : tensor<f32>
  %largest = linalg.generic
      {indexing_maps = [#all, #all, #none], iterator_types = ["reduction", "reduction", "reduction"]}
      ins(%a, %b : tensor<?x?x12xf32>, tensor<?x?x12xf32>) outs(%zero : tensor<f32>) {
  ^bb0(%x: f32, %y: f32, %max: f32):
    %difference = arith.subf %x, %y : f32
    %size = math.absf %difference : f32
    %larger = arith.maximumf %size, %max : f32
    linalg.yield %larger : f32
  } -> tensor<f32>
  %number = tensor.extract %largest[] : tensor<f32>
  vector.print %number : f32
  return
}

func.func @main() {
  %one = arith.constant 1.0 : f32
  %half = arith.constant 0.3 : f32
  %x = call @data(%one) : (f32) -> tensor<?x?x12xf32>
  %more = call @data(%half) : (f32) -> tensor<?x?x12xf32>
  %w = tensor.extract_slice %more[0, 0, 0] [2, 6, 12] [1, 1, 1] : tensor<?x?x12xf32> to tensor<2x6x12xf32>
  %weight = tensor.collapse_shape %w [[0, 1], [2]] : tensor<2x6x12xf32> into tensor<12x12xf32>
  %bias = tensor.extract_slice %more[0, 6, 0] [1, 1, 12] [1, 1, 1] : tensor<?x?x12xf32> to tensor<12xf32>

  %linear = sopt.linear %x, %weight bias %bias activation <tanh>
     : (tensor<?x?x12xf32>, tensor<12x12xf32>, tensor<12xf32>) -> tensor<?x?x12xf32>
  %linear_tiles = sopt.linear %x, %weight bias %bias activation <tanh> {linear}
     : (tensor<?x?x12xf32>, tensor<12x12xf32>, tensor<12xf32>) -> tensor<?x?x12xf32>
  call @compare(%linear, %linear_tiles) : (tensor<?x?x12xf32>, tensor<?x?x12xf32>) -> ()

  %norm = sopt.layer_norm %x residual %x scale %bias bias %bias
     : (tensor<?x?x12xf32>, tensor<?x?x12xf32>, tensor<12xf32>, tensor<12xf32>) -> tensor<?x?x12xf32>
  %norm_tiles = sopt.layer_norm %x residual %x scale %bias bias %bias {norm}
     : (tensor<?x?x12xf32>, tensor<?x?x12xf32>, tensor<12xf32>, tensor<12xf32>) -> tensor<?x?x12xf32>
  call @compare(%norm, %norm_tiles) : (tensor<?x?x12xf32>, tensor<?x?x12xf32>) -> ()

  %poly = sopt.poly %x {coefficients = dense<[0.5, 1.0, 0.25]> : tensor<3xf32>}
     : tensor<?x?x12xf32> -> tensor<?x?x12xf32>
  %poly_tiles = sopt.poly %x {poly, coefficients = dense<[0.5, 1.0, 0.25]> : tensor<3xf32>}
     : tensor<?x?x12xf32> -> tensor<?x?x12xf32>
  call @compare(%poly, %poly_tiles) : (tensor<?x?x12xf32>, tensor<?x?x12xf32>) -> ()

  %attention = sopt.attention %x, %x, %x {heads = 4, kv_heads = 4, scale = 0.5 : f32}
     : (tensor<?x?x12xf32>, tensor<?x?x12xf32>, tensor<?x?x12xf32>) -> tensor<?x?x12xf32>
  %attention_tiles = sopt.attention %x, %x, %x {attention, heads = 4, kv_heads = 4, scale = 0.5 : f32}
     : (tensor<?x?x12xf32>, tensor<?x?x12xf32>, tensor<?x?x12xf32>) -> tensor<?x?x12xf32>
  call @compare(%attention, %attention_tiles) : (tensor<?x?x12xf32>, tensor<?x?x12xf32>) -> ()

  %causal = sopt.attention %x, %x, %x {heads = 4, kv_heads = 4, scale = 0.5 : f32, causal}
     : (tensor<?x?x12xf32>, tensor<?x?x12xf32>, tensor<?x?x12xf32>) -> tensor<?x?x12xf32>
  %causal_tiles = sopt.attention %x, %x, %x {masked, heads = 4, kv_heads = 4, scale = 0.5 : f32, causal}
     : (tensor<?x?x12xf32>, tensor<?x?x12xf32>, tensor<?x?x12xf32>) -> tensor<?x?x12xf32>
  call @compare(%causal, %causal_tiles) : (tensor<?x?x12xf32>, tensor<?x?x12xf32>) -> ()

  call @compare(%linear_tiles, %x) : (tensor<?x?x12xf32>, tensor<?x?x12xf32>) -> ()
  return
}
