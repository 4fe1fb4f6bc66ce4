// Constants become globals in the order of the module, equal ones one.
// RUN: sparse-opt %s --sopt-place-constants | FileCheck %s
// RUN: sparse-opt %s --pass-pipeline='builtin.module(sopt-place-constants,one-shot-bufferize{bufferize-function-boundaries})' | FileCheck %s --check-prefix=BUFFERS

// CHECK-DAG: memref.global "private" constant @[[A:__constant_2xf32]] : memref<2xf32> = dense<[1.000000e+00, 2.000000e+00]> {alignment = 64 : i64}
// CHECK-DAG: memref.global "private" constant @__constant_2xf32_0 : memref<2xf32> = dense<[3.000000e+00, 4.000000e+00]>
// CHECK-NOT: memref.global
// Bufferization takes them as they are.
// BUFFERS-COUNT-2: memref.global "private" constant @__constant_2xf32{{.*}} {alignment = 64 : i64}
// BUFFERS-NOT: memref.global

// CHECK-LABEL: func.func @first
func.func @first() -> tensor<2xf32> {
  %0 = arith.constant dense<[1.0, 2.0]> : tensor<2xf32>
  return %0 : tensor<2xf32>
}

// BUFFERS-LABEL: func.func @second
// BUFFERS: memref.get_global @__constant_2xf32_0
// BUFFERS: memref.get_global @__constant_2xf32 :
func.func @second() -> (tensor<2xf32>, tensor<2xf32>, index) {
  %0 = arith.constant dense<[3.0, 4.0]> : tensor<2xf32>
  %1 = arith.constant dense<[1.0, 2.0]> : tensor<2xf32>
  %2 = arith.constant 7 : index
  return %0, %1, %2 : tensor<2xf32>, tensor<2xf32>, index
}
