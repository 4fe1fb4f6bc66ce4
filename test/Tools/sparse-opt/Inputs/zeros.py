"""Prints the share of zeros in the weights that MatMul multiplies with, and of
onnxruntime's outputs how far they moved: zeros.py <dense.onnx> <pruned.onnx>"""
import sys

import numpy
import onnx
import onnxruntime
from onnx import numpy_helper

dense, pruned = sys.argv[1:]
model = onnx.load(pruned)
onnx.checker.check_model(model, full_check=True)
used = {name for node in model.graph.node if node.op_type == "MatMul" for name in node.input}
weights = [numpy_helper.to_array(t) for t in model.graph.initializer if t.name in used and min(t.dims, default=0) >= 64]
print(f"zeros: {sum((w == 0).sum() for w in weights) / sum(w.size for w in weights):.3f}")

inputs = {"input_ids": numpy.random.default_rng(1).integers(0, 200, (4, 16)),
          "attention_mask": numpy.ones((4, 16), numpy.int64)}
before, after = (onnxruntime.InferenceSession(path).run(None, inputs)[0] for path in (dense, pruned))
print("moved little:", ((after - before) ** 2).sum() < 0.3 * (before ** 2).sum())
