"""One function for each family of operators: adds a random node of it.

A function picks operands for which the operator has one right answer; the
comments say what is left out because onnxruntime's answer is not defined.
"""

import numpy as np
from onnx import helper, numpy_helper

from graph import ALL, FLOATS, INTEGERS, NUMBERS, SIGNED, UNSIGNED, Rejected

# Functions that add nodes, and how often each is to be drawn.
families = []


def family(weight=1.0):
    def register(add):
        families.append((weight, add))
        return add

    return register


# -- Elementwise ---------------------------------------------------------------

# Name, and the values it takes: outside, the result is not a number, or so
# steep that rounding shows.
UNARY = {
    "Relu": None, "Sigmoid": None, "Tanh": None, "Exp": lambda x: x < 6, "Log": lambda x: x > 0.05,
    "Sqrt": lambda x: x >= 0.01, "Erf": None, "Softplus": None, "Softsign": None, "Elu": None, "Selu": None,
    "Celu": None, "LeakyRelu": None, "HardSigmoid": None, "HardSwish": None, "Mish": None, "Gelu": None,
    "Reciprocal": lambda x: np.abs(x) > 0.1, "Sin": None, "Cos": None, "Tan": lambda x: np.abs(np.cos(x)) > 0.2,
    "Asin": lambda x: np.abs(x) < 0.95, "Acos": lambda x: np.abs(x) < 0.95, "Atan": None, "Sinh": None,
    "Cosh": None, "Asinh": None, "Acosh": lambda x: x > 1.1, "Atanh": lambda x: np.abs(x) < 0.9, "Neg": None,
    "Abs": None, "Identity": None, "Swish": None,
}


@family(4)
def unary(g):
    name = g.choose(list(UNARY))
    types = NUMBERS if name in ("Relu", "Neg", "Abs", "Identity", "Sign") else FLOATS
    x = g.pick(types, where=UNARY[name])
    g.add(name, [x], exact=name in ("Relu", "Neg", "Abs", "Identity"))


# These jump where rounding may fall on either side.
@family(1.5)
def stepwise(g):
    name = g.choose(("Floor", "Ceil", "Round", "Sign", "IsNaN", "IsInf", "ThresholdedRelu", "Shrink"))
    # onnxruntime shrinks doubles by a float.
    x = g.pick(NUMBERS if name == "Sign" else ("float32",) if name == "Shrink" else FLOATS, exact=True)
    g.add(name, [x], exact=True)


@family(4)
def arithmetic(g):
    name = g.choose(("Add", "Sub", "Mul", "Div"))
    x = g.pick(NUMBERS)
    if name != "Div":
        return g.add(name, [x, g.partner(x)])
    # A quotient by zero traps for integers, and a small divisor magnifies.
    y = g.partner(x, where=lambda y: np.abs(y) >= 0.25, low=1, high=4)
    # Of the least integer by -1 the quotient overflows.
    if x.dtype.kind == "i" and x.array.size and x.array.min() == np.iinfo(x.dtype).min:
        raise Rejected
    g.add(name, [x, y])


@family(0.5)
def modulo(g):
    # Jumps at multiples of the divisor, hence exact; no divisor of zero. Of
    # floats, ONNX defines only fmod's.
    x = g.pick(NUMBERS, exact=True)
    y = g.partner(x, where=lambda y: np.abs(y) >= 0.25, low=1, high=4, exact=True)
    g.add("Mod", [x, y], fmod=1 if x.dtype.kind == "f" or g.chance(0.3) else 0, exact=True)


@family(0.7)
def power(g):
    # No negative base, which has no root; no negative exponent of integers.
    x = g.pick(FLOATS + ("int32", "int64"), where=lambda x: (x > 0.1) & (x < 20), low=0.2, high=4)
    y = g.partner(x, where=lambda y: (y >= 0) & (y < 4), low=0, high=3,
                  dtype=x.dtype if g.chance(0.6) else g.choose(("float32", "int64", "int32")))
    if x.dtype.kind == "i" and y.dtype.kind == "f":
        raise Rejected  # Cut to an integer, where rounding may fall below it.
    g.add("Pow", [x, y])


@family(1)
def variadic(g):
    name = g.choose(("Min", "Max", "Sum", "Mean"))
    x = g.pick(NUMBERS)
    g.add(name, [x] + [g.partner(x) for _ in range(g.integer(0, 3))], exact=name in ("Min", "Max"))


@family(1.5)
def comparison(g):
    x = g.pick(ALL, exact=True)
    g.add(g.choose(("Equal", "Greater", "Less", "GreaterOrEqual", "LessOrEqual")), [x, g.partner(x, exact=True)],
          exact=True)


@family(1)
def logical(g):
    x = g.pick(("bool",))
    if g.chance(0.2):
        return g.add("Not", [x])
    g.add(g.choose(("And", "Or", "Xor")), [x, g.partner(x)])


@family(0.7)
def bitwise(g):
    name = g.choose(("BitwiseAnd", "BitwiseOr", "BitwiseXor", "BitwiseNot", "BitShift"))
    x = g.pick(UNSIGNED if name == "BitShift" else INTEGERS)
    if name == "BitwiseNot":
        return g.add(name, [x])
    if name == "BitShift":
        # Shifts by the width or more are not defined.
        y = g.partner(x, where=lambda y: y < 8, low=0, high=4)
        return g.add(name, [x, y], direction=g.choose(("LEFT", "RIGHT")))
    g.add(name, [x, g.partner(x)])


@family(1)
def where(g):
    x = g.pick(ALL)
    g.add("Where", [g.partner(x, dtype=np.dtype(bool)), x, g.partner(x)], exact=True)


