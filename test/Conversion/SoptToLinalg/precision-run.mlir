// What #sopt.precision means, by numbers that can be followed by hand.

// RUN: sparse-opt %s -convert-sopt-to-linalg -arith-expand=include-bf16=true %to-llvm \
// RUN:   | mlir-runner -e main -entry-point-result=void \
// RUN:       -shared-libs=%mlir-libs/libmlir_c_runner_utils.so \
// RUN:   | FileCheck %s

func.func @print(%y: tensor<4x2xf32>) {
  %c0 = arith.constant 0 : index
  %pad = arith.constant 0.0 : f32
  %0 = vector.transfer_read %y[%c0, %c0], %pad : tensor<4x2xf32>, vector<4x2xf32>
  vector.print %0 : vector<4x2xf32>
  return
}

func.func @main() {
  // Row 0 goes from -51 to 204: steps of 1, and 51 for 0. Row 1 has no range.
  // Row 2 goes from 0 to 2.55 in steps of 0.01. Row 3 has a NaN.
  %x = arith.constant dense<[[-51.0, 204.0, 100.5, 99.5], [0.0, 0.0, 0.0, 0.0],
                             [0.0, 2.55, 0.004, 1.0], [1.0, 0x7FC00000, 1.0, 1.0]]> : tensor<4x4xf32>
  // Column 0 has steps of 1: 0.5 becomes 0 and 1.5 becomes 2, to even. Column 1
  // is zero.
  %w = arith.constant dense<[[127.0, 0.0], [1.5, 0.0], [0.5, 0.0], [-1.0, 0.0]]> : tensor<4x2xf32>
  %b = arith.constant dense<[1.0, 2.0]> : tensor<2xf32>

  // 1 - 51 * 127 + 204 * 2 - 100 = -6168; 1; 1 + 2.55 * 2 - 1 = 5.1.
  // CHECK: ( ( -6168, 2 ), ( 1, 2 ), ( 5.1, 2 ), ( nan, nan ) )
  %0 = sopt.linear %x, %w bias %b precision <int8>
     : (tensor<4x4xf32>, tensor<4x2xf32>, tensor<2xf32>) -> tensor<4x2xf32>
  call @print(%0) : (tensor<4x2xf32>) -> ()

  // The activation comes last.
  // CHECK: ( ( 0, 2 ), ( 1, 2 ), ( 5.1, 2 ), ( nan, nan ) )
  %1 = sopt.linear %x, %w bias %b activation <relu> precision <int8>
     : (tensor<4x4xf32>, tensor<4x2xf32>, tensor<2xf32>) -> tensor<4x2xf32>
  call @print(%1) : (tensor<4x2xf32>) -> ()

  // From 0 to 255 in steps of 1, with what is below held to 0:
  // 1 + 204 * 2 - 100; 1; 1 + 3 * 2 - 1.
  // CHECK: ( ( 309, 2 ), ( 1, 2 ), ( 6, 2 ), ( nan, nan ) )
  %fixed = sopt.linear %x, %w bias %b precision <int8, range = array<f32: 0.0, 255.0>>
     : (tensor<4x4xf32>, tensor<4x2xf32>, tensor<2xf32>) -> tensor<4x2xf32>
  call @print(%fixed) : (tensor<4x2xf32>) -> ()

  // The 204 of row 0 becomes 25.5, and row 1 of the weight 12: row 0 goes from
  // -51 to 100.5 in steps of 101/170. In these, -51 is 86 below 0, 25.5 is 43,
  // 100.5 is 169 and 99.5 is 167; the weight is 127, 12, 0, -1.
  // 1 + 101/170 * (-86 * 127 + 43 * 12 - 167) = 1 - 10573 * 0.5941176 = -6280.
  // Row 2 goes from 0 to 1 in steps of 1/255: 0.31875 is 81, 0.004 is 1.
  // 1 + 1/255 * (81 * 12 - 255) = 3.811765.
  // CHECK: ( ( -6280.{{[0-9]+}}, 2 ), ( 1, 2 ), ( 3.81176, 2 ), ( nan, nan ) )
  %smooth = sopt.linear %x, %w bias %b precision <int8, smooth = dense<[0, -3, 0, 0]> : tensor<4xi8>>
     : (tensor<4x4xf32>, tensor<4x2xf32>, tensor<2xf32>) -> tensor<4x2xf32>
  call @print(%smooth) : (tensor<4x2xf32>) -> ()

  // 8 bits are left of a bf16's mantissa: 257 lies between 256 and 258 and
  // becomes the even one, 259 becomes 260.
  // CHECK: ( ( 256, 0 ), ( 260, 0 ), ( 0, 0 ), ( nan, nan ) )
  %z = arith.constant dense<[[257.0], [259.0], [0.0], [0x7FC00000]]> : tensor<4x1xf32>
  %v = arith.constant dense<[[1.0, 0.0]]> : tensor<1x2xf32>
  %2 = sopt.linear %z, %v precision <bf16> : (tensor<4x1xf32>, tensor<1x2xf32>) -> tensor<4x2xf32>
  call @print(%2) : (tensor<4x2xf32>) -> ()
  return
}
