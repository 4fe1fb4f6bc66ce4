"""Prints a module whose @main compares pairs of layers of random shape, pattern,
schedule and number of tokens with linalg, and prints one 1 for each that agrees
to 1e-3: what is added up is of the order of 100.

usage: random-sparse-linear.py SEED COUNT [--nm]
  --nm  schedules of N:M, and weights for them
"""

import random
import struct
import sys

random.seed(int(sys.argv[1]))
count = int(sys.argv[2])
is_nm = "--nm" in sys.argv

PRELUDE = """
func.func @sopt_rt_flops(%count: i64) {
  return
}

func.func private @fill(%rows: index, %columns: index) -> tensor<?x?xf32> {
  %c3 = arith.constant 3 : index
  %c7 = arith.constant 7 : index
  %c11 = arith.constant 11 : index
  %five = arith.constant 5.0 : f32
  %eighth = arith.constant 0.125 : f32
  %x = tensor.generate %rows, %columns {
  ^bb0(%i: index, %j: index):
    %0 = arith.muli %i, %c7 : index
    %1 = arith.muli %j, %c3 : index
    %2 = arith.addi %0, %1 : index
    %3 = arith.remui %2, %c11 : index
    %4 = arith.index_cast %3 : index to i32
    %5 = arith.sitofp %4 : i32 to f32
    %6 = arith.subf %5, %five : f32
    %7 = arith.mulf %6, %eighth : f32
    tensor.yield %7 : f32
  } : tensor<?x?xf32>
  return %x : tensor<?x?xf32>
}

func.func private @compare(%a: tensor<?x?xf32>, %b: tensor<?x?xf32>) {
  %zero = arith.constant dense<0.0> : tensor<f32>
  %max = linalg.generic {
    indexing_maps = [affine_map<(i, j) -> (i, j)>, affine_map<(i, j) -> (i, j)>,
                     affine_map<(i, j) -> ()>],
    iterator_types = ["reduction", "reduction"]
  } ins(%a, %b : tensor<?x?xf32>, tensor<?x?xf32>) outs(%zero : tensor<f32>) {
  ^bb0(%x: f32, %y: f32, %m: f32):
    %0 = arith.subf %x, %y : f32
    %1 = math.absf %0 : f32
    %2 = arith.maximumf %m, %1 : f32
    linalg.yield %2 : f32
  } -> tensor<f32>
  %0 = tensor.extract %max[] : tensor<f32>
  %bound = arith.constant 1.0e-3 : f32
  %1 = arith.cmpf olt, %0, %bound : f32
  vector.print %1 : i1
  return
}
"""

CASE = """
func.func private @case{i}(%tokens: index) {{
  %k = arith.constant {k} : index
  %x0 = call @fill(%tokens, %k) : (index, index) -> tensor<?x?xf32>
  %x1 = tensor.cast %x0 : tensor<?x?xf32> to tensor<?x{k}xf32>
  %s = arith.constant dense<0.25> : tensor<{k}xf32>
  {input}
  %w = arith.constant dense<"{weight}"> : tensor<{k}x{n}xf32>
  %b = arith.constant dense<"{bias}"> : tensor<{n}xf32>
  %0 = tensor.empty(%tokens) : tensor<?x{n}xf32>
  %1 = linalg.broadcast ins(%b : tensor<{n}xf32>) outs(%0 : tensor<?x{n}xf32>) dimensions = [0]
  %expected = linalg.matmul ins(%x, %w : tensor<?x{k}xf32>, tensor<{k}x{n}xf32>)
                            outs(%1 : tensor<?x{n}xf32>) -> tensor<?x{n}xf32>
  %y = sopt.linear %x, %w bias %b schedule <{schedule}>
     : (tensor<?x{k}xf32>, tensor<{k}x{n}xf32>, tensor<{n}xf32>) -> tensor<?x{n}xf32>

  // A second layer, for whose kernel the first one's result may stay in tiles.
  %w1 = arith.constant dense<"{weight1}"> : tensor<{n}x{m}xf32>
  %2 = arith.constant 0.0 : f32
  %3 = tensor.empty(%tokens) : tensor<?x{m}xf32>
  %4 = linalg.fill ins(%2 : f32) outs(%3 : tensor<?x{m}xf32>) -> tensor<?x{m}xf32>
  %expected1 = linalg.matmul ins(%expected, %w1 : tensor<?x{n}xf32>, tensor<{n}x{m}xf32>)
                             outs(%4 : tensor<?x{m}xf32>) -> tensor<?x{m}xf32>
  %y1 = sopt.linear %y, %w1 schedule <{schedule1}>
     : (tensor<?x{n}xf32>, tensor<{n}x{m}xf32>) -> tensor<?x{m}xf32>
  %a = tensor.cast %y1 : tensor<?x{m}xf32> to tensor<?x?xf32>
  %e = tensor.cast %expected1 : tensor<?x{m}xf32> to tensor<?x?xf32>
  call @compare(%a, %e) : (tensor<?x?xf32>, tensor<?x?xf32>) -> ()
  return
}}
"""

