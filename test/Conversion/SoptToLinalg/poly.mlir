// RUN: sparse-opt %s -convert-sopt-to-linalg -split-input-file | FileCheck %s

// Horner's rule, one fused multiply-add a degree.
// CHECK-LABEL: func @all_alike
func.func @all_alike(%x: tensor<?xf32>) -> tensor<?xf32> {
  // CHECK: linalg.generic
  // CHECK: ^bb0(%[[X:.*]]: f32, %{{.*}}: f32):
  // CHECK: %[[C2:.*]] = arith.constant 5.000000e-03
  // CHECK: %[[C1:.*]] = arith.constant 1.000000e+00
  // CHECK: %[[S:.*]] = math.fma %[[C2]], %[[X]], %[[C1]]
  // CHECK: %[[C0:.*]] = arith.constant 2.500000e-01
  // CHECK: math.fma %[[S]], %[[X]], %[[C0]]
  %y = sopt.poly %x {coefficients = dense<[0.25, 1.0, 0.005]> : tensor<3xf32>}
     : tensor<?xf32> -> tensor<?xf32>
  return %y : tensor<?xf32>
}

// -----

// Each channel has its own: one tensor a power, broadcast along the others.
// CHECK: #[[CHANNEL:.*]] = affine_map<(d0, d1) -> (d1)>
// CHECK-LABEL: func @per_channel
func.func @per_channel(%x: tensor<?x2xf16>) -> tensor<?x2xf16> {
  // CHECK-DAG: %[[C0:.*]] = arith.constant dense<[1.000000e+00, 3.000000e+00]> : tensor<2xf32>
  // CHECK-DAG: %[[C1:.*]] = arith.constant dense<[2.000000e+00, 4.000000e+00]> : tensor<2xf32>
  // CHECK: linalg.generic {indexing_maps = [{{.*}}, #[[CHANNEL]], #[[CHANNEL]], {{.*}}ins(%{{.*}}, %[[C0]], %[[C1]]
  // CHECK: arith.extf
  // CHECK: math.fma
  // CHECK: arith.truncf
  %y = sopt.poly %x {channel = 1,
      coefficients = dense<[[1.0, 2.0], [3.0, 4.0]]> : tensor<2x2xf32>}
     : tensor<?x2xf16> -> tensor<?x2xf16>
  return %y : tensor<?x2xf16>
}
