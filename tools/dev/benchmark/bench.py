"""Times sparse-opt beside other engines: same machine, same run, in turns.

usage: bench [--quick] [--cases NAME,...] [--engines NAME,...] [--threads 2]
             [--rounds N] [--json FILE] [--svg FILE]

For each case every engine gets the spelling of the model and the settings that
suit it best. A table tells the median times, sparse-opt's ratio to each engine
with its 95 % interval (bootstrap over rounds), and the largest difference and the
cosine of the outputs with onnxruntime's on the same weights in fp32. In bf16
OpenVINO computes in bf16 too; in int8 it is given the model that onnxruntime's
static quantisation makes of it (int8 weights for each channel), as DeepSparse is
of pruned ones, and sparse-opt the fp32 model with --precision=int8.

  --quick      three cases, fewer rounds: at most three minutes
  --cases      of the list below; default all
  --engines    besides sparse-opt: onnxruntime, openvino, deepsparse, iree
  --threads    for every engine
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time

import numpy

from chart import draw
from variants import ROOT, Variants

ENGINES = ["onnxruntime", "openvino", "deepsparse", "iree"]
# An engine runs for so long in a turn, but no fewer and no more times than this.
TURN_MS, FEWEST_RUNS, MOST_RUNS = 100, 3, 50
# An engine's threads may go on spinning after a turn: OpenMP's for 200 ms.
SETTLE_SECONDS = 0.25


class Case:
    """What is timed: a model, how much of it is zero, the shape of its input, and
    in which precision who can computes."""

    def __init__(self, name, shape=(1, 128), zeros=0.0, block=1, model="l6", precision="fp32"):
        self.name, self.shape, self.zeros, self.block, self.model = name, shape, zeros, block, model
        self.precision = precision


CASES = [
    Case("dense"),
    Case("80 %", zeros=0.8),
    Case("90 %", zeros=0.9),
    Case("95 %", zeros=0.95),
    Case("90 % 4x1", zeros=0.9, block=4),
    Case("bf16", precision="bf16"),
    Case("int8", precision="int8"),
    Case("int8 80 %", zeros=0.8, precision="int8"),
    Case("int8 90 %", zeros=0.9, precision="int8"),
    Case("int8 90 % 4x1", zeros=0.9, block=4, precision="int8"),
    Case("dense 1x16", (1, 16)),
    Case("90 % 1x16", (1, 16), zeros=0.9),
    Case("dense 1x1", (1, 1)),
    Case("90 % 1x1", (1, 1), zeros=0.9),
    Case("dense 8x128", (8, 128)),
    Case("90 % 8x128", (8, 128), zeros=0.9),
    Case("dense 1x512", (1, 512)),
    Case("90 % 1x512", (1, 512), zeros=0.9),
    Case("bert-base dense", model="bert-base"),
    Case("bert-base 80 %", zeros=0.8, model="bert-base"),
]
QUICK = ["dense", "90 %", "90 % 4x1"]


class Engine:
    """A worker process that runs one model when told to."""

    def __init__(self, name, python, model, inputs, threads, label=None, **options):
        worker = os.path.join(os.path.dirname(os.path.abspath(__file__)), "worker.py")
        self.name, self.inputs, self.rounds, self.label = name, inputs, [], label or name
        self.process = subprocess.Popen(
            [python, worker, name, model, inputs, str(threads), *[f"{k}={v}" for k, v in options.items()]],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        self.alive = self.process.stdout.readline().strip() == "ready"
        if not self.alive:
            self.process.kill()
            print(f"  {name}: {(self.process.stderr.read().strip().splitlines() or ['ended'])[-1]}", flush=True)
            return
        outputs = numpy.load(os.path.join(os.path.dirname(inputs), f"{name}.npz"))
        self.outputs = [outputs[key] for key in outputs]

    def run(self, count):
        self.process.stdin.write(f"{count}\n")
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline())

    def take_turn(self):
        time.sleep(SETTLE_SECONDS)
        last = self.run(2)[-1]  # They bring weights back into the cache, and threads to life.
        runs = min(max(int(TURN_MS / last), FEWEST_RUNS), MOST_RUNS)
        self.rounds.append(float(numpy.median(self.run(runs))))

    def close(self):
        self.process.kill()
        self.process.wait()


def compile_model(args, model, output, precision="fp32"):
    subprocess.run([os.path.join(args.tools, "sparse-opt"), "--quiet", model, "--target=cpu",
                    f"--precision={precision}", "-o", output], check=True)
    return output


def compile_iree(args, model, output):
    tools = os.path.dirname(args.iree)
    subprocess.run([f"{tools}/iree-import-onnx", model, "-o", output + ".mlir", "--opset-version", "17"], check=True,
                   stderr=subprocess.DEVNULL)
    subprocess.run([f"{tools}/iree-compile", output + ".mlir", "-o", output, "--iree-hal-target-device=local",
                    "--iree-hal-local-target-device-backends=llvm-cpu", "--iree-llvmcpu-target-cpu=host",
                    "--iree-opt-level=O3", "--iree-opt-data-tiling",
                    "--iree-llvmcpu-stack-allocation-limit=262144"], check=True, stderr=subprocess.DEVNULL)
    return output


def write_inputs(case, folder):
    random = numpy.random.default_rng(0)
    inputs = {"input_ids": random.integers(0, 30522, case.shape), "attention_mask": numpy.ones(case.shape, numpy.int64)}
    if case.model == "l6":
        inputs["token_type_ids"] = numpy.zeros(case.shape, numpy.int64)
    path = os.path.join(folder, "inputs.npz")
    numpy.savez(path, **inputs)
    return path


def get_precisions(engine, case):
    """In what an engine computes a case: each that may be its fastest. In fewer
    bits onnxruntime in fp32 only says what outputs should be."""
    if case.precision == "fp32" or engine == "onnxruntime":
        return ["fp32"]
    if engine == "openvino":
        return [case.precision]
    return ["int8", "fp32"] if engine == "deepsparse" and case.zeros else []


def open_engines(case, args, variants, folder):
    """The engines of a case; one that cannot run it says why and is left out."""
    # TorchScript's opset 14 is what DeepSparse knows; the others have LayerNormalization.
    spelling = {"l6": "l6-ts17"}.get(case.model, case.model)
    old_spelling = {"l6": "l6-ts14"}.get(case.model, case.model)
    inputs = write_inputs(case, folder)
    engines = []
    for precision in dict.fromkeys([case.precision, "fp32"]):
        library = compile_model(args, variants.get(spelling, None, case.zeros, case.block),
                                f"{folder}/{precision}.so", precision)
        engines.append(Engine("sparse_opt", sys.executable, library, inputs, args.threads,
                              label="sparse_opt" if precision == case.precision else f"sparse_opt {precision}",
                              model_class=f"{ROOT}/test/Integration/ctypes-example"))
    for name in args.engines:
        for precision in get_precisions(name, case):
            options = {}
            make = variants.get_quantized if precision == "int8" else variants.get
            model = make(old_spelling if name == "deepsparse" else spelling, case.shape, case.zeros, case.block)
            if precision == "bf16":
                options["precision"] = "bf16"
            if precision != "fp32":
                options["label"] = f"{name} {precision}"
            if name == "iree":
                try:
                    model = compile_iree(args, model, f"{folder}/model.vmfb")
                except subprocess.CalledProcessError as error:
                    print(f"  iree: {os.path.basename(error.cmd[0])} failed", flush=True)
                    continue
            engines.append(Engine(name, getattr(args, name), model, inputs, args.threads, **options))
    return [engine for engine in engines if engine.alive]


def bootstrap_ratio(ours, theirs):
    """Ratio of medians and its 95 % interval, resampling the rounds."""
    ours, theirs = numpy.array(ours), numpy.array(theirs)
    picks = numpy.random.default_rng(0).integers(0, len(ours), (2000, len(ours)))
    ratios = numpy.median(ours[picks], axis=1) / numpy.median(theirs[picks], axis=1)
    return float(numpy.median(ours) / numpy.median(theirs)), *map(float, numpy.percentile(ratios, [2.5, 97.5]))


def run_case(case, args, variants):
    print(f"{case.name}: preparing", flush=True)
    with tempfile.TemporaryDirectory() as folder:
        engines = open_engines(case, args, variants, folder)
        try:
            for index in range(args.rounds):
                # Who comes first changes from round to round.
                for engine in engines[index % len(engines):] + engines[:index % len(engines)]:
                    engine.take_turn()
            ours = engines[0]
            # The last of ours is in fp32.
            reference = ([engine for engine in engines if engine.name == "onnxruntime"]
                         or [engine for engine in engines if engine.name == "sparse_opt"])[-1].outputs
            result = {"case": case.name, "shape": case.shape, "zeros": case.zeros, "block": case.block,
                      "precision": case.precision, "engines": {}}
            for engine in engines:
                pairs = [(numpy.float64(a), numpy.float64(b)) for a, b in zip(engine.outputs, reference)]
                difference = max(float(numpy.abs(a - b).max()) for a, b in pairs)
                ratio, low, high = bootstrap_ratio(ours.rounds, engine.rounds)
                result["engines"][engine.label] = {
                    "median_ms": float(numpy.median(engine.rounds)), "min_ms": min(engine.rounds),
                    "ratio": ratio, "ratio_low": low, "ratio_high": high, "largest_difference": difference,
                    "cosine": min(float((a * b).sum() / numpy.sqrt((a * a).sum() * (b * b).sum())) for a, b in pairs)}
            return result
        finally:
            for engine in engines:
                engine.close()


def print_table(results):
    print(f"\n{'case':18}{'engine':17}{'median ms':>10}{'min ms':>9}{'ours / theirs':>15}{'95 % interval':>18}"
          f"{'difference':>12}{'cosine':>10}")
    for result in results:
        for name, numbers in result["engines"].items():
            interval = f"{numbers['ratio_low']:.3f} … {numbers['ratio_high']:.3f}" if name != "sparse_opt" else ""
            ratio = f"{numbers['ratio']:.3f}" if name != "sparse_opt" else ""
            print(f"{result['case']:18}{name.replace('_', '-'):17}{numbers['median_ms']:10.2f}{numbers['min_ms']:9.2f}"
                  f"{ratio:>15}{interval:>18}{numbers['largest_difference']:12.1e}{numbers['cosine']:10.6f}")


def main():
    parser = argparse.ArgumentParser(prog="bench", description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--cases", help=argparse.SUPPRESS)
    parser.add_argument("--engines", default=",".join(ENGINES), help=argparse.SUPPRESS)
    parser.add_argument("--threads", type=int, default=2, help=argparse.SUPPRESS)
    parser.add_argument("--rounds", type=int, help=argparse.SUPPRESS)
    parser.add_argument("--json", help=argparse.SUPPRESS)
    parser.add_argument("--svg", help=argparse.SUPPRESS)
    # Where tools/dev/bench made things.
    for name in ("tools", "variants", "weights", *ENGINES):
        parser.add_argument(f"--{name}-path", dest=name, required=True, help=argparse.SUPPRESS)
    args = parser.parse_args()
    peers = args.engines.split(",") if isinstance(args.engines, str) else args.engines
    if unknown := set(peers) - set(ENGINES) - {""}:
        parser.error(f"no engine is called {', '.join(sorted(unknown))}; there are {', '.join(ENGINES)}")
    args.engines = [name for name in ENGINES if name in peers]
    names = args.cases.split(",") if args.cases else QUICK if args.quick else [case.name for case in CASES]
    if unknown := set(names) - {case.name for case in CASES}:
        parser.error(f"no case is called {', '.join(sorted(unknown))}; there are "
                     + ", ".join(case.name for case in CASES))
    args.rounds = args.rounds or (8 if args.quick else 25)

    variants = Variants(args.variants, args.weights)
    results = [run_case(case, args, variants) for case in CASES if case.name in names]
    print_table(results)
    if args.json:
        with open(args.json, "w") as file:
            json.dump({"threads": args.threads, "rounds": args.rounds, "results": results}, file, indent=2)
    if args.svg:
        with open(args.svg, "w") as file:
            file.write(draw(results))


main()
