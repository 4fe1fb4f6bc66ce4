"""Counts the weights that MatMul multiplies with and whose zeros come four
outputs at a time, or two in four inputs: patterns.py <model.onnx> <4x1|2:4>"""
import sys

import onnx
from onnx import numpy_helper

path, pattern = sys.argv[1:]
model = onnx.load(path)
used = {name for node in model.graph.node if node.op_type == "MatMul" for name in node.input}
weights = [numpy_helper.to_array(t) for t in model.graph.initializer if t.name in used and min(t.dims, default=0) >= 64]
zeros = [w == 0 for w in weights]
if pattern == "4x1":
    keep = [z.any() and set(z.reshape(-1, 4).sum(axis=1)) <= {0, 4} for z in zeros]
else:
    keep = [set(z.T.reshape(-1, 4).sum(axis=1)) == {2} for z in zeros]
print(f"weights that keep to it: {sum(map(bool, keep))} of {len(keep)}")
