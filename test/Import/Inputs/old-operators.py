"""Writes models with operators in old forms, and checks what becomes of them.

usage: old-operators.py SPARSE-OPT FOLDER

Each case is a node (or several) of an old opset. sparse-opt converts it; what
the result computes is compared with numpy's formula, or, for opsets that it
still runs, with onnxruntime's result for the original. Prints a line for each.
"""

import os
import subprocess
import sys

import numpy as np
import onnx
import onnxruntime
from onnx import TensorProto, helper, numpy_helper

random = np.random.default_rng(0)
cases = {}


def case(function):
    cases[function.__name__] = function
    return function


def data(*shape, dtype=np.float32):
    return random.standard_normal(shape).astype(dtype)


class Model:
    """Nodes, inputs with values, constants, and what the outputs should be."""

    def __init__(self, opset, nodes, inputs, expected=None, constants=(), outputs=None):
        self.inputs, self.expected = inputs, expected
        describe = lambda name, array: helper.make_tensor_value_info(
            name, helper.np_dtype_to_tensor_dtype(array.dtype), array.shape)
        initializers = [numpy_helper.from_array(array, name) for name, array in dict(constants).items()]
        outputs = outputs or {"y": expected}
        graph = helper.make_graph(
            nodes, "old", [describe(*item) for item in {**inputs, **dict(constants)}.items()],
            [describe(*item) for item in outputs.items()], initializers)
        self.model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", opset)])
        self.model.ir_version = 3


def run(path, inputs):
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 4
    session = onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])
    return session.run(None, inputs)[-1]


node = helper.make_node


@case
def cast_to_a_name():
    x = data(2, 3) * 5
    return Model(5, [node("Cast", ["x"], ["y"], to="INT32")], {"x": x}, x.astype(np.int32))


@case
def add_along_an_axis():
    a, b = data(2, 3, 4, 5), data(3, 4)
    return Model(6, [node("Add", ["a", "b"], ["y"], broadcast=1, axis=1)], {"a": a, "b": b},
                 a + b[:, :, None])


@case
def less_along_an_axis_of_an_inner_tensor():
    a, b = data(2, 3, 4), data(3)
    return Model(6, [node("Neg", ["a"], ["n"]), node("Less", ["n", "b"], ["y"], broadcast=1, axis=-2)],
                 {"a": a, "b": b}, -a < b[:, None])


@case
def or_of_suffixes():
    a, b = data(2, 3, 4) > 0, data(4) > 0
    return Model(6, [node("Or", ["a", "b"], ["y"], broadcast=1)], {"a": a, "b": b}, a | b)


@case
def prelu_by_channel():
    x, slope = data(2, 3, 4, 5), data(3)
    return Model(6, [node("PRelu", ["x", "s"], ["y"])], {"x": x, "s": slope},
                 np.where(x < 0, x * slope[:, None, None], x))


@case
def pad_by_paddings():
    x = data(2, 3)
    return Model(1, [node("Pad", ["x"], ["y"], paddings=[0, 1, 1, 0], value=2.0)], {"x": x},
                 np.pad(x, ((0, 1), (1, 0)), constant_values=2))


@case
def pad_of_doubles():
    x = data(2, 3, dtype=np.float64)
    return Model(10, [node("Pad", ["x"], ["y"], pads=[0, 1, 1, 0], value=2.0)], {"x": x},
                 np.pad(x, ((0, 1), (1, 0)), constant_values=2))


@case
def clip_of_halves():
    x = data(2, 3, dtype=np.float16)
    return Model(10, [node("Clip", ["x"], ["y"], max=0.5)], {"x": x}, np.minimum(x, np.float16(0.5)))


@case
def split_by_an_input():
    x = data(2, 5)
    return Model(1, [node("Split", ["x", "s"], ["z", "y"], axis=1)], {"x": x}, x[:, 2:],
                 {"s": np.array([2, 3], np.float32)})


@case
def tile_along_an_axis():
    x = data(2, 3)
    return Model(5, [node("Tile", ["x", "tiles", "axis"], ["y"])], {"x": x}, np.tile(x, (1, 2)),
                 {"tiles": np.array([2], np.float32), "axis": np.array([1], np.float32)})


@case
def lp_pool():
    x = data(1, 2, 6)
    pairs = x.reshape(1, 2, 3, 2)
    return Model(1, [node("LpPool", ["x"], ["y"], kernel_shape=[2], strides=[2], p=2.0)], {"x": x},
                 np.sqrt((pairs**2).sum(-1)))