@family(0.7)
def clip(g):
    x = g.pick(NUMBERS)
    low = g.parameter(g.fill(x.dtype, (), 0, 1), x.dtype) if g.chance(0.8) else None
    high = g.parameter(g.fill(x.dtype, (), 2, 3), x.dtype) if g.chance(0.8) else None
    g.add("Clip", [x, low, high], exact=True)


@family(1.5)
def cast(g):
    x = g.pick(ALL)
    target = np.dtype(g.choose(ALL))
    if x.dtype.kind == "f" and target.kind in "iu":
        # Outside of the integer's range, C++ defines nothing; near an integer,
        # rounding decides.
        limits = np.iinfo(target)
        if not x.is_exact or not np.all((x.array >= max(limits.min, -1000)) & (x.array <= min(limits.max, 1000))):
            raise Rejected
    if target == bool and not x.is_exact:
        raise Rejected
    g.add("Cast", [x], to=helper.np_dtype_to_tensor_dtype(target),
          exact=target.kind != "f" or target.itemsize >= x.dtype.itemsize or x.dtype == bool)


@family(0.3)
def prelu(g):
    x = g.pick(FLOATS)
    g.add("PRelu", [x, g.new(str(x.dtype), [s if g.chance(0.6) else 1 for s in x.shape])])


# -- Reductions ----------------------------------------------------------------

@family(2.5)
def reduction(g):
    name = g.choose(("ReduceSum", "ReduceMean", "ReduceMax", "ReduceMin", "ReduceProd", "ReduceL1", "ReduceL2",
                     "ReduceSumSquare", "ReduceLogSum", "ReduceLogSumExp"))
    positive = name in ("ReduceLogSum",)
    x = g.pick(NUMBERS, where=(lambda x: x > 0.1) if positive else None)
    # The mean of integers is rounded as the C++ compiler likes.
    if name not in ("ReduceSum", "ReduceMax", "ReduceMin") and x.dtype.kind != "f":
        raise Rejected
    # The mean of nothing is 0 to onnxruntime and 0 / 0 to ONNX.
    if name == "ReduceMean" and not x.array.size:
        raise Rejected
    axes = None
    if x.rank and g.chance(0.8):
        chosen = g.rng.permutation(x.rank)[:g.integer(1, x.rank)]
        axes = g.parameter([int(a) - (x.rank if g.chance(0.3) else 0) for a in chosen], constant=1)
    g.add(name, [x, axes], keepdims=g.integer(0, 1), noop_with_empty_axes=g.choose((None, 0, 1)),
          exact=name in ("ReduceMax", "ReduceMin"))


@family(0.7)
def arg_reduction(g):
    x = g.pick(NUMBERS, min_rank=1, exact=True)
    g.add(g.choose(("ArgMax", "ArgMin")), [x], axis=g.axis(x.rank), keepdims=g.integer(0, 1),
          select_last_index=g.integer(0, 1), exact=True)


@family(1.5)
def softmax(g):
    name = g.choose(("Softmax", "Softmax", "LogSoftmax", "Hardmax"))
    x = g.pick(FLOATS, min_rank=1, exact=name == "Hardmax")
    g.add(name, [x], axis=g.axis(x.rank), exact=name == "Hardmax")


@family(0.5)
def cumulative(g):
    x = g.pick(("float32", "int64", "int32", "float64"), min_rank=1)
    g.add("CumSum", [x, g.parameter(g.axis(x.rank))], exclusive=g.integer(0, 1), reverse=g.integer(0, 1))


@family(0.5)
def top_k(g):
    x = g.pick(("float32", "int64", "float64", "int32"), min_rank=1, exact=True)
    axis = g.axis(x.rank)
    g.add("TopK", [x, g.parameter([g.integer(0, x.shape[axis])])], 2, axis=axis, largest=g.integer(0, 1), exact=True)


# -- Normalisation -------------------------------------------------------------

def has_spread(x):
    return x.array.size and x.array.std() > 0.3


@family(1.5)
def layer_normalization(g):
    x = g.pick(FLOATS, min_rank=1)
    axis = g.axis(x.rank)
    shape = x.shape[axis:]
    rms = g.chance(0.3) and g.opset >= 23
    scale = g.new(str(x.dtype), shape, 0.5, 1.5)
    bias = g.new(str(x.dtype), shape) if g.chance(0.7) and not rms else None
    # A small epsilon under a variance of almost nothing magnifies rounding.
    g.add("RMSNormalization" if rms else "LayerNormalization", [x, scale] + ([bias] if bias else []), axis=axis,
          epsilon=0.1)


@family(1)
def channel_normalization(g):
    x = g.pick(("float32",), min_rank=3)
    channels = [x.shape[1]]
    kind = g.integer(0, 2)
    if kind == 0:
        g.add("InstanceNormalization", [x, g.new("float32", channels), g.new("float32", channels)], epsilon=0.1)
    elif kind == 1:
        g.add("BatchNormalization", [x, g.new("float32", channels), g.new("float32", channels),
                                     g.new("float32", channels), g.new("float32", channels, 0.5, 2)])
    elif g.opset >= 21:  # deprecated before
        groups = g.choose([n for n in range(1, x.shape[1] + 1) if x.shape[1] % n == 0] or [1])
        g.add("GroupNormalization", [x, g.new("float32", channels), g.new("float32", channels)], num_groups=groups,
              epsilon=0.1)


