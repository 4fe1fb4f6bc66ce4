"""A random graph that grows node by node, each node run by onnxruntime.

Running while growing tells the generator which values, and thus which
operators' conditions, hold; and it gives the expected value of every tensor,
without any optimisation between nodes.
"""

import numpy as np
import onnxruntime
from onnx import helper, numpy_helper

# Largest difference, relative to the largest value on the way to a result (at
# least 1): sums are taken in other orders, products may be fused into them, and
# float16 is computed in float32 where onnxruntime rounds after each node.
TOLERANCES = {"float16": 2e-2, "float32": 1e-4, "float64": 1e-9}

# Floats this large lose what a tolerance of 1e-4 could tell.
LARGEST = {np.dtype("float16"): 100, np.dtype("float32"): 1000, np.dtype("float64"): 1000}
LARGEST_SIZE = 4096

FLOATS = ("float32", "float64", "float16")
SIGNED = ("int64", "int32", "int8", "int16")
UNSIGNED = ("uint8", "uint16", "uint32", "uint64")
INTEGERS = SIGNED + UNSIGNED
NUMBERS = FLOATS + INTEGERS
ALL = NUMBERS + ("bool",)

SIZES = (1, 1, 1, 2, 2, 3, 3, 4, 4, 5, 6, 7, 8, 9, 16, 17, 33)


class Rejected(Exception):
    """What was about to be added has no meaning that both must agree on."""


class Value:
    """A tensor of the graph.

    `is_exact`: every implementation computes the same bits. Only such values
    may decide anything: the sign of x - y, or which element is the largest,
    can differ where rounding does.
    """

    def __init__(self, name, array, is_exact):
        self.name, self.array, self.is_exact = name, array, is_exact
        self.is_used = False
        # The largest magnitude among this value and what it was computed from,
        # and the largest tolerance.
        self.scale = 1.0
        self.tolerance = 0.0

    dtype = property(lambda self: self.array.dtype)
    shape = property(lambda self: self.array.shape)
    rank = property(lambda self: self.array.ndim)


def magnitude(array):
    if array.dtype.kind != "f" or not array.size:
        return 1.0
    return max(1.0, float(np.max(np.abs(array.astype(np.float64)))))


def evaluate(model, feeds):
    """The outputs of a model by onnxruntime, its optimisations off."""
    options = onnxruntime.SessionOptions()
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    options.intra_op_num_threads = 1
    options.log_severity_level = 4
    # Without it, and without VNNI, sums of products of bytes saturate.
    options.add_session_config_entry("session.x64quantprecision", "1")
    session = onnxruntime.InferenceSession(model.SerializeToString(), options, providers=["CPUExecutionProvider"])
    return session.run(None, feeds)


def make_model(graph, opset):
    return helper.make_model(graph, ir_version=10, opset_imports=[helper.make_opsetid("", opset)])


def info(name, array, dims):
    return helper.make_tensor_value_info(name, helper.np_dtype_to_tensor_dtype(array.dtype), dims)


