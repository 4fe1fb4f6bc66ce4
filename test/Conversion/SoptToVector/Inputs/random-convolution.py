"""Prints a module whose @main compares convolutions of random shape, computed by
kernels, with what linalg computes where sums start from anything, and prints one
1 for each that agrees to 1e-3.

usage: random-convolution.py SEED COUNT
"""

import random
import struct
import sys

random.seed(int(sys.argv[1]))
count = int(sys.argv[2])

PRELUDE = """
func.func @sopt_rt_flops(%count: i64) {
  return
}

func.func private @fill(%n: index, %c: index, %h: index, %w: index) -> tensor<?x?x?x?xf32> {
  %c3 = arith.constant 3 : index
  %c7 = arith.constant 7 : index
  %c11 = arith.constant 11 : index
  %five = arith.constant 5.0 : f32
  %eighth = arith.constant 0.125 : f32
  %x = tensor.generate %n, %c, %h, %w {
  ^bb0(%i: index, %j: index, %k: index, %l: index):
    %0 = arith.muli %j, %c7 : index
    %1 = arith.muli %k, %c3 : index
    %2 = arith.addi %0, %1 : index
    %3 = arith.addi %2, %i : index
    %4 = arith.muli %l, %l : index
    %5 = arith.addi %3, %4 : index
    %6 = arith.remui %5, %c11 : index
    %7 = arith.index_cast %6 : index to i32
    %8 = arith.sitofp %7 : i32 to f32
    %9 = arith.subf %8, %five : f32
    %10 = arith.mulf %9, %eighth : f32
    tensor.yield %10 : f32
  } : tensor<?x?x?x?xf32>
  return %x : tensor<?x?x?x?xf32>
}
"""

# No kernel is made where sums start from %hidden, which does not look like a
# bias or zeros.
CASE = """
func.func private @case{i}(%n: index, %h: index, %w: index, %oh: index, %ow: index) {{
  %channels = arith.constant {channels} : index
  %x0 = call @fill(%n, %channels, %h, %w) : (index, index, index, index) -> tensor<?x?x?x?xf32>
  %x1 = tensor.cast %x0 : tensor<?x?x?x?xf32> to tensor<?x{channels}x?x?xf32>
  %x = {image}
  %filter = arith.constant dense<"{filter}"> : {w}
  %0 = tensor.empty(%n, %oh, %ow) : {y}
  {start}
  %init = {init}
  %y = {op} {{dilations = dense<{dilations}> : tensor<2xi64>, strides = dense<{strides}> : tensor<2xi64>}}
    ins(%x, %filter : {x}, {w}) outs(%init : {y}) -> {y}
  %hidden = tensor.cast %init : {y} to {y}
  %expected = {op} {{dilations = dense<{dilations}> : tensor<2xi64>, strides = dense<{strides}> : tensor<2xi64>}}
    ins(%x, %filter : {x}, {w}) outs(%hidden : {y}) -> {y}
  %none = arith.constant dense<0.0> : tensor<f32>
  %max = linalg.generic {{
    indexing_maps = [affine_map<({loops}) -> ({loops})>, affine_map<({loops}) -> ({loops})>,
                     affine_map<({loops}) -> ()>],
    iterator_types = [{iterators}]
  }} ins(%y, %expected : {y}, {y}) outs(%none : tensor<f32>) {{
  ^bb0(%a: f32, %e: f32, %m: f32):
    %1 = arith.subf %a, %e : f32
    %2 = math.absf %1 : f32
    %3 = arith.maximumf %m, %2 : f32
    linalg.yield %3 : f32
  }} -> tensor<f32>
  %4 = tensor.extract %max[] : tensor<f32>
  %bound = arith.constant 1.0e-3 : f32
  %5 = arith.cmpf olt, %4, %bound : f32
  vector.print %5 : i1
  return
}}
"""


def to_hex(numbers):
    return "0x" + struct.pack(f"<{len(numbers)}f", *numbers).hex().upper()


calls = []
for i in range(count):
    groups = random.choice([1, 1, 2, 3])
    outputs, channels = random.choice([1, 2, 5, 12, 31, 70, 200]), random.randint(1, 5)
    if random.random() < 0.5:  # depthwise
        groups, outputs, channels = random.randint(2, 5), random.choice([1, 1, 3]), 1
    kernel = random.choice([(1, 1), (3, 3), (1, 3), (2, 1), (5, 4), (9, 8)])
    strides = random.choice([(1, 1), (1, 1), (2, 2), (1, 3)])
    dilations = random.choice([(1, 1), (1, 1), (2, 3)])
    images, rows, columns = random.choice([0, 1, 2]), random.randint(1, 6), random.choice([1, 3, 16, 37, 64])
    height = (rows - 1) * strides[0] + (kernel[0] - 1) * dilations[0] + 1
    width = (columns - 1) * strides[1] + (kernel[1] - 1) * dilations[1] + 1
    filters = "x".join(map(str, (outputs, channels, *kernel)))
    x, w = f"tensor<?x{channels}x?x?xf32>", f"tensor<{filters}xf32>"
    y, per_output = f"tensor<?x{outputs}x?x?xf32>", f"tensor<{outputs}xf32>"
    op, image, broadcast = "linalg.conv_2d_nchw_fchw", f"tensor.cast %x1 : {x} to {x}", "0, 2, 3"
    if groups > 1:
        joined = f"tensor<?x{groups * channels}x?x?xf32>"
        x, w = f"tensor<?x{groups}x{channels}x?x?xf32>", f"tensor<{groups}x{filters}xf32>"
        y, per_output = f"tensor<?x{groups}x{outputs}x?x?xf32>", f"tensor<{groups}x{outputs}xf32>"
        op, broadcast = "linalg.conv_2d_ngchw_gfchw", "0, 3, 4"
        image = (f"tensor.expand_shape %x1 [[0], [1, 2], [3], [4]] "
                 f"output_shape [%n, {groups}, {channels}, %h, %w] : {joined} into {x}")
    if random.random() < 0.7:
        bias = to_hex([random.randint(-8, 8) / 4 for _ in range(groups * outputs)])
        start = f'%bias = arith.constant dense<"{bias}"> : {per_output}'
        init = f"linalg.broadcast ins(%bias : {per_output}) outs(%0 : {y}) dimensions = [{broadcast}]"
    else:
        start = "%zero = arith.constant 0.0 : f32"
        init = f"linalg.fill ins(%zero : f32) outs(%0 : {y}) -> {y}"
    size = groups * outputs * channels * kernel[0] * kernel[1]
    print(CASE.format(
        i=i, x=x, w=w, y=y, op=op, image=image, start=start, init=init, channels=groups * channels,
        dilations=list(dilations), strides=list(strides),
        filter=to_hex([random.randint(-8, 8) / 16 for _ in range(size)]),
        loops=", ".join(f"d{d}" for d in range(4 + (groups > 1))),
        iterators=", ".join(['"reduction"'] * (4 + (groups > 1)))))
    sizes = (images, height, width, rows, columns)
    names = [f"%v{i}_{j}" for j in range(5)]
    calls += [f"  {name} = arith.constant {size} : index" for name, size in zip(names, sizes)]
    calls.append(f"  call @case{i}({', '.join(names)}) : ({', '.join(['index'] * 5)}) -> ()")
print(PRELUDE)
print("func.func @main() {", *calls, "  return", "}", sep="\n")
