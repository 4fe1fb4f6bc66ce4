"""Prunes a model by several methods and prints what each leaves of it."""

import argparse
import concurrent.futures
import json
import os
import pathlib
import subprocess
import sys
import time

import numpy
import onnxruntime

import latency
from quality import Pairs, draw, embed, interval, probe

SETS = {"newsgroups": "20 Newsgroups", "newsgroups-short": "its short texts",
        "r8": "Reuters R8", "r8-short": "its short texts"}
METHODS = {"magnitude": "method=magnitude", "wanda": "method=wanda", "sparsegpt": "method=obs", "ours": ""}
BOOTSTRAPS = 200


def prune(args, method, ratio, threads=None):
    """The pruned model, made anew if sparse-opt is newer."""
    stems = "-".join(pathlib.Path(path).stem for path in (args.model, args.calibration))
    path = os.path.join(args.work, f"{stems}-{method}-{ratio}.onnx")
    if args.again or not os.path.exists(path) or os.path.getmtime(path) < os.path.getmtime(args.sparse_opt):
        start = time.time()
        search = f"ratio={ratio} calibration={args.calibration} {METHODS[method]}"
        limits = {name: str(threads) for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS") if threads}
        subprocess.run([args.sparse_opt, "--quiet", args.model, f"--prune-search={search}", "-o", path],
                       check=True, stderr=subprocess.DEVNULL, env=os.environ | limits)
        print(f"{method} at {ratio}: {time.time() - start:.0f} s", file=sys.stderr)
    return path


def open_model(path):
    """A session of one thread: models run beside each other."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    return onnxruntime.InferenceSession(path, options)


def take_texts(args, count):
    """The first of the calibration texts, in a file of their own."""
    path = os.path.join(args.work, f"calib-{count}.npz")
    with numpy.load(os.path.join(args.data, "calib.npz")) as arrays:
        numpy.savez(path, **{name: arrays[name][:count] for name in arrays})
    return path


class Judge:
    """Measures models on one set of texts."""

    def __init__(self, args, name):
        self.train, self.test = (dict(numpy.load(os.path.join(args.data, f"{name}-{part}.npz")))
                                 for part in ("train", "test"))
        for arrays, count in ((self.train, args.train_texts), (self.test, args.texts)):
            for key in arrays:
                arrays[key] = arrays[key][:count]
        self.pairs = Pairs(self.test["labels"])
        self.draws = draw(len(self.test["labels"]), BOOTSTRAPS)

    def measure(self, session, dense=None):
        """Pair-AUC and accuracy, each on all texts and on every bootstrap; and
        how alike pairs are ordered by this model's cosines and by those of
        `dense`, what this returned of it: Spearman's correlation."""
        test = embed(session, self.test)
        ranks = self.pairs.rank(test)
        bins = self.pairs.bin(test)
        right = probe(embed(session, self.train), self.train["labels"], test) == self.test["labels"]
        order = numpy.corrcoef(ranks, dense["ranks"])[0, 1] if dense else 1.0
        return {"ranks": ranks, "order": float(order),
                "auc": (self.pairs.auc(bins), [self.pairs.auc(bins, counts) for counts in self.draws]),
                "probe": (float(right.mean()), [float((right * counts).sum() / counts.sum()) for counts in self.draws])}


def compare(ours, other):
    """What ours gains, with the interval of paired bootstraps."""
    low, high = interval(numpy.subtract(ours[1], other[1]))
    return {"gain": ours[0] - other[0], "low": low, "high": high}


def write(args, figures):
    if args.json:
        with open(args.json, "w", encoding="utf-8") as file:
            json.dump(figures, file, indent=1)


def main():
    parser = argparse.ArgumentParser(prog="tools/dev/prune-bench")
    for name in ("sparse-opt", "model", "quick-model", "data", "work"):
        parser.add_argument(f"--{name}", required=True, help=argparse.SUPPRESS)
    parser.add_argument("--ratios", default="0.5,0.6,0.7,0.8,0.9")
    parser.add_argument("--methods", default=",".join(METHODS))
    parser.add_argument("--texts", type=int, default=1000)
    parser.add_argument("--train-texts", type=int, default=1500)
    parser.add_argument("--again", action="store_true", help="prune what was pruned before")
    parser.add_argument("--quick", action="store_true", help="a smaller model, 0.8 alone, 64 calibration and 300 test texts")
    parser.add_argument("--latency", action="store_true", help="only models of the latency of SparseGPT's at 0.8")
    parser.add_argument("--json", help="write all figures to this file")
    args = parser.parse_args()
    if args.quick:
        args.model, args.ratios, args.texts, args.train_texts = args.quick_model, "0.8", 300, 500
    os.makedirs(args.work, exist_ok=True)
    args.calibration = take_texts(args, 64) if args.quick else os.path.join(args.data, "calib.npz")
    methods, ratios = args.methods.split(","), [float(r) for r in args.ratios.split(",")]
    if args.latency:
        judge = Judge(args, "newsgroups")

        def measure(path):
            result = judge.measure(onnxruntime.InferenceSession(path))
            return result["auc"][0], result["probe"][0]

        write(args, latency.compare(args, prune(args, "sparsegpt", 0.8), measure))
        return
    pool = concurrent.futures.ThreadPoolExecutor(os.cpu_count())
    wanted = [(method, ratio) for ratio in ratios for method in methods]
    paths = pool.map(lambda key: prune(args, *key, threads=1), wanted)
    sessions = {key: open_model(path) for key, path in zip(wanted, paths)}
    dense_session = open_model(args.model)

    figures = []
    for name, title in SETS.items():
        judge = Judge(args, name)
        dense = judge.measure(dense_session)
        print(f"\n{title}: pair-AUC / accuracy of a probe; dense {dense['auc'][0]:.3f} / {dense['probe'][0]:.3f}")
        for ratio in ratios:
            measured = pool.map(lambda method: judge.measure(sessions[method, ratio], dense), methods)
            results = dict(zip(methods, measured))
            line = "  ".join(f"{m} {r['auc'][0]:.3f} / {r['probe'][0]:.3f}" for m, r in results.items())
            print(f"  {100 * ratio:.0f} %  {line}", flush=True)
            print("        pairs ordered as by dense's cosines (Spearman): "
                  + "  ".join(f"{m} {r['order']:.3f}" for m, r in results.items()), flush=True)
            for method in methods:
                entry = {"set": name, "ratio": ratio, "method": method, "order": results[method]["order"],
                         **{metric: results[method][metric][0] for metric in ("auc", "probe")}}
                if "ours" in results and method != "ours":
                    gains = {metric: compare(results["ours"][metric], results[method][metric])
                             for metric in ("auc", "probe")}
                    entry["ours"] = gains
                    print(f"        ours - {method}: " + "  ".join(
                        f"{metric} {g['gain']:+.3f} [{g['low']:+.3f}, {g['high']:+.3f}]" for metric, g in gains.items()))
                figures.append(entry)
    write(args, figures)


if __name__ == "__main__":
    main()
