"""Writes a model that calls a function whose attribute has a default.

usage: function-defaults.py OUT.onnx
"""

import sys

import onnx
from onnx import TensorProto, helper

leaky = helper.make_node("LeakyRelu", ["a"], ["c"])
leaky.attribute.add(name="alpha", type=onnx.AttributeProto.FLOAT, ref_attr_name="slope")
function = helper.make_function(
    "mine", "Leak", ["a"], ["b"],
    [leaky, helper.make_node("Opaque", ["c"], ["b"], domain="other")],
    [helper.make_opsetid("", 17), helper.make_opsetid("other", 3)],
    attribute_protos=[helper.make_attribute("slope", 0.125)])


def value(name):
    return helper.make_tensor_value_info(name, TensorProto.FLOAT, [4])


branch = helper.make_graph([helper.make_node("Leak", ["v"], ["w"], domain="mine")], "branch", [],
                           [value("w")])
other = helper.make_graph([helper.make_node("Neg", ["v"], ["n"])], "other", [], [value("n")])
graph = helper.make_graph(
    [helper.make_node("Leak", ["x"], ["u"], domain="mine"),
     helper.make_node("Leak", ["u"], ["v"], domain="mine", slope=0.5),
     helper.make_node("If", ["c"], ["y"], then_branch=branch, else_branch=other)],
    "defaults", [value("x"), helper.make_tensor_value_info("c", TensorProto.BOOL, [])],
    [value("y")], value_info=[value("u"), value("v")])
model = helper.make_model(
    graph, functions=[function],
    opset_imports=[helper.make_opsetid("", 17), helper.make_opsetid("mine", 1)])
model.ir_version = 9
onnx.save(model, sys.argv[1])
