"""Writes a model whose weights lie in files beside it: of the graph, of a
function, and the values of a sparse one.

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


function = helper.make_function(
    "mine", "Seven", [], ["c"],
    [helper.make_node("Constant", [], ["c"], value=make_external("", [7, 7.5], "seven.bin", 0))],
    [helper.make_opsetid("", 17)])
graph = helper.make_graph(
    [helper.make_node("Seven", [], ["seven"], domain="mine"),
     helper.make_node("Concat", ["small", "big", "seven", "sparse"], ["y"], axis=0)], "external", [],
    [helper.make_tensor_value_info("y", TensorProto.FLOAT, [1008])],
    [make_external("small", [1, 2], "small.bin", 4), make_external("big", range(1000), "sub/big.bin", 0)])
graph.sparse_initializer.append(onnx.SparseTensorProto(
    values=make_external("sparse", [3, 4], "sparse.bin", 0), dims=[4],
    indices=helper.make_tensor("at", TensorProto.INT64, [2], [1, 2])))
model = helper.make_model(graph, functions=[function],
                          opset_imports=[helper.make_opsetid("", 17), helper.make_opsetid("mine", 1)])
model.ir_version = 8
with open(sys.argv[1], "wb") as file:
    file.write(model.SerializeToString())
