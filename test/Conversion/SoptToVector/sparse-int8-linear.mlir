// RUN: sparse-opt %s -convert-sopt-to-vector="isa=avx512 features=vnni" -split-input-file | FileCheck %s
// RUN: sparse-opt %s -convert-sopt-to-vector=isa=avx2 -split-input-file | FileCheck %s --check-prefix=AVX2
// RUN: sparse-opt %s -convert-sopt-to-vector=isa=generic -split-input-file | FileCheck %s --check-prefix=GENERIC

// Tiles of tokens are rounded once for all layers that read them. A weight is
// rounded now, and packed without what becomes 0: as many inputs at a time as
// a word of 32 bits holds, those that fill one up being weights of 0.

// CHECK-LABEL: func @shared_input
// CHECK-DAG:     arith.constant dense<[127, 0, 0, 0, 127, 1, 2, 0]> : tensor<8xi8>
// CHECK-DAG:     arith.constant dense<[2, 2, 2, 2, 0, 1, 3, 3]> : tensor<8xi16>
// CHECK:         %[[TILES:.*]] = memref.alloc(%{{.*}}) {{.*}} : memref<?x64x64xf32>
// CHECK:         call @tokens_to_tiles_4_whole(%{{.*}}, %[[TILES]])
// CHECK:         %[[WORDS:.*]] = memref.alloc(%{{.*}}) {{.*}} : memref<?x64x64xi8>
// CHECK:         call @round_tiles_4_int8(%[[TILES]], %{{.*}}, %[[WORDS]], %[[STEPS:[a-z_0-9]+]], %[[ZEROS:[a-z_0-9]+]])
// CHECK:         call @sparse_4x2_block1x1_tile4_nobias_int8(%{{.*}}, %[[WORDS]], {{.*}}, %[[STEPS]], %[[ZEROS]],
// CHECK-NOT:     call @tokens_to_tiles
// CHECK-NOT:     call @round_tiles
// CHECK:         call @sparse_4x2_block4x1_tile4_nobias_relu_int8(%{{.*}}, %[[WORDS]],
// AVX2:          call @round_tiles_4_int8({{.*}}memref<?x64x64xi16>
// GENERIC:       call @round_tiles_4_int8({{.*}}memref<?x64x64xi32>
func.func @shared_input(%x: tensor<?x4xf32>) -> (tensor<?x2xf32>, tensor<?x2xf32>) {
  // 0.01 is nothing in steps of 1.
  %w = arith.constant dense<[[127.0, 0.0], [1.0, 0.01], [0.0, 127.0], [2.0, 0.0]]> : tensor<4x2xf32>
  %0 = sopt.linear %x, %w schedule <layout = <csr, i16>> precision <int8>
     : (tensor<?x4xf32>, tensor<4x2xf32>) -> tensor<?x2xf32>
  %1 = sopt.linear %x, %w activation <relu> schedule <layout = <block 4x1, i16>> precision <int8>
     : (tensor<?x4xf32>, tensor<4x2xf32>) -> tensor<?x2xf32>
  return %0, %1 : tensor<?x2xf32>, tensor<?x2xf32>
}

// Four inputs of 64 tokens are interleaved in two stages, and multiplied for
// each of four outputs.
// CHECK: func private @sparse_4x2_block4x1_tile4_nobias_relu_int8({{.*}}) attributes {no_inline, passthrough = ["noimplicitfloat"]}
// CHECK: %{{.*}}:16 = scf.for
// CHECK-COUNT-4: memref.load %{{.*}} : memref<?xi16>
// CHECK-COUNT-4: vector.load %{{.*}} : memref<?x64x64xi8>, vector<64xi8>
// CHECK-COUNT-4: vector.shuffle {{.*}} : vector<64xi8>, vector<64xi8>
// CHECK-COUNT-4: vector.shuffle {{.*}} : vector<32xi16>, vector<32xi16>
// CHECK-NOT: vector.shuffle
// CHECK-COUNT-16: llvm.call_intrinsic "llvm.x86.avx512.vpdpbusd.512"
// CHECK: scf.yield

