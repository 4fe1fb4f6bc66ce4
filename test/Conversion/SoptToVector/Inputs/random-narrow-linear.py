"""Prints a module whose @main computes layers of random shape, precision and
number of tokens by their kernel and by their definition, and prints one 1 for
each that agrees to 1e-4 of the largest number that an output can be.

A weight that is no constant, as the argument of a function, has no kernel: such
a layer is left to its definition.

With --sparse, layers in int8 whose weights have zeros, alone or one after the
other, are computed by kernels that skip these and by those that do not, and
must be equal.

usage: random-narrow-linear.py SEED COUNT [--sparse]
"""

import random
import struct
import sys

random.seed(int(sys.argv[1]))
count = int(sys.argv[2])
is_sparse = "--sparse" in sys.argv

PRELUDE = """
func.func @sopt_rt_flops(%count: i64) {
  return
}

// One thread of two, which may use AMX's registers: Linux's arch_prctl grants
// them.
func.func private @syscall(i64, i64, i64) -> i64
func.func @sopt_rt_tile_threads() -> i64 {
  %arch_prctl = arith.constant 158 : i64
  %request = arith.constant 0x1023 : i64
  %tile_data = arith.constant 18 : i64
  %threads = arith.constant 2 : i64
  call @syscall(%arch_prctl, %request, %tile_data) : (i64, i64, i64) -> i64
  return %threads : i64
}

// Prints 1 if all elements agree to `bound`, or are both NaN or infinite.
func.func private @compare(%a: tensor<?x?xf32>, %b: tensor<?x?xf32>, %bound: f32) {
  %zero = arith.constant dense<0.0> : tensor<f32>
  %max = linalg.generic {
    indexing_maps = [affine_map<(i, j) -> (i, j)>, affine_map<(i, j) -> (i, j)>,
                     affine_map<(i, j) -> ()>],
    iterator_types = ["reduction", "reduction"]
  } ins(%a, %b : tensor<?x?xf32>, tensor<?x?xf32>) outs(%zero : tensor<f32>) {
  ^bb0(%x: f32, %y: f32, %m: f32):
    %0 = arith.subf %x, %y : f32
    %1 = math.absf %0 : f32
    %nx = arith.cmpf uno, %x, %x : f32
    %ny = arith.cmpf uno, %y, %y : f32
    %both = arith.andi %nx, %ny : i1
    %equal = arith.cmpf oeq, %x, %y : f32
    %same = arith.ori %both, %equal : i1
    %c0 = arith.constant 0.0 : f32
    %d = arith.select %same, %c0, %1 : f32
    %2 = arith.maximumf %m, %d : f32
    linalg.yield %2 : f32
  } -> tensor<f32>
  %0 = tensor.extract %max[] : tensor<f32>
  %1 = arith.cmpf olt, %0, %bound : f32
  vector.print %1 : i1
  return
}
"""

CASE = """
func.func private @kernel{i}(%x: tensor<?x{k}xf32>, %b: tensor<{n}xf32>) -> tensor<?x{n}xf32> {{
  %w = arith.constant dense<"{weight}"> : tensor<{k}x{n}xf32>
  %y = sopt.linear %x, %w {bias} {activation} {schedule} precision <{number}>
     : (tensor<?x{k}xf32>, tensor<{k}x{n}xf32>{bias_type}) -> tensor<?x{n}xf32>
  return %y : tensor<?x{n}xf32>
}}

func.func private @definition{i}(%x: tensor<?x{k}xf32>, %w: tensor<{k}x{n}xf32>, %b: tensor<{n}xf32>)
    -> tensor<?x{n}xf32> {{
  %y = sopt.linear %x, %w {bias} {activation} precision <{number}>
     : (tensor<?x{k}xf32>, tensor<{k}x{n}xf32>{bias_type}) -> tensor<?x{n}xf32>
  return %y : tensor<?x{n}xf32>
}}

func.func private @case{i}() {{
  %x0 = arith.constant dense<"{x}"> : tensor<{tokens}x{k}xf32>
  %x = tensor.cast %x0 : tensor<{tokens}x{k}xf32> to tensor<?x{k}xf32>
  %w = arith.constant dense<"{weight}"> : tensor<{k}x{n}xf32>
  %b = arith.constant dense<"{bias_data}"> : tensor<{n}xf32>
  %0 = call @kernel{i}(%x, %b) : (tensor<?x{k}xf32>, tensor<{n}xf32>) -> tensor<?x{n}xf32>
  %1 = call @definition{i}(%x, %w, %b)
     : (tensor<?x{k}xf32>, tensor<{k}x{n}xf32>, tensor<{n}xf32>) -> tensor<?x{n}xf32>
  %a = tensor.cast %0 : tensor<?x{n}xf32> to tensor<?x?xf32>
  %e = tensor.cast %1 : tensor<?x{n}xf32> to tensor<?x?xf32>
  %bound = arith.constant {bound} : f32
  call @compare(%a, %e, %bound) : (tensor<?x?xf32>, tensor<?x?xf32>, f32) -> ()
  return
}}
"""

