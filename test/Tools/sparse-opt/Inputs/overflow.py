"""A copy of a model whose products with w1 overflow: overflow.py <in> <out>"""
import sys

import onnx
from onnx import numpy_helper

model = onnx.load(sys.argv[1])
for tensor in model.graph.initializer:
    if tensor.name == "w1":
        tensor.CopyFrom(numpy_helper.from_array(numpy_helper.to_array(tensor) * numpy_helper.to_array(tensor).dtype.type(3e38), "w1"))
onnx.save(model, sys.argv[2])
