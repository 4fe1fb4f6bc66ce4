"""usage: many-grus.py COUNT: a model of GRUs of which no two have the same sizes, so that each is code of its own."""

import sys

sizes = range(1, int(sys.argv[1]) + 1)
arguments, nodes, types = [], [], []
for size in sizes:
    x, w, y = f"tensor<2x1x{size}xf32>", f"tensor<1x{3 * size}x{size}xf32>", f"tensor<2x1x1x{size}xf32>"
    arguments.append(f'%x{size}: {x} {{onnx.name = "x{size}"}}, %w{size}: {w} {{onnx.name = "w{size}"}}')
    nodes.append(
        f"%y{size} = onnx.GRU(%x{size}, %w{size}, %w{size}) {{hidden_size = {size} : i64, "
        "operandSegmentSizes = array<i32: 1, 1, 1, 0, 0, 0>, resultSegmentSizes = array<i32: 1, 0>} "
        f": ({x}, {w}, {w}) -> {y}"
    )
    types.append(y)
results = ", ".join(f'{y} {{onnx.name = "y{size}"}}' for size, y in zip(sizes, types))
print(f"func.func @main_graph({', '.join(arguments)}) -> ({results}) {{")
print(*nodes, sep="\n")
print(f"return {', '.join(f'%y{size}' for size in sizes)} : {', '.join(types)}")
print("}")