SPARSE_CASE = """
func.func private @sparse{i}(%x: tensor<?x{k}xf32>) -> tensor<?x?xf32> {{
{sparse}
}}

func.func private @dense{i}(%x: tensor<?x{k}xf32>) -> tensor<?x?xf32> {{
{dense}
}}

func.func private @case{i}() {{
  %x0 = arith.constant dense<{x}> : tensor<{tokens}x{k}xf32>
  %x = tensor.cast %x0 : tensor<{tokens}x{k}xf32> to tensor<?x{k}xf32>
  %a = call @sparse{i}(%x) : (tensor<?x{k}xf32>) -> tensor<?x?xf32>
  %e = call @dense{i}(%x) : (tensor<?x{k}xf32>) -> tensor<?x?xf32>
  %bound = arith.constant 1.0e-30 : f32
  call @compare(%a, %e, %bound) : (tensor<?x?xf32>, tensor<?x?xf32>, f32) -> ()
  return
}}
"""

SPARSE_LAYER = """
  %w{j} = arith.constant dense<"{weight}"> : tensor<{k}x{n}xf32>
  %b{j} = arith.constant dense<"{bias_data}"> : tensor<{n}xf32>
  %y{j} = sopt.linear {x}, %w{j} {bias} {activation} {schedule} precision <int8{rounding}>
     : (tensor<?x{k}xf32>, tensor<{k}x{n}xf32>{bias_type}) -> tensor<?x{n}xf32>
"""

SPARSE_SCHEDULES = [
    f"schedule <layout = <{layout}>{rest}>"
    for layout in ["csr, i16", "block 4x1, i16", "csr, i32", "block 2x1, i32", "block 16x1, i16"]
    for rest in ["", "", ", dense_below = 20", ", dense_below = 5", ", dense_below = 100"]
] + ["schedule <layout = <csr, i16>, tile = 1x3>", "schedule <layout = <block 4x1, i16>, tile = 4x1>"]
SCHEDULES = ["", "schedule <layout = <dense>, tile = 3x2>", "schedule <layout = <dense>, tile = 1x1>"]
ACTIVATIONS = ["", "activation <relu>", "activation <gelu>"]
SPOILT = [float("nan"), float("inf"), -float("inf")]


def to_hex(numbers):
    return "0x" + struct.pack(f"<{len(numbers)}f", *numbers).hex().upper()


def make_row(k):
    """Numbers around any centre, of any size; at times all of one sign, all zero, or with no number among them."""
    size, centre = 10 ** random.uniform(-3, 3), random.choice([0, 0, 1, -3])
    row = [size * (random.gauss(0, 1) + centre) for _ in range(k)]
    if random.random() < 0.1:
        return [0.0] * k
    if random.random() < 0.1:
        row[random.randrange(k)] = random.choice(SPOILT)
    return row


def make_rounding(k):
    """What may be said of how rows become int8: one range for all, exponents of features."""
    text = ""
    if random.random() < 0.3:
        text += f", range = array<f32: {-random.choice([0.0, 0.5, 100.0])}, {random.choice([1.0, 3.5, 1000.0])}>"
    if random.random() < 0.3:
        text += f", smooth = dense<{[random.randint(-4, 4) for _ in range(k)]}> : tensor<{k}xi8>"
    return text


