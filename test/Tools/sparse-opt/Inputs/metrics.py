"""Checks a report's scores against onnxruntime's outputs and definitions.

metrics.py make <calibration.npz> [array to leave out]
metrics.py check <dense.onnx> <pruned.onnx> <calibration.npz> <report.json> <output>
"""
import json
import sys

import numpy
import onnxruntime

ITEMS = 24


def make(path, without=None):
    random = numpy.random.default_rng(0)
    lengths = random.integers(3, 17, (ITEMS, 1))
    labels = random.integers(0, 3, ITEMS).astype(numpy.int32)
    # Each class has words of its own, and all have some in common.
    arrays = {"input_ids": random.integers(0, 90, (ITEMS, 16)) + 50 * labels[:, None].astype(numpy.int64),
              "attention_mask": (numpy.arange(16) < lengths).astype(numpy.int64),
              "labels": labels,
              "scores": random.integers(0, 6, 10).astype(numpy.float32),
              "pairs": random.integers(0, ITEMS, (10, 2))}
    numpy.savez(path, **{name: array for name, array in arrays.items() if name != without})


def embed(model, arrays, output):
    session = onnxruntime.InferenceSession(model)
    index = [value.name for value in session.get_outputs()].index(output)
    rows = []
    for ids, mask in zip(arrays["input_ids"], arrays["attention_mask"]):
        length = mask.sum()
        value = session.run(None, {"input_ids": ids[None, :length], "attention_mask": mask[None, :length]})[index]
        rows.append(value.reshape(-1, value.shape[-1]).astype(numpy.float64).mean(axis=0))
    return numpy.array(rows)


def cosines(rows):
    rows = rows / numpy.linalg.norm(rows, axis=1, keepdims=True)
    return rows @ rows.T


def auc(rows, arrays):
    first, second = numpy.triu_indices(len(rows), 1)
    near, same = cosines(rows)[first, second], arrays["labels"][first] == arrays["labels"][second]
    return (near[same][:, None] > near[~same][None]).mean()


def probe(rows, arrays):
    classes = numpy.eye(3)[arrays["labels"]]
    classes = classes[:, classes.any(axis=0)]
    unit = ((rows - rows.mean(axis=0)) ** 2).sum() / min(rows.shape)
    results = []
    for ridge in (0.01, 0.1, 1, 10):
        told = numpy.zeros_like(classes)
        for item in range(len(rows)):
            kept = numpy.arange(len(rows)) != item
            x, y = rows[kept] - rows[kept].mean(axis=0), classes[kept] - classes[kept].mean(axis=0)
            weight = numpy.linalg.solve(x.T @ x + ridge * unit * numpy.eye(x.shape[1]), x.T @ y)
            told[item] = (rows[item] - rows[kept].mean(axis=0)) @ weight + classes[kept].mean(axis=0)
        results.append((((told - classes) ** 2).sum(), (told.argmax(axis=1) == classes.argmax(axis=1)).mean()))
    return min(results)[1]


def ranks(values):
    return numpy.array([(values < v).sum() + (values == v).sum() / 2 for v in values])


def spearman(rows, arrays):
    near = cosines(rows)[arrays["pairs"][:, 0], arrays["pairs"][:, 1]]
    return numpy.corrcoef(ranks(near), ranks(arrays["scores"]))[0, 1]


def check(dense, pruned, calibration, report, output):
    with open(report, encoding="utf-8") as file:
        report = json.load(file)
    arrays = numpy.load(calibration)
    measure = {"auc": auc, "probe": probe, "spearman": spearman}[report["metric"]]
    for key, model in (("dense_score", dense), ("score", pruned)):
        expected = measure(embed(model, arrays, output), arrays)
        print(f"{report['metric']} {key}: as defined: {abs(report[key] - expected) < 1e-3}")
    print(f"zeros: {report['zeros']:.2f}, layers: {len(report['layers'])}")


{"make": make, "check": check}[sys.argv[1]](*sys.argv[2:])
