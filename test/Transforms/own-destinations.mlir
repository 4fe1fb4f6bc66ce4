// RUN: sparse-opt %s -sopt-own-destinations -split-input-file | FileCheck %s

// Nothing else may be written where an operation writes.

// CHECK-LABEL: @empty
// CHECK:       %[[E:.*]] = tensor.empty
// CHECK:       linalg.exp {{.*}} outs(%[[E]]
// CHECK:       %[[F:.*]] = tensor.empty
// CHECK:       linalg.log {{.*}} outs(%[[F]]
// CHECK-NOT:   tensor.empty
func.func @empty(%x: tensor<4xf32>) -> tensor<4xf32> {
  %e = tensor.empty() : tensor<4xf32>
  %0 = linalg.exp ins(%x : tensor<4xf32>) outs(%e : tensor<4xf32>) -> tensor<4xf32>
  %1 = linalg.log ins(%0 : tensor<4xf32>) outs(%e : tensor<4xf32>) -> tensor<4xf32>
  return %1 : tensor<4xf32>
}

// -----

// Zeros to add to are made anew instead of copied; zeros to read are shared.

// CHECK-LABEL: @fill
// CHECK:       %[[E:.*]] = tensor.empty
// CHECK:       %[[ZEROS:.*]] = linalg.fill {{.*}} outs(%[[E]]
// CHECK:       %[[F:.*]] = tensor.empty
// CHECK:       %[[SUM:.*]] = linalg.fill {{.*}} outs(%[[F]]
// CHECK:       linalg.matmul ins(%{{.*}}, %[[ZEROS]] {{.*}} outs(%[[SUM]]
func.func @fill(%x: tensor<4x4xf32>) -> tensor<4x4xf32> {
  %zero = arith.constant 0.0 : f32
  %e = tensor.empty() : tensor<4x4xf32>
  %0 = linalg.fill ins(%zero : f32) outs(%e : tensor<4x4xf32>) -> tensor<4x4xf32>
  %1 = linalg.matmul ins(%x, %0 : tensor<4x4xf32>, tensor<4x4xf32>) outs(%0 : tensor<4x4xf32>) -> tensor<4x4xf32>
  return %1 : tensor<4x4xf32>
}

// -----

// A loop does not allocate in each of its rounds what one buffer can hold.

// CHECK-LABEL: @loop
// CHECK:       tensor.empty
// CHECK:       linalg.exp
// CHECK:       %[[F:.*]] = tensor.empty
// CHECK:       scf.for
// CHECK-NOT:   tensor.empty
// CHECK:       linalg.log {{.*}} outs(%[[F]]
func.func @loop(%x: tensor<4xf32>, %n: index) -> tensor<4xf32> {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %e = tensor.empty() : tensor<4xf32>
  %0 = linalg.exp ins(%x : tensor<4xf32>) outs(%e : tensor<4xf32>) -> tensor<4xf32>
  %1 = scf.for %i = %c0 to %n step %c1 iter_args(%y = %0) -> tensor<4xf32> {
    %2 = linalg.log ins(%y : tensor<4xf32>) outs(%e : tensor<4xf32>) -> tensor<4xf32>
    scf.yield %2 : tensor<4xf32>
  }
  return %1 : tensor<4xf32>
}
