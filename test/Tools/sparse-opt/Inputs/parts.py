"""Tells, for each block of a BERT in the zoo, how many of its heads and of its
hidden neurons are gone, with all that makes and reads them: parts.py <model.onnx>"""
import sys

import numpy
import onnx
from onnx import numpy_helper

HEADS = 4
model = onnx.load(sys.argv[1])
arrays = {tensor.name: numpy_helper.to_array(tensor) for tensor in model.graph.initializer}
weights = {node.name: arrays[name] for node in model.graph.node if node.op_type == "MatMul"
           for name in node.input if name in arrays}


def find(block, layer):
    return next(weight for name, weight in weights.items() if f"layer.{block}/{layer}/" in name)


def get_dead(weight, parts):
    """Of the parts of a weight's rows, those that are zero."""
    return (weight.reshape(parts, -1) == 0).all(axis=1)


for block in range(2):
    heads = get_dead(find(block, "attention/output/dense"), HEADS)
    for layer in ("query", "key", "value"):
        assert (get_dead(find(block, f"attention/self/{layer}").T.copy(), HEADS) == heads).all(), layer
    read = find(block, "output/dense")
    neurons = get_dead(read, len(read))
    assert (get_dead(find(block, "intermediate/dense").T.copy(), len(read)) == neurons).all()
    print(f"block {block}: {heads.sum()} of {HEADS} heads, {neurons.sum()} of {len(read)} neurons")
