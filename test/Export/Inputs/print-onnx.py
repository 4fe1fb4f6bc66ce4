"""Prints an ONNX file in ONNX's own text form, data of initializers included.

usage: print-onnx.py MODEL.onnx
"""

import sys

import onnx
import onnx.numpy_helper
import onnx.printer

model = onnx.load(sys.argv[1])
onnx.checker.check_model(model, full_check=True)
print(onnx.printer.to_text(model))
for tensor in model.graph.initializer:
    data = onnx.numpy_helper.to_array(tensor)
    print("initializer", tensor.name, data.dtype, data.shape, data.ravel()[:4].tolist())
