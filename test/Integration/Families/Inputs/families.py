"""Raises small models of many families and compares them with onnxruntime.

usage: families.py FOLDER

FOLDER holds sparse-opt and sparse-run. Each model has one attention, GELU,
Swish or normalisation, which must be raised whole, or a near miss, whose reason
must be reported. The raised model may differ from the original by 1e-5 in
onnxruntime, the compiled one by 1e-4. Exits 1 if anything is not so.
"""

import inspect
import os
import subprocess
import sys
import tempfile

import numpy as np
import onnx
import onnxruntime

import attentions
import formulas
from graph import Graph


def run(model, feeds):
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3
    options.intra_op_num_threads = 1
    return onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"]).run(None, feeds)[0]


def of_formula(formula):
    g = Graph()
    x = g.input("x", ["batch", "seq", 32], g.random.standard_normal((2, 9, 32), np.float32))
    return g.model(formula(g, x)), g.feeds


def list_cases():
    """name, model and inputs, and what the report must say"""
    functions = [f for _, f in inspect.getmembers(attentions, inspect.isfunction)
                 if f.__module__ == "attentions" and f.__doc__ and not inspect.signature(f).parameters]
    for function in functions:
        yield function.__name__, function(), "1 attention"
    for table, what in ((formulas.GELUS, "1 Gelu"), (formulas.SWISHES, "1 Swish")):
        for name, formula in table.items():
            yield name, of_formula(formula), what
    for name, formula in formulas.NORMALISATIONS.items():
        kind = "1 RMSNormalization" if name.startswith("rms") else "1 LayerNormalization"
        yield name, of_formula(formula), kind
    for name, (formula, reason) in formulas.NEAR_MISSES.items():
        yield name, of_formula(formula), reason


def check(tools, folder, model, feeds, wanted):
    """What is wrong, or nothing."""
    paths = {kind: os.path.join(folder, "model" + kind) for kind in (".onnx", ".raised.onnx", ".so", ".in.npz", ".out.npz")}
    onnx.checker.check_model(model, full_check=True)
    onnx.save(model, paths[".onnx"])
    np.savez(paths[".in.npz"], **feeds)
    sparse_opt, sparse_run = (os.path.join(tools, name) for name in ("sparse-opt", "sparse-run"))
    raised = subprocess.run([sparse_opt, paths[".onnx"], "--raise", "--raise-report", "--quiet", "-o", paths[".raised.onnx"]],
                            check=False, capture_output=True, text=True)
    if raised.returncode or wanted not in raised.stderr:
        return f"wanted '{wanted}' in {raised.stderr}"
    expected = run(paths[".onnx"], feeds)
    difference = float(np.abs(run(paths[".raised.onnx"], feeds) - expected).max())
    if not difference <= 1e-5:
        return f"raised, the output differs by {difference:.3g}"
    subprocess.run([sparse_opt, paths[".onnx"], "--target=cpu", "--quiet", "-o", paths[".so"]], check=True)
    subprocess.run([sparse_run, paths[".so"], "--inputs", paths[".in.npz"], "--output", paths[".out.npz"]],
                   check=True, capture_output=True)
    difference = float(np.abs(np.load(paths[".out.npz"])["y"] - expected).max())
    return "" if difference <= 1e-4 else f"compiled, the output differs by {difference:.3g}"


def main():
    failed = False
    with tempfile.TemporaryDirectory() as folder:
        for name, (model, feeds), wanted in list_cases():
            problem = check(sys.argv[1], folder, model, feeds, wanted)
            failed |= bool(problem)
            print(f"{name}: {problem or wanted}", flush=True)
    sys.exit(failed)


main()