@case
def global_lp_pool():
    x = data(1, 2, 6)
    return Model(1, [node("GlobalLpPool", ["x"], ["y"], p=1.0)], {"x": x},
                 np.abs(x).sum(-1, keepdims=True))


@case
def upsample_by_height_and_width():
    x = data(1, 2, 3, 4)
    return Model(6, [node("Neg", ["x"], ["n"]),
                     node("Upsample", ["n"], ["y"], height_scale=2.0, width_scale=3.0)], {"x": x},
                 -x.repeat(2, 2).repeat(3, 3))


@case
def upsample_linear():
    x = data(1, 2, 3, 4)
    return Model(8, [node("Upsample", ["x"], ["y"], mode="linear", scales=[1.0, 1.0, 2.0, 2.0])],
                 {"x": x}, outputs={"y": data(1, 2, 6, 8)})


@case
def resize_up():
    return Model(10, [node("Resize", ["x", "s"], ["y"])], {"x": data(1, 2, 3, 4)},
                 constants={"s": np.array([1, 1, 2.5, 2], np.float32)}, outputs={"y": data(1, 2, 7, 8)})


@case
def resize_down():
    return Model(10, [node("Resize", ["x", "s"], ["y"])], {"x": data(1, 2, 7, 9)},
                 constants={"s": np.array([1, 1, 0.6, 0.5], np.float32)}, outputs={"y": data(1, 2, 4, 4)})


@case
def batch_normalization_without_spatial():
    x, scale, bias, mean, variance = data(2, 3, 4), *(data(3, 4) for _ in range(3)), data(3, 4)**2
    return Model(7, [node("BatchNormalization", ["x", "s", "b", "m", "v"], ["y"], spatial=0, epsilon=0.5)],
                 {"x": x, "s": scale, "b": bias, "m": mean, "v": variance},
                 (x - mean) / np.sqrt(variance + 0.5) * scale + bias)


@case
def rnn_with_output_sequence():
    x, w, r = data(5, 2, 3), data(1, 4, 3), data(1, 4, 4)
    state, steps = np.zeros((2, 4), np.float32), []
    for step in x:
        state = np.tanh(step @ w[0].T + state @ r[0].T)
        steps.append(state)
    return Model(6, [node("RNN", ["x", "w", "r"], ["y"], hidden_size=4, output_sequence=1)],
                 {"x": x, "w": w, "r": r}, np.stack(steps)[:, None])


@case
def scan_over_a_batch():
    value = lambda name, shape: helper.make_tensor_value_info(name, TensorProto.FLOAT, shape)
    body = helper.make_graph(
        [node("Add", ["state", "item"], ["next"]), node("Identity", ["next"], ["sum"])], "body",
        [value("state", [2]), value("item", [2])], [value("next", [2]), value("sum", [2])])
    return Model(8, [node("Scan", ["", "s", "x"], ["last", "y"], body=body, num_scan_inputs=1, directions=[1])],
                 {"s": data(3, 2), "x": data(3, 4, 2)}, outputs={"y": data(3, 4, 2)})


def check(name, tool, folder):
    old, new = (os.path.join(folder, f"{name}.{age}.onnx") for age in ("old", "new"))
    made = cases[name]()
    onnx.save(made.model, old)
    done = subprocess.run([tool, old, "-o", new, "--quiet"], capture_output=True, text=True, check=False)
    if done.returncode:
        return "FAIL: " + done.stderr.strip()
    expected = made.expected if made.expected is not None else run(old, made.inputs)
    actual = run(new, made.inputs)
    if expected.shape != actual.shape or expected.dtype != actual.dtype:
        return f"FAIL: {actual.dtype}{actual.shape} instead of {expected.dtype}{expected.shape}"
    difference = np.abs(expected.astype(np.float64) - actual.astype(np.float64)).max()
    return "ok" if difference < 1e-5 else f"FAIL: differs by {difference:.3g}"


def main():
    tool, folder = sys.argv[1:]
    os.makedirs(folder, exist_ok=True)
    outcomes = {name: check(name, tool, folder) for name in cases}
    for name, outcome in outcomes.items():
        print(f"{name}: {outcome}")
    sys.exit(any(outcome != "ok" for outcome in outcomes.values()))


main()