def make_sparse_weight(k, n):
    """Elements of which a random share is zero, with whole columns; not one number for all, which has no kernel."""
    zeros = random.choice([0, 0.5, 0.8, 0.95, 1])
    dead = {j for j in range(n) if random.random() < 0.1}
    weight = [0.0 if j in dead or random.random() < zeros else random.gauss(0, 1) for _ in range(k) for j in range(n)]
    weight[random.randrange(k * n)] = 1.0
    if random.random() < 0.1:
        weight[random.randrange(k * n)] = random.choice(SPOILT)
    return weight


def print_sparse_case(i):
    """One layer, or two, of which the first may leave its result in tiles for the second."""
    tokens = random.choice([0, 1, random.randint(2, 16), random.randint(17, 64), random.randint(65, 200)])
    sizes = [random.choice([1, 2, 3, random.randint(4, 70), random.randint(300, 600)])]
    sizes += [random.randint(2, 70) for _ in range(random.choice([1, 2]))]
    schedule = random.choice(SPARSE_SCHEDULES)
    texts = {"sparse": "", "dense": ""}
    for j, (k, n) in enumerate(zip(sizes, sizes[1:])):
        has_bias = random.random() < 0.7
        layer = dict(
            j=j,
            k=k,
            n=n,
            x=f"%y{j - 1}" if j else "%x",
            weight=to_hex(make_sparse_weight(k, n)),
            bias=f"bias %b{j}" if has_bias else "",
            bias_type=f", tensor<{n}xf32>" if has_bias else "",
            bias_data=to_hex([random.gauss(0, 1) for _ in range(n)]),
            activation=random.choice(ACTIVATIONS + ["activation <silu>", "activation <tanh>"]),
            rounding=make_rounding(k),
        )
        texts["sparse"] += SPARSE_LAYER.format(schedule=schedule, **layer)
        texts["dense"] += SPARSE_LAYER.format(schedule="", **layer)
        if random.random() < 0.3:
            schedule = random.choice(SPARSE_SCHEDULES)
    result = f"""  %result = tensor.cast %y{len(sizes) - 2} : tensor<?x{sizes[-1]}xf32> to tensor<?x?xf32>
  return %result : tensor<?x?xf32>"""
    x = [number for _ in range(tokens) for number in make_row(sizes[0])]
    texts = {name: text + result for name, text in texts.items()}
    print(SPARSE_CASE.format(i=i, k=sizes[0], tokens=tokens, x=f'"{to_hex(x)}"' if x else "", **texts))


calls = []
for i in range(count if is_sparse else 0):
    print_sparse_case(i)
    calls.append(f"  call @case{i}() : () -> ()")
for i in range(0 if is_sparse else count):
    k = random.choice([1, 2, 3, 4, random.randint(5, 70), 1024])
    n = random.randint(1, 70)
    tokens = random.choice([1, random.randint(2, 8), random.randint(9, 30), random.randint(31, 70)])
    x = [number for _ in range(tokens) for number in make_row(k)]
    scales = [0.0 if random.random() < 0.1 else 10 ** random.uniform(-2, 1) for _ in range(n)]
    weight = [scale * random.gauss(0, 1) for _ in range(k) for scale in scales]
    bias = [random.gauss(0, 1) for _ in range(n)]
    has_bias = random.random() < 0.7
    largest = max((abs(number) for number in x if abs(number) < float("inf")), default=0)
    print(
        CASE.format(
            i=i,
            k=k,
            n=n,
            tokens=tokens,
            x=to_hex(x),
            weight=to_hex(weight),
            bias="bias %b" if has_bias else "",
            bias_type=f", tensor<{n}xf32>" if has_bias else "",
            bias_data=to_hex(bias),
            activation=random.choice(ACTIVATIONS),
            schedule=random.choice(SCHEDULES),
            number=["int8" + make_rounding(k), "bf16"][i % 2],
            bound=f"{1e-4 * (1 + largest * max(abs(w) for w in weight) * k**0.5):e}",
        )
    )
    calls.append(f"  call @case{i}() : () -> ()")
print(PRELUDE)
print("func.func @main() {", *calls, "  return", "}", sep="\n")