# What makes rows may make tiles, too.
INPUTS = [
    "%x = tensor.cast %x1 : tensor<?x{k}xf32> to tensor<?x{k}xf32>",
    "%x = sopt.layer_norm %x1 scale %s : (tensor<?x{k}xf32>, tensor<{k}xf32>) -> tensor<?x{k}xf32>",
]

SCHEDULES = [
    "layout = <csr, i16>",
    "layout = <csr, i32>, tile = 1x3",
    "layout = <block 4x1, i16>",
    "layout = <block 4x1, i16>, tile = 4x1",
    "layout = <block 2x1, i32>",
    "layout = <block 16x1, i16>",
    "layout = <dense>",
    "layout = <dense>, tile = 3x2",
    "layout = <csr, i16>, dense_below = 8",
    "layout = <block 4x1, i16>, dense_below = 8",
    "layout = <csr, i32>, dense_below = 32",
]


NM_SCHEDULES = [
    "layout = <nm 2:4, i8>",
    "layout = <nm 1:4, i8>",
    "layout = <nm 2:4, i8>, tile = 3x1",
    "layout = <dense>",
    "layout = <nm 1:4, i8>, tile = 2x3",
    "layout = <csr, i16>",
]


def to_hex(numbers):
    return "0x" + struct.pack(f"<{len(numbers)}f", *numbers).hex().upper()


def make_weight(k, n, schedule):
    """Elements of which a random share is zero, with whole rows and columns; of
    those of a group at most as many are not as the schedule allows."""
    zeros = random.choice([0, 0.5, 0.8, 0.95, 1])
    dead = {j for j in range(n) if random.random() < 0.1}
    weight = [
        0.0 if j in dead or random.random() < zeros else random.randint(-8, 8) / 16
        for _ in range(k)
        for j in range(n)
    ]
    if "nm" in schedule:
        keep = int(schedule.partition("nm ")[2][0])
        for begin in range(0, k, 4):
            group = range(begin, min(begin + 4, k))
            for j in range(n):
                for i in random.sample(group, max(0, len(group) - keep)):
                    weight[i * n + j] = 0.0
        if not any(weight):  # One number for all has no such kernel.
            weight[random.randrange(len(weight))] = 1.0
    return weight


calls = []
for i in range(count):
    # Inputs above 192 are cut into panels for some kernels, of which those with
    # many outputs compute more of them at once.
    k = random.randint(193, 600) if i % 6 == 0 else random.randint(1, 70)
    n, m = random.randint(2, 70), random.randint(2, 70)
    if i == 12:
        k, n = 200, 1030
    schedules = NM_SCHEDULES if is_nm else SCHEDULES
    schedule, schedule1 = schedules[i % len(schedules)], random.choice(schedules)
    print(
        CASE.format(
            i=i,
            k=k,
            n=n,
            m=m,
            input=INPUTS[i % 2].format(k=k),
            weight1=to_hex(make_weight(n, m, schedule1)),
            schedule1=schedule1,
            weight=to_hex(make_weight(k, n, schedule)),
            bias=to_hex([random.randint(-8, 8) / 4 for _ in range(n)]),
            schedule=schedule,
        )
    )
    tokens = random.choice([0, 1, random.randint(2, 8), random.randint(9, 16), random.randint(17, 130)])
    calls.append(f"  %t{i} = arith.constant {tokens} : index\n  call @case{i}(%t{i}) : (index) -> ()")
print(PRELUDE)
print("func.func @main() {", *calls, "  return", "}", sep="\n")