@family(0.4)
def other_normalization(g):
    x = g.pick(("float32", "float64"), min_rank=1, where=lambda x: np.abs(x) > 0.01)
    if g.chance(0.5):
        return g.add("LpNormalization", [x], axis=g.axis(x.rank), p=g.integer(1, 2))
    if x.rank < 3 or not has_spread(x):
        raise Rejected
    g.add("LRN", [x], size=g.choose((1, 3, 5)))


# -- Products ------------------------------------------------------------------

@family(3)
def matmul(g):
    x = g.pick(("float32", "float32", "float64", "float16", "int32", "uint32", "int64", "uint64"), min_rank=1)
    k = x.shape[-1]
    n = g.size()
    batch = g.broadcastable(x.shape[:-2]) if x.rank > 2 and g.chance(0.5) else []
    shape = [k] if g.chance(0.1) else batch + [k, n]
    if g.chance(0.15) and x.rank == 2:
        batch = g.shape(g.integer(1, 2))
        shape = batch + [k, n]
    g.add("MatMul", [x, g.new(str(x.dtype), shape, constant=0.6)])


@family(1.5)
def gemm(g):
    x = g.pick(("float32", "float32", "float64"), rank=2)
    transA, transB = g.integer(0, 1), g.integer(0, 1)
    m, k = x.shape[::-1] if transA else x.shape
    n = g.size()
    y = g.new(str(x.dtype), [n, k] if transB else [k, n], constant=0.6)
    c = g.new(str(x.dtype), g.choose(([], [1], [n], [1, n], [m, 1], [m, n]))) if g.chance(0.6) else None
    g.add("Gemm", [x, y, c], transA=transA, transB=transB, alpha=g.choose((None, 0.5)), beta=g.choose((None, 2.0)))


@family(0.5)
def einsum(g):
    x = g.pick(("float32", "float64"), rank=g.choose((2, 3)))
    k = x.shape[-1]
    if not x.array.size:
        raise Rejected  # onnxruntime divides by zero
    if g.chance(0.3):
        one = ("ij->ji", "ij->i", "ij->") if x.rank == 2 else ("ijk->kji", "ijk->j", "i...->...i")
        return g.add("Einsum", [x], equation=g.choose(one))
    if x.rank == 2:
        y = g.new(str(x.dtype), [k, g.size()])
        return g.add("Einsum", [x, y], equation=g.choose(("ij,jk->ik", "ij,jk->ki", "ij,jk->j", "ij,jk")))
    y = g.new(str(x.dtype), [x.shape[0], g.size(), k])
    g.add("Einsum", [x, y], equation=g.choose(("bik,bjk->bij", "bik,bjk->bji", "bik,bjk->ij")))


@family(0.5)
def integer_matmul(g):
    x = g.pick(("uint8", "int8"), min_rank=2)
    if not x.shape[-1]:
        raise Rejected  # onnxruntime leaves the sums over nothing unset
    y = g.new(g.choose(("uint8", "int8")), [x.shape[-1], g.size()], constant=0.6)
    zeros = [g.parameter(g.fill(v.dtype, (), 0, 3), v.dtype) if g.chance(0.6) else None for v in (x, y)]
    g.add("MatMulInteger", [x, y] + zeros)


# -- Windows -------------------------------------------------------------------

