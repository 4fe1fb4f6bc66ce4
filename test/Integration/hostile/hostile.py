"""Feeds sparse-opt files that are broken, malicious or merely strange.

usage: hostile.py SPARSE-OPT FOLDER

Each case below writes one model into FOLDER and says what must come of it: a
part of the message for files to refuse, or LEGAL. A refusal is one
line that names the file, exit code 1, and no output file. Either takes at most
five seconds of the processor, and on one that is slow what the program says that
it took as five, at most twice that. Exits 1 if any case went otherwise.
"""

import os
import re
import resource
import shutil
import subprocess
import sys
import time

import numpy as np
from onnx import AttributeProto, GraphProto, ModelProto, TensorProto, helper, numpy_helper

LEGAL = None
SECONDS = 5
# For starting and ending the program.
START = 0.75
MEMORY = 4 << 30

# Name, expected message or LEGAL, and the function that writes the model.
cases = []


def case(expected, extension=".onnx", among=cases):
    def register(write):
        among.append((write.__name__.replace("_", "-") + extension, expected, write))
        return write

    return register


# -- Pieces ------------------------------------------------------------------


def value(name, shape=(2,), type=TensorProto.FLOAT):
    return helper.make_tensor_value_info(name, type, shape)


def node(kind="Relu", inputs=("x",), outputs=("y",), **attributes):
    return helper.make_node(kind, list(inputs), list(outputs), name=f"the_{kind}", **attributes)


def model(nodes=None, inputs=None, outputs=None, initializers=(), opsets=(("", 17),), ir_version=8, functions=()):
    """One Relu of x to y, unless other parts are given."""
    graph = helper.make_graph(nodes if nodes is not None else [node()], "graph",
                              inputs if inputs is not None else [value("x")],
                              outputs if outputs is not None else [value("y")], list(initializers))
    return helper.make_model(graph, ir_version=ir_version, functions=list(functions),
                             opset_imports=[helper.make_opsetid(*opset) for opset in opsets])


def add(tensor, **parts):
    """y = x + w, with `tensor` as w."""
    tensor.name = "w"
    return model([node("Add", ("x", "w"))], initializers=[tensor], **parts)


def tensor(dims, data=b"", type=TensorProto.FLOAT):
    return TensorProto(dims=dims, data_type=type, raw_data=data)


def external(**entries):
    result = TensorProto(dims=[2], data_type=TensorProto.FLOAT, data_location=TensorProto.EXTERNAL)
    for key, text in entries.items():
        result.external_data.add(key=key, value=str(text))
    return result


def save(path, content):
    if isinstance(content, ModelProto):
        content = content.SerializeToString()
    with open(path, "wb") as file:
        file.write(content)


def valid_bytes():
    return add(numpy_helper.from_array(np.arange(2, dtype=np.float32))).SerializeToString()


def varint(number):
    result = bytearray()
    while number > 127:
        result.append(number & 127 | 128)
        number >>= 7
    return bytes(result + bytes([number]))


def field(number, content):
    """A length-delimited field of the wire format."""
    return varint(number << 3 | 2) + varint(len(content)) + content


# -- Files that are no models ------------------------------------------------

DAMAGED = "is not an ONNX model"


@case(DAMAGED)
def empty(path):
    save(path, b"")


@case(DAMAGED)
def text(path):
    save(path, b"This is not a model.\n" * 20)


@case(DAMAGED)
def zeros(path):
    save(path, bytes(4096))


@case(DAMAGED)
def png(path):
    save(path, b"\x89PNG\r\n\x1a\n" + bytes(range(256)))


@case(DAMAGED)
def elf(path):
    with open("/bin/true", "rb") as file:
        save(path, file.read())


@case(DAMAGED)
def one_byte(path):
    save(path, b"\x08")


def truncated_at(name, keep):
    def write(path):
        content = valid_bytes()
        save(path, content[: keep(len(content))])

    write.__name__ = f"truncated_{name}"
    case(DAMAGED)(write)


