// RUN: sparse-opt %s -convert-sopt-to-vector=isa=avx2 | FileCheck %s
// RUN: sparse-opt %s -convert-sopt-to-vector="isa=avx512 features=vnni,bf16,bw" | FileCheck %s --check-prefix=VNNI
// RUN: sparse-opt %s -convert-sopt-to-vector="isa=avx512 features=vnni,bf16,bw,amx-int8,amx-bf16" | FileCheck %s --check-prefix=AMX
// RUN: sparse-opt %s -convert-sopt-to-vector="isa=avx512 features=bw" | FileCheck %s --check-prefix=BW
// RUN: sparse-opt %s -convert-sopt-to-vector=isa=generic | FileCheck %s --check-prefix=GENERIC

// Layers that share an input share its rounded rows; a weight is rounded now,
// with a step and a sum for each column.

// CHECK-LABEL: func @two_layers
// CHECK-SAME:    %[[X:.*]]: tensor<?x6xf32>
func.func @two_layers(%x: tensor<?x6xf32>, %computed: tensor<6x3xf32>) {
  // CHECK-DAG: arith.constant dense<{{.*}}127{{.*}}> : tensor<1x3x32xi8>
  // CHECK-DAG: arith.constant dense<{{\[\[}}1.000000e+00, 2.000000e+00, 0.000000e+00, {{.*}}> : tensor<1x16xf32>
  // CHECK-DAG: arith.constant dense<{{\[\[}}128, 128, 0, {{.*}}> : tensor<1x16xi32>
  // CHECK: call @round_6_int8(
  // CHECK-SAME: (memref<?x6xf32>, memref<?x8xi16>, memref<?xf32>, memref<?xi32>) -> ()
  // CHECK: call @linear_6x3_nobias_int8(
  // CHECK-NOT: call @round_6_int8(
  // CHECK: call @linear_6x3_nobias_relu_int8(
  // VNNI: call @round_6_int8(
  // VNNI-SAME: memref<?x16xi8>
  // BW: call @round_6_int8(
  // BW-SAME: memref<?x16xi16>
  %w = arith.constant dense<[[127.0, 254.0, 0.0], [1.0, 2.0, 0.0], [0.0, 0.0, 0.0],
                             [0.0, 0.0, 0.0], [0.0, 0.0, 0.0], [0.0, 0.0, 0.0]]> : tensor<6x3xf32>
  %0 = sopt.linear %x, %w precision <int8> : (tensor<?x6xf32>, tensor<6x3xf32>) -> tensor<?x3xf32>
  %1 = sopt.linear %x, %w activation <relu> precision <int8>
     : (tensor<?x6xf32>, tensor<6x3xf32>) -> tensor<?x3xf32>

  // CHECK: call @round_6_bf16(
  // CHECK-SAME: (memref<?x6xf32>, memref<?x8xi32>) -> ()
  // CHECK: call @linear_6x3_nobias_bf16(
  // VNNI: call @round_6_bf16(
  // VNNI-SAME: memref<?x16xi16>
  %2 = sopt.linear %x, %w precision <bf16> : (tensor<?x6xf32>, tensor<6x3xf32>) -> tensor<?x3xf32>

  // Tile registers hold 16 rows of 64 bytes: features and rows are rounded up,
  // and the runtime says how many threads may use them. A tile by hand is one
  // of vector registers.
  // AMX: memref.alloc(%{{.*}}) {{.*}} : memref<?x64xi8>
  // AMX: %[[THREADS:.*]] = call @sopt_rt_tile_threads() : () -> i64
  // AMX: %[[COUNT:.*]] = arith.index_cast %[[THREADS]] : i64 to index
  // AMX: call @linear_6x3_nobias_int8_amx(%{{.*}}, %[[COUNT]]) : (memref<?x64xi8>, memref<?xf32>, memref<?xi32>, memref<1x16x128xi8>, memref<1x32xf32>, memref<1x32xi32>, memref<?x3xf32>, index) -> ()
  // AMX: call @linear_6x3_nobias_bf16_amx(%{{.*}}) : (memref<?x32xi16>, memref<1x16x64xi16>, memref<?x3xf32>, index) -> ()
  // AMX: call @linear_6x3_nobias_bf16_tile2x1(
  %by_hand = sopt.linear %x, %w schedule <layout = <dense>, tile = 2x1> precision <bf16>
     : (tensor<?x6xf32>, tensor<6x3xf32>) -> tensor<?x3xf32>

  // Factors of x are a constant, the ends of a fixed range arguments; the
  // weight's rows are divided by the factors.
  // CHECK-DAG: %[[FACTORS:.*]] = arith.constant dense<[1.250000e-01, 1.000000e+00, 1.000000e+00, 1.000000e+00, 2.000000e+00, 1.000000e+00]> : tensor<6xf32>
  // CHECK: %[[BUFFER:.*]] = bufferization.to_buffer %[[FACTORS]]
  // CHECK: call @round_6_int8_smooth(
  // CHECK-SAME: (memref<?x6xf32>, memref<?x8xi16>, memref<?xf32>, memref<?xi32>, memref<6xf32>) -> ()
  %smooth = sopt.linear %x, %w precision <int8, smooth = dense<[-3, 0, 0, 0, 1, 0]> : tensor<6xi8>>
     : (tensor<?x6xf32>, tensor<6x3xf32>) -> tensor<?x3xf32>
  // CHECK-DAG: %[[LOW:.*]] = arith.constant -1.000000e+00 : f32
  // CHECK-DAG: %[[HIGH:.*]] = arith.constant 3.000000e+00 : f32
  // CHECK: call @round_6_int8_fixed(%{{.*}}, %[[LOW]], %[[HIGH]])
  %fixed = sopt.linear %x, %w precision <int8, range = array<f32: -1.0, 3.0>>
     : (tensor<?x6xf32>, tensor<6x3xf32>) -> tensor<?x3xf32>

  // A weight that is no constant is left to the definition.
  // CHECK: sopt.linear %{{.*}}, %{{.*}} precision <int8>
  %3 = sopt.linear %x, %computed precision <int8>
     : (tensor<?x6xf32>, tensor<6x3xf32>) -> tensor<?x3xf32>
  return
}

