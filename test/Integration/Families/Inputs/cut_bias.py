"""Writes attention with a bias that is cut from a buffer for 16 tokens: cut_bias.py <model.onnx>"""
import sys

import numpy
import onnx
from onnx import TensorProto, helper, numpy_helper

HEADS, SIZE, LONGEST = 2, 8, 16
SHAPE = ["batch", HEADS, "seq", SIZE]

nodes = [
    helper.make_node("Shape", ["q"], ["length"], start=2, end=3),
    helper.make_node("Concat", ["length", "length"], ["lengths"], axis=0),
    helper.make_node("Slice", ["buffer", "begins", "lengths", "axes"], ["bias"]),
    helper.make_node("Transpose", ["k"], ["columns"], perm=[0, 1, 3, 2]),
    helper.make_node("MatMul", ["q", "columns"], ["products"]),
    helper.make_node("Add", ["products", "bias"], ["scores"]),
    helper.make_node("Softmax", ["scores"], ["weights"], axis=-1),
    helper.make_node("MatMul", ["weights", "v"], ["y"]),
]
buffer = numpy.random.default_rng(0).standard_normal((1, HEADS, LONGEST, LONGEST), numpy.float32)
constants = {"buffer": buffer, "begins": numpy.array([0, 0]), "axes": numpy.array([2, 3])}
inputs, output = ([helper.make_tensor_value_info(name, TensorProto.FLOAT, SHAPE) for name in names]
                  for names in ("qkv", "y"))
graph = helper.make_graph(nodes, "attention", inputs, output,
                          [numpy_helper.from_array(array, name) for name, array in constants.items()])
onnx.save(helper.make_model(graph, ir_version=8, opset_imports=[helper.make_opsetid("", 17)]), sys.argv[1])
