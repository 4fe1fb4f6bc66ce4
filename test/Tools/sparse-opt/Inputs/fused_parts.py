"""Tells, for each block of a GPT-2 in the zoo, how many of its heads are gone,
with what makes them in all three parts of one product: fused_parts.py <model.onnx>"""
import sys

import numpy
import onnx
from onnx import numpy_helper

HEADS = 4
model = onnx.load(sys.argv[1])
arrays = {tensor.name: numpy_helper.to_array(tensor) for tensor in model.graph.initializer}


def get_dead(weight, parts):
    """Of the parts of a weight's rows, those that are zero."""
    return (weight.reshape(parts, -1) == 0).all(axis=1)


for block in range(2):
    prefix = f"m.transformer.h.{block}.attn"
    heads = get_dead(arrays[f"{prefix}.c_proj.weight"], HEADS)
    for part in numpy.split(arrays[f"{prefix}.c_attn.weight"], 3, axis=1):
        assert (get_dead(part.T.copy(), HEADS) == heads).all()
    print(f"block {block}: {heads.sum()} of {HEADS} heads")
