"""Times single layers: each layout beside dense, on one thread, in turns.

usage: bench --kernels [--layer 768x3072] [--tokens 1,2,4,8,16,128] [--seconds S]

Weights are random, and so are the places of their zeros; the compiler chooses
the kernels. A table tells, for each number of tokens, how dense does against
the machine's peak of multiply-adds, and how many times faster than dense each
pattern is. Times are the shortest of many runs: what else the machine does
only ever adds to them.
"""

import argparse
import ctypes
import os
import subprocess
import sys
import tempfile
import time

import numpy
import onnx
from onnx import helper, numpy_helper

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__)))))
sys.path.insert(0, f"{ROOT}/test/Integration/ctypes-example")
from main import Input, Model, Output  # noqa: E402

# Share of zeros, and what they are in: blocks of neighbouring outputs, or all
# groups of neighbouring inputs alike.
PATTERNS = [(0, "1x1"), (0.5, "1x1"), (0.7, "1x1"), (0.8, "1x1"), (0.9, "1x1"), (0.95, "1x1"), (0.99, "1x1"),
            (0.8, "4x1"), (0.9, "4x1"), (0.95, "4x1"), (0.5, "2:4"), (0.75, "1:4")]

# Multiply-adds that wait for nothing but each other: as many chains as hide
# their latency. Returns billions of operations per second.
PEAK = """
#include <time.h>
#ifdef __AVX512F__
enum { kLanes = 16 };
#elif defined(__AVX__)
enum { kLanes = 8 };
#else
enum { kLanes = 4 };
#endif
typedef float Vector __attribute__((vector_size(kLanes * sizeof(float))));
double measure_peak(void) {
  enum { kChains = 12, kRounds = 20000, kRepeats = 200 };
  double best = 0;
  for (int repeat = 0; repeat < kRepeats; ++repeat) {
    Vector sums[kChains] = {{0}}, factor = {0};
    struct timespec begin, end;
    clock_gettime(CLOCK_MONOTONIC, &begin);
    for (int round = 0; round < kRounds; ++round)
      for (int chain = 0; chain < kChains; ++chain) {
        sums[chain] = sums[chain] * factor + factor;
        __asm__("" : "+v"(sums[chain]));
      }
    clock_gettime(CLOCK_MONOTONIC, &end);
    double seconds = end.tv_sec - begin.tv_sec + 1e-9 * (end.tv_nsec - begin.tv_nsec);
    double rate = 2e-9 * kLanes * kChains * kRounds / seconds;
    best = rate > best ? rate : best;
  }
  return best;
}
"""


class Layer(Model):
    """A compiled layer that is run again and again without copies."""

    def prepare(self, x):
        self.x, self.shape = x, (ctypes.c_int64 * 2)(*x.shape)
        self.input = Input(x.ctypes.data, 1, 2, self.shape)
        self.shortest = float("inf")

    def take_turn(self, seconds):
        run, output = self.library.sopt_run, Output()
        arguments = self.context, ctypes.byref(self.input), 1, ctypes.byref(output), 1
        run(*arguments)  # brings the weight back into the cache
        end = time.perf_counter() + seconds
        now = 0
        while now < end:
            output.data = None
            begin = time.perf_counter()
            run(*arguments)
            now = time.perf_counter()
            self.shortest = min(self.shortest, now - begin)


def measure_peak(folder):
    with open(f"{folder}/peak.c", "w") as file:
        file.write(PEAK)
    subprocess.run(["clang-22", "-O2", "-march=native", "-ffp-contract=fast", "-shared", "-fPIC", f"{folder}/peak.c",
                    "-o", f"{folder}/peak.so"], check=True)
    peak = ctypes.CDLL(f"{folder}/peak.so").measure_peak
    peak.restype = ctypes.c_double
    return peak()


def clear(weight, zeros, pattern, random):
    if ":" in pattern:
        keep, of = map(int, pattern.split(":"))
        groups = weight.reshape(-1, of, weight.shape[1])
        groups[random.random(groups.shape).argsort(axis=1) >= keep] = 0
        return
    block = int(pattern.split("x")[0])
    places = random.permutation(weight.size // block)[:round(zeros * weight.size / block)]
    weight.reshape(-1, block)[places] = 0


def make_layer(tool, folder, k, n, zeros, pattern):
    """Compiles y = x · w; its number of tokens stays open."""
    random = numpy.random.default_rng(0)
    weight = random.standard_normal((k, n), numpy.float32)
    clear(weight, zeros, pattern, random)
    graph = helper.make_graph(
        [helper.make_node("MatMul", ["x", "w"], ["y"])], "layer",
        [helper.make_tensor_value_info("x", onnx.TensorProto.FLOAT, ["tokens", k])],
        [helper.make_tensor_value_info("y", onnx.TensorProto.FLOAT, ["tokens", n])],
        [numpy_helper.from_array(weight, "w")])
    path = f"{folder}/layer-{zeros}-{pattern.replace(':', 'of')}"
    onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 21)], ir_version=10), path + ".onnx")
    subprocess.run([tool, "--quiet", path + ".onnx", "--target=cpu", "-o", path + ".so"], check=True)
    return Layer(path + ".so", threads=1)


def time_layers(layers, tokens, k, seconds):
    x = numpy.random.default_rng(1).standard_normal((tokens, k), numpy.float32)
    for layer in layers:
        layer.prepare(x)
    end = time.perf_counter() + seconds
    while time.perf_counter() < end:
        for layer in layers:
            layer.take_turn(0.002)
    return [layer.shortest for layer in layers]


def main():
    parser = argparse.ArgumentParser(prog="bench --kernels", description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--layer", default="768x3072", help=argparse.SUPPRESS)
    parser.add_argument("--tokens", default="1,2,3,4,6,8,12,16,32,128", help=argparse.SUPPRESS)
    parser.add_argument("--seconds", type=float, default=3, help=argparse.SUPPRESS)
    # Where tools/dev/bench built sparse-opt.
    parser.add_argument("--tools-path", dest="tools", required=True, help=argparse.SUPPRESS)
    args, _ = parser.parse_known_args()
    k, n = map(int, args.layer.split("x"))
    with tempfile.TemporaryDirectory() as folder:
        peak = measure_peak(folder)
        print(f"{k} inputs, {n} outputs, one thread; peak {peak:.0f} GFLOP/s", flush=True)
        layers = [make_layer(f"{args.tools}/sparse-opt", folder, k, n, *pattern) for pattern in PATTERNS]
        names = [pattern if ":" in pattern else f"{zeros:.0%}" + (f" {pattern}" if pattern != "1x1" else "")
                 for zeros, pattern in PATTERNS]
        print(f"{'tokens':>6}{'dense us':>10}{'of peak':>9}" + "".join(f"{name:>9}" for name in names[1:]))
        for tokens in map(int, args.tokens.split(",")):
            dense, *others = time_layers(layers, tokens, k, args.seconds)
            share = 2e-9 * k * n * tokens / dense / peak
            print(f"{tokens:6}{dense * 1e6:10.1f}{share:9.1%}" + "".join(f"{dense / other:8.2f}x" for other in others),
                  flush=True)


main()
