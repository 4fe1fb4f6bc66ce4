"""Times attention by mask and length: each mask is to cost what it leaves.

usage: bench --attention [--threads 2] [--rounds N] [--json FILE]

One layer of 12 heads of 32 features, one sequence. For each mask the table
tells the least time of each length, and the exponent e of the power S^e that
fits the times best. Then ratios of times in the same run: causal to full, a
video of T frames of N patches attending within frames and within patches to
all of it, and a batch of 32 that --unpad packs to padded.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time

import numpy

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__)))))
sys.path.insert(0, os.path.join(ROOT, "test", "Integration", "ctypes-example"))
from main import Model  # noqa: E402

HIDDEN, HEADS = 384, 12
LONG, SHORT = [512, 1024, 2048, 4096, 8192], [128, 256, 512, 1024]
# Name, attributes, operand, lengths.
MASKS = [
    ("full", "", "", LONG[:3]),
    ("causal", "causal", "", LONG[:3]),
    ("window 128", "window = array<i64: 64, 64>", "", LONG),
    ("causal window 128", "causal, window = array<i64: 127, -1>", "", LONG),
    ("block 128", "block = 128 : i64", "", LONG),
    ("groups of 64", "", "group %g ", LONG),
    ("top-k 30", "top_k = 30 : i64", "", SHORT),
    *[(f"top-k 30 by {bits} bits", f"top_k = 30 : i64, top_k_bits = {bits} : i64", "", SHORT) for bits in (1, 2, 4)],
]
FRAMES, PATCHES = 16, 128


def compile_attention(tools, folder, attributes, operand):
    """A library with inputs q, k, v and, if there is an operand, g."""
    tokens = f"tensor<?x?x{HIDDEN}xf32>"
    dims = 'onnx.dims = ["batch", "tokens", ""]'
    arguments = ", ".join(f'%{name}: {tokens} {{onnx.name = "{name}", {dims}}}' for name in "qkv")
    types = [tokens] * 3
    if operand:
        arguments += ', %g: tensor<?xi64> {onnx.name = "g", onnx.dims = ["tokens"]}'
        types.append("tensor<?xi64>")
    extra = f", {attributes}" if attributes else ""
    path = os.path.join(folder, "attention")
    with open(path + ".mlir", "w") as file:
        file.write(f"""module {{
  func.func @main_graph({arguments}) -> ({tokens} {{onnx.name = "y", {dims}}}) {{
    %y = sopt.attention %q, %k, %v {operand}{{heads = {HEADS}, kv_heads = {HEADS}, scale = 0.177 : f32{extra}}}
       : ({", ".join(types)}) -> {tokens}
    return %y : {tokens}
  }}
}}
""")
    return compile_model(tools, path + ".mlir", f"{path}-{len(os.listdir(folder))}.so")


def compile_model(tools, model, output, *options):
    subprocess.run([os.path.join(tools, "sparse-opt"), "--quiet", model, "--target=cpu", "-o", output, *options],
                   check=True)
    return output


def make_tokens(count, groups=None):
    random = numpy.random.default_rng(count)
    inputs = {name: random.normal(size=(1, count, HIDDEN)).astype(numpy.float32) for name in "qkv"}
    if groups is not None:
        inputs["g"] = groups
    return inputs


def time_all(runs, rounds):
    """The least time of each run in milliseconds, taken in turns."""
    best = [float("inf")] * len(runs)
    for _ in range(rounds):
        for index, (model, inputs) in enumerate(runs):
            start = time.perf_counter()
            model.run(inputs)
            best[index] = min(best[index], (time.perf_counter() - start) * 1e3)
    return best


def time_masks(args, folder):
    results = {}
    for name, attributes, operand, lengths in MASKS:
        if args.masks and name not in args.masks.split(","):
            continue
        model = Model(compile_attention(args.tools, folder, attributes, operand), args.threads)
        # Scattered groups of 64 tokens.
        groups = [numpy.arange(length) % (length // 64) if operand else None for length in lengths]
        times = time_all([(model, make_tokens(*case)) for case in zip(lengths, groups)], args.rounds)
        exponent = float(numpy.polyfit(numpy.log(lengths), numpy.log(times), 1)[0])
        results[name] = {"times_ms": dict(zip(map(str, lengths), times)), "exponent": exponent}
        cells = "  ".join(f"{length}: {time:.2f}" for length, time in zip(lengths, times))
        print(f"{name:20} S^{exponent:.2f}   ms at {cells}", flush=True)
    return results


def time_video(args, folder):
    """Attention within frames and within patches, and among all tokens."""
    count = FRAMES * PATCHES
    tokens = numpy.arange(count)
    grouped = Model(compile_attention(args.tools, folder, "", "group %g "), args.threads)
    full = Model(compile_attention(args.tools, folder, "", ""), args.threads)
    frame, patch, all_tokens = time_all(
        [(grouped, make_tokens(count, tokens // PATCHES)), (grouped, make_tokens(count, tokens % PATCHES)),
         (full, make_tokens(count))], args.rounds)
    print(f"{FRAMES} frames of {PATCHES} patches: frames {frame:.2f} ms, patches {patch:.2f} ms, all {all_tokens:.2f} ms; "
          f"together {(frame + patch) / all_tokens:.3f} of all, whose scores are "
          f"{(FRAMES + PATCHES) / count:.3f} of all's")
    return {"frames_ms": frame, "patches_ms": patch, "all_ms": all_tokens}


def time_unpad(args, folder):
    """A batch with the lengths of newsgroup posts, a lognormal of median 120 cut at 256."""
    random = numpy.random.default_rng(0)
    lengths = numpy.clip(random.lognormal(numpy.log(120), 0.9, 32), 8, 256).astype(int)
    shape = (32, lengths.max())
    inputs = {"input_ids": random.integers(0, 30522, shape), "token_type_ids": numpy.zeros(shape, numpy.int64),
              "attention_mask": (numpy.arange(shape[1]) < lengths[:, None]).astype(numpy.int64)}
    runs = [(Model(compile_model(args.tools, args.model, f"{folder}/model{option}.so", *filter(None, [option])),
                   args.threads), inputs) for option in ("", "--unpad")]
    padded, packed = time_all(runs, max(args.rounds // 3, 3))
    share = float(lengths.sum() / (shape[0] * shape[1]))
    print(f"batch of 32, {share:.3f} of its tokens real: padded {padded:.1f} ms, --unpad {packed:.1f} ms; "
          f"{packed / padded / share:.3f} of that share of the padded time")
    return {"share": share, "padded_ms": padded, "unpad_ms": packed}


def main():
    parser = argparse.ArgumentParser(prog="bench --attention", description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--threads", type=int, default=2, help=argparse.SUPPRESS)
    parser.add_argument("--rounds", type=int, default=15, help=argparse.SUPPRESS)
    parser.add_argument("--masks", help=argparse.SUPPRESS)
    parser.add_argument("--json", help=argparse.SUPPRESS)
    # Where tools/dev/bench made things.
    parser.add_argument("--tools-path", dest="tools", required=True, help=argparse.SUPPRESS)
    parser.add_argument("--model-path", dest="model", help=argparse.SUPPRESS)
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        results = {"masks": time_masks(args, folder)}
        if not args.masks:
            results["video"] = time_video(args, folder)
        masks = results["masks"]
        if "full" in masks and "causal" in masks:
            ratio = {length: masks["causal"]["times_ms"][length] / time
                     for length, time in masks["full"]["times_ms"].items()}
            print("causal / full: " + "  ".join(f"{length}: {value:.2f}" for length, value in ratio.items()))
        if args.model and not args.masks:
            results["unpad"] = time_unpad(args, folder)
    if args.json:
        with open(args.json, "w") as file:
            json.dump(results, file, indent=2)


main()
