// RUN: sparse-opt %s -convert-sopt-to-vector=isa=avx2 | FileCheck %s --check-prefixes=CHECK,AVX2
// RUN: sparse-opt %s -convert-sopt-to-vector=isa=avx512 | FileCheck %s --check-prefix=AVX512
// RUN: sparse-opt %s -convert-sopt-to-vector=isa=neon | FileCheck %s --check-prefix=NEON
// RUN: sparse-opt %s -convert-sopt-to-vector=isa=generic | FileCheck %s --check-prefix=GENERIC
// RUN: sparse-opt %s -convert-sopt-to-vector=isa=avx512 %to-llvm \
// RUN:   | mlir-translate -mlir-to-llvmir | llc -mcpu=skylake-avx512 | FileCheck %s --check-prefix=ZMM
// RUN: sparse-opt %s -convert-sopt-to-vector=isa=neon %to-llvm \
// RUN:   | mlir-translate -mlir-to-llvmir | llc -mtriple=aarch64 | FileCheck %s --check-prefix=TBL

// A word has the places of 16 weights, which follow it: here the first group
// keeps its inputs 1 and 3 for the first output, so 1 + 4 * 3 = 13, and the
// second one, of two inputs, its 0, the fifth.

// CHECK-LABEL: func @layer
// AVX2:          arith.constant dense<"0x0D{{(0{66})}}803F{{(0{62})}}40{{(0{60})}}4040{{0+}}"> : tensor<1x20x8xi32>
// CHECK:         call @linear_6x1_nobias_2of4(%{{.*}}) : (memref<?x6xf32>, memref<1x20x8xi32>, memref<?x1xf32>) -> ()
func.func @layer(%x: tensor<?x6xf32>) -> tensor<?x1xf32> {
  %w = arith.constant dense<[[0.0], [1.0], [0.0], [2.0], [3.0], [-0.0]]> : tensor<6x1xf32>
  %0 = sopt.linear %x, %w schedule <layout = <nm 2:4, i8>>
     : (tensor<?x6xf32>, tensor<6x1xf32>) -> tensor<?x1xf32>
  return %0 : tensor<?x1xf32>
}

// Few rows have lanes permuted by the words themselves, more have bytes: a
// table makes their places of the words.

// AVX2:     func.func private @linear_6x1_nobias_2of4(
// AVX2:     scf.index_switch
// AVX2:     case 1 {
// AVX2:       vector.shuffle %{{.*}} [0, 1, 2, 3, 0, 1, 2, 3] : vector<4xf32>, vector<4xf32>
// AVX2:       llvm.call_intrinsic "llvm.x86.avx.vpermilvar.ps.256"(%{{.*}}, %{{.*}}) : (vector<8xf32>, vector<8xi32>) -> vector<8xf32>
// AVX2-NEXT:  vector.fma
// AVX2-NOT:   pshuf.b
// AVX2:     case 6 {
// AVX2:       llvm.call_intrinsic "llvm.x86.avx.vpermilvar.ps.256"
// AVX2:       llvm.call_intrinsic "llvm.x86.avx2.pshuf.b"(%{{.*}}, %{{.*}}) : (vector<32xi8>, vector<32xi8>) -> vector<32xi8>
// AVX2:     case 8 {
// AVX2-NOT: case 9 {

// AVX512: llvm.call_intrinsic "llvm.x86.avx512.vpermilvar.ps.512"(%{{.*}}, %{{.*}}) : (vector<16xf32>, vector<16xi32>) -> vector<16xf32>

// NEON: llvm.call_intrinsic "llvm.aarch64.neon.tbl1.v16i8"(%{{.*}}, %{{.*}}) : (vector<16xi8>, vector<16xi8>) -> vector<16xi8>

// GENERIC-NOT: llvm.call_intrinsic
// GENERIC:     arith.select

// ZMM: vpermilps {{.*}}%zmm
// ZMM: vfmadd{{.*}}%zmm
// TBL: tbl {{.*}}.16b