truncated_at("at_2", lambda length: 2)
truncated_at("at_a_quarter", lambda length: length // 4)
truncated_at("in_the_middle", lambda length: length // 2)
truncated_at("at_three_quarters", lambda length: length * 3 // 4)
truncated_at("by_one_byte", lambda length: length - 1)


@case(DAMAGED)
def trailing_garbage(path):
    save(path, valid_bytes() + b"\xff" * 9)


@case(DAMAGED)
def length_beyond_the_file(path):
    # Field 7, the graph, said to be of almost 2 GiB.
    save(path, b"\x08\x08" + varint(7 << 3 | 2) + varint(0x7FFFFFF0) + b"abc")


@case("cannot be read: No such file")
def no_file(path):
    pass


@case("is a folder")
def folder(path):
    os.mkdir(path)


@case("it holds no graph")
def no_graph(path):
    save(path, ModelProto(ir_version=8, opset_import=[helper.make_opsetid("", 17)]))


# -- Versions ----------------------------------------------------------------


@case("needs opset 99 of ONNX; known are 1 to")
def opset_99(path):
    save(path, model(opsets=[("", 99)]))


@case("needs opset 0 of ONNX")
def opset_0(path):
    save(path, model(opsets=[("", 0)]))


@case("needs opset -3 of ONNX")
def opset_negative(path):
    save(path, model(opsets=[("", -3)]))


@case("declares no opset")
def no_opset(path):
    save(path, model(opsets=[]))


@case("No opset import for domain ''")
def no_opset_of_onnx(path):
    save(path, model(opsets=[("com.example", 1)]))


@case("does not have an ir_version")
def ir_version_0(path):
    save(path, model(ir_version=0))


@case("ir_version 1099511627776 is higher than")
def ir_version_huge(path):
    save(path, model(ir_version=2**40))


# -- Graphs ------------------------------------------------------------------


@case("input 'b' of node: name: the_Add OpType: Add is not output of any previous nodes")
def cycle(path):
    save(path, model([node("Add", ("x", "b"), ("a",)), node("Relu", ("a",), ("b",))], outputs=[value("b")]))


@case("input 'y' of node: name: the_Add OpType: Add is not output of any previous nodes")
def node_feeds_itself(path):
    save(path, model([node("Add", ("x", "y"))]))


@case("input 'nowhere' of node: name: the_Relu OpType: Relu is not output of any previous nodes")
def undefined_input(path):
    save(path, model([node("Relu", ("nowhere",))]))


@case("Graph output 'y' is not an output of any node")
def undefined_output(path):
    save(path, model([node("Relu", ("x",), ("other",))]))


@case("'y' has been used as output names multiple times")
def result_defined_twice(path):
    save(path, model([node(), node("Neg")]))


@case("'x' has been used as graph input names multiple times")
def two_inputs_of_one_name(path):
    save(path, model(inputs=[value("x"), value("x", (3,))]))


@case("w initializer name is not unique")
def two_weights_of_one_name(path):
    weight = numpy_helper.from_array(np.zeros(2, np.float32), "w")
    save(path, model([node("Add", ("x", "w"))], initializers=[weight, weight]))


@case("w initializer name is not unique")
def two_big_weights_of_one_name(path):
    weight = numpy_helper.from_array(np.zeros((600, 2), np.float32), "w")
    save(path, model([node("Add", ("x", "w"))], initializers=[weight, weight], outputs=[value("y", (600, 2))]))


@case(LEGAL)
def one_value_twice_as_output(path):
    save(path, model(outputs=[value("y"), value("y")]))


@case("has no outputs")
def no_outputs(path):
    save(path, model(outputs=[]))


@case(LEGAL)
def no_nodes(path):
    save(path, model([], outputs=[value("x")]))


@case("Field 'name' of 'value_info' is required")
def input_without_a_name(path):
    save(path, model([node("Relu", ("",))], inputs=[value("")]))


@case("Field 'type' of 'value_info' is required")
def input_without_a_type(path):
    broken = model()
    broken.graph.input[0].ClearField("type")
    save(path, broken)


@case("Invalid tensor data type 1234")
def input_of_unknown_type(path):
    broken = model()
    broken.graph.input[0].type.tensor_type.elem_type = 1234
    save(path, broken)


# Some exporters write -1 for a size they leave open.
@case(LEGAL)
def input_of_size_minus_one(path):
    save(path, model(inputs=[value("x", (-1,))], outputs=[value("y", ("n",))]))


@case(LEGAL)
def output_of_another_shape(path):
    save(path, model(outputs=[value("y", (7,))]))


@case("the_Relu): [TypeInferenceError] Inferred elem type differs from existing elem type")
def output_of_another_type(path):
    save(path, model(outputs=[value("y", (2,), TensorProto.INT64)]))


# -- Operators ---------------------------------------------------------------


@case("No Op registered for NoSuchOperator")
def unknown_operator(path):
    save(path, model([node("NoSuchOperator")]))


@case(LEGAL)
def unknown_domain(path):
    save(path, model([node("Anything", domain="com.example")], opsets=[("", 17), ("com.example", 1)]))


@case("No Op registered for NoSuchOperator")
def unknown_operator_of_a_long_name(path):
    save(path, model([helper.make_node("NoSuchOperator", ["x"], ["y"], name="n" * 500_000)]))


@case("No opset import for domain 'com.example'")
def domain_without_opset(path):
    save(path, model([node("Anything", domain="com.example")]))


@case("Upsample is deprecated")
def deprecated_operator(path):
    scales = numpy_helper.from_array(np.ones(1, np.float32), "s")
    save(path, model([node("Upsample", ("x", "s"))], initializers=[scales]))


@case("the_Add) with schema(::Add:14) has input size 1")
def too_few_inputs(path):
    save(path, model([node("Add", ("x",))]))


@case("the_Relu) with schema(::Relu:14) has input size 3")
def too_many_inputs(path):
    save(path, model([node("Relu", ("x", "x", "x"))]))


@case("the_Relu) with schema(::Relu:14) has output size 2")
def too_many_outputs(path):
    save(path, model([node("Relu", ("x",), ("y", "z"))]))


@case("Mismatched attribute type in 'the_Transpose : perm'")
def attribute_of_wrong_type(path):
    save(path, model([node("Transpose", perm="backwards")]))


@case("Required attribute 'to' is missing")
def missing_attribute(path):
    save(path, model([node("Cast")]))


@case("Unrecognized attribute: nonsense for operator Relu")
def unknown_attribute(path):
    save(path, model([node("Relu", nonsense=3)]))


@case("Attribute 'axis' appeared multiple times")
def attribute_given_twice(path):
    broken = model([node("Softmax", axis=0)])
    broken.graph.node[0].attribute.append(helper.make_attribute("axis", 1))
    broken.graph.node[0].attribute.append(helper.make_attribute("axis", 5))
    save(path, broken)


@case("type field and data field mismatch in attribute axis")
def attribute_with_two_values(path):
    broken = model([node("Softmax", axis=0)])
    broken.graph.node[0].attribute[0].s = b"too"
    save(path, broken)


@case("the_Softmax): [ShapeInferenceError] 'axis' must be in [-1 , 0]")
def axis_out_of_range(path):
    save(path, model([node("Softmax", axis=100)]))


@case("the_Transpose): [TypeInferenceError] Invalid attribute perm {7}")
def permutation_out_of_range(path):
    save(path, model([node("Transpose", perm=[7])]))


@case("the_Add): [ShapeInferenceError] Incompatible dimensions")
def shapes_that_do_not_broadcast(path):
    save(path, model([node("Add", ("x", "z"))], inputs=[value("x", (2,)), value("z", (3,))]))


@case("the_Add): B has inconsistent type tensor(int64)")
def types_that_do_not_agree(path):
    save(path, model([node("Add", ("x", "z"))], inputs=[value("x"), value("z", (2,), TensorProto.INT64)]))


@case("the_Conv): [ShapeInferenceError] Input tensor must have at least 3 dimensions")
def convolution_of_a_vector(path):
    save(path, model([node("Conv", ("x", "x"))]))


@case("Required attribute 'else_branch' is missing")
def if_without_branches(path):
    save(path, model([node("If", ("c",))], inputs=[value("c", (), TensorProto.BOOL)]))


# What is wrong in a subgraph is said, not that something is.
@case("the_Relu): [ShapeInferenceError] Inferred shape and existing shape differ in rank: (1) vs (2)")
def branch_with_another_rank(path):
    branches = {f"{name}_branch": helper.make_graph([node("Relu", ("x",), (name,))], name, [], [value(name, (2, 2))])
                for name in ("then", "else")}
    save(path, model([node("If", ("c",), **branches)], inputs=[value("x"), value("c", (), TensorProto.BOOL)]))


@case("the_If): [TypeInferenceError] then_branch and else_branch produce different number of outputs")
def if_with_uneven_branches(path):
    then = helper.make_graph([node("Constant", (), ("a",), value_float=1.0)], "then", [], [value("a", ())])
    empty = helper.make_graph([], "else", [], [])
    save(path, model([node("If", ("c",), then_branch=then, else_branch=empty)],
                     inputs=[value("c", (), TensorProto.BOOL)], outputs=[value("y", ())]))


@case("Cycle detected in model-local function references: com.example::f")
def function_that_calls_itself(path):
    function = helper.make_function("com.example", "f", ["a"], ["b"],
                                    [helper.make_node("f", ["a"], ["b"], domain="com.example")],
                                    [helper.make_opsetid("com.example", 1)])
    save(path, model([node("f", domain="com.example")], opsets=[("", 17), ("com.example", 1)], functions=[function]))


@case("Cycle detected in model-local function references: com.example::")
def functions_that_call_each_other(path):
    functions = [helper.make_function("com.example", name, ["a"], ["b"],
                                      [helper.make_node(other, ["a"], ["b"], domain="com.example")],
                                      [helper.make_opsetid("com.example", 1)])
                 for name, other in (("f", "g"), ("g", "f"))]
    save(path, model([node("f", domain="com.example")], opsets=[("", 17), ("com.example", 1)], functions=functions))


@case("the calls of its functions stand for more than 100000 nodes")
def functions_that_double_40_times(path):
    functions = [helper.make_function("com.example", f"f{i}", ["a"], ["b"],
                                      [helper.make_node(f"f{i + 1}", ["a"], ["t"], domain="com.example"),
                                       helper.make_node(f"f{i + 1}", ["t"], ["b"], domain="com.example")],
                                      [helper.make_opsetid("com.example", 1)]) for i in range(40)]
    functions.append(helper.make_function("com.example", "f40", ["a"], ["b"], [helper.make_node("Relu", ["a"], ["b"])],
                                          [helper.make_opsetid("", 17)]))
    save(path, model([node("f0", domain="com.example")], opsets=[("", 17), ("com.example", 1)], functions=functions))


@case("its 6000 subgraphs among 9002 values are more than ONNX's shape inference gets through")
def three_thousand_branches(path):
    def branch(name, kind, i):
        return helper.make_graph([helper.make_node(kind, [f"v{i}"], [f"{name}{i}"])], name, [], [value(f"{name}{i}")])

    nodes = [node("If", ("c",), (f"v{i + 1}",), then_branch=branch("t", "Relu", i), else_branch=branch("e", "Neg", i))
             for i in range(3000)]
    condition = helper.make_tensor_value_info("c", TensorProto.BOOL, [])
    save(path, model(nodes, inputs=[value("v0"), condition], outputs=[value("v3000")]))


@case("Integer overflow computing Concat")
def concatenations_that_double_100_times(path):
    nodes = [node("Concat", (f"v{i}",) * 2, (f"v{i + 1}",), axis=0) for i in range(100)]
    save(path, model(nodes, inputs=[value("v0")], outputs=[value("v100", ("n",))]))


@case(LEGAL)
def size_that_is_squared_60_times(path):
    nodes = [node("Shape", ("x",), ("s0",))]
    nodes += [node("Mul", (f"s{i}",) * 2, (f"s{i + 1}",)) for i in range(60)]
    save(path, model(nodes + [node("ConstantOfShape", ("s60",))], inputs=[value("x", ("n",))],
                     outputs=[value("y", ("k",))]))


@case(LEGAL)
def range_to_a_trillion(path):
    bounds = [numpy_helper.from_array(np.array(bound, np.int64), name)
              for name, bound in (("a", 0), ("b", 10**12), ("d", 1))]
    nodes = [node("Range", ("a", "b", "d"), ("t",)), node("Cast", ("t",), ("f",), to=TensorProto.FLOAT),
             node("ReduceSum", ("f",), ("r",), keepdims=0), node("Add", ("x", "r"))]
    save(path, model(nodes, initializers=bounds))


@case(LEGAL)
def vector_cut_8000_times(path):
    names = ["x", *(f"v{i}" for i in range(7_999)), "y"]
    bounds = [numpy_helper.from_array(np.array([bound], np.int64), name) for name, bound in (("s", 1), ("e", 2**62))]
    save(path, model([node("Slice", (a, "s", "e"), (b,)) for a, b in zip(names, names[1:])],
                     inputs=[value("x", (20_000,))], outputs=[value("y", ("n",))], initializers=bounds))


@case("is not an ONNX model, or a damaged one")
def subgraphs_nested_5000_deep(path):
    # Written by hand: protobuf's own writer would not nest so deep.
    graph = field(2, b"deep")
    for _ in range(5000):
        attribute = field(1, b"then_branch") + field(6, graph) + varint(20 << 3) + varint(AttributeProto.GRAPH)
        graph = field(1, field(1, b"c") + field(4, b"If") + field(5, attribute)) + field(2, b"deep")
    save(path, b"\x08\x08" + field(7, graph) + field(8, varint(2 << 3) + varint(17)))


# -- Weights -----------------------------------------------------------------


@case("Negative dimension value (tensor name: w)")
def negative_size(path):
    save(path, add(tensor([-2], bytes(8))))


@case("(tensor name: w) should contain one and only one value field")
def size_without_data(path):
    save(path, add(tensor([10**12])))


@case("Tensor dimension product overflow (tensor name: w)")
def sizes_whose_product_overflows(path):
    save(path, add(tensor([2**33, 2**33], bytes(8))))


@case("Tensor dimension product overflow (tensor name: w)")
def sizes_whose_product_wraps_to_the_data(path):
    # 2^62 · 4 = 0 and 2^64 + 2 = 2 modulo 2^64.
    save(path, add(tensor([2**62, 4], b"")))


@case("(tensor name: w) raw_data size (4 bytes) is too small")
def data_too_short(path):
    save(path, add(tensor([2], bytes(4))))


@case("tensor 'w' has 1200 bytes of data where its shape and type need 8")
def data_too_long(path):
    save(path, add(tensor([2], bytes(1200))))


@case("should be stored in field 'float_data' instead of 'int64_data'")
def data_in_the_wrong_field(path):
    save(path, add(TensorProto(dims=[2], data_type=TensorProto.FLOAT, int64_data=[1, 2])))


@case("Invalid tensor data type 999")
def unknown_data_type(path):
    save(path, add(tensor([2], bytes(8), type=999)))


@case("data_type field (tensor name: w) to UNDEFINED")
def undefined_data_type(path):
    save(path, add(tensor([2], bytes(8), type=TensorProto.UNDEFINED)))


@case("the_Add): B typestr: T, has unsupported type: tensor(string)")
def strings_as_weight(path):
    save(path, add(TensorProto(dims=[2], data_type=TensorProto.STRING, string_data=[b"a", b"b"])))


@case("STRING data (tensor name: w) should not be stored in raw_data")
def strings_as_raw_data(path):
    save(path, model([node("Identity", ("w",))], outputs=[value("y", (2,), TensorProto.STRING)],
                     initializers=[TensorProto(name="w", dims=[2], data_type=TensorProto.STRING, raw_data=b"ab")]))


@case(LEGAL)
def no_elements(path):
    save(path, model([node("Add", ("x", "w"))], inputs=[value("x", (0, 3))], outputs=[value("y", (0, 3))],
                     initializers=[numpy_helper.from_array(np.zeros((0, 3), np.float32), "w")]))


@case(LEGAL)
def nan_and_infinity(path):
    save(path, add(numpy_helper.from_array(np.array([np.nan, np.inf], np.float32))))


@case(LEGAL)
def scalar_weight(path):
    save(path, add(numpy_helper.from_array(np.array(1, np.float32))))


@case(LEGAL)
def megabyte_long_name(path):
    name = "n" * 1_000_000
    save(path, model([node("Relu", ("x",), (name,)), node("Neg", (name,))]))


@case(LEGAL)
def name_with_control_characters(path):
    name = 'a\n"\x01\x7f\\%'
    save(path, model([node("Relu", ("x",), (name,)), node("Neg", (name,))]))


@case(LEGAL)
def ten_thousand_nodes(path):
    names = ["x", *(f"v{i}" for i in range(9_999)), "y"]
    save(path, model([node("Relu", (a,), (b,)) for a, b in zip(names, names[1:])]))


# -- Constants that would grow without bound ---------------------------------


@case(LEGAL)
def constant_of_shape_of_a_terabyte(path):
    shape = numpy_helper.from_array(np.array([2**19, 2**19], np.int64), "s")
    save(path, model([node("ConstantOfShape", ("s",))], inputs=[], outputs=[value("y", (2**19, 2**19))],
                     initializers=[shape]))


@case("the_ConstantOfShape): [ShapeInferenceError] shape input tensor must have non-negative elements")
def constant_of_negative_shape(path):
    shape = numpy_helper.from_array(np.array([-4], np.int64), "s")
    save(path, model([node("ConstantOfShape", ("s",))], inputs=[], outputs=[value("y", ("n",))], initializers=[shape]))


# -- External data -----------------------------------------------------------


@case("tensor 'w': external data 'absent.bin' cannot be read: No such file")
def external_file_is_missing(path):
    save(path, add(external(location="absent.bin")))


@case("tensor 'w': external data '../outside.bin' is outside the model's folder")
def external_path_leads_out(path):
    save(os.path.join(os.path.dirname(path), "..", "outside.bin"), bytes(8))
    save(path, add(external(location="../outside.bin")))


@case("tensor 'w': external data 'sub/../../outside.bin' is outside the model's folder")
def external_path_leads_out_by_a_detour(path):
    folder = os.path.dirname(path)
    os.makedirs(os.path.join(folder, "sub"), exist_ok=True)
    save(os.path.join(folder, "..", "outside.bin"), bytes(8))
    save(path, add(external(location="sub/../../outside.bin")))


@case("tensor 'w': external data '/etc/passwd' must be a path relative to the model's folder")
def external_path_is_absolute(path):
    save(path, add(external(location="/etc/passwd")))


@case("tensor 'w': external data 'link.bin' is outside the model's folder")
def external_link_leads_out(path):
    os.symlink("/etc/passwd", os.path.join(os.path.dirname(path), "link.bin"))
    save(path, add(external(location="link.bin")))


@case("tensor 'w': external data 'data' is not a file")
def external_file_is_a_folder(path):
    os.mkdir(os.path.join(os.path.dirname(path), "data"))
    save(path, add(external(location="data")))


@case("tensor 'w': external data 'pipe' is not a file")
def external_file_is_a_pipe(path):
    os.mkfifo(os.path.join(os.path.dirname(path), "pipe"))
    save(path, add(external(location="pipe")))


@case("tensor 'w' has external data, but no location of it")
def external_without_location(path):
    save(path, add(external()))


@case("tensor 'w' needs 8 bytes at offset 0 of 'short.bin', which ends after 5")
def external_file_is_too_short(path):
    save(os.path.join(os.path.dirname(path), "short.bin"), bytes(5))
    save(path, add(external(location="short.bin")))


@case("tensor 'w' needs 8 bytes at offset 9223372036854775800 of 'eight.bin', which ends after 8")
def external_offset_beyond_the_file(path):
    save(os.path.join(os.path.dirname(path), "eight.bin"), bytes(8))
    save(path, add(external(location="eight.bin", offset=2**63 - 8)))


@case("tensor 'w' has the external offset '-4', which is not a number of bytes")
def external_offset_is_negative(path):
    save(os.path.join(os.path.dirname(path), "negative.bin"), bytes(8))
    save(path, add(external(location="negative.bin", offset=-4)))


@case("tensor 'w' has 4 bytes of external data where its shape and type need 8")
def external_length_is_another(path):
    save(os.path.join(os.path.dirname(path), "length.bin"), bytes(8))
    save(path, add(external(location="length.bin", length=4)))


# -- Sparse weights ----------------------------------------------------------


def sparse(values, indices, dims):
    result = model([node("Add", ("x", "w"))], outputs=[value("y", ("n",))])
    weight = result.graph.sparse_initializer.add()
    weight.values.CopyFrom(numpy_helper.from_array(np.array(values, np.float32), "w"))
    weight.indices.CopyFrom(numpy_helper.from_array(np.array(indices, np.int64), "i"))
    weight.dims.extend(dims)
    return result


@case("Sparse tensor (i) index value at position [0] out of range")
def sparse_index_out_of_range(path):
    save(path, sparse([1], [5], [2]))


@case("Sparse tensor (i) index value at position [0] out of range")
def sparse_index_negative(path):
    save(path, sparse([1], [-1], [2]))


@case("Sparse tensor indices (i) has 1 values, but NNZ is 2")
def sparse_indices_fewer_than_values(path):
    save(path, sparse([1, 2], [0], [2]))


@case("sparse tensor 'w' is too large to be held dense")
def sparse_of_absurd_size(path):
    file = sparse([1], [0], [10**15])
    file.graph.input[0].CopyFrom(value("x", ("n",)))
    save(path, file)


@case("Sparse tensor (w) dimensions are not positive")
def sparse_of_negative_size(path):
    save(path, sparse([1], [0], [-2]))


# -- Running -----------------------------------------------------------------


def limit_memory():
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))


def judge(command, path, output, expected):
    """What is wrong with how `command` takes the file, or None."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    start = time.monotonic()
    temporary = os.path.dirname(path) + ".tmp"
    os.makedirs(temporary)
    try:
        result = subprocess.run([*command, path, "-o", output], capture_output=True, timeout=12 * SECONDS,
                                preexec_fn=limit_memory, env={**os.environ, "TMPDIR": temporary})
    except subprocess.TimeoutExpired:
        return f"still running after {12 * SECONDS} s"
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    # A busy machine lengthens the time by the clock, threads that of the processor.
    seconds = min(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, time.monotonic() - start)
    message = result.stderr.decode(errors="replace")
    spent = re.search(r"this took ([0-9.]+) seconds", message)
    said = float(spent[1]) + START if spent else 0
    if seconds > min(max(SECONDS, said), 2 * SECONDS):
        return f"took {seconds:.1f} s"
    if left := os.listdir(temporary):
        return f"left temporary files: {left}"
    if expected is LEGAL:
        if result.returncode != 0 or not os.path.exists(output):
            return f"legal, but exit code {result.returncode}: {message[:500]}"
        return None
    if result.returncode != 1:
        return f"exit code {result.returncode} instead of 1: {message[:500]}"
    if os.path.exists(output):
        return "left an output file"
    if message.count("\n") != 1 or len(message) > 2000:
        return f"not one line: {message[:1000]}"
    if not message.startswith(path + ": error: "):
        return f"does not start with the file's name: {message}"
    if expected not in message:
        return f"expected '{expected}': {message}"
    return None


def try_all(cases, command, extension, folder):
    """Judges how `command` makes of each case an output of that extension."""
    shutil.rmtree(folder, ignore_errors=True)
    failures = 0
    for name, expected, write in cases:
        # A folder each, since some cases put other files beside the model.
        path = os.path.join(folder, name.removesuffix(".onnx"), name)
        os.makedirs(os.path.dirname(path))
        write(path)
        problem = judge(command, path, path + extension, expected)
        failures += problem is not None
        print(f"{name}: {problem or 'ok'}")
    refused = sum(expected is not LEGAL for _, expected, _ in cases)
    print(f"{len(cases)} files, {refused} of them to refuse: {failures} went wrong")
    sys.exit(failures != 0)


if __name__ == "__main__":
    try_all(cases, [sys.argv[1]], ".mlir", sys.argv[2])
