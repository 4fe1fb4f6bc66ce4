"""Makes one hostile model and checks what sparse-opt says of it.

usage: hostile.py CASE FOLDER SPARSE_OPT EXPECTED
       hostile.py --list

FOLDER is emptied and gets the model. EXPECTED is the message behind
`FILE: error: `, or `ok` for a file that is odd but legal. A refusal must be one
line, exit 1, within five seconds, and leave no output file.
"""

import os
import shutil
import subprocess
import sys

import onnx
from onnx import AttributeProto, TensorProto, helper

CASES = {}


def case(function):
    CASES[function.__name__.replace("_", "-")] = function
    return function


def value(name, dims=(4,), dtype=TensorProto.FLOAT):
    return helper.make_tensor_value_info(name, dtype, dims)


def node(op, inputs, outputs, **attributes):
    return helper.make_node(op, inputs, outputs, name=f"n_{outputs[0] if outputs else op}", **attributes)


def model(nodes, inputs=None, outputs=None, initializers=(), opset=17, **extra):
    graph = helper.make_graph(nodes, "g", [value("x")] if inputs is None else inputs,
                              [value("y")] if outputs is None else outputs, list(initializers))
    made = helper.make_model(graph, opset_imports=[helper.make_opsetid("", opset)], **extra)
    made.ir_version = 8
    return made


def good():
    return model([node("Neg", ["x"], ["y"])])


def floats(name, dims, values):
    return helper.make_tensor(name, TensorProto.FLOAT, dims, values)


def raw(name, dims, data, dtype=TensorProto.FLOAT):
    return TensorProto(name=name, dims=dims, data_type=dtype, raw_data=data)


def add_weight(weight, dims=(4,)):
    return model([node("Add", ["x", "w"], ["y"])], outputs=[value("y", dims)], initializers=[weight])


def external(location, offset=None, length=None, dims=(4,)):
    weight = TensorProto(name="w", dims=dims, data_type=TensorProto.FLOAT, data_location=TensorProto.EXTERNAL)
    for key, text in (("location", location), ("offset", offset), ("length", length)):
        if text is not None:
            weight.external_data.add(key=key, value=str(text))
    return add_weight(weight)


# Damaged bytes.

@case
def empty_file(folder):
    return b""


@case
def text_file(folder):
    return b"this is no model\n" * 10


@case
def zero_bytes(folder):
    return b"\0" * 1000


@case
def png_magic(folder):
    return b"\x89PNG\r\n\x1a\n" + bytes(range(256))


@case
def truncated_early(folder):
    return good().SerializeToString()[:10]


