"""Prints a module with layers of 64 × 64 weights, or as large as asked: one without zeros, one with a
tenth of its elements anywhere, one with a tenth in blocks of 4 outputs, and one
of which each output has one of 4 neighbouring inputs."""

import struct
import sys

SIZE = int(sys.argv[1]) if len(sys.argv) > 1 else 64


def print_layer(name, keep):
    weight = [float(1 + (i * 7 + j) % 5) if keep(i, j) else 0.0 for i in range(SIZE) for j in range(SIZE)]
    data = struct.pack(f"<{SIZE * SIZE}f", *weight).hex().upper()
    print(
        f"""
func.func @{name}(%x: tensor<?x{SIZE}xf32>) -> tensor<?x{SIZE}xf32> {{
  %w = arith.constant dense<"0x{data}"> : tensor<{SIZE}x{SIZE}xf32>
  %y = sopt.linear %x, %w : (tensor<?x{SIZE}xf32>, tensor<{SIZE}x{SIZE}xf32>) -> tensor<?x{SIZE}xf32> loc("{name}"("y"))
  return %y : tensor<?x{SIZE}xf32>
}}"""
    )


print_layer("full", lambda i, j: True)
print_layer("few", lambda i, j: (i + j * 7) % 40 < 4)
print_layer("blocks", lambda i, j: (i * 3 + j // 4 * 7) % 10 == 0)
print_layer("groups", lambda i, j: i % 4 == (i // 4 * 3 + j) % 4)
