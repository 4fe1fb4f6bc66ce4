"""Prints an ONNX file in ONNX's own text form, with the data of initializers.

usage: print-onnx.py MODEL.onnx
"""

import sys

import onnx
import onnx.numpy_helper
import onnx.printer

model = onnx.load(sys.argv[1])
# The full check takes sparse initializers for sparse tensors, which no operator
# takes.
onnx.checker.check_model(model, full_check=not model.graph.sparse_initializer)
print(onnx.printer.to_text(model))
for tensor in model.graph.initializer:
    data = onnx.numpy_helper.to_array(tensor)
    print("initializer", tensor.name, data.dtype, data.shape, data.ravel()[:4].tolist())
for tensor in model.graph.sparse_initializer:
    values, indices = map(onnx.numpy_helper.to_array, (tensor.values, tensor.indices))
    print("sparse initializer", tensor.values.name, values.dtype, list(tensor.dims),
          values.tolist(), indices.tolist())
