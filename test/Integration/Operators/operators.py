"""Small models of one or a few nodes, with dynamic sizes, against onnxruntime.

usage: operators.py FOLDER [NAME...]

FOLDER holds sparse-opt. ONNX's own node tests fix every size; these give each
dimension that may vary a symbol, and run one library at several shapes, of
which some have sizes 0 or 1. With names, only those cases are run.
Exits 1 if any output differs from onnxruntime's in shape, in an integer, or by
more than 1e-4 in a float.
"""

import os
import subprocess
import sys
import tempfile

import numpy as np
import onnx
import onnxruntime
from onnx import TensorProto, helper, numpy_helper

sys.path.insert(0, os.path.join(os.path.dirname(os.path.realpath(__file__)), "../ctypes-example"))
from main import Model  # noqa: E402 (lies beside this test)

random = np.random.default_rng(7)
CASES = {}


def case(function):
    CASES[function.__name__] = function
    return function


def floats(*shape):
    return random.standard_normal(shape).astype(np.float32)


def make_model(nodes, inputs, outputs, weights=None, opset=20):
    """inputs and outputs: {name: (type, dims)}, a dim a number or a symbol."""

    def infos(values):
        return [helper.make_tensor_value_info(name, kind, dims) for name, (kind, dims) in values.items()]

    initializers = [numpy_helper.from_array(np.asarray(array), name) for name, array in (weights or {}).items()]
    graph = helper.make_graph(nodes, "g", infos(inputs), infos(outputs), initializers)
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", opset)], ir_version=9)


F, I = TensorProto.FLOAT, TensorProto.INT64


def recurrent(kind, gates, direction="forward", extra=(), **attributes):
    directions = 2 if direction == "bidirectional" else 1
    hidden, features = 5, 3
    weights = {"W": floats(directions, gates * hidden, features), "R": floats(directions, gates * hidden, hidden)}
    names = ["x", "W", "R"]
    inputs = {"x": (F, ["s", "b", features])}
    if "bias" in extra:
        weights["B"] = floats(directions, 2 * gates * hidden)
    names.append("B" if "bias" in extra else "")
    if "lengths" in extra:
        inputs["lengths"] = (TensorProto.INT32, ["b"])
    names.append("lengths" if "lengths" in extra else "")
    states = ["h0", "c0"] if kind == "LSTM" else ["h0"]
    for state in states:
        if "initial" in extra:
            inputs[state] = (F, [directions, "b", hidden])
        names.append(state if "initial" in extra else "")
    if "peepholes" in extra:
        weights["P"] = floats(directions, 3 * hidden)
        names.append("P")
    outputs = ["y", "yh"] + (["yc"] if kind == "LSTM" else [])
    node = helper.make_node(kind, names, outputs, direction=direction, hidden_size=hidden, **attributes)
    model = make_model([node], inputs, {name: (F, None) for name in outputs}, weights)
    runs = []
    for steps, batch in (4, 2), (1, 1), (7, 3), (2, 1):
        feed = {"x": floats(steps, batch, features)}
        if "lengths" in extra:
            feed["lengths"] = random.integers(1, steps + 1, batch).astype(np.int32)
        if "initial" in extra:
            feed.update({state: floats(directions, batch, hidden) for state in states})
        runs.append(feed)
    return model, runs


for kind, gates in ("LSTM", 4), ("GRU", 3), ("RNN", 1):
    for direction in "forward", "reverse", "bidirectional":
        CASES[f"{kind.lower()}_{direction}"] = lambda kind=kind, gates=gates, direction=direction: recurrent(
            kind, gates, direction, ("bias", "initial", "lengths"))
CASES["lstm_plain"] = lambda: recurrent("LSTM", 4)
CASES["lstm_peepholes"] = lambda: recurrent("LSTM", 4, extra=("bias", "peepholes"), input_forget=1)
CASES["lstm_activations"] = lambda: recurrent(
    "LSTM", 4, extra=("bias",), activations=["HardSigmoid", "Softsign", "LeakyRelu"], activation_alpha=[0.3, 0.05],
    activation_beta=[0.4])
CASES["lstm_clip"] = lambda: recurrent("LSTM", 4, extra=("bias",), clip=0.5)