@case
def truncated_middle(folder):
    data = good().SerializeToString()
    return data[:len(data) // 2]


@case
def truncated_last_byte(folder):
    return good().SerializeToString()[:-1]


@case
def trailing_garbage(folder):
    return good().SerializeToString() + b"\xff\xff\xff"


@case
def huge_length_field(folder):
    return b"\x3a\xff\xff\xff\xff\x07" + b"x" * 100


@case
def no_graph(folder):
    made = good()
    made.ClearField("graph")
    return made


# Versions.

@case
def opset_99(folder):
    return model([node("Neg", ["x"], ["y"])], opset=99)


@case
def opset_0(folder):
    return model([node("Neg", ["x"], ["y"])], opset=0)


@case
def opset_negative(folder):
    return model([node("Neg", ["x"], ["y"])], opset=-3)


@case
def no_opset(folder):
    made = good()
    del made.opset_import[:]
    return made


@case
def no_ir_version(folder):
    made = good()
    made.ClearField("ir_version")
    return made


@case
def ir_version_huge(folder):
    made = good()
    made.ir_version = 1 << 40
    return made


# Graphs.

@case
def cyclic(folder):
    return model([node("Add", ["x", "b"], ["a"]), node("Neg", ["a"], ["b"]), node("Neg", ["b"], ["y"])])


@case
def self_cycle(folder):
    return model([node("Add", ["x", "y"], ["y"])])


@case
def unsorted(folder):
    return model([node("Neg", ["a"], ["y"]), node("Abs", ["x"], ["a"])])


@case
def duplicate_tensor(folder):
    return model([node("Neg", ["x"], ["y"]), node("Abs", ["x"], ["y"])])


@case
def duplicate_input(folder):
    return model([node("Neg", ["x"], ["y"])], inputs=[value("x"), value("x")])


@case
def undefined_input(folder):
    return model([node("Add", ["x", "ghost"], ["y"])])


@case
def undefined_output(folder):
    return model([node("Neg", ["x"], ["a"])])


@case
def graph_without_outputs(folder):
    return model([node("Neg", ["x"], ["y"])], outputs=[])


@case
def unknown_operator(folder):
    return model([node("Frobnicate", ["x"], ["y"])])


@case
def too_many_inputs(folder):
    return model([node("Neg", ["x", "x"], ["y"])])


@case
def too_few_inputs(folder):
    return model([node("Add", ["x"], ["y"])])


@case
def too_many_outputs(folder):
    return model([node("Neg", ["x"], ["y", "z"])])


@case
def missing_attribute(folder):
    return model([node("Concat", ["x"], ["y"])])


@case
def wrong_attribute_type(folder):
    return model([node("Concat", ["x"], ["y"], axis="zero")])


@case
def unknown_attribute(folder):
    return model([node("Neg", ["x"], ["y"], colour=3)])


@case
def if_without_branch(folder):
    made = model([node("If", ["c"], ["y"])], inputs=[value("c", (), TensorProto.BOOL)])
    branch = helper.make_graph([node("Constant", [], ["t"], value_floats=[1.0] * 4)], "t", [], [value("t")])
    made.graph.node[0].attribute.append(helper.make_attribute("then_branch", branch))
    return made


def field(number, data):
    """A length-delimited field, encoded by hand: Python's library refuses what is nested too deep."""
    length, encoded = len(data), bytes([number << 3 | 2])
    while length > 127:
        encoded, length = encoded + bytes([length & 127 | 128]), length >> 7
    return encoded + bytes([length]) + data


@case
def deep_nesting(folder):
    graph = helper.make_graph([node("Neg", ["x"], ["y"])], "g", [], [value("y")]).SerializeToString()
    for _ in range(2000):
        attribute = field(1, b"then_branch") + field(6, graph) + b"\xa0\x01\x05"
        graph = field(1, field(1, b"x") + field(2, b"y") + field(4, b"If") + field(5, attribute)) + field(2, b"g")
    return field(7, graph) + helper.make_model(
        helper.make_graph([], "g", [], []), opset_imports=[helper.make_opsetid("", 17)]).SerializeToString()


@case
def recursive_function(folder):
    made = model([helper.make_node("F", ["x"], ["y"], domain="mine")], functions=[
        helper.make_function("mine", "F", ["a"], ["b"], [helper.make_node("F", ["a"], ["b"], domain="mine")],
                             [helper.make_opsetid("", 17), helper.make_opsetid("mine", 1)])])
    made.opset_import.append(helper.make_opsetid("mine", 1))
    return made


# Types and shapes.

@case
def wrong_element_type(folder):
    return model([node("Add", ["x", "i"], ["y"])], inputs=[value("x"), value("i", (4,), TensorProto.INT64)])


@case
def unknown_element_type(folder):
    return add_weight(raw("w", [4], b"\0" * 16, dtype=77))


@case
def undefined_element_type(folder):
    return add_weight(raw("w", [4], b"\0" * 16, dtype=0))


@case
def mismatched_shapes(folder):
    return model([node("MatMul", ["a", "b"], ["y"])], inputs=[value("a", (2, 3)), value("b", (4, 5))],
                 outputs=[value("y", (2, 5))])


@case
def declared_shape_wrong(folder):
    return model([node("Neg", ["x"], ["y"])], outputs=[value("y", (5,))])


@case
def string_weight(folder):
    return model([node("Add", ["x", "w"], ["y"])], initializers=[
        helper.make_tensor("w", TensorProto.STRING, [4], [b"a"] * 4)])


# Tensor data.

@case
def data_too_short(folder):
    return add_weight(raw("w", [4], b"\0" * 12))


@case
def data_too_long(folder):
    return add_weight(raw("w", [4], b"\0" * 20))


@case
def big_data_too_short(folder):
    return add_weight(raw("w", [1 << 20], b"\0" * 4096), (1 << 20,))


@case
def typed_data_too_short(folder):
    weight = floats("w", [4], [1.0] * 4)
    del weight.float_data[2:]
    return add_weight(weight)


@case
def two_kinds_of_data(folder):
    weight = floats("w", [4], [1.0] * 4)
    weight.raw_data = b"\0" * 16
    return add_weight(weight)


@case
def negative_dimension(folder):
    return add_weight(raw("w", [-4], b"\0" * 16))


@case
def absurd_dimension(folder):
    return add_weight(raw("w", [1 << 62], b"\0" * 16))


@case
def overflowing_product(folder):
    return add_weight(raw("w", [1 << 32, 1 << 32, 4], b"\0" * 16))


@case
def expand_bomb(folder):
    made = model([node("Expand", ["one", "s"], ["big"]), node("ReduceSum", ["big"], ["y"], keepdims=0)],
                 inputs=[], outputs=[value("y", ())], initializers=[
                     floats("one", [1], [1.0]), helper.make_tensor("s", TensorProto.INT64, [2], [10 ** 6, 10 ** 6])])
    return made


# External data.

@case
def external_missing(folder):
    return external("weights.bin", 0, 16)


@case
def external_parent_folder(folder):
    with open(os.path.join(os.path.dirname(folder), "outside.bin"), "wb") as file:
        file.write(b"\0" * 16)
    return external("../outside.bin", 0, 16)


@case
def external_absolute(folder):
    return external("/etc/passwd", 0, 16)


@case
def external_link_outside(folder):
    os.symlink("/etc/passwd", os.path.join(folder, "weights.bin"))
    return external("weights.bin", 0, 16)


@case
def external_too_short(folder):
    with open(os.path.join(folder, "weights.bin"), "wb") as file:
        file.write(b"\0" * 8)
    return external("weights.bin", 0, 16)


@case
def external_offset_beyond(folder):
    with open(os.path.join(folder, "weights.bin"), "wb") as file:
        file.write(b"\0" * 16)
    return external("weights.bin", 1 << 62, 16)


@case
def external_offset_no_number(folder):
    with open(os.path.join(folder, "weights.bin"), "wb") as file:
        file.write(b"\0" * 16)
    return external("weights.bin", "minus one", 16)


@case
def external_folder(folder):
    os.mkdir(os.path.join(folder, "weights.bin"))
    return external("weights.bin", 0, 16)


# Odd, but legal.

@case
def legal_zero_size(folder):
    return model([node("Concat", ["x", "w"], ["y"], axis=0)], inputs=[value("x", (4, 2))],
                 outputs=[value("y", (4, 2))], initializers=[floats("w", [0, 2], [])])


@case
def legal_nan_weight(folder):
    return add_weight(floats("w", [4], [float("nan"), float("inf"), -float("inf"), 1.0]))


@case
def legal_unnamed_nodes(folder):
    return model([helper.make_node("Neg", ["x"], ["y"])])


@case
def legal_strange_names(folder):
    return model([helper.make_node("Neg", ["x"], ["a\n\"%{}\\"], name="\t'\0;"), node("Neg", ["a\n\"%{}\\"], ["y"])])


def main():
    if sys.argv[1:] == ["--list"]:
        print("\n".join(CASES))
        return
    name, folder, tool, expected = sys.argv[1:]
    shutil.rmtree(folder, ignore_errors=True)
    os.makedirs(folder)
    made = CASES[name](folder)
    path = os.path.join(folder, "m.onnx")
    with open(path, "wb") as file:
        file.write(made if isinstance(made, bytes) else made.SerializeToString())

    output = os.path.join(folder, "out.so")
    before = set(os.listdir(folder))
    result = subprocess.run([tool, path, "--target=cpu", "-o", output], capture_output=True, text=True, timeout=5)
    left = set(os.listdir(folder)) - before
    said = result.stderr.replace(folder, "FOLDER")
    if expected == "ok":
        problem = "" if result.returncode == 0 and left == {"out.so"} else "is refused or writes something else"
    elif result.returncode != 1:
        problem = f"exits {result.returncode}"
    elif said != f"FOLDER/m.onnx: error: {expected}\n":
        problem = "says something else"
    else:
        problem = "leaves files behind" if left else ""
    if problem:
        print(f"{name} {problem}; expected: {expected}\nexit {result.returncode}, left {sorted(left)}, said:\n{said}")
        sys.exit(1)


main()
