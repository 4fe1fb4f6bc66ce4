// RUN: sparse-opt %s -convert-sopt-to-vector -split-input-file -verify-diagnostics

// A schedule that cannot be obeyed is an error, not a slower kernel.

func.func @computed_weight(%x: tensor<?x2xf32>, %w: tensor<2x3xf32>) -> tensor<?x3xf32> {
  // expected-error@+1 {{cannot be computed as #sopt.schedule<layout = <csr, i16>>: its weight is no constant}}
  %0 = sopt.linear %x, %w schedule <layout = <csr, i16>>
     : (tensor<?x2xf32>, tensor<2x3xf32>) -> tensor<?x3xf32>
  return %0 : tensor<?x3xf32>
}

// -----

// Groups are of inputs, and the last one may have fewer.
func.func @too_many(%x: tensor<?x6xf32>) -> tensor<?x1xf32> {
  %fits = arith.constant dense<[[1.0], [2.0], [0.0], [-0.0], [0.0], [3.0]]> : tensor<6x1xf32>
  %0 = sopt.linear %x, %fits schedule <layout = <nm 2:4, i8>>
     : (tensor<?x6xf32>, tensor<6x1xf32>) -> tensor<?x1xf32>
  %w = arith.constant dense<[[1.0], [0.0], [2.0], [3.0], [0.0], [4.0]]> : tensor<6x1xf32>
  // expected-error@+1 {{cannot be computed as #sopt.schedule<layout = <nm 2:4, i8>>: its weight has more non-zeros in a group}}
  %1 = sopt.linear %x, %w schedule <layout = <nm 2:4, i8>>
     : (tensor<?x6xf32>, tensor<6x1xf32>) -> tensor<?x1xf32>
  return %1 : tensor<?x1xf32>
}

// -----

func.func @one_number(%x: tensor<?x6xf32>) -> tensor<?x2xf32> {
  %w = arith.constant dense<0.0> : tensor<6x2xf32>
  // expected-error@+1 {{its weight is one number for all}}
  %0 = sopt.linear %x, %w schedule <layout = <nm 1:4, i8>>
     : (tensor<?x6xf32>, tensor<6x2xf32>) -> tensor<?x2xf32>
  return %0 : tensor<?x2xf32>
}

// -----

func.func @one_number_int8(%x: tensor<?x6xf32>) -> tensor<?x2xf32> {
  %w = arith.constant dense<0.0> : tensor<6x2xf32>
  // expected-error@+1 {{its weight is one number for all}}
  %0 = sopt.linear %x, %w schedule <layout = <csr, i16>> precision <int8>
     : (tensor<?x6xf32>, tensor<6x2xf32>) -> tensor<?x2xf32>
  return %0 : tensor<?x2xf32>
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
