"""Writes a transformer's layer whose weights are pruned in blocks of four outputs
that are then shuffled, as nothing in the model forbids, and tells where blocks lie:

usage: shuffled.py write MODEL.onnx
       shuffled.py fill MODEL.onnx

q and k of each head are shuffled alike, as are v and what reads it, hidden
features and what reads those. `fill` prints, for each weight with zeros, inputs
x outputs, and how many of the elements of the blocks that hold any are there."""

import sys

import numpy as np
import onnx
from onnx import numpy_helper

from attentions import attend
from graph import Graph

WIDTH, HEADS, SIZE, HIDDEN, DENSITY = 128, 4, 32, 512, 0.1


def make_blocks(random, inputs, outputs):
    kept = np.repeat(random.random((inputs, outputs // 4)) < DENSITY, 4, axis=1)
    scale = (inputs * DENSITY) ** -0.5
    return (kept * random.uniform(0.5, 1, (inputs, outputs)) * random.choice([-1, 1], (inputs, outputs))
            * scale).astype(np.float32)


def in_heads(random):
    return np.concatenate([head * SIZE + random.permutation(SIZE) for head in range(HEADS)])


def write(path):
    g = Graph()
    random = g.random
    x = g.input("x", ["batch", "seq", WIDTH], random.standard_normal((2, 9, WIDTH), np.float32))

    def layer(x, inputs, outputs, order):
        return g.Add(g.MatMul(x, g.constant(make_blocks(random, inputs, outputs)[:, order])),
                     g.constant(random.standard_normal(outputs).astype(np.float32)[order]))

    def split(packed):
        apart = g.reshape(packed, g.size(x, 0), g.size(x, 1), HEADS, SIZE)
        return g.Transpose(apart, perm=[0, 2, 1, 3])

    scores, values, hidden = in_heads(random), in_heads(random), random.permutation(HIDDEN)
    q, k = (split(layer(x, WIDTH, WIDTH, scores)) for _ in range(2))
    v = split(layer(x, WIDTH, WIDTH, values))
    y = g.Transpose(attend(g, q, k, v, lambda s: g.Mul(s, SIZE ** -0.5)), perm=[0, 2, 1, 3])
    y = g.reshape(y, g.size(x, 0), g.size(x, 1), WIDTH)
    y = g.Add(x, g.Add(g.MatMul(y, g.weight(WIDTH, WIDTH)), g.weight(WIDTH)))
    h = g.Relu(layer(y, WIDTH, HIDDEN, hidden))
    onnx.save(g.model(g.Add(y, g.Add(g.MatMul(h, g.weight(HIDDEN, WIDTH)), g.weight(WIDTH)))), path)


def print_fill(path):
    for weight in onnx.load(path).graph.initializer:
        array = numpy_helper.to_array(weight)
        if array.ndim == 2 and (array == 0).any():
            blocks = array.reshape(array.shape[0], -1, 4)
            print("x".join(map(str, array.shape)), round(float((blocks[blocks.any(axis=2)] != 0).mean()), 1))


{"write": write, "fill": print_fill}[sys.argv[1]](sys.argv[2])
