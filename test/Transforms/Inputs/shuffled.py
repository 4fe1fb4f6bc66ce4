"""Prints a module with a layer and its reader, whose 384 features are pruned to a
tenth of their inputs: those of @scattered anywhere, and those of @blocks in fours
that are then shuffled."""

import random
import struct

INPUTS, FEATURES = 128, 384


def print_layers(name, kept):
    weight = [float((i * 7 + j) % 5 + 1) if (i, j) in kept else 0.0 for i in range(INPUTS) for j in range(FEATURES)]
    data = struct.pack(f"<{len(weight)}f", *weight).hex().upper()
    reader = struct.pack(f"<{FEATURES}f", *range(FEATURES)).hex().upper()
    print(
        f"""
func.func @{name}(%x: tensor<?x{INPUTS}xf32>) -> tensor<?x1xf32> {{
  %w = onnx.Constant() {{value = dense<"0x{data}"> : tensor<{INPUTS}x{FEATURES}xf32>}} : () -> tensor<{INPUTS}x{FEATURES}xf32>
  %v = onnx.Constant() {{value = dense<"0x{reader}"> : tensor<{FEATURES}x1xf32>}} : () -> tensor<{FEATURES}x1xf32>
  %0 = sopt.linear %x, %w : (tensor<?x{INPUTS}xf32>, tensor<{INPUTS}x{FEATURES}xf32>) -> tensor<?x{FEATURES}xf32> loc("{name}"("y"))
  %1 = sopt.linear %0, %v : (tensor<?x{FEATURES}xf32>, tensor<{FEATURES}x1xf32>) -> tensor<?x1xf32>
  return %1 : tensor<?x1xf32>
}}"""
    )


random.seed(0)
pairs = [(i, j) for i in range(INPUTS) for j in range(FEATURES)]
print_layers("scattered", set(random.sample(pairs, len(pairs) // 10)))
order = random.sample(range(FEATURES), FEATURES)
blocks = random.sample([(i, j) for i, j in pairs if j % 4 == 0], len(pairs) // 40)
print_layers("blocks", {(i, order[j + k]) for i, j in blocks for k in range(4)})