// AVX2: func private @sparse_4x2_block4x1_tile2_nobias_relu_int8(
// AVX2: %{{.*}}:8 = scf.for
// AVX2-COUNT-2: vector.load %{{.*}} : memref<?x64x64xi16>, vector<16xi16>
// AVX2-COUNT-2: vector.shuffle {{.*}} : vector<16xi16>, vector<16xi16>
// AVX2-NOT: vector.shuffle
// AVX2-COUNT-8: llvm.call_intrinsic "llvm.x86.avx2.pmadd.wd"
// AVX2: scf.yield

// GENERIC: func private @sparse_4x2_block4x1_tile2_nobias_relu_int8(
// GENERIC-NOT: llvm.call_intrinsic

// -----

// A result that only such layers read stays in tiles, of f32. Few tokens are
// rounded as rows, for the kernel of dense weights.

// CHECK-LABEL: func @between
// CHECK:         call @tokens_to_tiles_2_from_32(
// CHECK:         call @round_tiles_2_int8_smooth_rows_below_32(
// CHECK:         %[[TILES:.*]] = memref.alloc(%{{.*}}) {{.*}} : memref<?x64x64xf32>
// CHECK:         call @sparse_2x3_block1x1_tile4_nobias_gelu_dense_below_32_to_tiles_int8({{.*}}, %[[TILES]])
// CHECK-NOT:     call @tokens_to_tiles
// CHECK:         call @round_tiles_3_int8_fixed_rows_below_32(%[[TILES]],
// CHECK:         %[[Y:.*]] = memref.alloc(%{{.*}}) {{.*}} : memref<?x2xf32>
// CHECK:         call @sparse_3x2_block1x1_tile4_nobias_dense_below_32_of_tiles_int8({{.*}}, %[[Y]])
func.func @between(%x: tensor<?x2xf32>) -> tensor<?x2xf32> {
  %w = arith.constant dense<[[0.0, 1.0, 0.0], [3.0, 0.0, 2.0]]> : tensor<2x3xf32>
  %v = arith.constant dense<[[0.0, 1.0], [0.0, 3.0], [0.0, 2.0]]> : tensor<3x2xf32>
  %0 = sopt.linear %x, %w activation <gelu> schedule <layout = <csr, i16>, dense_below = 32>
       precision <int8, smooth = dense<[1, -1]> : tensor<2xi8>>
     : (tensor<?x2xf32>, tensor<2x3xf32>) -> tensor<?x3xf32>
  %1 = sopt.linear %0, %v schedule <layout = <csr, i16>, dense_below = 32>
       precision <int8, range = array<f32: -0.5, 4.0>>
     : (tensor<?x3xf32>, tensor<3x2xf32>) -> tensor<?x2xf32>
  return %1 : tensor<?x2xf32>
}

// -----

// Kernels in int8 read whole tiles however few tokens there are, which the norm
// before them makes.

// CHECK-LABEL: func @after_norm
// CHECK:         call @layer_norm_2_nobias_and_tiles_whole(
// CHECK-NOT:     call @tokens_to_tiles
// CHECK:         call @round_tiles_2_int8(
// CHECK:         call @sparse_2x2_block1x1_tile4_nobias_int8(
func.func @after_norm(%x: tensor<?x2xf32>, %s: tensor<2xf32>) -> tensor<?x2xf32> {
  %w = arith.constant dense<[[0.0, 1.0], [3.0, 0.0]]> : tensor<2x2xf32>
  %0 = sopt.layer_norm %x scale %s : (tensor<?x2xf32>, tensor<2xf32>) -> tensor<?x2xf32>
  %1 = sopt.linear %0, %w schedule <layout = <csr, i16>> precision <int8>
     : (tensor<?x2xf32>, tensor<2x2xf32>) -> tensor<?x2xf32>
  return %1 : tensor<?x2xf32>
}
