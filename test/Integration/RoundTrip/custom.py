"""Writes a model of nodes of an unknown domain with attributes of all kinds,
and checks that they are the same in another file.

usage: custom.py write OUT.onnx | custom.py check BEFORE.onnx AFTER.onnx
"""

import sys

import numpy
import onnx
from onnx import TensorProto, helper, numpy_helper


def value(name):
    return helper.make_tensor_value_info(name, TensorProto.FLOAT, [2])


def make_model():
    tensor = numpy_helper.from_array(numpy.arange(4, dtype=numpy.float32))
    numbers = numpy_helper.from_array(numpy.array([1, 4], numpy.int64))
    sparse = helper.make_sparse_tensor(
        numpy_helper.from_array(numpy.array([1, 2], numpy.float32)), numbers, [6])
    body = helper.make_graph([helper.make_node("Inner", ["x"], ["b"], domain="mine")], "body", [],
                             [value("b")])
    attributes = {"number": 1.5, "count": 3, "text": b"a\0\xff", "numbers": [1.0, 2.5],
                  "counts": [1, 2], "texts": ["a", ""], "tensor": tensor,
                  "tensors": [tensor, numbers], "sparse": sparse, "sparses": [sparse, sparse],
                  "type": helper.make_tensor_type_proto(TensorProto.FLOAT, [2]), "body": body}
    nodes = [helper.make_node(f"Warp_{key}", ["x", "", "x"], [f"{key}0", "", "", f"{key}1"],
                              domain="mine", name=key, **{key: attribute})
             for key, attribute in attributes.items()]
    outputs = [value(f"{key}1") for key in attributes]
    inner = [value(f"{key}0") for key in attributes]
    graph = helper.make_graph(nodes, "custom", [value("x")], outputs, value_info=inner)
    model = helper.make_model(
        graph, opset_imports=[helper.make_opsetid("", 17), helper.make_opsetid("mine", 2)])
    model.ir_version = 8
    return model


def describe(model):
    """The nodes with their names, by ONNX's own words for them."""
    for node in model.graph.node:
        for attribute in node.attribute:
            if attribute.type == onnx.AttributeProto.GRAPH:
                attribute.g.name = ""
    return [node.SerializeToString(deterministic=True) for node in model.graph.node]


if sys.argv[1] == "write":
    onnx.save(make_model(), sys.argv[2])
else:
    before, after = map(onnx.load, sys.argv[2:])
    assert describe(before) == describe(after), f"{before} became {after}"
    assert before.opset_import == after.opset_import