// Each isa sums products up by its own instruction.

// CHECK-LABEL: func private @linear_6x3_nobias_int8(
// CHECK: arith.extsi %{{.*}} : vector<16xi8> to vector<16xi16>
// CHECK: llvm.call_intrinsic "llvm.x86.avx2.pmadd.wd"(%{{.*}}, %{{.*}}) : (vector<16xi16>, vector<16xi16>) -> vector<8xi32>
// CHECK-LABEL: func private @linear_6x3_nobias_bf16(
// CHECK: vector.fma

// VNNI-LABEL: func private @linear_6x3_nobias_int8(
// VNNI: llvm.call_intrinsic "llvm.x86.avx512.vpdpbusd.512"(%{{.*}}, %{{.*}}, %{{.*}}) : (vector<16xi32>, vector<64xi8>, vector<64xi8>) -> vector<16xi32>
// VNNI-LABEL: func private @linear_6x3_nobias_bf16(
// VNNI: llvm.call_intrinsic "llvm.x86.avx512bf16.dpbf16ps.512"(%{{.*}}, %{{.*}}, %{{.*}}) : (vector<16xf32>, vector<32xbf16>, vector<32xbf16>) -> vector<16xf32>

// AMX-LABEL: func private @linear_6x3_nobias_int8_amx(
// AMX: scf.parallel
// AMX: "llvm.x86.ldtilecfg"
// AMX: "llvm.x86.tdpbusd"
// AMX: "llvm.x86.tilerelease"
// AMX-LABEL: func private @linear_6x3_nobias_bf16_amx(
// AMX: "llvm.x86.tdpbf16ps"

// BW: llvm.call_intrinsic "llvm.x86.avx512.pmaddw.d.512"

// GENERIC-NOT: llvm.call_intrinsic
