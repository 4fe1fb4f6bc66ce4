"""Writes a model in the shape of BERT with random weights.

usage: bert.py <out.onnx> [layers] [hidden] [heads]     (default: 12 768 12, BERT-base)
"""
import sys

import numpy as np
from onnx import TensorProto, checker, helper, numpy_helper, save

VOCABULARY, POSITIONS = 30522, 512


class Graph:
    """Nodes and weights under construction; each method returns a tensor's name."""

    def __init__(self):
        self.nodes, self.weights = [], []
        self.random = np.random.default_rng(0)

    def node(self, op, *inputs, name=None, **attributes):
        name = name or f"{op}_{len(self.nodes)}"
        self.nodes.append(helper.make_node(op, inputs, [name], name=name, **attributes))
        return name

    def constant(self, value):
        name = f"weight_{len(self.weights)}"
        self.weights.append(numpy_helper.from_array(np.asarray(value), name))
        return name

    def weight(self, *shape):
        return self.constant(0.02 * self.random.standard_normal(shape, np.float32))

    def linear(self, x, inputs, outputs):
        return self.node("Add", self.node("MatMul", x, self.weight(inputs, outputs)),
                         self.weight(outputs))

    def layer_norm(self, x, size):
        return self.node("LayerNormalization", x, self.constant(np.ones(size, np.float32)),
                         self.weight(size), axis=-1, epsilon=1e-12)

    def gelu(self, x):
        half = self.constant(np.float32(0.5))
        one = self.constant(np.float32(1))
        scaled = self.node("Div", x, self.constant(np.float32(2**0.5)))
        cdf = self.node("Add", self.node("Erf", scaled), one)
        return self.node("Mul", self.node("Mul", x, cdf), half)

    def split_heads(self, x, hidden, heads, order):
        shape = self.constant(np.array([0, 0, heads, hidden // heads], np.int64))
        return self.node("Transpose", self.node("Reshape", x, shape), perm=order)

    def attention(self, x, mask, hidden, heads):
        q = self.split_heads(self.linear(x, hidden, hidden), hidden, heads, [0, 2, 1, 3])
        k = self.split_heads(self.linear(x, hidden, hidden), hidden, heads, [0, 2, 3, 1])
        v = self.split_heads(self.linear(x, hidden, hidden), hidden, heads, [0, 2, 1, 3])
        scale = self.constant(np.float32((hidden // heads) ** 0.5))
        scores = self.node("Add", self.node("Div", self.node("MatMul", q, k), scale), mask)
        mixed = self.node("MatMul", self.node("Softmax", scores, axis=-1), v)
        merged = self.node("Reshape", self.node("Transpose", mixed, perm=[0, 2, 1, 3]),
                           self.constant(np.array([0, 0, hidden], np.int64)))
        return self.linear(merged, hidden, hidden)

    def layer(self, x, mask, hidden, heads):
        attended = self.attention(x, mask, hidden, heads)
        x = self.layer_norm(self.node("Add", attended, x), hidden)
        inner = self.gelu(self.linear(x, hidden, 4 * hidden))
        return self.layer_norm(self.node("Add", self.linear(inner, 4 * hidden, hidden), x),
                               hidden)


def build(layers, hidden, heads):
    graph = Graph()
    words = graph.node("Gather", graph.weight(VOCABULARY, hidden), "input_ids")
    length = graph.node("Shape", "input_ids", start=1, end=2)
    zero, one = graph.constant(np.array([0], np.int64)), graph.constant(np.array([1], np.int64))
    positions = graph.node("Slice", graph.weight(POSITIONS, hidden), zero, length, zero, one)
    x = graph.layer_norm(graph.node("Add", words, positions), hidden)
    mask = graph.node("Unsqueeze", graph.node("Cast", "attention_mask", to=TensorProto.FLOAT),
                      graph.constant(np.array([1, 2], np.int64)))
    mask = graph.node("Mul", graph.node("Sub", graph.constant(np.float32(1)), mask),
                      graph.constant(np.float32(-10000)))
    for _ in range(layers):
        x = graph.layer(x, mask, hidden, heads)
    graph.node("Identity", x, name="last_hidden_state")

    inputs = [helper.make_tensor_value_info(name, TensorProto.INT64, ["batch", "seq"])
              for name in ("input_ids", "attention_mask")]
    output = helper.make_tensor_value_info("last_hidden_state", TensorProto.FLOAT,
                                           ["batch", "seq", hidden])
    model = helper.make_model(
        helper.make_graph(graph.nodes, "bert", inputs, [output], graph.weights),
        opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    checker.check_model(model)
    return model


if __name__ == "__main__":
    sizes = [int(size) for size in sys.argv[2:]] or [12, 768, 12]
    save(build(*sizes), sys.argv[1])
