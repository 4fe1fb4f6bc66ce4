#!/usr/bin/env python3
"""Runs each mask of sopt.attention, exported, against its definition in numpy.

    run-attention.py SPARSE_OPT

For every case, in both forms of the op, writes a module with one attention as
ONNX and compares what onnxruntime computes with the op's description.
"""

import itertools
import os
import subprocess
import sys
import tempfile

import numpy as np
import onnxruntime

B, H, SQ, SK, D = 2, 4, 5, 7, 3

# name: (attributes, operands among bias, padding, lengths, group; keys = queries?)
CASES = {
    "none": ("", [], False),
    "causal": ("causal", [], False),
    "causal_end": ("causal, causal_end", [], False),
    "window": ("window = array<i64: 1, 2>", [], False),
    "block": ("block = 3 : i64", [], True),
    "padding": ("", ["padding"], False),
    "padding_finite": ("fill = -1.0e2 : f32", ["padding"], False),
    "padding_min": ("fill = -3.40282347E+38 : f32", ["padding"], False),
    "padding_zero": ("empty_is_zero", ["padding"], False),
    "padding_finite_zero": ("fill = -3.0 : f32, empty_is_zero", ["padding"], False),
    "lengths": ("", ["lengths"], False),
    "group": ("", ["group"], True),
    "top_k": ("top_k = 2 : i64", [], False),
    "bias": ("", ["bias"], False),
    "all": ("causal, window = array<i64: 2, -1>, top_k = 2 : i64, "
            "fill = -1.0e2 : f32", ["bias", "padding", "group"], True),
}


def softmax(scores):
    with np.errstate(invalid="ignore"):
        e = np.exp(scores - scores.max(-1, keepdims=True))
        return e / e.sum(-1, keepdims=True)


def reference(attributes, inputs, kv_heads):
    """The op's description, by head."""
    q, k, v = (inputs[n].astype(np.float64) for n in "qkv")
    k, v = (np.repeat(x, H // kv_heads, axis=1) for x in (k, v))
    sq, sk = q.shape[2], k.shape[2]
    scores = q @ k.transpose(0, 1, 3, 2) * 0.5
    if "bias" in inputs:
        scores = scores + inputs["bias"]
    query, key = np.arange(sq)[:, None], np.arange(sk)[None, :]
    mask = np.zeros((B, 1, sq, sk), bool)
    if "padding" in inputs:
        mask |= inputs["padding"][:, None, None, :] == 0
    if "lengths" in inputs:
        mask |= key >= inputs["lengths"][:, None, None, None]
    if "group" in inputs:
        group = inputs["group"]
        mask |= (group[:, :, None] != group[:, None, :])[:, None]
    if "causal" in attributes:
        mask |= key > query + ("causal_end" in attributes) * (sk - sq)
    if "i64: 1, 2>" in attributes:
        mask |= (key < query - 1) | (key > query + 2)
    if "i64: 2, -1>" in attributes:
        mask |= key < query - 2
    if "block" in attributes:
        mask |= query // 3 != key // 3
    mask = np.broadcast_to(mask, scores.shape).copy()
    if "top_k" in attributes:
        order = np.argsort(-np.where(mask, -np.inf, scores), axis=-1, kind="stable")
        chosen = np.zeros_like(mask)
        np.put_along_axis(chosen, order[..., :2], True, axis=-1)
        mask |= ~chosen
    fill = -np.inf
    if "fill = " in attributes:
        fill = float(attributes.split("fill = ")[1].split(" ")[0])
    # In float: beside a large fill, scores lose their last bits.
    scores = scores.astype(np.float32)
    weights = softmax(np.where(mask, scores + np.float32(fill), scores))
    if "empty_is_zero" in attributes:
        weights = np.where(mask.all(-1, keepdims=True), 0, weights)
    return weights @ v


def pack(tensor):
    return tensor.transpose(0, 2, 1, 3).reshape(B, tensor.shape[2], -1)


def run(sparse_opt, folder, module, inputs):
    source, model = os.path.join(folder, "a.mlir"), os.path.join(folder, "a.onnx")
    with open(source, "w", encoding="utf-8") as file:
        file.write(module)
    subprocess.run([sparse_opt, source, "-o", model], check=True)
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3
    session = onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
    return session.run(None, inputs)[0]


def main():
    random = np.random.default_rng(0)
    types = {"bias": f"tensor<{H}x1x?xf32>", "padding": "tensor<?x?xi64>",
             "lengths": "tensor<?xi64>", "group": "tensor<?x?xi64>"}
    with tempfile.TemporaryDirectory() as folder:
        for (name, (attributes, extra, square)), packed, kv_heads in itertools.product(
                CASES.items(), (True, False), (H, 2)):
            sk = SQ if square else SK
            data = {n: random.standard_normal((B, h, s, D), dtype=np.float32)
                    for n, h, s in (("q", H, SQ), ("k", kv_heads, sk), ("v", kv_heads, sk))}
            data.update({
                "bias": random.standard_normal((H, 1, sk), dtype=np.float32),
                # The second row sees nothing.
                "padding": np.array([[1] * 3 + [0] * (sk - 3), [0] * sk]),
                "lengths": np.array([3, 0]),
                "group": random.integers(0, 2, (B, SQ))})
            data = {n: data[n] for n in ["q", "k", "v"] + extra}
            want = reference(attributes, data, kv_heads)
            inputs = dict(data)
            if packed:
                want = pack(want)
                inputs.update({n: pack(data[n]) for n in "qkv"})
            type_of = {n: f"tensor<?x?x{inputs[n].shape[2]}xf32>" if packed else
                          f"tensor<?x{inputs[n].shape[1]}x?x{D}xf32>" for n in "qkv"}
            type_of.update(types)
            clauses = "".join(f" {'padding' if n == 'lengths' else n} %{n}" for n in extra)
            arguments = ", ".join(f'%{n}: {type_of[n]} {{onnx.name = "{n}"}}' for n in data)
            module = f"""
func.func @main_graph({arguments}) -> {type_of['q']} {{
  %y = sopt.attention %q, %k, %v{clauses} {{heads = {H}, kv_heads = {kv_heads},
      scale = 0.5 : f32{', ' + attributes if attributes else ''}}}
    : ({', '.join(type_of[n] for n in data)}) -> {type_of['q']}
  return %y : {type_of['q']}
}}"""
            got = run(sys.argv[1], folder, module, inputs)
            case = f"{name}, {'packed' if packed else 'by head'}, {kv_heads} kv_heads"
            if not np.allclose(want, got, atol=1e-5, equal_nan=True):
                sys.exit(f"FAIL: {case}: differs by {np.nanmax(np.abs(want - got)):.3g}, "
                         f"NaN in {np.isnan(want).sum()} and {np.isnan(got).sum()} places")
            print("ok:", case)


if __name__ == "__main__":
    main()
