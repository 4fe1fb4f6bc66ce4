// RUN: sparse-opt %s -pass-pipeline='builtin.module(sopt-cpu)' | FileCheck %s

// A matrix product, bias and ReLU on tensors of any size become LLVM's dialect
// and OpenMP; memory comes from the runtime and what is not returned goes back.

// CHECK:     module attributes {sopt.nodes = [
// CHECK:     llvm.func @main_graph
// CHECK:       llvm.call @_mlir_memref_to_llvm_alloc
// CHECK:       omp.parallel
// CHECK:         omp.wsloop
// CHECK-NOT: memref.
// CHECK-NOT: unrealized_conversion_cast
// CHECK:     llvm.func @sopt_output_shapes
func.func @main_graph(%x: tensor<?x64xf32>, %w: tensor<64x?xf32>,
                      %bias: tensor<?xf32>) -> tensor<?x?xf32> {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %zero = arith.constant 0.0 : f32
  %m = tensor.dim %x, %c0 : tensor<?x64xf32>
  %n = tensor.dim %w, %c1 : tensor<64x?xf32>
  %empty = tensor.empty(%m, %n) : tensor<?x?xf32>
  %init = linalg.fill ins(%zero : f32) outs(%empty : tensor<?x?xf32>) -> tensor<?x?xf32>
  %product = linalg.matmul ins(%x, %w : tensor<?x64xf32>, tensor<64x?xf32>)
                           outs(%init : tensor<?x?xf32>) -> tensor<?x?xf32>
  %0 = linalg.generic {
      indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d1)>,
                       affine_map<(d0, d1) -> (d0, d1)>],
      iterator_types = ["parallel", "parallel"]}
      ins(%product, %bias : tensor<?x?xf32>, tensor<?xf32>)
      outs(%empty : tensor<?x?xf32>) {
  ^bb0(%in: f32, %b: f32, %out: f32):
    %1 = arith.addf %in, %b : f32
    %2 = arith.maximumf %1, %zero : f32
    linalg.yield %2 : f32
  } -> tensor<?x?xf32>
  return %0 : tensor<?x?xf32>
}
