"""GELU and normalisations in the spellings of exporters: x to y, of one tensor."""

import numpy as np

ROOT = float(np.sqrt(2 / np.pi))


def one_plus(g, value):
    return g.Add(1.0, value)


def cubic(g, x, cube):
    return g.Tanh(g.Mul(ROOT, g.Add(x, g.Mul(0.044715, cube))))


GELUS = {
    # TorchScript, and the order that hand-written modules have
    "erf": lambda g, x: g.Mul(g.Mul(x, one_plus(g, g.Erf(g.Div(x, 2 ** 0.5)))), 0.5),
    "erf_half_first": lambda g, x: g.Mul(g.Mul(0.5, x), one_plus(g, g.Erf(g.Mul(x, 0.5 ** 0.5)))),
    "erf_of_half": lambda g, x: g.Mul(x, g.Mul(0.5, one_plus(g, g.Erf(g.Div(x, 2 ** 0.5))))),
    "erf_distributed": lambda g, x: g.Mul(x, g.Add(0.5, g.Mul(0.5, g.Erf(g.Div(x, 2 ** 0.5))))),
    "tanh_of_power": lambda g, x: g.Mul(g.Mul(0.5, x), one_plus(g, cubic(g, x, g.Pow(x, 3.0)))),
    "tanh_of_product": lambda g, x: g.Mul(0.5, g.Mul(x, one_plus(g, cubic(g, x, g.Mul(g.Mul(x, x), x))))),
    # gelu_fast
    "tanh_factored": lambda g, x: g.Mul(g.Mul(0.5, x), one_plus(g, g.Tanh(g.Mul(
        g.Mul(x, 0.7978845608), one_plus(g, g.Mul(g.Mul(0.044715, x), x)))))),
}

SWISHES = {
    "quick_gelu": lambda g, x: g.Mul(x, g.Sigmoid(g.Mul(1.702, x))),
    "silu": lambda g, x: g.Mul(g.Sigmoid(x), x),
}


def centre(g, x):
    return g.Sub(x, g.ReduceMean(x, axes=[-1]))


def variance(g, x):
    return g.ReduceMean(g.Pow(centre(g, x), 2.0), axes=[-1])


def moments(g, x):
    """As tf.nn.moments and batch_normalization: x · (g/σ) + (b − mean · (g/σ))"""
    mean = g.ReduceMean(x, axes=[2], keepdims=1)
    centred = g.Sub(x, mean)
    spread = g.ReduceMean(g.Mul(centred, centred), axes=[2], keepdims=1)
    factor = g.Mul(g.Reciprocal(g.Sqrt(g.Add(spread, 1e-12))), g.weight(32))
    return g.Add(g.Mul(x, factor), g.Sub(g.weight(32), g.Mul(mean, factor)))


def affine(g, normal):
    return g.Add(g.Mul(normal, g.weight(32)), g.weight(32))


def first_tokens(g, x):
    """Of the first tokens of each row, which do not lie together in memory"""
    x = g.Slice(x, [0], [6], [1])
    return affine(g, g.Div(centre(g, x), g.Sqrt(g.Add(variance(g, x), 1e-5))))


NORMALISATIONS = {
    "by_power": lambda g, x: affine(g, g.Div(centre(g, x), g.Sqrt(g.Add(variance(g, x), 1e-5)))),
    "by_reciprocal": lambda g, x: affine(g, g.Mul(centre(g, x), g.Reciprocal(
        g.Sqrt(g.Add(variance(g, x), 1e-5))))),
    "moments": moments,
    "first_tokens": first_tokens,
    "rms": lambda g, x: g.Mul(g.weight(32), g.Mul(x, g.Div(1.0, g.Sqrt(
        g.Add(g.ReduceMean(g.Pow(x, 2.0), axes=[-1]), 1e-6))))),
    "rms_cast": lambda g, x: g.Mul(g.weight(32), g.Cast(g.Mul(x, g.Reciprocal(g.Sqrt(g.Add(
        g.ReduceMean(g.Pow(g.Cast(x, to=1), 2.0), axes=[-1]), 1e-6)))), to=1)),
    "of_sum": lambda g, x: affine(g, g.Div(centre(g, x), g.Sqrt(g.Add(g.Div(
        g.ReduceSum(g.Pow(centre(g, x), 2.0), [-1]), 32.0), 1e-5)))),
}

# Formulas that are nearly one, and why they are none.
NEAR_MISSES = {
    "epsilon_outside": (lambda g, x: affine(g, g.Div(centre(g, x), g.Add(g.Sqrt(variance(g, x)), 1e-5))),
                        "no result is the normalised tensor times a scale plus a bias"),
    "other_axis": (lambda g, x: g.Div(g.Sub(x, g.ReduceMean(x, axes=[1])), g.Sqrt(g.Add(
        g.ReduceMean(g.Pow(g.Sub(x, g.ReduceMean(x, axes=[1])), 2.0), axes=[1]), 1e-5))),
                   "its argument is not a variance over the last dimensions plus an epsilon"),
    "erf_of_x": (lambda g, x: g.Mul(x, one_plus(g, g.Erf(x))), "its argument is not x / sqrt(2)"),
    "half_missing": (lambda g, x: g.Mul(x, one_plus(g, g.Erf(g.Div(x, 2 ** 0.5)))),
                     "no result is 0.5 * x * (1 + erf(x / sqrt(2)))"),
    "softmax_alone": (lambda g, x: g.Softmax(x, axis=-1),
                      "the attention weights are not multiplied by values"),
}
