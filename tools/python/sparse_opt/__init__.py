"""Compiles ONNX models and runs them on numpy arrays.

    model = sparse_opt.compile("model.onnx")
    outputs = model(input_ids=ids, attention_mask=mask)
"""

import os
import tempfile

from ._core import CompileError, RunError
from ._core import compile as _compile
from .model import Bench, Model, Tensor

__all__ = ["Bench", "CompileError", "Model", "RunError", "Tensor", "compile", "load"]


def compile(model, output=None, *, cpu="native", threads=0):
    """Compiles a .onnx, .mlir or .mlirbc file and loads the result.

    `output` keeps the shared library there; `cpu` is a processor by LLVM's name. Raises
    CompileError with what the compiler said.
    """
    if output is not None:
        output = os.fspath(output)
        if not output.endswith(".so"):
            raise ValueError(f"a shared library's name ends in .so, not '{output}'")
        _compile(os.fspath(model), output, cpu)
        return load(output, threads=threads)
    # A library that is loaded needs its file no longer.
    with tempfile.TemporaryDirectory(prefix="sparse-opt") as folder:
        path = os.path.join(folder, "model.so")
        _compile(os.fspath(model), path, cpu)
        return load(path, threads=threads)


def load(path, *, threads=0):
    """Loads a library that sparse-opt wrote; runs use `threads` threads, 0: one for each CPU."""
    return Model(path, threads=threads)
