"""An independent reconstruction and optimal brain surgery, in numpy.

reconstruction.py make <model.onnx> <calibration.npz>
reconstruction.py check <model.onnx> <calibration.npz> <pruned.onnx>
"""
import sys

import numpy
import onnx
from onnx import helper, numpy_helper

FOLDS = 4
RIDGES = (0.03, 0.1, 0.3, 1, 3)
SHAPES = ((64, 96), (96, 80), (80, 96), (96, 64))


def make(model_path, calibration_path):
    """y = (relu(h·w1 + b1)·w2 + b2 + h)·w3 + b3, h = relu(x·w0 + b0), 300 items."""
    random = numpy.random.default_rng(0)
    tensors = []
    for i, (inputs, outputs) in enumerate(SHAPES):
        tensors.append(numpy_helper.from_array(
            (random.normal(size=(inputs, outputs)) / inputs ** 0.5).astype(numpy.float32), f"w{i}"))
        tensors.append(numpy_helper.from_array(random.normal(size=outputs).astype(numpy.float32), f"b{i}"))
    node = helper.make_node
    nodes = [node("MatMul", ["x", "w0"], ["p0"]), node("Add", ["p0", "b0"], ["q0"]), node("Relu", ["q0"], ["h"]),
             node("MatMul", ["h", "w1"], ["p1"]), node("Add", ["b1", "p1"], ["q1"]), node("Relu", ["q1"], ["g"]),
             node("MatMul", ["g", "w2"], ["p2"]), node("Add", ["p2", "b2"], ["q2"]), node("Add", ["h", "q2"], ["s"]),
             node("MatMul", ["s", "w3"], ["p3"]), node("Add", ["p3", "b3"], ["y"])]
    value = helper.make_tensor_value_info
    graph = helper.make_graph(nodes, "g", [value("x", 1, ["n", 64])], [value("y", 1, ["n", 64])], tensors)
    onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9), model_path)
    mixing = random.normal(size=(64, 64))
    numpy.savez(calibration_path, x=(random.normal(size=(300, 64)) @ mixing / 8 + 0.3).astype(numpy.float32))


def read(path):
    return {t.name: numpy_helper.to_array(t) for t in onnx.load(path).graph.initializer}


def moments(x, d, l):
    means = [v.mean(axis=0) for v in (x, d, l)]
    centred = x - means[0]
    return means, centred.T @ centred / len(x), centred.T @ (d - means[1]) / len(x), centred.T @ (l - means[2]) / len(x)


def target(known, w):
    means, _, drift, lost = known
    return drift @ w + lost, means[1] @ w + means[2]


def correct(known, w, ridge):
    own = known[1]
    return numpy.linalg.solve(own + (ridge + 1e-6) * numpy.trace(own) / len(own) * numpy.eye(len(own)),
                              target(known, w)[0])


def choose(x, d, l, w):
    """The largest ridge that gains nearly most on folds left out, and its share."""
    linear, square = numpy.zeros(len(RIDGES)), numpy.zeros(len(RIDGES))
    fold = numpy.arange(len(x)) % FOLDS
    for f in range(FOLDS):
        seen, unseen = (moments(x[at], d[at], l[at]) for at in (fold != f, fold == f))
        (_, had), (side, wanted) = target(seen, w), target(unseen, w)
        for i, ridge in enumerate(RIDGES):
            change = correct(seen, w, ridge)
            moved = (unseen[0][0] - seen[0][0]) @ change
            linear[i] += (change * side).sum() + moved @ (wanted - had)
            square[i] += (change * (unseen[1] @ change)).sum() + moved @ moved
    shares = numpy.clip(linear / numpy.maximum(square, 1e-300), 0, 1)
    gains = shares * (2 * linear - shares * square)
    best = numpy.flatnonzero((gains >= 0.95 * gains.max()) & ((shares > 0) | (gains.max() == 0)))[-1]
    return RIDGES[best], shares[best]


def fit(w, own, kept):
    """The weight with these non-zeros whose outputs are nearest those of w."""
    damped = own + 0.01 * numpy.trace(own) / len(own) * numpy.eye(len(own))
    side, fitted = damped @ w, numpy.zeros_like(w)
    for output in range(w.shape[1]):
        at = numpy.flatnonzero(kept[:, output])
        fitted[at, output] = numpy.linalg.solve(damped[numpy.ix_(at, at)], side[at, output])
    return fitted


def check(model_path, calibration_path, pruned_path):
    dense, pruned = read(model_path), read(pruned_path)
    x = x0 = numpy.load(calibration_path)["x"].astype(numpy.float64)
    relu = lambda v: numpy.maximum(v, 0)
    stream = stream0 = None
    for i in range(len(SHAPES)):
        w, b = (dense[f"{kind}{i}"].astype(numpy.float64) for kind in "wb")
        w1, b1 = (pruned[f"{kind}{i}"].astype(numpy.float64) for kind in "wb")
        lost = stream0 - stream if i == 2 else numpy.zeros((len(x), w.shape[1]))
        known = moments(x, x0 - x, lost)
        ridge, share = choose(x, x0 - x, lost, w)
        expected = fit(w + share * correct(known, w, ridge), known[1], w1 != 0)
        bias = b + target(known, w)[1] + known[0][0] @ (w - w1)
        print(f"layer {i}: zeros {(w1 == 0).mean():.3f}, share of the correction above zero: {share > 0 or i == 0}, "
              f"largest difference below 1e-4: {max(abs(w1 - expected).max(), abs(b1 - bias).max()) < 1e-4}")
        # What follows sees the model as it is.
        x, x0 = x @ w1 + b1, x0 @ w + b
        if i == 0:
            x, x0 = relu(x), relu(x0)
            stream, stream0 = x, x0
        if i == 1:
            x, x0 = relu(x), relu(x0)
        if i == 2:
            x, x0 = x + stream, x0 + stream0


{"make": make, "check": check}[sys.argv[1]](*sys.argv[2:])
