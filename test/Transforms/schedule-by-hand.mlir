// RUN: sparse-opt %s -sopt-schedule | FileCheck %s
// RUN: not sparse-opt %s -sopt-schedule=isa=avx1024 2>&1 | FileCheck %s --check-prefix=ISA

// ISA: error: sopt-schedule: unknown isa 'avx1024'

// What is written by hand stays; a weight that is no constant leaves no choice.

// CHECK-LABEL: func @layers
func.func @layers(%x: tensor<?x2xf32>, %computed: tensor<2x3xf32>) {
  %w = arith.constant dense<[[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]> : tensor<2x3xf32>
  // CHECK: sopt.linear %{{.*}}, %{{.*}} schedule <layout = <csr, i32>, tile = 1x2> :
  %0 = sopt.linear %x, %w schedule <layout = <csr, i32>, tile = 1x2>
     : (tensor<?x2xf32>, tensor<2x3xf32>) -> tensor<?x3xf32>
  // CHECK: sopt.linear %{{.*}}, %{{.*}} : (
  %1 = sopt.linear %x, %computed : (tensor<?x2xf32>, tensor<2x3xf32>) -> tensor<?x3xf32>
  return
}
