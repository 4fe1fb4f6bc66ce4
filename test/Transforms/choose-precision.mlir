// RUN: sparse-opt %s -sopt-choose-precision=precision=int8 | FileCheck %s
// RUN: sparse-opt %s -sopt-choose-precision=precision=bf16 | FileCheck %s --check-prefix=BF16
// RUN: sparse-opt %s -sopt-choose-precision | FileCheck %s --check-prefix=FP32

// Every layer gets what is asked for that can bear it.

// CHECK-LABEL: func @layers
// BF16-LABEL: func @layers
// FP32-LABEL: func @layers
// FP32-COUNT-1: precision
// FP32-NOT: precision
func.func @layers(%x: tensor<?x2xf32>, %computed: tensor<2x3xf32>) {
  // CHECK: sopt.linear %{{.*}}, %{{.*}} precision <int8> :
  // BF16: sopt.linear %{{.*}}, %{{.*}} precision <bf16> :
  %w = arith.constant dense<[[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]> : tensor<2x3xf32>
  %0 = sopt.linear %x, %w : (tensor<?x2xf32>, tensor<2x3xf32>) -> tensor<?x3xf32>

  // CHECK: sopt.linear %{{.*}}, %{{.*}} : (
  // BF16: sopt.linear %{{.*}}, %{{.*}} : (
  %n = arith.constant dense<[[1.0, 2.0, 3.0], [4.0, 0x7FC00000, 6.0]]> : tensor<2x3xf32>
  %2 = sopt.linear %x, %n : (tensor<?x2xf32>, tensor<2x3xf32>) -> tensor<?x3xf32>

  // CHECK: schedule <layout = <csr, i16>> : (
  // BF16: schedule <layout = <csr, i16>> : (
  %3 = sopt.linear %x, %w schedule <layout = <csr, i16>>
     : (tensor<?x2xf32>, tensor<2x3xf32>) -> tensor<?x3xf32>

  // What is written by hand stays; a weight that is no constant leaves no choice.
  // CHECK: precision <bf16> : (
  // BF16: precision <bf16> : (
  %4 = sopt.linear %x, %w precision <bf16>
     : (tensor<?x2xf32>, tensor<2x3xf32>) -> tensor<?x3xf32>
  // CHECK: sopt.linear %{{.*}}, %{{.*}} : (
  // BF16: sopt.linear %{{.*}}, %{{.*}} : (
  %5 = sopt.linear %x, %computed : (tensor<?x2xf32>, tensor<2x3xf32>) -> tensor<?x3xf32>
  return
}