def quantized_lstm(direction="forward", extra=(), batch=1, centre=0):
    """As onnxruntime's quantiser writes it; weights of more than one row would be quantised row by row, or not."""
    model, runs = recurrent("LSTM", 4, direction, ("bias", "initial", *extra))
    node, graph = model.graph.node[0], model.graph
    weights = {weight.name: numpy_helper.to_array(weight) for weight in graph.initializer}
    for name in "W", "R":
        scale = np.abs(weights[name]).max(axis=(1, 2)) / 127
        whole = np.round(weights[name] / scale[:, None, None]) + centre
        kind = np.uint8 if centre else np.int8
        weights.update({name: whole.transpose(0, 2, 1).astype(kind), name + "s": scale.astype(np.float32),
                        name + "z": np.full(scale.shape, centre, kind)})
    del graph.initializer[:]
    graph.initializer.extend(numpy_helper.from_array(array, name) for name, array in weights.items())
    node.op_type, node.domain = "DynamicQuantizeLSTM", "com.microsoft"
    node.input.extend([""] * (8 - len(node.input)) + ["Ws", "Wz", "Rs", "Rz"])
    model.opset_import.append(helper.make_opsetid("com.microsoft", 1))
    return model, [feed for feed in runs if feed["x"].shape[1] == batch]


CASES["lstm_quantized"] = quantized_lstm
CASES["lstm_quantized_both_ways"] = lambda: quantized_lstm("bidirectional", ("lengths",))
CASES["lstm_quantized_peepholes"] = lambda: quantized_lstm("reverse", ("peepholes",), centre=130)
CASES["gru_linear_before_reset"] = lambda: recurrent("GRU", 3, "bidirectional", ("bias",), linear_before_reset=1)
CASES["gru_clip"] = lambda: recurrent("GRU", 3, extra=("bias",), clip=0.3)


def resize(mode, coordinates, by, **attributes):
    weights, names = {}, ["x", "", "", ""]
    inputs = {"x": (F, ["n", 2, "h", "w"])}
    runs = [{"x": floats(*shape)} for shape in ((1, 2, 4, 5), (2, 2, 1, 3), (1, 2, 7, 6))]
    if by == "scales":
        weights["scales"] = np.array([1, 1, 2, 1.6], np.float32)
        names[2] = "scales"
    elif by == "shrink":
        weights["scales"] = np.array([1, 1, 0.6, 0.5], np.float32)
        names[2] = "scales"
        runs = [{"x": floats(*shape)} for shape in ((1, 2, 4, 5), (2, 2, 2, 3), (1, 2, 7, 6))]
    else:
        inputs["sizes"] = (I, [4])
        names[3] = "sizes"
        for run, (height, width) in zip(runs, ((8, 3), (1, 1), (9, 14))):
            run["sizes"] = np.array([run["x"].shape[0], 2, height, width])
    node = helper.make_node("Resize", names, ["y"], mode=mode, coordinate_transformation_mode=coordinates, **attributes)
    return make_model([node], inputs, {"y": (F, ["n", 2, "p", "q"])}, weights), runs


for mode in "nearest", "linear", "cubic":
    for coordinates in "half_pixel", "asymmetric", "align_corners", "pytorch_half_pixel":
        for by in "scales", "shrink", "sizes":
            CASES[f"resize_{mode}_{coordinates}_{by}"] = (
                lambda mode=mode, coordinates=coordinates, by=by: resize(mode, coordinates, by))
for rounding in "floor", "ceil", "round_prefer_floor", "round_prefer_ceil":
    CASES[f"resize_{rounding}"] = lambda rounding=rounding: resize("nearest", "half_pixel", "scales", nearest_mode=rounding)
CASES["resize_exclude_outside"] = lambda: resize("cubic", "half_pixel", "scales", exclude_outside=1)