class Graph:
    def __init__(self, seed, opset, largest_nodes, attempt=0):
        self.rng = np.random.default_rng([seed, attempt])
        self.seed, self.opset = seed, opset
        self.prefix = f"g{seed}_"
        self.nodes, self.inputs, self.constants, self.values = [], [], [], []
        self.results = []
        # The names of what nodes and their subgraphs read.
        self.read = set()
        self.wanted = int(self.rng.integers(1, largest_nodes + 1))
        # Of a size in an input's declaration to be a symbol.
        self.dynamic = float(self.rng.choice([0, 0.5, 1], p=[0.35, 0.35, 0.3]))
        self.counter = 0

    # -- Chance ----------------------------------------------------------------

    def chance(self, probability):
        return self.rng.random() < probability

    def choose(self, options):
        return options[int(self.rng.integers(len(options)))]

    def integer(self, low, high):
        """From `low` to `high`, both included."""
        return int(self.rng.integers(low, high + 1))

    def size(self):
        return 0 if self.chance(0.02) else self.choose(SIZES)

    def shape(self, rank=None):
        rank = self.choose((0, 1, 1, 2, 2, 2, 3, 3, 3, 4, 4, 5)) if rank is None else rank
        shape = [self.size() for _ in range(rank)]
        while np.prod(shape) > LARGEST_SIZE:
            shape[int(np.argmax(shape))] = 2
        return shape

    def axis(self, rank):
        """An axis of a tensor, possibly counted from the end."""
        if rank == 0:
            raise Rejected
        return self.integer(-rank, rank - 1)

    # -- Operands --------------------------------------------------------------

    def fill(self, dtype, shape, low=None, high=None):
        dtype = np.dtype(dtype)
        if dtype == bool:
            return self.rng.random(shape) < 0.5
        low = (0 if dtype.kind == "u" else -4) if low is None else low
        high = 4 if high is None else high
        if dtype.kind == "f":
            return np.asarray(self.rng.uniform(low, high, shape)).astype(dtype)
        return np.asarray(self.rng.integers(low, high + 1, shape)).astype(dtype)

    def new_name(self, kind):
        self.counter += 1
        return f"{self.prefix}{kind}{self.counter}"

    def add_input(self, array):
        value = Value(self.new_name("x"), np.asarray(array), True)
        value.scale = magnitude(value.array)
        self.inputs.append(value)
        self.values.append(value)
        return value

    def add_constant(self, array, reuse=True):
        value = Value(self.new_name("w"), np.asarray(array), True)
        value.scale = magnitude(value.array)
        self.constants.append(value)
        if reuse:
            self.values.append(value)
        return value

    def new(self, dtype, shape, low=None, high=None, constant=0.35):
        array = self.fill(dtype, shape, low, high)
        return self.add_constant(array) if self.chance(constant) else self.add_input(array)

    def parameter(self, numbers, dtype="int64", constant=0.85):
        """An operand such as axes or a shape: mostly constant."""
        array = np.asarray(numbers, dtype)
        return self.add_constant(array, False) if self.chance(constant) else self.add_input(array)

    def pick(self, types=FLOATS, rank=None, min_rank=0, shape=None, where=None, exact=False, low=None, high=None):
        """A value there is, or a new one, with these properties."""

        def fits(value):
            return (str(value.dtype) in types and (rank is None or value.rank == rank) and value.rank >= min_rank and
                    (shape is None or value.shape == tuple(shape)) and (value.is_exact or not exact) and
                    (where is None or bool(np.all(where(value.array)))))

        old = [value for value in self.values if fits(value)]
        # Prefers what nothing uses yet, so that nodes hang together.
        old = [value for value in old if not value.is_used] or old
        if old and self.chance(0.75):
            return self.choose(old)
        # The first types are the common ones.
        dtype = types[min(int(self.rng.exponential(1.5)), len(types) - 1)]
        if shape is None:
            shape = self.shape(max(min_rank, self.choose((0, 1, 2, 2, 3, 3, 4))) if rank is None else rank)
        value = self.new(dtype, shape, low, high)
        if not fits(value):
            raise Rejected
        return value

    def broadcastable(self, shape):
        """A shape that broadcasts with `shape`."""
        result = [size if self.chance(0.7) else 1 for size in shape]
        return result[self.integer(0, len(result)):] if self.chance(0.3) else result

    def partner(self, value, where=None, low=None, high=None, dtype=None, exact=False):
        """A value of the same type that broadcasts with `value`."""
        types = (str(dtype or value.dtype),)

        def broadcasts(other):
            return all(a == b or a == 1 or b == 1 for a, b in zip(value.shape[::-1], other.shape[::-1]))

        old = [other for other in self.values
               if str(other.dtype) in types and broadcasts(other) and (other.is_exact or not exact) and
               (where is None or bool(np.all(where(other.array))))]
        if old and self.chance(0.5):
            return self.choose(old)
        return self.new(types[0], self.broadcastable(value.shape), low, high)

    # -- Nodes -----------------------------------------------------------------

    def add(self, operator, operands, outputs=1, exact=None, captured=(), **attributes):
        """Appends a node; `operands` are values, or None for an absent one.

        `exact` says that the operator does not round; integers never do.
        `captured` are the values that the node's subgraphs read.
        """
        names = [operand.name if operand else "" for operand in operands]
        results = [self.new_name("y") for _ in range(outputs)]
        attributes = {key: attribute for key, attribute in attributes.items() if attribute is not None}
        node = helper.make_node(operator, names, results, name=self.new_name(operator + "_"), **attributes)
        present = {operand.name: operand for operand in [*operands, *captured] if operand}
        feeds = {name: value.array for name, value in present.items()}
        graph = helper.make_graph([node], "g", [info(n, a, a.shape) for n, a in feeds.items()],
                                  [helper.make_empty_tensor_value_info(name) for name in results])
        try:
            arrays = evaluate(make_model(graph, self.opset), feeds)
        except Exception as error:  # onnxruntime's classes are many
            raise Rejected(f"onnxruntime: {error}") from error
        for array in arrays:
            if array.size > LARGEST_SIZE or array.ndim > 6:
                raise Rejected("too large")
            limit = LARGEST.get(array.dtype)
            if limit and not np.all(np.abs(array) <= limit):
                raise Rejected("not finite, or large")
        is_exact = all(value.is_exact for value in present.values()) and (
            bool(exact) or all(value.array.dtype.kind != "f" for value in present.values()))
        for value in present.values():
            value.is_used = True
        self.nodes.append(node)
        self.read.update(present)
        values = [Value(name, array, is_exact) for name, array in zip(results, arrays)]
        for value in values:
            value.scale = max([magnitude(value.array)] + [operand.scale for operand in present.values()])
            if not is_exact:
                value.tolerance = max([TOLERANCES.get(str(value.dtype), 0)] +
                                      [operand.tolerance for operand in present.values()])
        self.values += values
        self.results += values
        return values[0] if outputs == 1 else values

    # -- The model -------------------------------------------------------------

    def dims(self, value):
        """The declared shape: sizes, and symbols, of which equal ones may be one."""
        return [(f"{self.prefix}s{size}" if self.chance(0.5) else self.new_name("d"))
                if self.chance(self.dynamic) else size for size in value.shape]

    def finish(self):
        """Chooses the outputs; the graph then is complete."""
        self.outputs = [value for value in self.results if not value.is_used or self.chance(0.15)]
        self.inputs = [value for value in self.inputs if value.name in self.read]
        self.constants = [value for value in self.constants if value.name in self.read]
        self.input_infos = [info(value.name, value.array, self.dims(value)) for value in self.inputs]
        self.output_infos = [
            info(value.name, value.array, value.shape if not self.dynamic else
                 [self.new_name("d") for _ in value.shape]) for value in self.outputs]
        self.initializers = [numpy_helper.from_array(value.array, value.name) for value in self.constants]

    feeds = property(lambda self: {value.name: value.array for value in self.inputs})


def join(graphs):
    """One model of several graphs of one opset, side by side."""

    def gather(part):
        return [item for graph in graphs for item in getattr(graph, part)]

    return make_model(helper.make_graph(gather("nodes"), "differential", gather("input_infos"), gather("output_infos"),
                                        gather("initializers")), graphs[0].opset)