def window(g, shape, largest=3):
    """Attributes of a window over the spatial sizes `shape`.

    Where it does not fit once, onnxruntime rounds the negative count of its
    places towards zero, to one place; ONNX rounds it down. Where auto_pad would
    need less than no padding, ONNX adds none, as its shape inference says;
    onnxruntime refuses MaxPool, and drops elements for LpPool and Conv, of
    which ones differs between them.
    """
    rank = len(shape)
    result = {"kernel_shape": [g.integer(1, largest) for _ in shape]}
    if g.chance(0.5):
        result["strides"] = [g.integer(1, 3) for _ in shape]
    if g.chance(0.25):
        result["auto_pad"] = g.choose(("SAME_UPPER", "SAME_LOWER", "VALID"))
    elif g.chance(0.6):
        # Less than the kernel: pooling of padding alone is not defined.
        result["pads"] = [g.integer(0, result["kernel_shape"][i % rank] - 1) for i in range(2 * rank)]
    if g.chance(0.25) and result.get("auto_pad", "VALID") == "VALID":
        result["dilations"] = [g.integer(1, 2) for _ in shape]
    pads = result.get("pads", [0] * 2 * rank)
    for i, size in enumerate(shape):
        length = (result["kernel_shape"][i] - 1) * result.get("dilations", [1] * rank)[i] + 1
        if result.get("auto_pad", "").startswith("SAME"):
            stride = result.get("strides", [1] * rank)[i]
            if ((size + stride - 1) // stride - 1) * stride + length < size:
                raise Rejected
        elif size + pads[i] + pads[i + rank] < length:
            raise Rejected
    return result


@family(2)
def convolution(g):
    rank = g.choose((1, 2, 2, 2, 3))
    x = g.pick(("float32",), rank=rank + 2)
    channels = x.shape[1]
    # onnxruntime divides by the number of channels.
    if not channels:
        raise Rejected
    group = g.choose([n for n in range(1, channels + 1) if channels % n == 0]) if g.chance(0.4) else 1
    attributes = window(g, x.shape[2:])
    filters = group * g.integer(1, 4)
    w = g.new("float32", [filters, channels // group] + attributes["kernel_shape"], -1, 1, constant=0.8)
    bias = g.new("float32", [filters], constant=0.8) if g.chance(0.5) else None
    g.add("Conv", [x, w, bias], group=group, **attributes)


@family(0.3)
def transposed_convolution(g):
    rank = g.choose((1, 2, 2))
    x = g.pick(("float32",), rank=rank + 2)
    if not x.shape[1]:
        raise Rejected
    attributes = window(g, x.shape[2:])
    attributes.pop("auto_pad", None)
    w = g.new("float32", [x.shape[1], g.integer(1, 3)] + attributes["kernel_shape"], -1, 1, constant=0.8)
    g.add("ConvTranspose", [x, w], **attributes)


@family(1.5)
def pooling(g):
    name = g.choose(("MaxPool", "AveragePool", "LpPool"))
    x = g.pick(("float32", "float64", "int8", "uint8") if name == "MaxPool" else ("float32",), min_rank=3)
    attributes = window(g, x.shape[2:])
    if g.chance(0.3) and "auto_pad" not in attributes:
        attributes["ceil_mode"] = 1
    if name == "AveragePool":
        attributes["count_include_pad"] = g.integer(0, 1)
    g.add(name, [x], exact=name == "MaxPool", **attributes)


@family(0.5)
def global_pooling(g):
    name = g.choose(("GlobalAveragePool", "GlobalMaxPool", "GlobalLpPool"))
    g.add(name, [g.pick(("float32",), min_rank=3)], exact=name == "GlobalMaxPool")


# -- Moving data ---------------------------------------------------------------

@family(2.5)
def transpose(g):
    x = g.pick(ALL)
    perm = [int(p) for p in g.rng.permutation(x.rank)] if x.rank and g.chance(0.8) else None
    g.add("Transpose", [x], perm=perm, exact=True)


def split_size(g, size):
    """Sizes whose product is `size`."""
    result = []
    while size > 1 and len(result) < 3 and g.chance(0.7):
        factor = g.choose([n for n in range(1, size + 1) if size % n == 0])
        result.append(factor)
        size //= factor
    return [int(n) for n in g.rng.permutation(result + [size])]


@family(2.5)
def reshape(g):
    x = g.pick(ALL)
    shape = split_size(g, x.array.size) if x.array.size else list(x.shape)
    if x.array.size == 1 and g.chance(0.3):
        shape = []
    if shape and x.array.size and g.chance(0.4):
        shape[g.integer(0, len(shape) - 1)] = -1
    if g.chance(0.2) and x.rank >= 2 and x.array.size:
        shape = [0, -1]
    g.add("Reshape", [x, g.parameter(shape)], exact=True)


@family(0.7)
def reshape_by_shape(g):
    """To a shape that the graph computes, as exporters write it."""
    x = g.pick(ALL, min_rank=2)
    shape = g.add("Shape", [x])
    first = g.add("Gather", [shape, g.parameter([0], constant=1)], axis=0)
    if not x.array.size:
        raise Rejected
    target = g.add("Concat", [first, g.parameter([-1], constant=1)], axis=0)
    g.add("Reshape", [x, target], exact=True)


@family(0.5)
def flatten(g):
    x = g.pick(ALL)
    g.add("Flatten", [x], axis=g.integer(-x.rank, x.rank), exact=True)


@family(1)
def squeeze(g):
    x = g.pick(ALL)
    ones = [i for i, size in enumerate(x.shape) if size == 1]
    if not ones:
        raise Rejected
    g.add("Squeeze", [x, g.parameter([g.choose(ones)], constant=1) if g.chance(0.8) else None], exact=True)


@family(1)
def unsqueeze(g):
    x = g.pick(ALL)
    axes = g.rng.permutation(x.rank + 2)[:2] if g.chance(0.3) else [g.integer(-x.rank - 1, x.rank)]
    g.add("Unsqueeze", [x, g.parameter([int(a) for a in axes], constant=1)], exact=True)


@family(2)
def concat(g):
    x = g.pick(ALL, min_rank=1)
    axis = g.axis(x.rank)
    others = []
    for _ in range(g.integer(0, 3)):
        shape = list(x.shape)
        shape[axis] = g.size()
        others.append(g.pick((str(x.dtype),), shape=shape))
    g.add("Concat", [x] + others, axis=axis, exact=True)


@family(1)
def split(g):
    x = g.pick(ALL, min_rank=1)
    axis = g.axis(x.rank)
    size = x.shape[axis]
    count = g.integer(1, 3)
    cuts = sorted(g.integer(0, size) for _ in range(count - 1))
    sizes = np.diff([0] + cuts + [size])
    if g.chance(0.4):
        return g.add("Split", [x], count, axis=axis, num_outputs=count, exact=True)
    g.add("Split", [x, g.parameter(sizes, constant=1)], count, axis=axis, exact=True)


@family(2)
def slice_(g):
    x = g.pick(ALL, min_rank=1)
    axes = sorted(int(a) for a in g.rng.permutation(x.rank)[:g.integer(1, min(2, x.rank))])
    starts = [g.integer(-x.shape[a] - 2, x.shape[a] + 2) for a in axes]
    steps = [g.choose((1, 1, 2, 3, -1, -2)) for _ in axes]
    # onnxruntime takes the largest integer for "to the end" backwards too,
    # where to ONNX and numpy it is past the start.
    ends = [g.choose((g.integer(-x.shape[a] - 2, x.shape[a] + 2), 2**63 - 1 if step > 0 else -(2**63)))
            for a, step in zip(axes, steps)]
    dtype = g.choose(("int64", "int64", "int32"))
    if dtype == "int32":
        ends = [int(np.clip(end, -(2**31), 2**31 - 1)) for end in ends]
    constant = 0.85 if g.chance(0.7) else 1
    operands = [x] + [g.parameter(numbers, dtype, constant) for numbers in (starts, ends)]
    if g.chance(0.8) or steps != [1] * len(steps):
        operands += [g.parameter(axes, dtype, 1), g.parameter(steps, dtype, 1)]
    elif axes != list(range(len(axes))):
        raise Rejected
    g.add("Slice", operands, exact=True)


def indices(g, size, shape, dtype=None):
    """Indices into a dimension of `size` elements, some from its end."""
    if size == 0 and np.prod(shape):
        raise Rejected
    return g.new(dtype or g.choose(("int64", "int32")), shape, -size if g.chance(0.5) else 0, max(size - 1, 0))


@family(1.5)
def gather(g):
    x = g.pick(ALL, min_rank=1)
    axis = g.axis(x.rank)
    g.add("Gather", [x, indices(g, x.shape[axis], g.shape(g.integer(0, 2)))], axis=axis, exact=True)


@family(0.7)
def gather_elements(g):
    x = g.pick(ALL, min_rank=1)
    axis = g.axis(x.rank)
    shape = [g.integer(min(size, 1), size) for size in x.shape]
    shape[axis] = g.size()
    g.add("GatherElements", [x, indices(g, x.shape[axis], shape)], axis=axis, exact=True)


@family(0.5)
def gather_nd(g):
    x = g.pick(ALL, min_rank=1)
    depth = g.integer(1, x.rank)
    if not x.array.size:
        raise Rejected
    rows = g.integer(1, 4)
    numbers = np.stack([g.rng.integers(-n, n, rows) for n in x.shape[:depth]], -1)
    g.add("GatherND", [x, g.parameter(numbers, constant=0.5)], exact=True)


@family(0.5)
def scatter_elements(g):
    x = g.pick(ALL, min_rank=1)
    axis = g.axis(x.rank)
    size = x.shape[axis]
    # An index twice leaves open which update stays; so one row of updates,
    # in an order of its own for each place of the other dimensions.
    count = g.integer(0, size)
    shape = [g.integer(min(n, 1), n) for n in x.shape]
    shape[axis] = count
    order = np.argsort(g.rng.random([size if i == axis % x.rank else n for i, n in enumerate(shape)]), axis=axis)
    numbers = np.take(order, range(count), axis=axis)
    updates = g.new(str(x.dtype), shape)
    g.add("ScatterElements", [x, g.parameter(numbers, constant=0.5), updates], axis=axis, exact=True,
          reduction=g.choose((None, None, "add", "mul", "max", "min")) if x.dtype != bool else None)


@family(0.5)
def scatter_nd(g):
    x = g.pick(ALL, min_rank=1)
    size = x.shape[0]
    rows = g.rng.permutation(size)[:g.integer(0, size)] if size else np.zeros(0, np.int64)
    updates = g.new(str(x.dtype), (len(rows),) + x.shape[1:])
    g.add("ScatterND", [x, g.parameter(rows.reshape(-1, 1), constant=0.5), updates], exact=True)


@family(1)
def expand(g):
    x = g.pick(ALL)
    shape = [g.size() if size == 1 and g.chance(0.6) else size for size in x.shape]
    if g.chance(0.3):
        shape = [g.integer(1, 3)] + shape
    target = [1 if g.chance(0.2) else size for size in shape]
    g.add("Expand", [x, g.parameter(target)], exact=True)


@family(0.7)
def tile(g):
    x = g.pick(ALL, min_rank=1)
    g.add("Tile", [x, g.parameter([g.choose((0, 1, 1, 2, 3)) for _ in x.shape])], exact=True)


@family(1)
def pad(g):
    x = g.pick(NUMBERS + ("bool",), min_rank=1)
    mode = g.choose(("constant", "constant", "reflect", "edge", "wrap"))
    low = -1 if mode == "constant" else 0
    pads = [g.integer(low, 2) for _ in range(2 * x.rank)]
    sizes = np.array(x.shape)
    begin, end = np.array(pads[:x.rank]), np.array(pads[x.rank:])
    # Reflection and wrapping past the tensor are not defined; nor is cutting
    # more than there is.
    if mode != "constant" and np.any((begin >= sizes) | (end >= sizes)) or np.any(sizes + begin + end < 0):
        raise Rejected
    if np.any(sizes + np.minimum(begin, 0) + np.minimum(end, 0) < 0):
        raise Rejected
    operands = [x, g.parameter(pads)]
    if mode == "constant" and g.chance(0.5):
        operands.append(g.parameter(g.fill(x.dtype, ()), x.dtype))
    g.add("Pad", operands, mode=mode, exact=True)


@family(0.5)
def trilu(g):
    x = g.pick(("float32", "int64", "float64", "bool"), min_rank=2)
    g.add("Trilu", [x, g.parameter(g.integer(-3, 3)) if g.chance(0.7) else None], upper=g.integer(0, 1), exact=True)


@family(0.5)
def space(g):
    x = g.pick(("float32", "float64", "uint8"), rank=4)
    n = g.integer(1, 3)
    if g.chance(0.5):
        return g.add("SpaceToDepth", [x], blocksize=n, exact=True)
    g.add("DepthToSpace", [x], blocksize=n, mode=g.choose(("DCR", "CRD")), exact=True)


@family(0.3)
def resize(g):
    x = g.pick(("float32",), rank=g.choose((3, 4)))
    scales = [1.0, 1.0] + [g.choose((0.5, 1.0, 2.0)) for _ in x.shape[2:]]
    # Others than these two modes interpolate by other formulas in onnxruntime.
    g.add("Resize", [x, None, g.parameter(scales, "float32", 1)], mode=g.choose(("nearest", "linear")),
          coordinate_transformation_mode=g.choose(("asymmetric", "half_pixel")), exact=False)


@family(0.5)
def resize_to_sizes(g):
    x = g.pick(("float32",), rank=g.choose((3, 4)))
    if not x.array.size:
        raise Rejected
    sizes = list(x.shape[:2]) + [g.integer(1, 9) for _ in x.shape[2:]]
    # Cubic interpolation is of two dimensions in onnxruntime.
    mode = g.choose(("linear", "cubic") if x.rank == 4 else ("linear",))
    g.add("Resize", [x, None, None, g.parameter(sizes, constant=0.6)], mode=mode,
          coordinate_transformation_mode=g.choose(("asymmetric", "half_pixel", "align_corners",
                                                   "pytorch_half_pixel")), exact=False)


@family(0.5)
def gather_nd_in_batches(g):
    x = g.pick(ALL, min_rank=2)
    if not x.array.size:
        raise Rejected
    depth = g.integer(1, x.rank - 1)
    rows = g.integer(1, 4)
    numbers = np.stack([g.rng.integers(-n, n, (x.shape[0], rows)) for n in x.shape[1:depth + 1]], -1)
    g.add("GatherND", [x, g.parameter(numbers, constant=0.5)], batch_dims=1, exact=True)


@family(0.5)
def scatter_nd_reduced(g):
    x = g.pick(("float32", "int64", "int32", "float64"), min_rank=1)
    depth = g.integer(1, x.rank)
    places = int(np.prod(x.shape[:depth]))
    chosen = g.rng.permutation(places)[:g.integer(0, min(places, 6))]
    numbers = np.stack(np.unravel_index(chosen, x.shape[:depth]), -1) if places else np.zeros((0, depth))
    updates = g.new(str(x.dtype), (len(chosen),) + x.shape[depth:])
    g.add("ScatterND", [x, g.parameter(numbers, constant=0.5), updates],
          reduction=g.choose((None, "add", "mul", "max", "min")))


@family(0.5)
def pad_axes(g):
    x = g.pick(NUMBERS, min_rank=1)
    axes = [int(a) for a in g.rng.permutation(x.rank)[:g.integer(1, x.rank)]]
    pads = [g.integer(0, 3) for _ in range(2 * len(axes))]
    g.add("Pad", [x, g.parameter(pads), None, g.parameter(axes, constant=1)], exact=True)


@family(0.4)
def unique(g):
    x = g.pick(("float32", "int64", "int8"), min_rank=1, exact=True)
    if not x.array.size:
        raise Rejected
    axis = g.axis(x.rank) if g.chance(0.4) else None
    g.add("Unique", [x], 4, axis=axis, sorted=g.integer(0, 1), exact=True)


@family(0.4)
def compress(g):
    x = g.pick(ALL, min_rank=1)
    axis = g.axis(x.rank) if g.chance(0.7) else None
    size = x.array.size if axis is None else x.shape[axis]
    condition = g.fill("bool", (g.integer(0, size),))
    g.add("Compress", [x, g.parameter(condition, "bool", 0.3)], axis=axis, exact=True)


@family(0.3)
def reverse_sequence(g):
    x = g.pick(("float32", "int64", "int32", "uint8"), min_rank=2)
    if not x.array.size:
        raise Rejected
    batch = g.integer(0, 1)
    lengths = g.rng.integers(1, x.shape[1 - batch] + 1, x.shape[batch])
    g.add("ReverseSequence", [x, g.parameter(lengths, constant=0.4)], batch_axis=batch, time_axis=1 - batch,
          exact=True)


@family(0.3)
def centre_crop_pad(g):
    x = g.pick(("float32", "int64", "uint8"), min_rank=1)
    axes = sorted(int(a) for a in g.rng.permutation(x.rank)[:g.integer(1, x.rank)])
    g.add("CenterCropPad", [x, g.parameter([g.integer(1, 9) for _ in axes], constant=0.6)], axes=axes, exact=True)


@family(0.3)
def grid_sample(g):
    x = g.pick(("float32",), rank=4)
    if not x.array.size:
        raise Rejected
    grid = g.new("float32", [x.shape[0], g.integer(1, 4), g.integer(1, 4), 2], -1.4, 1.4)
    # The mode's name changed; bilinear is what none means in every opset.
    g.add("GridSample", [x, grid], padding_mode=g.choose(("zeros", "border", "reflection")),
          align_corners=g.integer(0, 1))


# -- Making data ---------------------------------------------------------------

@family(1)
def shape_of(g):
    x = g.pick(ALL)
    if g.chance(0.3):
        return g.add("Size", [x], exact=True)
    g.add("Shape", [x], start=g.choose((None, 0, 1, -1)), end=g.choose((None, None, 2, -1)), exact=True)


@family(0.4)
def constant_of_shape(g):
    value = g.fill(g.choose(ALL), (1,))
    g.add("ConstantOfShape", [g.parameter(g.shape(), constant=0.6)],
          value=numpy_helper.from_array(value) if g.chance(0.7) else None, exact=True)


@family(0.4)
def range_(g):
    dtype = g.choose(("int64", "int32", "float32"))
    # With steps of a half, no rounding decides the number of elements.
    step = g.choose((1, 2, -1, 0.5 if dtype == "float32" else 3))
    g.add("Range", [g.parameter(n, dtype, 0.5) for n in (g.integer(-3, 3), g.integer(-5, 12), step)], exact=True)


@family(0.4)
def one_hot(g):
    depth = g.integer(1, 6)
    x = indices(g, depth, g.shape(g.integer(0, 2)), "int64")
    values = g.parameter(g.fill("float32", (2,)), "float32")
    g.add("OneHot", [x, g.parameter(depth), values], axis=g.integer(-x.rank - 1, x.rank), exact=True)


@family(0.3)
def non_zero(g):
    g.add("NonZero", [g.pick(("float32", "int64", "bool", "int32"), min_rank=1, exact=True)], exact=True)


@family(0.3)
def eye_like(g):
    g.add("EyeLike", [g.pick(("float32", "int64", "float64"), rank=2)], k=g.integer(-2, 2), exact=True)


# -- Quantisation --------------------------------------------------------------

@family(0.8)
def quantize(g):
    x = g.pick(("float32",), exact=True)
    dtype = g.choose(("uint8", "int8"))
    zero = g.parameter(g.fill(dtype, (), 0, 3), dtype)
    g.add("QuantizeLinear", [x, g.parameter(g.choose((0.5, 0.1, 0.03)), "float32"), zero], exact=True)


@family(0.8)
def dequantize(g):
    x = g.pick(("uint8", "int8"))
    if x.rank and g.chance(0.4):
        axis = g.axis(x.rank)
        size = [x.shape[axis]]
        return g.add("DequantizeLinear", [x, g.new("float32", size, 0.1, 1), g.new(str(x.dtype), size, 0, 3)],
                     axis=axis)
    zero = g.parameter(g.fill(x.dtype, (), 0, 3), x.dtype)
    g.add("DequantizeLinear", [x, g.parameter(0.25, "float32"), zero])


@family(0.4)
def dynamic_quantize(g):
    x = g.pick(("float32",), exact=True)
    if not x.array.size:
        raise Rejected
    g.add("DynamicQuantizeLinear", [x], 3, exact=True)


def scale_and_zero(g, dtype):
    """A scale and a zero point, one for all elements."""
    return g.parameter(g.choose((0.5, 0.125, 0.03)), "float32"), g.parameter(g.fill(dtype, (), 0, 3), dtype)


@family(0.4)
def quantized_matmul(g):
    x = g.pick(("uint8", "int8"), min_rank=2)
    if not x.shape[-1]:
        raise Rejected
    y = g.new(str(x.dtype), [x.shape[-1], g.size()], constant=0.6)
    operands = [x, *scale_and_zero(g, x.dtype), y, *scale_and_zero(g, y.dtype), *scale_and_zero(g, x.dtype)]
    g.add("QLinearMatMul", operands, exact=True)


@family(0.4)
def quantized_convolution(g):
    x = g.pick(("uint8", "int8"), rank=4)
    channels = x.shape[1]
    if not channels:
        raise Rejected
    attributes = window(g, x.shape[2:])
    filters = g.integer(1, 4)
    w = g.new(str(x.dtype), [filters, channels] + attributes["kernel_shape"], constant=0.8)
    if x.dtype == np.uint8 and g.chance(0.5):
        zeros = [g.parameter(g.fill(v.dtype, (), 0, 3), v.dtype) for v in (x, w)]
        return g.add("ConvInteger", [x, w] + zeros, **attributes)
    operands = [x, *scale_and_zero(g, x.dtype), w, *scale_and_zero(g, w.dtype), *scale_and_zero(g, x.dtype)]
    if g.chance(0.5):
        operands.append(g.new("int32", [filters], constant=0.8))
    g.add("QLinearConv", operands, exact=True, **attributes)


# -- Recurrent layers and subgraphs --------------------------------------------

@family(0.5)
def recurrent(g):
    name, gates = g.choose((("LSTM", 4), ("GRU", 3), ("RNN", 1)))
    direction = g.choose(("forward", "reverse", "bidirectional"))
    directions = 2 if direction == "bidirectional" else 1
    steps, batch, features, hidden = g.integer(1, 5), g.integer(1, 3), g.integer(1, 5), g.choose((1, 2, 4, 8))
    x = g.new("float32", [steps, batch, features], -1, 1, constant=0)
    operands = [x] + [g.new("float32", [directions, gates * hidden, n], -1, 1, constant=0.8)
                      for n in (features, hidden)]
    operands.append(g.new("float32", [directions, 2 * gates * hidden], -1, 1) if g.chance(0.6) else None)
    operands.append(g.parameter(g.rng.integers(1, steps + 1, batch), "int32", 0.3) if g.chance(0.3) else None)
    operands.append(g.new("float32", [directions, batch, hidden], -1, 1) if g.chance(0.5) else None)
    attributes = {"linear_before_reset": g.integer(0, 1)} if name == "GRU" else {}
    g.add(name, operands, 3 if name == "LSTM" else 2, direction=direction, hidden_size=hidden, **attributes)


def untyped(name, array):
    """A subgraph's value of an array's type and any shape."""
    return helper.make_tensor_value_info(name, helper.np_dtype_to_tensor_dtype(array.dtype), None)


@family(0.5)
def if_(g):
    x = g.pick(ALL, min_rank=1)
    condition = g.parameter(bool(g.integer(0, 1)), "bool", 0.3)
    axis = g.axis(x.rank)

    def branch(operator, operands, **attributes):
        name = g.new_name("b")
        node = helper.make_node(operator, operands, [name], **attributes)
        return helper.make_graph([node], g.new_name("branch"), [], [untyped(name, x.array)])

    short = branch("Identity", [x.name])
    other = branch("Concat", [x.name, x.name], axis=axis) if g.chance(0.5) else branch("Transpose", [x.name])
    branches = (short, other) if g.chance(0.5) else (other, short)
    g.add("If", [condition], captured=[x], then_branch=branches[0], else_branch=branches[1], exact=True)


@family(0.4)
def loop(g):
    """Adds x / 2 to a sum, of which each step is kept."""
    x = g.pick(("float32", "float64"))
    start = g.new(str(x.dtype), x.shape)
    names = [g.new_name("b") for _ in range(8)]
    i, given, acc, half, part, total, kept, more = names
    trips = g.parameter(g.integer(0, 4), constant=0.5)
    # Of steps that are never made, ONNX leaves the shape open but where the body
    # declares it.
    kept_type = untyped(kept, x.array) if trips.array else helper.make_tensor_value_info(
        kept, helper.np_dtype_to_tensor_dtype(x.dtype), x.shape)
    body = helper.make_graph(
        [helper.make_node("Constant", [], [half], value=numpy_helper.from_array(np.array(0.5, x.dtype))),
         helper.make_node("Mul", [x.name, half], [part]), helper.make_node("Add", [acc, part], [total]),
         helper.make_node("Identity", [total], [kept]), helper.make_node("Identity", [given], [more])],
        g.new_name("body"),
        [helper.make_tensor_value_info(i, 7, []), helper.make_tensor_value_info(given, 9, []), untyped(acc, x.array)],
        [helper.make_tensor_value_info(more, 9, []), untyped(total, x.array), kept_type])
    g.add("Loop", [trips, g.parameter(True, "bool", 1), start], 2, captured=[x], body=body)


# -- Attention as one operator -------------------------------------------------

@family(0.5)
def attention(g):
    if g.opset < 23:
        raise Rejected
    batch, heads, repeats = g.integer(1, 2), g.integer(1, 3), g.choose((1, 1, 2))
    queries, keys, depth = g.integer(1, 9), g.integer(1, 9), g.choose((1, 4, 8))
    q = g.new("float32", [batch, heads * repeats, queries, depth], constant=0)
    k = g.new("float32", [batch, heads, keys, depth], constant=0)
    v = g.new("float32", [batch, heads, keys, g.choose((depth, 4))], constant=0)
    mask = g.new("float32", g.choose(([queries, keys], [batch, 1, queries, keys])), constant=0.3)
    g.add("Attention", [q, k, v] + ([mask] if g.chance(0.5) else []), is_causal=g.integer(0, 1),
          scale=g.choose((None, 0.5)))


@family(0.3)
def rotary_embedding(g):
    if g.opset < 23:
        raise Rejected
    batch, heads, steps, half = g.integer(1, 2), g.integer(1, 3), g.integer(1, 5), g.integer(1, 4)
    x = g.new("float32", [batch, heads, steps, 2 * half], constant=0)
    tables = [g.new("float32", [batch, steps, half], -1, 1) for _ in range(2)]
    g.add("RotaryEmbedding", [x, *tables], interleaved=g.integer(0, 1))


# -- Chains that the compiler raises -------------------------------------------

@family(0.7)
def written_out_layer_norm(g):
    x = g.pick(("float32",), min_rank=2)
    if not x.array.size:
        raise Rejected  # as for ReduceMean
    axes = g.parameter([-1], constant=1)
    centred = g.add("Sub", [x, g.add("ReduceMean", [x, axes])])
    square = g.add("Pow", [centred, g.parameter(2.0, "float32", 1)])
    variance = g.add("Add", [g.add("ReduceMean", [square, axes]), g.parameter(0.1, "float32", 1)])
    normal = g.add("Div", [centred, g.add("Sqrt", [variance])])
    scaled = g.add("Mul", [normal, g.new("float32", x.shape[-1:], 0.5, 2, constant=1)])
    g.add("Add", [scaled, g.new("float32", x.shape[-1:], constant=1)])


@family(0.7)
def written_out_gelu(g):
    x = g.pick(("float32",))
    erf = g.add("Erf", [g.add("Div", [x, g.parameter(2**0.5, "float32", 1)])])
    one = g.add("Add", [erf, g.parameter(1.0, "float32", 1)])
    g.add("Mul", [g.add("Mul", [x, one]), g.parameter(0.5, "float32", 1)])


@family(0.7)
def linear(g):
    x = g.pick(("float32",), min_rank=2)
    n = g.choose((1, 4, 8, 16, 17, 32))
    w = g.fill("float32", [x.shape[-1], n], -1, 1)
    if g.chance(0.4):
        w *= g.rng.random(w.shape) < 0.2
    y = g.add("MatMul", [x, g.add_constant(w)])
    y = g.add("Add", [y, g.new("float32", [n], constant=1)])
    if g.chance(0.5):
        g.add(g.choose(("Relu", "Tanh", "Gelu")), [y])


@family(0.7)
def written_out_attention(g):
    batch, heads, queries, keys, depth = (g.integer(1, 3), g.integer(1, 3), g.size(), g.size(), g.choose((1, 4, 8)))
    q = g.new("float32", [batch, heads, queries, depth], constant=0)
    k = g.new("float32", [batch, heads, keys, depth], constant=0)
    v = g.new("float32", [batch, heads, keys, depth], constant=0)
    kt = g.add("Transpose", [k], perm=[0, 1, 3, 2], exact=True)
    scores = g.add("Div", [g.add("MatMul", [q, kt]), g.parameter(depth**0.5, "float32", 1)])
    if g.chance(0.6):
        scores = g.add("Add", [scores, g.new("float32", g.broadcastable([batch, 1, queries, keys]), constant=0.2)])
    y = g.add("MatMul", [g.add("Softmax", [scores], axis=-1), v])
    if g.chance(0.5):
        y = g.add("Transpose", [y], perm=[0, 2, 1, 3])
        g.add("Reshape", [y, g.parameter([0, 0, heads * depth], constant=1)])