def conv(group=1, dims=2, outputs=6, channels=4, kernel=(3, 3), bias=True, static=False, **attributes):
    """Sizes of images around those of a tile; more outputs than a tile has rows if asked."""
    weights = {"w": floats(outputs, channels // group, *kernel[:dims])}
    if bias:
        weights["b"] = floats(outputs)
    node = helper.make_node("Conv", ["x", *weights], ["y"], group=group, **attributes)
    shapes = [shape[:dims + 2] for shape in ((1, channels, 9, 13), (2, channels, 5, 40), (1, channels, 21, 7))]
    if static:
        shapes = shapes[:1]
    symbols = list(shapes[0]) if static else ["n", channels, "h", "w"][:dims + 2]
    return make_model([node], {"x": (F, symbols)}, {"y": (F, None)}, weights), [{"x": floats(*shape)} for shape in shapes]


CASES["conv"] = conv
CASES["conv_static"] = lambda: conv(static=True, pads=[1, 1, 1, 1])
CASES["conv_many_outputs"] = lambda: conv(outputs=203, bias=False, pads=[0, 1, 2, 1])
CASES["conv_pointwise"] = lambda: conv(outputs=30, channels=9, kernel=(1, 1))
CASES["conv_pointwise_strides"] = lambda: conv(outputs=13, kernel=(1, 1), strides=[2, 2])
CASES["conv_strides"] = lambda: conv(kernel=(2, 3), strides=[3, 2], pads=[1, 1, 1, 1])
CASES["conv_dilations"] = lambda: conv(kernel=(2, 3), dilations=[3, 2], strides=[1, 2])
CASES["conv_groups"] = lambda: conv(group=2, outputs=28, pads=[1, 1, 1, 1])
CASES["conv_depthwise"] = lambda: conv(group=4, outputs=4, strides=[1, 2], auto_pad="SAME_LOWER")
for name, strides, dilations in ("", [1, 1], [1, 1]), ("_strides", [2, 2], [1, 1]), ("_apart", [1, 3], [2, 3]):
    for dims in 1, 2:
        CASES[f"conv_depthwise_{dims}d{name}"] = lambda strides=strides, dilations=dilations, dims=dims: conv(
            group=4, dims=dims, outputs=8, kernel=(5, 3), pads=[4, 3] * dims, strides=strides[:dims],
            dilations=dilations[:dims])
CASES["conv_1d"] = lambda: conv(dims=1, strides=[2], pads=[2, 1])
CASES["conv_1d_groups"] = lambda: conv(dims=1, group=2, bias=False)
CASES["conv_3d"] = lambda: (
    make_model([helper.make_node("Conv", ["x", "w"], ["y"], pads=[1] * 6)], {"x": (F, ["n", 2, "d", "h", "w"])},
               {"y": (F, None)}, {"w": floats(3, 2, 3, 3, 3)}),
    [{"x": floats(1, 2, 4, 5, 6)}])


def conv_transpose(group=1, dims=2, **attributes):
    weights = {"w": floats(4, 3, *(3,) * dims), "b": floats(3 * group)}
    node = helper.make_node("ConvTranspose", ["x", "w", "b"], ["y"], group=group, **attributes)
    symbols = ["n", 4, "h", "w"][:dims + 2]
    model = make_model([node], {"x": (F, symbols)}, {"y": (F, None)}, weights)
    return model, [{"x": floats(*shape[:dims + 2])} for shape in ((1, 4, 5, 4), (2, 4, 1, 3), (1, 4, 8, 2))]


CASES["conv_transpose"] = conv_transpose
CASES["conv_transpose_strides"] = lambda: conv_transpose(strides=[2, 3], pads=[1, 0, 1, 2], output_padding=[1, 0])
CASES["conv_transpose_dilations"] = lambda: conv_transpose(dilations=[2, 1], strides=[1, 2])
CASES["conv_transpose_groups"] = lambda: conv_transpose(group=2, strides=[2, 2])
CASES["conv_transpose_same"] = lambda: conv_transpose(auto_pad="SAME_UPPER", strides=[2, 2])
CASES["conv_transpose_1d"] = lambda: conv_transpose(dims=1, strides=[2])


@case
def qlinear_conv():
    weights = {
        "xs": np.float32(0.05), "xz": np.uint8(120),
        "w": random.integers(-127, 128, (4, 3, 3, 3)).astype(np.int8),
        "ws": np.abs(floats(4)) * 0.02 + 0.01, "wz": np.zeros(4, np.int8),
        "ys": np.float32(0.3), "yz": np.uint8(100), "b": random.integers(-500, 500, 4).astype(np.int32)}
    node = helper.make_node("QLinearConv", ["x", "xs", "xz", "w", "ws", "wz", "ys", "yz", "b"], ["y"],
                            pads=[1, 1, 1, 1], strides=[2, 1])
    model = make_model([node], {"x": (TensorProto.UINT8, ["n", 3, "h", "w"])}, {"y": (TensorProto.UINT8, None)}, weights)
    return model, [{"x": random.integers(0, 256, shape).astype(np.uint8)} for shape in ((1, 3, 6, 5), (2, 3, 3, 3))]


@case
def conv_integer():
    weights = {"w": random.integers(0, 256, (4, 3, 3, 3)).astype(np.uint8), "xz": np.uint8(7), "wz": np.uint8(130)}
    node = helper.make_node("ConvInteger", ["x", "w", "xz", "wz"], ["y"], pads=[1, 0, 1, 0])
    model = make_model([node], {"x": (TensorProto.UINT8, ["n", 3, "h", "w"])}, {"y": (TensorProto.INT32, None)}, weights)
    return model, [{"x": random.integers(0, 256, shape).astype(np.uint8)} for shape in ((1, 3, 6, 5), (2, 3, 3, 3))]


def many_products(group):
    """Sums beyond what f32 holds exactly."""
    weights = {"w": random.integers(120, 128, (8, 296 // group, 3, 3)).astype(np.int8), "xz": np.uint8(3)}
    node = helper.make_node("ConvInteger", ["x", "w", "xz"], ["y"], pads=[1, 1, 1, 1], group=group)
    model = make_model([node], {"x": (TensorProto.UINT8, ["n", 296, "h", "w"])}, {"y": (TensorProto.INT32, None)}, weights)
    return model, [{"x": random.integers(200, 256, (n, 296, 4, 5)).astype(np.uint8)} for n in (1, 2)]


CASES["conv_integer_many_products"] = lambda: many_products(1)
CASES["conv_integer_many_products_groups"] = lambda: many_products(2)


def matmul_integer(terms, low, high, zero):
    weights = {"b": random.integers(low, high, (terms, 7)).astype(zero.dtype), "az": np.uint8(5), "bz": zero}
    node = helper.make_node("MatMulInteger", ["a", "b", "az", "bz"], ["y"])
    model = make_model([node], {"a": (TensorProto.UINT8, ["n", "m", terms])}, {"y": (TensorProto.INT32, None)}, weights)
    return model, [{"a": random.integers(0, 256, (*shape, terms)).astype(np.uint8)} for shape in ((1, 3), (2, 1))]


CASES["matmul_integer"] = lambda: matmul_integer(30, -128, 128, np.int8(0))
CASES["matmul_integer_per_column"] = lambda: matmul_integer(30, 0, 256, random.integers(0, 256, 7).astype(np.uint8))
CASES["matmul_integer_many_products"] = lambda: matmul_integer(2000, 240, 256, np.uint8(1))


def loop(body_nodes, body_outputs, condition="cond_in", first=True, trips=True):
    """A Loop that carries v and stacks s, over the graph's x."""
    body = helper.make_graph(
        body_nodes, "body",
        [helper.make_tensor_value_info("i", I, []), helper.make_tensor_value_info("cond_in", TensorProto.BOOL, []),
         helper.make_tensor_value_info("v_in", F, None)],
        [helper.make_tensor_value_info(condition, TensorProto.BOOL, [])]
        + [helper.make_tensor_value_info(name, F, None) for name in body_outputs])
    node = helper.make_node("Loop", ["trips" if trips else "", "first" if first else "", "x"], ["v", "s"], body=body)
    inputs = {"x": (F, ["n", 2])}
    if trips:
        inputs["trips"] = (I, [])
    if first:
        inputs["first"] = (TensorProto.BOOL, [])
    return make_model([node], inputs, {"v": (F, ["p", 2]), "s": (F, ["t", "q", 2])})


@case
def loop_counted():
    nodes = [helper.make_node("Identity", ["cond_in"], ["cond_out"]),
             helper.make_node("Add", ["v_in", "x"], ["v_out"]), helper.make_node("Mul", ["v_in", "v_in"], ["slice"])]
    return loop(nodes, ["v_out", "slice"], "cond_out", first=False), [
        {"x": floats(3, 2), "trips": np.array(5)}, {"x": floats(2, 2), "trips": np.array(1)}]


@case
def loop_growing():
    """The carried value grows from one iteration to the next."""
    nodes = [helper.make_node("Constant", [], ["limit"], value_float=6.0),
             helper.make_node("Concat", ["v_in", "x"], ["v_out"], axis=0),
             helper.make_node("Add", ["x", "x"], ["slice"]),
             helper.make_node("Shape", ["v_out"], ["rows"], start=0, end=1),
             helper.make_node("Squeeze", ["rows"], ["row_count"]),
             helper.make_node("Cast", ["row_count"], ["row_float"], to=F),
             helper.make_node("Less", ["row_float", "limit"], ["cond_out"])]
    return loop(nodes, ["v_out", "slice"], "cond_out"), [
        {"x": floats(1, 2), "trips": np.array(20), "first": np.array(True)},
        {"x": floats(3, 2), "trips": np.array(20), "first": np.array(True)},
        {"x": floats(1, 2), "trips": np.array(3), "first": np.array(True)}]


@case
def loop_growing_from_constant():
    """What enters the first iteration has sizes that are known, and only the count ends the loop."""
    body = helper.make_graph(
        [helper.make_node("Identity", ["cond_in"], ["cond_out"]),
         helper.make_node("Concat", ["v_in", "x"], ["v_out"], axis=0), helper.make_node("Neg", ["x"], ["slice"])],
        "body",
        [helper.make_tensor_value_info("i", I, []), helper.make_tensor_value_info("cond_in", TensorProto.BOOL, []),
         helper.make_tensor_value_info("v_in", F, None)],
        [helper.make_tensor_value_info("cond_out", TensorProto.BOOL, []), helper.make_tensor_value_info("v_out", F, None),
         helper.make_tensor_value_info("slice", F, None)])
    nodes = [helper.make_node("Loop", ["trips", "", "start"], ["v", "s"], body=body),
             helper.make_node("Size", ["s"], ["size"])]
    model = make_model(nodes, {"x": (F, ["n", 2])}, {"v": (F, ["p", 2]), "size": (I, [])},
                       {"start": floats(1, 2), "trips": np.array(3)})
    return model, [{"x": floats(2, 2)}, {"x": floats(1, 2)}]


@case
def loop_of_nothing():
    """What it stacks has no elements."""
    model, runs = loop([helper.make_node("Slice", ["x", "zero", "zero", "zero"], ["slice"]),
                        helper.make_node("Identity", ["v_in"], ["v_out"]),
                        helper.make_node("Identity", ["cond_in"], ["cond_out"])], ["v_out", "slice"], "cond_out"), []
    model.graph.initializer.append(numpy_helper.from_array(np.array([0]), "zero"))
    for rows, trips in (2, 3), (1, 1):
        runs.append({"x": floats(rows, 2), "trips": np.array(trips), "first": np.array(True)})
    return model, runs


@case
def scan():
    body = helper.make_graph(
        [helper.make_node("Add", ["sum_in", "part"], ["sum_out"]), helper.make_node("Mul", ["sum_out", "part"], ["slice"])],
        "body", [helper.make_tensor_value_info("sum_in", F, [2]), helper.make_tensor_value_info("part", F, [2])],
        [helper.make_tensor_value_info("sum_out", F, [2]), helper.make_tensor_value_info("slice", F, [2])])
    node = helper.make_node("Scan", ["init", "x"], ["sum", "y"], body=body, num_scan_inputs=1,
                            scan_input_directions=[1], scan_output_directions=[1])
    model = make_model([node], {"init": (F, [2]), "x": (F, ["n", 2])}, {"sum": (F, [2]), "y": (F, ["n", 2])})
    return model, [{"init": floats(2), "x": floats(rows, 2)} for rows in (4, 1)]


@case
def if_with_other_shapes():
    def branch(operator, name):
        return helper.make_graph([helper.make_node(operator, ["x", "axis"], [name])] if operator == "Unsqueeze"
                                 else [helper.make_node("Concat", ["x", "x"], [name], axis=0)], "b", [],
                                 [helper.make_tensor_value_info(name, F, None)])

    short = helper.make_graph([helper.make_node("Abs", ["x"], ["a"])], "b", [],
                              [helper.make_tensor_value_info("a", F, ["n", 2])])
    node = helper.make_node("If", ["c"], ["y"], then_branch=branch("Concat", "d"), else_branch=short)
    model = make_model([node], {"c": (TensorProto.BOOL, []), "x": (F, ["n", 2])}, {"y": (F, ["m", 2])})
    return model, [{"c": np.array(flag), "x": floats(3, 2)} for flag in (True, False)]


def top_k(axis, largest):
    node = helper.make_node("TopK", ["x", "k"], ["v", "i"], axis=axis, largest=largest)
    model = make_model([node], {"x": (F, ["a", "b", "c"]), "k": (I, [1])}, {"v": (F, None), "i": (I, None)})
    ties = random.integers(0, 4, (3, 5, 7)).astype(np.float32)
    return model, [{"x": ties, "k": np.array([3])}, {"x": floats(1, 4, 6), "k": np.array([1])},
                   {"x": floats(3, 3, 3), "k": np.array([0])}]


@case
def top_k_of_none():
    node = helper.make_node("TopK", ["x", "k"], ["v", "i"], axis=0)
    model = make_model([node], {"x": (F, ["a", "b"])}, {"v": (F, None), "i": (I, None)}, {"k": np.array([0])})
    return model, [{"x": floats(*shape)} for shape in ((3, 2), (0, 2), (1, 0))]


for axis in 0, 1, 2:
    CASES[f"top_k_{axis}"] = lambda axis=axis: top_k(axis, axis % 2)


def unique(is_sorted, axis=None, shapes=((4, 5), (1, 1), (6, 2))):
    attributes = {} if axis is None else {"axis": axis}
    node = helper.make_node("Unique", ["x"], ["y", "i", "inverse", "counts"], sorted=is_sorted, **attributes)
    model = make_model([node], {"x": (F, ["a", "b", "c"][:len(shapes[0])])},
                       {"y": (F, None), "i": (I, None), "inverse": (I, None), "counts": (I, None)})
    return model, [{"x": random.integers(0, 3, shape).astype(np.float32)} for shape in shapes]


CASES["unique"] = lambda: unique(1)
CASES["unique_unsorted"] = lambda: unique(0)
CASES["unique_axis"] = lambda: unique(1, 0)
CASES["unique_columns"] = lambda: unique(0, 1)
# Slices are compared by their elements in the order of the axes that stay.
CASES["unique_last_of_three"] = lambda: unique(1, 2, ((2, 3, 40), (3, 1, 7)))


@case
def compress():
    node = helper.make_node("Compress", ["x", "c"], ["y"], axis=1)
    model = make_model([node], {"x": (F, ["a", "b"]), "c": (TensorProto.BOOL, ["n"])}, {"y": (F, ["a", "m"])})
    return model, [{"x": floats(3, 4), "c": np.array([True, False, True])},
                   {"x": floats(2, 2), "c": np.array([False, False])}]


@case
def non_zero():
    node = helper.make_node("NonZero", ["x"], ["y"])
    model = make_model([node], {"x": (F, ["a", "b"])}, {"y": (I, [2, "m"])})
    return model, [{"x": random.integers(0, 2, shape).astype(np.float32)} for shape in ((4, 5), (1, 1), (0, 3))]


def einsum(equation, *shapes):
    node = helper.make_node("Einsum", [f"x{i}" for i in range(len(shapes))], ["y"], equation=equation)
    sizes = dict(zip("abcdefghijklm", (2, 3, 4, 5, 2, 3)))
    symbols = {"x" + str(i): (F, list(shape)) for i, shape in enumerate(shapes)}
    model = make_model([node], symbols, {"y": (F, None)})
    return model, [{name: floats(*(sizes[dim] for dim in dims)) for name, (_, dims) in symbols.items()}]


for name, arguments in {
        "matmul": ("ab,bc->ac", "ab", "bc"), "batch": ("abc,acd->abd", "abc", "acd"), "trace": ("aa", "aa"),
        "diagonal": ("aab->ba", "aab"), "outer": ("a,b->ab", "a", "b"), "sum": ("abc->b", "abc"),
        "implicit": ("ba,ac", "ba", "ac"), "three": ("ab,bc,cd->ad", "ab", "bc", "cd"),
        "heads": ("abcd,aecd->acbe", "abcd", "aecd"), "ellipsis": ("...ab,...bc->...ac", "dab", "dbc")}.items():
    CASES[f"einsum_{name}"] = lambda arguments=arguments: einsum(*arguments)


@case
def dynamic_quantize():
    node = helper.make_node("DynamicQuantizeLinear", ["x"], ["y", "scale", "zero"])
    U = TensorProto.UINT8
    model = make_model([node], {"x": (F, ["n"])}, {"y": (U, ["n"]), "scale": (F, []), "zero": (U, [])})
    return model, [{"x": x} for x in (floats(9), np.zeros(3, np.float32), np.full(2, 3, np.float32))]


def model_of_slice(rank, start, end, step, axis, following=()):
    numbers = {"start": start, "end": end, "axis": axis, "step": step}
    weights = {name: np.array([number]) for name, number in numbers.items()}
    node = helper.make_node("Slice", ["x", "start", "end", "axis", "step"], ["s" if following else "y"])
    return make_model([node, *following], {"x": (F, list("abcd"[:rank]))}, {"y": (F, None)},
                      {**weights, "shape": np.array([2, 2, 4, 0])})


@case
def slice_backwards():
    model = model_of_slice(2, -1, -100, -2, 0)
    return model, [{"x": floats(*shape)} for shape in ((0, 2), (1, 2), (4, 0), (5, 3))]


@case
def slice_of_nothing_reshaped():
    model = model_of_slice(4, -3, -3, 3, 3, [helper.make_node("Reshape", ["s", "shape"], ["y"])])
    return model, [{"x": floats(2, 2, 4, 8)}]


@case
def linear_of_nothing():
    nodes = [helper.make_node("MatMul", ["x", "w0"], ["p"]),
             helper.make_node("Transpose", ["p"], ["t"], perm=[2, 0, 1]),
             helper.make_node("MatMul", ["t", "w1"], ["y"])]
    model = make_model(nodes, {"x": (F, ["a", "b", 1])}, {"y": (F, None)}, {"w0": floats(1, 0), "w1": floats(8, 3)})
    return model, [{"x": floats(2, 8, 1)}, {"x": floats(1, 8, 1)}]


@case
def max_pool_places():
    node = helper.make_node("MaxPool", ["x"], ["y", "i"], kernel_shape=[3, 2], strides=[2, 1], pads=[1, 0, 1, 1])
    model = make_model([node], {"x": (F, ["n", 2, "h", "w"])}, {"y": (F, None), "i": (I, None)})
    return model, [{"x": floats(*shape)} for shape in ((1, 2, 5, 6), (2, 2, 3, 3))]


@case
def max_pool_and_back():
    nodes = [helper.make_node("MaxPool", ["x"], ["p", "i"], kernel_shape=[2, 2], strides=[2, 2]),
             helper.make_node("MaxUnpool", ["p", "i"], ["y"], kernel_shape=[2, 2], strides=[2, 2])]
    model = make_model(nodes, {"x": (F, ["n", 2, "h", "w"])}, {"y": (F, None)})
    return model, [{"x": floats(*shape)} for shape in ((1, 2, 4, 6), (2, 2, 2, 2))]


@case
def non_max_suppression():
    weights = {"m": np.array([3]), "iou": np.array([0.4], np.float32), "score": np.array([0.2], np.float32)}
    node = helper.make_node("NonMaxSuppression", ["boxes", "scores", "m", "iou", "score"], ["y"])
    model = make_model([node], {"boxes": (F, ["b", "n", 4]), "scores": (F, ["b", "c", "n"])}, {"y": (I, ["k", 3])}, weights)
    return model, [{"boxes": random.random((b, n, 4), np.float32), "scores": random.random((b, c, n), np.float32)}
                   for b, c, n in ((1, 2, 20), (2, 3, 7), (1, 1, 1))]


def roi_align(**attributes):
    node = helper.make_node("RoiAlign", ["x", "rois", "batches"], ["y"], output_height=3, output_width=2, **attributes)
    model = make_model([node], {"x": (F, ["n", 2, "h", "w"]), "rois": (F, ["r", 4]), "batches": (I, ["r"])},
                       {"y": (F, None)})
    corner = random.random((4, 2), np.float32) * 4
    rois = np.concatenate([corner, corner + 1 + random.random((4, 2), np.float32) * 5], axis=1).astype(np.float32)
    return model, [{"x": floats(2, 2, 8, 9), "rois": rois, "batches": np.array([0, 1, 1, 0])}]


CASES["roi_align"] = roi_align
CASES["roi_align_sampling"] = lambda: roi_align(sampling_ratio=2, spatial_scale=0.7)
CASES["roi_align_output_half_pixel"] = lambda: roi_align(coordinate_transformation_mode="output_half_pixel")


def grid_sample(mode, padding, align):
    node = helper.make_node("GridSample", ["x", "grid"], ["y"], mode=mode, padding_mode=padding, align_corners=align)
    model = make_model([node], {"x": (F, ["n", 2, "h", "w"]), "grid": (F, ["n", "p", "q", 2])}, {"y": (F, None)})
    return model, [{"x": floats(*shape), "grid": floats(shape[0], 3, 4, 2)} for shape in ((1, 2, 5, 4), (2, 2, 2, 3))]


for mode in "nearest", "linear", "cubic":
    for padding in "zeros", "border", "reflection":
        for align in 0, 1:
            CASES[f"grid_sample_{mode}_{padding}_{align}"] = (
                lambda mode=mode, padding=padding, align=align: grid_sample(mode, padding, align))


@case
def lrn():
    node = helper.make_node("LRN", ["x"], ["y"], size=3, alpha=0.1, beta=0.6, bias=1.5)
    model = make_model([node], {"x": (F, ["n", 4, "h", "w"])}, {"y": (F, None)})
    return model, [{"x": floats(2, 4, 3, 2)}]


def run_time_axes(operator, keepdims):
    node = helper.make_node(operator, ["x", "axes"], ["y"], keepdims=keepdims)
    model = make_model([node], {"x": (F, ["a", "b", "c"]), "axes": (I, [2])}, {"y": (F, [None] * (3 if keepdims else 1))})
    return model, [{"x": np.abs(floats(2, 3, 4)), "axes": np.array(axes)} for axes in ([0, 1], [1, 2], [-1, 0])]


for operator in "ReduceSum", "ReduceMean", "ReduceMax", "ReduceLogSumExp", "ReduceL2":
    for keepdims in 0, 1:
        CASES[f"run_time_axes_{operator}_{keepdims}"] = (
            lambda operator=operator, keepdims=keepdims: run_time_axes(operator, keepdims))


def dft(lengths=(8, 5), size="t", **attributes):
    node = helper.make_node("DFT", ["x"], ["y"], **attributes)
    parts = 1 if attributes.get("onesided") else 2
    model = make_model([node], {"x": (F, ["n", size, parts])}, {"y": (F, None)})
    return model, [{"x": floats(2, length, parts)} for length in lengths]


CASES["dft"] = dft
CASES["dft_inverse"] = lambda: dft(inverse=1)
for length in 1, 2, 7, 12:
    CASES[f"dft_of_{length}"] = lambda length=length: dft([length], length, inverse=length % 3 == 0)
CASES["dft_onesided"] = lambda: dft(onesided=1)


@case
def stft():
    weights = {"step": np.array(4), "window": np.abs(floats(8))}
    node = helper.make_node("STFT", ["x", "step", "window"], ["y"], onesided=1)
    model = make_model([node], {"x": (F, ["n", "t", 1])}, {"y": (F, ["n", "f", 5, 2])}, weights)
    return model, [{"x": floats(1, 32, 1)}, {"x": floats(2, 11, 1)}]


@case
def long_graph():
    """So many nodes that they become several functions."""
    nodes, value = [], "x"
    for i in range(200):
        nodes += [helper.make_node("Softmax", [value], [f"p{i}"]),
                  helper.make_node("MatMul", [f"p{i}", "w"], [f"m{i}"]),
                  helper.make_node("Add", [f"m{i}", "x"], [f"s{i}"])]
        value = f"s{i}"
    model = make_model(nodes, {"x": (F, ["n", 6])}, {value: (F, ["n", 6])}, {"w": floats(6, 6)})
    return model, [{"x": floats(n, 6)} for n in (1, 7)]


def layers_of_groups(keep, activation):
    """Two layers whose outputs have `keep` in 4 neighbouring inputs; no size is a multiple of another."""
    sizes, weights, nodes, value = (203, 101, 30), {}, [], "x"
    for i, (k, n) in enumerate(zip(sizes, sizes[1:])):
        weight = floats(k, n)
        for begin in range(0, k, 4):
            group = weight[begin:begin + 4]
            group[random.random((4, n)).argsort(axis=0)[:len(group)] >= keep] = 0
        weights.update({f"w{i}": weight / 8, f"b{i}": floats(n)})
        nodes += [helper.make_node("MatMul", [value, f"w{i}"], [f"p{i}"]),
                  helper.make_node("Add", [f"p{i}", f"b{i}"], [f"s{i}"]),
                  helper.make_node(activation, [f"s{i}"], [value := f"y{i}"])]
    model = make_model(nodes, {"x": (F, ["t", sizes[0]])}, {value: (F, None)}, weights)
    return model, [{"x": floats(tokens, sizes[0])} for tokens in (1, 2, 3, 5, 8, 11, 70)]


for keep in 1, 2:
    for activation in "Relu", "Gelu", "Tanh", "Sigmoid":
        CASES[f"groups_{keep}of4_{activation.lower()}"] = lambda keep=keep, activation=activation: layers_of_groups(
            keep, activation)


def find_difference(actual, expected):
    """What is wrong with an output, or nothing."""
    if actual.dtype != expected.dtype or actual.shape != expected.shape:
        return f"is {actual.dtype}{list(actual.shape)} instead of {expected.dtype}{list(expected.shape)}"
    if expected.dtype.kind == "f":
        same = (actual == expected) | (np.isnan(actual) & np.isnan(expected))
        with np.errstate(invalid="ignore"):
            same |= np.abs(actual.astype(np.float64) - expected) <= 1e-4
    else:
        same = actual == expected
    if np.all(same):
        return None
    where = tuple(int(i) for i in np.argwhere(~same)[0]) if same.ndim else ()
    return f"{list(where)} is {actual[where]} instead of {expected[where]}"


def start_reference(model):
    options = onnxruntime.SessionOptions()
    # Else products of bytes saturate on processors without VNNI.
    options.add_session_config_entry("session.x64quantprecision", "1")
    return onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])


def find_problem(compiler, graph, runs, folder):
    """What goes wrong with the model, or nothing."""
    model, library = os.path.join(folder, "m.onnx"), os.path.join(folder, "m.so")
    onnx.save(graph, model)
    done = subprocess.run([compiler, "--quiet", model, "--target=cpu", "-o", library], capture_output=True, text=True)
    if done.returncode:
        return done.stderr
    compiled, reference = Model(library), start_reference(model)
    for feed in runs:
        try:
            outputs = compiled.run(feed)
        except ValueError as error:
            return str(error)
        for info, expected in zip(reference.get_outputs(), reference.run(None, feed)):
            if difference := find_difference(outputs[info.name], expected):
                return f"output '{info.name}' {difference}"
    return None


def main():
    tools, wanted = sys.argv[1], sys.argv[2:]
    onnxruntime.set_default_logger_severity(4)
    failed = []
    for name, build in CASES.items():
        if wanted and not any(name.startswith(prefix) for prefix in wanted):
            continue
        with tempfile.TemporaryDirectory() as folder:
            problem = find_problem(os.path.join(tools, "sparse-opt"), *build(), folder)
        if problem:
            failed.append(name)
        print(f"{name}: {f'FAILED: {problem}' if problem else 'agrees'}", flush=True)
    print(f"{len(failed)} failed {' '.join(failed)}")
    sys.exit(bool(failed))


if __name__ == "__main__":
    main()
