// RUN: sparse-opt %s -convert-sopt-to-vector -split-input-file -verify-diagnostics

// A schedule that cannot be obeyed is an error, not a slower kernel.

func.func @computed_weight(%x: tensor<?x2xf32>, %w: tensor<2x3xf32>) -> tensor<?x3xf32> {
  // expected-error@+1 {{cannot be computed as #sopt.schedule<layout = <csr, i16>>: its weight is no constant}}
  %0 = sopt.linear %x, %w schedule <layout = <csr, i16>>
     : (tensor<?x2xf32>, tensor<2x3xf32>) -> tensor<?x3xf32>
  return %0 : tensor<?x3xf32>
}

// -----

func.func @half(%x: tensor<?x2xf16>) -> tensor<?x3xf16> {
  %w = arith.constant dense<1.0> : tensor<2x3xf16>
  // expected-error@+1 {{cannot be computed as #sopt.schedule<layout = <block 4x1, i16>>: it is not in f32}}
  %0 = sopt.linear %x, %w schedule <layout = <block 4x1, i16>>
     : (tensor<?x2xf16>, tensor<2x3xf16>) -> tensor<?x3xf16>
  return %0 : tensor<?x3xf16>
}

// -----

func.func @empty(%x: tensor<?x0xf32>) -> tensor<?x3xf32> {
  %w = arith.constant dense<> : tensor<0x3xf32>
  // expected-error@+1 {{its weight is empty}}
  %0 = sopt.linear %x, %w schedule <layout = <csr, i16>>
     : (tensor<?x0xf32>, tensor<0x3xf32>) -> tensor<?x3xf32>
  return %0 : tensor<?x3xf32>
}
