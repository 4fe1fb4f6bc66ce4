// RUN: sparse-opt %s -convert-sopt-to-vector=isa=avx512 -split-input-file | FileCheck %s

// Weights are packed by the compiler, without their zeros and with short rows
// first; layers that share an input share its tiles of tokens.

// CHECK-LABEL: func @shared_input
// CHECK-DAG:     %[[VALUES:.*]] = arith.constant dense<[3.000000e+00, 1.000000e+00, 2.000000e+00]> : tensor<3xf32>
// CHECK-DAG:     %[[INDICES:.*]] = arith.constant dense<[1, 0, 1]> : tensor<3xi16>
// CHECK-DAG:     arith.constant dense<[0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 2, 3]> : tensor<17xi32>
// CHECK-NOT:     tensor<2x3xf32>
// CHECK:         %[[TILES:.*]] = memref.alloc(%{{.*}}) {{.*}} : memref<?x64x64xf32>
// CHECK:         call @tokens_to_tiles_2(%{{.*}}, %[[TILES]])
// CHECK:         call @sparse_2x3_block1x1_tile4_nobias(%{{.*}}, %[[TILES]], {{.*}} : (index, memref<?x64x64xf32>, memref<?xf32>, memref<?xi16>, memref<?xi32>, memref<?xi16>, memref<?xi32>, memref<?x3xf32>)
// CHECK-NOT:     call @tokens_to_tiles
// CHECK:         call @sparse_2x3_block4x1_tile4_nobias_relu(%{{.*}}, %[[TILES]],
func.func @shared_input(%x: tensor<?x2xf32>) -> (tensor<?x3xf32>, tensor<?x3xf32>) {
  %w = onnx.Constant() {value = dense<[[0.0, 1.0, -0.0], [3.0, 0.0, 2.0]]> : tensor<2x3xf32>} : () -> tensor<2x3xf32>
  %0 = sopt.linear %x, %w schedule <layout = <csr, i16>>
     : (tensor<?x2xf32>, tensor<2x3xf32>) -> tensor<?x3xf32>
  %1 = sopt.linear %x, %w activation <relu> schedule <layout = <block 4x1, i16>>
     : (tensor<?x2xf32>, tensor<2x3xf32>) -> tensor<?x3xf32>
  return %0, %1 : tensor<?x3xf32>, tensor<?x3xf32>
}

// A row of blocks is 4 outputs × 4 vectors of tokens, which stay in registers.
// CHECK: func private @sparse_2x3_block4x1_tile4_nobias_relu(
// CHECK: %{{.*}}:16 = scf.for
// CHECK: memref.load %{{.*}} : memref<?xi16>
// CHECK-COUNT-4: vector.load
// CHECK-NOT: vector.load
// CHECK-COUNT-16: vector.fma
// CHECK: scf.yield

// -----

// A result that only such layers read stays in tiles: nothing is transposed
// between them.

// CHECK-LABEL: func @between
// CHECK:         call @tokens_to_tiles_2(
// CHECK:         %[[TILES:.*]] = memref.alloc(%{{.*}}) {{.*}} : memref<?x64x64xf32>
// CHECK:         call @sparse_2x3_block1x1_tile4_nobias_relu_to_tiles({{.*}}, %[[TILES]])
// CHECK-NOT:     call @tokens_to_tiles
// CHECK:         %[[Y:.*]] = memref.alloc(%{{.*}}) {{.*}} : memref<?x2xf32>
// CHECK:         call @sparse_3x2_block1x1_tile4_nobias(%{{.*}}, %[[TILES]], {{.*}}, %[[Y]])
func.func @between(%x: tensor<?x2xf32>) -> tensor<?x2xf32> {
  %w = arith.constant dense<[[0.0, 1.0, 0.0], [3.0, 0.0, 2.0]]> : tensor<2x3xf32>
  %v = arith.constant dense<[[0.0, 1.0], [0.0, 3.0], [0.0, 2.0]]> : tensor<3x2xf32>
  %0 = sopt.linear %x, %w activation <relu> schedule <layout = <csr, i16>>
     : (tensor<?x2xf32>, tensor<2x3xf32>) -> tensor<?x3xf32>
  %1 = sopt.linear %0, %v schedule <layout = <csr, i16>>
     : (tensor<?x3xf32>, tensor<3x2xf32>) -> tensor<?x2xf32>
  return %1 : tensor<?x2xf32>
}

// -----

// A norm before such layers makes their tiles while its rows are in cache, and
// rows for everybody else.

// CHECK-LABEL: func @after_norm
// CHECK:         %[[ROWS:.*]] = memref.alloc(%{{.*}}) {{.*}} : memref<?x2xf32>
// CHECK:         %[[TILES:.*]] = memref.alloc(%{{.*}}) {{.*}} : memref<?x64x64xf32>
// CHECK:         call @layer_norm_2_nobias_and_tiles({{.*}}, %[[ROWS]], %[[TILES]])
// CHECK-NOT:     call @tokens_to_tiles
// CHECK:         call @sparse_2x2_block1x1_tile4_nobias(%{{.*}}, %[[TILES]],
func.func @after_norm(%x: tensor<?x2xf32>, %s: tensor<2xf32>) -> (tensor<?x2xf32>, tensor<?x2xf32>) {
  %w = arith.constant dense<[[0.0, 1.0], [3.0, 0.0]]> : tensor<2x2xf32>
  %0 = sopt.layer_norm %x scale %s : (tensor<?x2xf32>, tensor<2xf32>) -> tensor<?x2xf32>
  %1 = sopt.linear %0, %w schedule <layout = <csr, i16>>
     : (tensor<?x2xf32>, tensor<2x2xf32>) -> tensor<?x2xf32>
  return %0, %1 : tensor<?x2xf32>, tensor<?x2xf32>
}
