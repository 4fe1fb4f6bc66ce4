"""Writes a model whose two weights lie in files beside it.

usage: external-data.py FOLDER/OUT.onnx (FOLDER/sub must exist)
"""

import os
import sys

import numpy
import onnx
from onnx import TensorProto, helper


def make_external(name, values, location, padding):
    """A tensor stored at `location`, behind `padding` bytes."""
    data = numpy.asarray(values, numpy.float32).tobytes()
    with open(os.path.join(os.path.dirname(sys.argv[1]), location), "wb") as file:
        file.write(b"\0" * padding + data)
    tensor = TensorProto(name=name, data_type=TensorProto.FLOAT, dims=[len(values)],
                         data_location=TensorProto.EXTERNAL)
    for key, value in (("location", location), ("offset", padding), ("length", len(data))):
        tensor.external_data.add(key=key, value=str(value))
    return tensor


graph = helper.make_graph(
    [helper.make_node("Concat", ["small", "big"], ["y"], axis=0)], "external", [],
    [helper.make_tensor_value_info("y", TensorProto.FLOAT, [1002])],
    [make_external("small", [1, 2], "small.bin", 4), make_external("big", range(1000), "sub/big.bin", 0)])
model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)])
model.ir_version = 8
with open(sys.argv[1], "wb") as file:
    file.write(model.SerializeToString())
