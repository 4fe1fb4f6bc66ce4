// RUN: sparse-opt %s -convert-sopt-to-vector=isa=avx512 | FileCheck %s

// Rows are parallel; the sums of a row are kept in four vectors. What differs
// in epsilon alone shares a kernel.

// CHECK-LABEL: func @twice
// CHECK: %[[E:.*]] = arith.constant 9.99999996E-13 : f32
// CHECK: call @layer_norm_384_residual(%{{.*}}, %{{.*}}, %{{.*}}, %{{.*}}, %[[E]], %{{.*}})
// CHECK: call @layer_norm_384_residual(
func.func @twice(%x: tensor<?x?x384xf32>, %r: tensor<?x?x384xf32>, %s: tensor<384xf32>,
                 %b: tensor<384xf32>) -> tensor<?x?x384xf32> {
  %0 = sopt.layer_norm %x residual %r scale %s bias %b {epsilon = 1.0e-12 : f32}
     : (tensor<?x?x384xf32>, tensor<?x?x384xf32>, tensor<384xf32>, tensor<384xf32>) -> tensor<?x?x384xf32>
  %1 = sopt.layer_norm %0 residual %r scale %s bias %b
     : (tensor<?x?x384xf32>, tensor<?x?x384xf32>, tensor<384xf32>, tensor<384xf32>) -> tensor<?x?x384xf32>
  return %1 : tensor<?x?x384xf32>
}

// CHECK-LABEL: func @rms
// CHECK: call @rms_norm_20_nobias(
func.func @rms(%x: tensor<?x20xf32>, %s: tensor<20xf32>) -> tensor<?x20xf32> {
  %0 = sopt.layer_norm %x scale %s {rms} : (tensor<?x20xf32>, tensor<20xf32>) -> tensor<?x20xf32>
  return %0 : tensor<?x20xf32>
}

// CHECK-LABEL: func @unknown_size
// CHECK-NEXT: sopt.layer_norm
func.func @unknown_size(%x: tensor<4x?xf32>, %s: tensor<?xf32>) -> tensor<4x?xf32> {
  %0 = sopt.layer_norm %x scale %s : (tensor<4x?xf32>, tensor<?xf32>) -> tensor<4x?xf32>
  return %0 : tensor<4x?xf32>
}

// CHECK: func private @layer_norm_384_residual(
// CHECK: scf.parallel
// CHECK: %{{.*}}:4 = scf.for %{{.*}} = %c0 to %c384 step %c64
// CHECK: vector.reduction <add>, %{{.*}} fastmath<reassoc>
// CHECK: func private @rms_norm_20_nobias(
