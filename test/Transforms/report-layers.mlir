// RUN: sparse-opt %s -sopt-report-layers="isa=avx512 precision=int8" -o /dev/null 2>&1 | FileCheck %s
// RUN: sparse-opt %s -sopt-report-layers="isa=avx512 precision=int8 cosine=0.9987 format=json" -o /dev/null | FileCheck %s --check-prefix=JSON
// RUN: sparse-opt %s -sopt-report-layers="isa=avx512 format=svg" -o /dev/null | FileCheck %s --check-prefix=SVG
// RUN: not sparse-opt %s -sopt-report-layers=isa=avx1024 2>&1 | FileCheck %s --check-prefix=ISA

// What layers say is told, and why as far as it can be.

// CHECK:      predicted for 128 tokens on one thread, by a table
// CHECK-NEXT: layer weight kernel precision us fp32 dense us why
// JSON:      "tokens": 128,
// JSON-NEXT: "cosine": 0.9987
// ISA: error: sopt-report-layers: unknown isa 'avx1024'
func.func @layers(%x: tensor<?x2xf32>, %computed: tensor<2x3xf32>) {
  // CHECK-NEXT: 2x3 dense int8 {{[0-9.]+}} {{[0-9.]+}} loses 0.{{[0-9]+}} % of the weight{{$}}
  // JSON:      "kernel": "dense"
  // JSON-NEXT: "precision": "int8"
  // JSON-NEXT: "weight_error": 0.00
  // JSON-NEXT: "smoothed": false
  // JSON-NEXT: "predicted_us":
  // JSON-NEXT: "dense_us":
  // JSON-NEXT: "why": "loses
  // SVG: dense, 0 % zeros, int8
  %w = arith.constant dense<[[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]> : tensor<2x3xf32>
  %0 = sopt.linear %x, %w schedule <layout = <dense>> precision <int8>
     : (tensor<?x2xf32>, tensor<2x3xf32>) -> tensor<?x3xf32>

  // CHECK-NEXT: int8 {{.*}} % of the weight, smoothed, from -1 to 2{{$}}
  // JSON:      "smoothed": true
  // JSON-NEXT: "range": [
  // JSON-NEXT: -1,
  // JSON-NEXT: 2
  %1 = sopt.linear %x, %w schedule <layout = <dense>>
       precision <int8, range = array<f32: -1.0, 2.0>, smooth = dense<[1, 0]> : tensor<2xi8>>
     : (tensor<?x2xf32>, tensor<2x3xf32>) -> tensor<?x3xf32>

  // CHECK-NEXT: bf16 {{.*}} loses {{.*}} % of the weight; in int8 the calibration's outputs moved too far
  %2 = sopt.linear %x, %w schedule <layout = <dense>> precision <bf16>
     : (tensor<?x2xf32>, tensor<2x3xf32>) -> tensor<?x3xf32>

  // CHECK-NEXT: fp32 {{.*}} no zeros; an infinity or NaN is in the weight
  %n = arith.constant dense<[[1.0, 2.0, 3.0], [4.0, 0x7FC00000, 6.0]]> : tensor<2x3xf32>
  %3 = sopt.linear %x, %n schedule <layout = <dense>>
     : (tensor<?x2xf32>, tensor<2x3xf32>) -> tensor<?x3xf32>

  // CHECK-NEXT: csr fp32 {{.*}} as the model says{{$}}
  // JSON:      "kernel": "csr"
  // JSON-NEXT: "precision": "fp32"
  // JSON-NEXT: "predicted_us":
  %4 = sopt.linear %x, %w schedule <layout = <csr, i16>>
     : (tensor<?x2xf32>, tensor<2x3xf32>) -> tensor<?x3xf32>

  // CHECK-NEXT: block 4x1 int8 {{.*}} as the model says; loses 0.00 % of the weight{{$}}
  %h = arith.constant dense<[[1.0, 1.0, 1.0], [0.0, 0.0, 0.0]]> : tensor<2x3xf32>
  %7 = sopt.linear %x, %h schedule <layout = <block 4x1, i16>> precision <int8>
     : (tensor<?x2xf32>, tensor<2x3xf32>) -> tensor<?x3xf32>
  // CHECK-NEXT: all

  // Without a schedule or a constant weight there is nothing to tell.
  // CHECK-NOT: 2x3
  %5 = sopt.linear %x, %w : (tensor<?x2xf32>, tensor<2x3xf32>) -> tensor<?x3xf32>
  %6 = sopt.linear %x, %computed : (tensor<?x2xf32>, tensor<2x3xf32>) -> tensor<?x3xf32>
  return
}
