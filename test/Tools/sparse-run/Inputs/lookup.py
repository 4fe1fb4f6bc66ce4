"""Writes the ONNX form of lookup.c, scaled by its second argument if given."""

import sys

import numpy
import onnx
from onnx import TensorProto, helper, numpy_helper

scale = float(sys.argv[2]) if len(sys.argv) > 2 else 1.0
shape = ["batch", "seq"]
table = numpy_helper.from_array(numpy.arange(10, dtype=numpy.float32) * 0.5 * scale, "table")
zero = numpy_helper.from_array(numpy.int64(0), "zero")
graph = helper.make_graph(
    [
        helper.make_node("Gather", ["table", "ids"], ["looked_up"], name="/Gather"),
        helper.make_node("Add", ["looked_up", "x"], ["y"], name="/Add"),
        helper.make_node("Equal", ["ids", "zero"], ["is_pad"], name="/Equal"),
    ],
    "lookup",
    [
        helper.make_tensor_value_info("ids", TensorProto.INT64, shape),
        helper.make_tensor_value_info("x", TensorProto.FLOAT, shape),
    ],
    [
        helper.make_tensor_value_info("y", TensorProto.FLOAT, shape),
        helper.make_tensor_value_info("is_pad", TensorProto.BOOL, shape),
    ],
    [table, zero],
)
model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
onnx.save(model, sys.argv[1])
