// RUN: sparse-opt %s -convert-sopt-to-vector=isa=avx512 -split-input-file | FileCheck %s

// A layer becomes a call on buffers; equal layers share one kernel.

// CHECK-LABEL: func @two_layers
// CHECK-SAME:    %[[X:.*]]: tensor<?x?x384xf32>, %[[B:.*]]: tensor<1536xf32>
func.func @two_layers(%x: tensor<?x?x384xf32>, %b: tensor<1536xf32>, %w: tensor<384x1536xf32>,
                      %v: tensor<384x1536xf32>) -> (tensor<?x?x1536xf32>, tensor<?x?x1536xf32>) {
  // CHECK: %[[XB:.*]] = bufferization.to_buffer %[[X]] read_only
  // CHECK: %[[XR:.*]] = memref.collapse_shape %[[XB]] {{\[}}[0, 1], [2]]
  // CHECK: %[[Y:.*]] = memref.alloc(%{{.*}}, %{{.*}}) {alignment = 64 : i64} : memref<?x?x1536xf32>
  // CHECK: %[[YR:.*]] = memref.collapse_shape %[[Y]]
  // CHECK: call @sopt_rt_flops(%{{.*}}) : (i64) -> ()
  // CHECK: call @linear_384x1536_gelu(%[[XR]], %{{.*}}, %{{.*}}, %[[YR]])
  // CHECK: bufferization.to_tensor %[[Y]] restrict writable
  // CHECK: call @linear_384x1536_gelu(
  %0 = sopt.linear %x, %w bias %b activation <gelu>
     : (tensor<?x?x384xf32>, tensor<384x1536xf32>, tensor<1536xf32>) -> tensor<?x?x1536xf32>
  %1 = sopt.linear %x, %v bias %b activation <gelu>
     : (tensor<?x?x384xf32>, tensor<384x1536xf32>, tensor<1536xf32>) -> tensor<?x?x1536xf32>
  return %0, %1 : tensor<?x?x1536xf32>, tensor<?x?x1536xf32>
}

// Weights that are not constant are packed on each run.
// CHECK: func private @pack_384x1536(%{{.*}}: memref<384x1536xf32>, %{{.*}}: memref<48x384x32xf32>)

// The sums of 12 rows × 2 vectors stay in registers over all of K.
// CHECK: func private @linear_384x1536_gelu(
// CHECK-SAME: memref<?x384xf32>, %{{.*}}: memref<48x384x32xf32>, %{{.*}}: memref<1536xf32>, %{{.*}}: memref<?x1536xf32>) attributes {no_inline}
// CHECK: scf.parallel
// CHECK:   %{{.*}}:24 = scf.for %{{.*}} = %c0 to %c384 step %c1 iter_args
// CHECK:     vector.fma
// CHECK-NOT: func private @linear

// -----

// A constant is packed by the compiler, once: panel, k, column; zeros past N.

// CHECK-LABEL: func @constant_weight
func.func @constant_weight(%x: tensor<?x2xf32>) -> (tensor<?x3xf32>, tensor<?x3xf32>) {
  // CHECK-NEXT: arith.constant dense<{{\[\[\[}}1.000000e+00, 2.000000e+00, 3.000000e+00, 0.000000e+00, {{.*}}0.000000e+00], [4.000000e+00, 5.000000e+00, 6.000000e+00, 0.000000e+00, {{.*}}> : tensor<1x2x32xf32>
  // CHECK-NOT: tensor<2x3xf32>
  %w = onnx.Constant() {value = dense<[[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]> : tensor<2x3xf32>} : () -> tensor<2x3xf32>
  %0 = sopt.linear %x, %w : (tensor<?x2xf32>, tensor<2x3xf32>) -> tensor<?x3xf32>
  %1 = sopt.linear %x, %w activation <relu> : (tensor<?x2xf32>, tensor<2x3xf32>) -> tensor<?x3xf32>
  return %0, %1 : tensor<?x3xf32>, tensor<?x3xf32>
}

// -----

// Rows of x that are a page apart share a set of the cache: fewer of them, and
// more columns, make a tile.

// CHECK-LABEL: func private @linear_1024x64
// CHECK-SAME: memref<1x1024x64xf32>
// CHECK: %{{.*}}:24 = scf.for %{{.*}} = %c0 to %c1024 step %c1 iter_args
// CHECK-COUNT-6: memref.load
// CHECK-NOT: memref.load
// CHECK: scf.yield
func.func @page_apart(%x: tensor<?x1024xf32>, %b: tensor<64xf32>, %w: tensor<1024x64xf32>) -> tensor<?x64xf32> {
  %y = sopt.linear %x, %w bias %b
     : (tensor<?x1024xf32>, tensor<1024x64xf32>, tensor<64xf32>) -> tensor<?x64xf32>
  return %y : tensor<?x64xf32>
}

// -----

// What there is no kernel for stays.

// CHECK-LABEL: func @half
func.func @half(%x: tensor<4x8xf16>, %w: tensor<8x8xf16>) -> tensor<4x8xf16> {
  // CHECK-NEXT: sopt.linear
  %0 = sopt.linear %x, %w : (tensor<4x8xf16>, tensor<8x8xf16>) -> tensor<4x8xf16>
  return %0 : tensor<4x8xf16>
}

// CHECK-LABEL: func @unknown_size
func.func @unknown_size(%x: tensor<4x8xf32>, %w: tensor<8x?xf32>) -> tensor<4x?xf32> {
  // CHECK-NEXT: sopt.linear
  %0 = sopt.linear %x, %w : (tensor<4x8xf32>, tensor<8x?xf32>) -> tensor<4x?xf32>
  return %0 : tensor<4x?xf32>
}

// CHECK-LABEL: func @empty
func.func @empty(%x: tensor<4x0xf32>, %w: tensor<0x8xf32>) -> tensor<4x8xf32> {
  // CHECK-NEXT: sopt.linear
  %0 = sopt.linear %x, %w : (tensor<4x0xf32>, tensor<0x8xf32>) -> tensor<4x8xf32>
  return %0 : tensor<4x8xf32>
}
