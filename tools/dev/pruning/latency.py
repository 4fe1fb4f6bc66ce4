"""Compares pruned models of one latency, and the latencies of models as good.

Prunes to the latency that another method's model has, and asks which of the two
is better; and among our models for shares of that latency, which is the fastest
that is as good. Latencies are medians of sparse-run's, of the models in turns.
"""

import json
import os
import pathlib
import subprocess
import tempfile

import numpy

SHAPE, ROUNDS = "1x128", 5
# Of the other model's latency.
SHARES = [1.0, 0.85, 0.75, 0.65]


def compile_model(args, path):
    library = str(pathlib.Path(path).with_suffix(".so"))
    subprocess.run([args.sparse_opt, "--quiet", path, "--target=cpu", "-o", library], check=True)
    return library


def time_once(args, library, inputs):
    runner = os.path.join(os.path.dirname(args.sparse_opt), "sparse-run")
    result = subprocess.run([runner, library, "--inputs", inputs, "--bench", "--json"], check=True,
                            capture_output=True, text=True)
    return json.loads(result.stdout)["median_ms"]


def measure_latencies(args, models):
    """Milliseconds of each of the `models`, by their names."""
    libraries = {name: compile_model(args, path) for name, path in models.items()}
    rows, tokens = map(int, SHAPE.split("x"))
    with numpy.load(args.calibration) as arrays, tempfile.TemporaryDirectory() as folder:
        inputs = os.path.join(folder, "inputs.npz")
        numpy.savez(inputs, **{name: numpy.resize(arrays[name], (rows, tokens)) if name == "input_ids" else
                               numpy.full((rows, tokens), int(name == "attention_mask"), arrays[name].dtype)
                               for name in arrays.files})
        times = {name: [] for name in models}
        for _ in range(ROUNDS):
            for name, library in libraries.items():
                times[name].append(time_once(args, library, inputs))
    return {name: float(numpy.median(values)) for name, values in times.items()}


def prune_to(args, milliseconds):
    """Our model for this latency; nothing if it cannot be reached."""
    stem = pathlib.Path(args.model).stem
    path = os.path.join(args.work, f"{stem}-ours-{milliseconds:.2f}ms.onnx")
    search = f"latency={milliseconds:.4g}ms shape={SHAPE} calibration={args.calibration}"
    process = subprocess.run([args.sparse_opt, "--quiet", args.model, f"--prune-search={search}", "-o", path],
                             capture_output=True, text=True)
    print(f"  {search.split()[0]}: " + process.stderr.strip().splitlines()[-1])
    return path if process.returncode == 0 else None


def compare(args, other, measure):
    """`measure` gives a model's pair-AUC and probe."""
    reference = measure_latencies(args, {"other": other})["other"]
    print(f"\nTo the latency of uniform SparseGPT at 80 %, {reference:.2f} ms")
    models = {"other": other}
    for share in SHARES:
        if path := prune_to(args, share * reference):
            models[f"ours, {share:.2f} of it"] = path
    times, figures = measure_latencies(args, models), {}
    for name, path in models.items():
        auc, probe = measure(path)
        figures[name] = {"ms": times[name], "auc": auc, "probe": probe}
        print(f"  {name:18} {times[name]:6.2f} ms  {auc:.3f} / {probe:.3f}", flush=True)
    good = [entry["ms"] for name, entry in figures.items()
            if name != "other" and entry["auc"] >= figures["other"]["auc"]]
    if good:
        print(f"  as good in {times['other'] / min(good):.2f} times less time")
    return figures
