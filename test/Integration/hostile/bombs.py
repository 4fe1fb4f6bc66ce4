"""Compiles small files that stand for huge models.

usage: bombs.py SPARSE-OPT FOLDER

As hostile.py, with --target=cpu: what is read without harm may still take hours
or all memory to compile.
"""

import os
import sys

import numpy as np
from hostile import LEGAL, case, model, node, save, try_all, value
from onnx import TensorProto, numpy_helper

bombs = []


def bomb(expected):
    return case(expected, among=bombs)


def chain(kind, length, **attributes):
    """Nodes that take x to y one after the other."""
    names = ["x", *(f"v{i}" for i in range(length - 1)), "y"]
    return [node(kind, (a,), (b,), **attributes) for a, b in zip(names, names[1:])]


def constant(name, values, type=np.int64):
    return numpy_helper.from_array(np.array(values, type), name)


# -- Sizes -------------------------------------------------------------------

TOO_LARGE = "is larger than any memory"


@bomb("input 'x' " + TOO_LARGE)
def input_of_four_terabytes(path):
    save(path, model(inputs=[value("x", (2**40,))], outputs=[value("y", (2**40,))]))


@bomb("input 'x' " + TOO_LARGE)
def input_of_more_than_63_bits(path):
    save(path, model(inputs=[value("x", (2**40, 2**30))], outputs=[value("y", (2**40, 2**30))]))


@bomb("node 'the_Expand': a result " + TOO_LARGE)
def expand_to_more_than_63_bits(path):
    save(path, model([node("Expand", ("c", "s"))], outputs=[value("y", ("a", "b"))],
                     initializers=[constant("s", [2**40, 2**40]), constant("c", [[1]], np.float32)]))


def doubled(times):
    names = ["c", *(f"t{i}" for i in range(times))]
    nodes = [node("Concat", (a, a), (b,), axis=0) for a, b in zip(names, names[1:])]
    nodes += [node("ReduceSum", (names[-1],), ("r",), keepdims=0), node("Add", ("x", "r"))]
    return model(nodes, initializers=[constant("c", [1, 1], np.float32)])


@bomb("node 'the_Concat': a result " + TOO_LARGE)
def concat_that_doubles_40_times(path):
    save(path, doubled(40))


# 8 GB, which a run may find: they are computed there, not by the compiler.
@bomb(LEGAL)
def concat_that_doubles_30_times(path):
    save(path, doubled(30))


# A product with 0 has no elements, whatever its other factors.
@bomb(LEGAL)
def huge_but_empty(path):
    save(path, model(inputs=[value("x", (2**40, 2**30, 0))], outputs=[value("y", (2**40, 2**30, 0))]))


@bomb("input 'x' has 5000 dimensions, more than the 64 that are compiled")
def five_thousand_dimensions(path):
    save(path, model(inputs=[value("x", (1,) * 5000)], outputs=[value("y", (1,) * 5000)]))


@bomb("input 'x' has 5000 dimensions, more than the 64 that are compiled")
def five_thousand_dynamic_dimensions(path):
    shape = tuple(f"d{i}" for i in range(5000))
    save(path, model(inputs=[value("x", shape)], outputs=[value("y", shape)]))


# -- Counts ------------------------------------------------------------------


@bomb("the model has 25000 nodes, more than the")
def twenty_five_thousand_nodes(path):
    save(path, model(chain("Relu", 25000)))


# Read as more, as half of what exporters write computes nothing.
@bomb("the model has 15000 nodes, more than the 12000")
def fifteen_thousand_nodes_that_compute(path):
    save(path, model(chain("Relu", 15000)))


@bomb("node 'the_Concat': it has 10000 operands, more than the 1024")
def concat_of_ten_thousand(path):
    save(path, model([node("Concat", ["x"] * 10000, axis=0)], outputs=[value("y", (20000,))]))


@bomb("node 'the_Split': it has 10000 results, more than the 1024")
def split_into_ten_thousand(path):
    names = [f"y{i}" for i in range(10000)]
    save(path, model([node("Split", ("x",), names, num_outputs=10000), node("Identity", ("y7",), ("y",))],
                     inputs=[value("x", (10000,))], outputs=[value("y", (1,))], opsets=[("", 18)]))


@bomb("the model has 5000 inputs, more than the 1024")
def five_thousand_inputs(path):
    names = [f"x{i}" for i in range(5000)]
    save(path, model([node("Sum", names)], inputs=[value(name) for name in names]))


@bomb("the model has 5000 outputs, more than the 1024")
def five_thousand_outputs(path):
    names = [f"y{i}" for i in range(5000)]
    save(path, model([node("Relu", ("x",), (name,)) for name in names], outputs=[value(name) for name in names]))


# -- Work --------------------------------------------------------------------


# Few nodes, each of which is code of its own.
@bomb("units of work, more than the")
def four_hundred_recurrent_layers(path):
    names = ["x", *(f"v{i}" for i in range(399)), "y"]
    nodes = []
    for i, (a, b) in enumerate(zip(names, names[1:])):
        nodes += [node("LSTM", (a, "w", "r"), (f"h{i}",), hidden_size=4), node("Squeeze", (f"h{i}", "axis"), (b,))]
    save(path, model(nodes, inputs=[value("x", (3, 2, 4))], outputs=[value("y", (3, 2, 4))], initializers=[
        constant("w", np.ones((1, 16, 4)), np.float32), constant("r", np.ones((1, 16, 4)), np.float32),
        constant("axis", [1])]))


# What the estimate takes for little, and takes four times as long as it may.
OUT_OF_TIME = "more than the model's few weights are worth"


def scatters(**others):
    names = ["x", *(f"v{i}" for i in range(3899)), "y"]
    return model([node("ScatterND", (a, "i", "u"), (b,)) for a, b in zip(names, names[1:])],
                 inputs=[value("x"), value("i", (1, 1), TensorProto.INT64), value("u", (1,))], **others)


@bomb(OUT_OF_TIME)
def four_thousand_scatters(path):
    save(path, scatters())


# Weights buy a model no time before they are more than a megabyte.
@bomb(OUT_OF_TIME)
def scatters_beside_weights(path):
    save(path, scatters(initializers=[constant("unused", np.arange(2 * 10**5), np.float32)],
                        outputs=[value("y"), value("unused", (2 * 10**5,))]))
    assert os.path.getsize(path) < 10**6


if __name__ == "__main__":
    try_all(bombs, [sys.argv[1], "--target=cpu", "--quiet"], ".so", sys.argv[2])
