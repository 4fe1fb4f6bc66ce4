"""Writes what a fuzz target starts from, in files small enough to change often.

usage: corpus.py onnx|mlir|npz ROOT FOLDER [--full]
  onnx    from each model of the zoo its nodes, each a model of its own, and
          runs of eight nodes; with --full also ONNX's own tests of operators
  mlir    the modules of our lit tests
  npz     the zoo's inputs, and arrays of each type, stored and deflated
"""

import hashlib
import io
import os
import pathlib
import sys

import numpy as np
import onnx

LARGEST = 16384
# Elements of a weight that a piece of a model keeps.
LARGEST_WEIGHT = 64


def cut(model, nodes, types, weights):
    """The model of `nodes` alone; what they take from others is its inputs."""
    made = {name for node in nodes for name in node.output}
    taken = list(dict.fromkeys(name for node in nodes for name in node.input if name and name not in made))
    used = {name for node in nodes for name in node.input}
    outputs = [name for node in nodes for name in node.output if name and name not in used]
    if not all(name in types or name in weights for name in taken) or not all(name in types for name in outputs):
        return None
    kept = [weights[name] for name in taken if name in weights and np.prod(weights[name].dims) <= LARGEST_WEIGHT]
    names = {weight.name for weight in kept}
    inputs = [types[name] if name in types
              else onnx.helper.make_tensor_value_info(name, weights[name].data_type, weights[name].dims)
              for name in taken if name not in names]
    graph = onnx.helper.make_graph(nodes, "piece", inputs, [types[name] for name in outputs], kept)
    return onnx.helper.make_model(graph, opset_imports=model.opset_import, ir_version=model.ir_version)


def cut_model(model):
    model = onnx.shape_inference.infer_shapes(model)
    graph = model.graph
    types = {info.name: info for infos in (graph.input, graph.output, graph.value_info) for info in infos}
    weights = {weight.name: weight for weight in graph.initializer}
    kinds = set()
    for start in range(len(graph.node)):
        for length in (1, 8):
            nodes = graph.node[start:start + length]
            kind = tuple((node.op_type, len(node.input), *sorted(str(a)[:80] for a in node.attribute))
                         for node in nodes)
            if kind in kinds or (length > 1 and start % 4):
                continue
            kinds.add(kind)
            piece = cut(model, nodes, types, weights)
            if piece is not None:
                yield piece.SerializeToString()


def make_onnx(root, full):
    for path in sorted((root / "test/Inputs/zoo").glob("*.onnx")):
        yield from cut_model(onnx.load(path))
    if full:
        from onnx.backend.test.case.node import collect_testcases
        for test in collect_testcases(op_type=None):
            yield test.model.SerializeToString()


def make_mlir(root, full):
    for path in sorted((root / "test").rglob("*.mlir")):
        for module in path.read_text().split("// -----"):
            lines = [line for line in module.splitlines() if not line.lstrip().startswith("//")]
            if "onnx." in module or "sopt." in module:
                yield "\n".join(lines).encode()


def make_npz(root, full):
    for path in sorted((root / "test/Inputs/zoo").glob("*.npz")):
        yield path.read_bytes()
    for dtype in "?bBhHiIqQefd":
        for save in (np.savez, np.savez_compressed):
            file = io.BytesIO()
            save(file, a=np.ones((2, 3), dtype), scalar=np.array(1, dtype), empty=np.zeros((0, 4), dtype))
            yield file.getvalue()


def main():
    kind, root, folder = sys.argv[1:4]
    os.makedirs(folder, exist_ok=True)
    make = {"onnx": make_onnx, "mlir": make_mlir, "npz": make_npz}[kind]
    for content in make(pathlib.Path(root), "--full" in sys.argv[4:]):
        if len(content) <= LARGEST:
            pathlib.Path(folder, hashlib.sha256(content).hexdigest()[:16]).write_bytes(content)
    print(len(os.listdir(folder)), "files")


main()
