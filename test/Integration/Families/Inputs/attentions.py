"""Attention as one family of models or another spells it.

Each function returns a model of one layer. They follow what TorchScript writes
for these families (transformers 4.48), and tf2onnx for TensorFlow's, in
dimensions and without the parts that are alike everywhere.
"""

import numpy as np

from graph import Graph

WIDTH, HEADS, SIZE = 32, 4, 8
LOWEST = float(np.finfo(np.float32).min)


def start(**options):
    g = Graph(**options)
    x = g.input("x", ["batch", "seq", WIDTH], g.random.standard_normal((2, 9, WIDTH), np.float32))
    return g, x


def padding(g, dtype=np.int64):
    mask = np.ones((2, 9), dtype)
    mask[1, 5:] = 0
    return g.input("mask", ["batch", "seq"], mask)


def split(g, x, heads=HEADS, perm=(0, 2, 1, 3)):
    packed = g.linear(x, WIDTH, heads * SIZE)
    apart = g.reshape(packed, g.size(x, 0), g.size(x, 1), heads, SIZE)
    return g.Transpose(apart, perm=perm)


def merge(g, x, y):
    together = g.Transpose(y, perm=[0, 2, 1, 3])
    return g.reshape(together, g.size(x, 0), g.size(x, 1), WIDTH)


def additive(g, mask):
    """(1 - mask) · lowest, batch × 1 × 1 × keys"""
    apart = g.Cast(g.Unsqueeze(g.Unsqueeze(mask, [1]), [2]), to=1)
    return g.Mul(g.Sub(1.0, apart), LOWEST)


def attend(g, q, k, v, change):
    scores = change(g.MatMul(q, g.Transpose(k, perm=[0, 1, 3, 2])))
    return g.MatMul(g.softmax(scores), v)


def rotate(g, x, cos, sin):
    half = g.Slice(x, [SIZE // 2], [2 ** 63 - 1], [3], [1])
    other = g.Slice(x, [0], [SIZE // 2], [3], [1])
    return g.Add(g.Mul(x, cos), g.Mul(g.Concat(g.Neg(half), other, axis=-1), sin))


def rotary(g, x):
    """The cosine and sine tables, 1 × 1 × seq × size"""
    frequencies = g.constant(np.float32([1, 0.1, 0.01, 0.001]))
    angles = g.Einsum(g.Cast(g.positions(x), to=1), frequencies, equation="i , j -> i j")
    angles = g.Unsqueeze(g.Concat(angles, angles, axis=-1), [0, 1])
    return g.Cos(angles), g.Sin(angles)


def causal_rows(g, x):
    """Where a key is no later than its query, queries × keys"""
    at = g.positions(x)
    return g.LessOrEqual(at, g.Unsqueeze(at, [1]))


def t5():
    """A learnt bias by distance, cut from its end, and the mask added to it first"""
    g, x = start()
    mask = additive(g, padding(g))
    at = g.positions(x)
    distance = g.Abs(g.Sub(g.Unsqueeze(at, [0]), g.Unsqueeze(at, [1])))
    bias = g.Gather(g.weight(32, HEADS), g.Min(distance, np.int64(31)))
    bias = g.Unsqueeze(g.Transpose(bias, perm=[2, 0, 1]), [0])
    last = g.Unsqueeze(g.Neg(g.Gather(g.Shape(x), 1)), [0])
    bias = g.Add(g.Slice(bias, last, [2 ** 63 - 1], [2], [1]), mask)
    y = attend(g, split(g, x), split(g, x), split(g, x), lambda s: g.Add(s, bias))
    return g.model(merge(g, x, y)), g.feeds


def llama():
    """Rotary positions, heads of keys shared by repetition, a mask written by ScatterND"""
    g, x = start()
    cos, sin = rotary(g, x)
    seq, batch = g.size(x, 1), g.size(x, 0)
    full = g.ConstantOfShape(g.Concat(seq, seq, axis=0), value=numpy_tensor(LOWEST))
    later = g.Greater(g.positions(x), g.Unsqueeze(g.positions(x), [1]))
    mask = g.Mul(g.Trilu(full, 1, upper=1), g.Cast(later, to=1))
    mask = g.Expand(g.Unsqueeze(mask, [0, 1]), g.Concat(batch, [1], seq, seq, axis=0))
    places = [g.Expand(g.Reshape(at, shape), g.Shape(mask))
              for at, shape in ((g.positions(x, 0), [-1, 1, 1, 1]), (np.int64([0]), [1]),
                                (g.positions(x), [-1, 1]), (g.positions(x), [-1]))]
    places = g.Concat(*[g.Unsqueeze(p, [-1]) for p in places], axis=-1)
    mask = g.ScatterND(mask, places, g.Add(mask, 0.0))

    def repeat(x4):
        apart = g.Expand(g.Unsqueeze(x4, [2]), g.Concat(batch, [2], [2], seq, [SIZE], axis=0))
        return g.reshape(apart, batch, HEADS, seq, SIZE)

    q = rotate(g, split(g, x), cos, sin)
    k = repeat(rotate(g, split(g, x, heads=2), cos, sin))
    v = repeat(split(g, x, heads=2))
    cut = g.Slice(mask, [0], seq, [3], [1])
    y = attend(g, q, k, v, lambda s: g.Add(g.Mul(s, SIZE ** -0.5), cut))
    return g.model(merge(g, x, y)), g.feeds


def falcon():
    """One head of keys and values, shared by broadcasting"""
    g, x = start()
    mask = g.Where(causal_rows(g, x), 0.0, LOWEST)
    y = attend(g, split(g, x), split(g, x, heads=1), split(g, x, heads=1),
               lambda s: g.Add(g.Mul(s, SIZE ** -0.5), mask))
    return g.model(merge(g, x, y)), g.feeds


def flatten(g, x, y, *last):
    return g.reshape(y, g.Mul(g.size(x, 0), [HEADS]), *last)


def bloom():
    """Batch and heads merged by baddbmm, a bias by position there, weights merged again"""
    g, x = start()
    seq = g.size(x, 1)
    mask = g.Where(causal_rows(g, x), 0.0, LOWEST)
    slopes = g.constant(np.float32([[0.5], [0.25], [0.125], [0.0625]]))
    at = g.Sub(g.CumSum(padding(g), 1), 1)
    alibi = g.Mul(slopes, g.Cast(g.Unsqueeze(at, [1]), to=1))
    alibi = flatten(g, x, alibi, 1, seq)
    q = flatten(g, x, split(g, x), seq, SIZE)
    k = flatten(g, x, split(g, x, perm=(0, 2, 3, 1)), SIZE, seq)
    v = flatten(g, x, split(g, x), seq, SIZE)
    scores = g.Add(g.Mul(alibi, 1.0), g.Mul(g.MatMul(q, k), SIZE ** -0.5))
    scores = g.Add(g.reshape(scores, g.size(x, 0), HEADS, seq, seq), mask)
    y = g.MatMul(flatten(g, x, g.softmax(scores), seq, seq), v)
    return g.model(merge(g, x, g.reshape(y, g.size(x, 0), HEADS, seq, SIZE))), g.feeds


def torch_transformer():
    """torch.nn's own layer: tokens first, heads in the batch, padding repeated for them"""
    g, x = start()
    seq, batch = g.size(x, 1), g.size(x, 0)
    tokens = g.Transpose(x, perm=[1, 0, 2])
    many = g.Mul(batch, [HEADS])

    def part(perm):
        apart = g.reshape(g.linear(tokens, WIDTH, WIDTH), seq, many, SIZE)
        return g.Transpose(apart, perm=perm)

    hidden = g.reshape(g.Equal(padding(g), np.int64(0)), batch, 1, 1, seq)
    hidden = g.Expand(hidden, g.Concat([1], [HEADS], [1], [1], axis=0))
    hidden = g.reshape(hidden, many, 1, seq)
    mask = g.Where(hidden, float("-inf"), 0.0)
    q = g.Div(part([1, 0, 2]), SIZE ** 0.5)
    scores = g.Add(g.Mul(mask, 1.0), g.Mul(g.MatMul(q, part([1, 2, 0])), 1.0))
    y = g.MatMul(g.softmax(scores), part([1, 0, 2]))
    y = g.reshape(g.Transpose(y, perm=[1, 0, 2]), g.Mul(seq, batch), WIDTH)
    return g.model(g.reshape(y, seq, batch, WIDTH)), g.feeds


def gpt_neo():
    """Scores outside of a band, a constant table, are replaced; the padding is added"""
    g, x = start()
    ones = np.tril(np.ones((16, 16), bool))
    table = g.constant((ones & ~np.tril(ones, -4))[None, None])
    seq = g.size(x, 1)
    band = g.Slice(g.Slice(table, [0], seq, [2], [1]), [0], seq, [3], [1])
    mask = additive(g, padding(g))
    y = attend(g, split(g, x), split(g, x), split(g, x),
               lambda s: g.Add(g.Where(band, s, LOWEST), mask))
    return g.model(merge(g, x, y)), g.feeds


def deberta():
    """Scores are replaced where the query or the key is padding"""
    g, x = start()
    mask = padding(g)
    keys = g.Unsqueeze(g.Unsqueeze(mask, [1]), [2])
    pairs = g.Mul(keys, g.Unsqueeze(g.Squeeze(keys, [2]), [3]))
    hidden = g.Not(g.Cast(pairs, to=9))
    y = attend(g, split(g, x), split(g, x), split(g, x),
               lambda s: g.Where(hidden, LOWEST, g.Div(s, (3 * SIZE) ** 0.5)))
    return g.model(merge(g, x, y)), g.feeds


def swin():
    """Windows in the batch; each of an image's windows has its own mask"""
    g = Graph()
    x = g.input("x", [6, 9, WIDTH], g.random.standard_normal((6, 9, WIDTH), np.float32))
    shifted = np.where(g.random.random((1, 3, 1, 9, 9)) < 0.3, -100, 0).astype(np.float32)
    bias = g.weight(1, HEADS, 9, 9)

    def change(scores):
        scores = g.Add(g.Div(scores, SIZE ** 0.5), bias)
        images = g.Div(g.size(x, 0), [3])
        apart = g.reshape(scores, images, 3, HEADS, 9, 9)
        return g.reshape(g.Add(apart, shifted), -1, HEADS, 9, 9)

    y = attend(g, split(g, x), split(g, x), split(g, x), change)
    return g.model(merge(g, x, y)), g.feeds


def whisper():
    """The queries are scaled; the mask has a key more than there are, and is cut"""
    g, x = start()
    seq = g.size(x, 1)
    at = g.positions(x)
    keys = g.Range(0, g.Add(g.Gather(g.Shape(x), 1), 1), 1)
    later = g.Greater(keys, g.Unsqueeze(at, [1]))
    full = g.ConstantOfShape(g.Concat(seq, g.Add(seq, [1]), axis=0), value=numpy_tensor(LOWEST))
    mask = g.Unsqueeze(g.Mul(g.Trilu(full, 1, upper=1), g.Cast(later, to=1)), [0, 1])
    cut = g.Slice(mask, [0], seq, [3], [1])
    q = g.Mul(split(g, x), SIZE ** -0.5)
    y = attend(g, q, split(g, x), split(g, x), lambda s: g.Add(s, cut))
    return g.model(merge(g, x, y)), g.feeds


def xlnet():
    """Products as Einsum, tokens before the batch"""
    g, x = start()
    tokens = g.Transpose(x, perm=[1, 0, 2])
    q, k, v = (g.reshape(g.linear(tokens, WIDTH, WIDTH), g.size(x, 1), g.size(x, 0), HEADS, SIZE)
               for _ in range(3))
    scores = g.Mul(g.Einsum(q, k, equation="ibnd,jbnd->bnij"), SIZE ** -0.5)
    y = g.Einsum(g.softmax(scores), v, equation="bnij,jbnd->ibnd")
    return g.model(g.reshape(y, g.size(x, 1), g.size(x, 0), WIDTH)), g.feeds


def tensorflow_bert():
    """ones · mask, a mask of floats, and -10000"""
    g, x = start()
    mask = g.Cast(g.Unsqueeze(padding(g, np.int32), [1]), to=1)
    ones = g.ConstantOfShape(g.Concat(g.size(x, 0), g.size(x, 1), [1], axis=0), value=numpy_tensor(1.0))
    pairs = g.Unsqueeze(g.Mul(ones, mask), [1])
    adder = g.Mul(g.Sub(1.0, pairs), -10000.0)
    y = attend(g, split(g, x), split(g, x), split(g, x),
               lambda s: g.Add(g.Mul(s, SIZE ** -0.5), adder))
    return g.model(merge(g, x, y)), g.feeds


def modernbert():
    """Keys within a distance, and the padding, as one mask"""
    g, x = start()
    cos, sin = rotary(g, x)
    at = g.Unsqueeze(g.positions(x), [0])
    near = g.LessOrEqual(g.Abs(g.Sub(at, g.Transpose(at, perm=[1, 0]))), np.int64(2))
    mask = g.Where(g.Not(g.Unsqueeze(near, [0, 1])), LOWEST, additive(g, padding(g)))
    q, k = (rotate(g, split(g, x), cos, sin) for _ in range(2))
    y = attend(g, q, k, split(g, x), lambda s: g.Add(g.Mul(s, SIZE ** -0.5), mask))
    return g.model(merge(g, x, y)), g.feeds


def scaled_dot_product():
    """As torch writes F.scaled_dot_product_attention: the root of the scale, twice"""
    g, x = start()
    size = g.Cast(g.Slice(g.Shape(split(g, x)), [-1], [2 ** 63 - 1]), to=1)
    root = g.Sqrt(g.Div(1.0, g.Sqrt(size)))
    mask = g.Where(g.Unsqueeze(causal_rows(g, x), [0, 1]), 0.0, float("-inf"))
    k = g.Mul(split(g, x, perm=(0, 2, 3, 1)), root)
    scores = g.Add(g.MatMul(g.Mul(split(g, x), root), k), mask)
    return g.model(merge(g, x, g.MatMul(g.softmax(scores), split(g, x)))), g.feeds


def gathered_mask():
    """transformers 5: of the flattened mask the elements batch · length + key, and positions from GatherElements"""
    g = Graph()
    ids = g.input("ids", ["batch", "seq"], g.random.integers(0, 20, (2, 9)))
    mask = padding(g)
    length = g.size(ids, 1)
    places = g.Slice(g.constant(np.arange(16)[None]), [0], length, [1], [1])
    types = g.Expand(g.GatherElements(g.constant(np.zeros((1, 16), np.int64)), places, axis=1), g.Shape(ids))
    x = g.Add(g.Gather(g.weight(20, WIDTH), ids), g.Gather(g.weight(2, WIDTH), types))
    keys = g.Unsqueeze(g.positions(ids), [0, 1, 2])
    rows = g.Mul(g.Unsqueeze(g.positions(ids, 0), [1, 2, 3]), g.Gather(g.Shape(mask), [1]))
    at = g.Add(keys, rows)
    given = g.Gather(g.Flatten(g.Cast(mask, to=9), axis=2), at)
    given = g.Reshape(g.Reshape(given, [-1]), g.Shape(at))
    causal = g.LessOrEqual(keys, g.Unsqueeze(g.positions(ids), [0, 1, 3]))
    both = g.Expand(g.And(causal, given), g.Concat(g.size(ids, 0), [1], length, length, axis=0))
    mask = g.Where(both, 0.0, LOWEST)
    y = attend(g, split(g, x), split(g, x), split(g, x), lambda s: g.Add(g.Mul(s, SIZE ** -0.5), mask))
    return g.model(merge(g, x, y)), g.feeds


def mask_of_another_batch():
    """torch.export gives the batch of the mask a name of its own, and gathers the mask by position"""
    g, x = start()
    given = np.ones((2, 9), bool)
    given[1, 5:] = False
    given = g.input("mask", ["mask_batch", "seq"], given)
    rows, keys = g.Unsqueeze(g.positions(x, 0), [1, 2, 3]), g.Unsqueeze(g.positions(x), [0, 1, 2])
    shape = g.Shape(g.Max(rows, keys))
    at = [g.Unsqueeze(g.Expand(part, shape), [-1]) for part in (rows, keys)]
    mask = g.And(g.LessOrEqual(keys, g.Unsqueeze(g.positions(x), [0, 1, 3])), g.GatherND(given, g.Concat(*at, axis=-1)))
    mask = g.Where(mask, 0.0, float("-inf"))
    weights = g.softmax(g.Add(g.MatMul(split(g, x), split(g, x, perm=(0, 2, 3, 1))), mask))
    weights = g.Where(g.IsNaN(weights), 0.0, weights)
    return g.model(merge(g, x, g.MatMul(weights, split(g, x)))), g.feeds


def swin_v2():
    """The cosine of queries and keys, times a temperature of each head"""
    g, x = start()
    lengthless = [g.Div(part, g.Clip(g.ReduceL2(part, axes=[-1]), 1e-12)) for part in (split(g, x), split(g, x))]
    temperature = g.Exp(g.Clip(g.weight(HEADS, 1, 1), None, 4.6))
    bias = g.weight(HEADS, 1, 1)
    y = attend(g, *lengthless, split(g, x), lambda s: g.Add(g.Mul(s, temperature), bias))
    return g.model(merge(g, x, y)), g.feeds


def squeezebert():
    """Grouped convolutions of one token each as linear layers"""
    g, x = start()
    tokens = g.Transpose(x, perm=[0, 2, 1])

    def part():
        y = g.Conv(tokens, g.weight(WIDTH, WIDTH // 2, 1), g.weight(WIDTH), group=2, kernel_shape=[1])
        return g.reshape(y, g.size(y, 0), HEADS, SIZE, g.size(y, 2))

    q, v = (g.Transpose(part(), perm=[0, 1, 3, 2]) for _ in range(2))
    y = g.MatMul(g.softmax(g.Div(g.MatMul(q, part()), SIZE ** 0.5)), v)
    return g.model(merge(g, x, y)), g.feeds


def mpt():
    """The last elements of a constant bias, as many as there are keys; a mask used as booleans"""
    g, x = start()
    alibi = g.constant((np.arange(-15, 1) * np.float32([[[0.5]], [[0.25]], [[0.1]], [[0.05]]])).astype(np.float32))
    first = g.Unsqueeze(g.Sub(16, g.Gather(g.Shape(x), 1)), [0])
    bias = g.Slice(alibi, first, [2 ** 63 - 1], [2], [1])
    masked = g.Cast(g.Where(causal_rows(g, x), 0.0, LOWEST), to=9)
    y = attend(g, split(g, x), split(g, x), split(g, x),
               lambda s: g.Where(masked, LOWEST, g.Add(g.Mul(s, SIZE ** -0.5), bias)))
    return g.model(merge(g, x, y)), g.feeds


def gptj():
    """Rotary tables whose angles are repeated by Tile"""
    g, x = start()
    angles = g.Mul(g.Cast(g.Unsqueeze(g.positions(x), [1]), to=1), g.constant(np.float32([1, 0.1, 0.01, 0.001])))
    angles = g.Tile(g.Unsqueeze(angles, [0, 3]), [1, 1, 1, 2])
    angles = g.Unsqueeze(g.Reshape(angles, g.Concat([1], g.size(x, 1), [SIZE], axis=0)), [1])
    q, k = (rotate(g, split(g, x), g.Cos(angles), g.Sin(angles)) for _ in range(2))
    y = attend(g, q, k, split(g, x), lambda s: g.Mul(s, SIZE ** -0.5))
    return g.model(merge(g, x, y)), g.feeds


def mobilebert():
    """Each token beside the one before and after, which Pad makes of a slice"""
    g, x = start()
    mask = additive(g, padding(g))
    after = g.Pad(g.Slice(x, [1], [2 ** 63 - 1], [1]), [0, 0, 0, 0, 1, 0])
    before = g.Pad(g.Slice(x, [0], [-1], [1]), [0, 1, 0, 0, 0, 0])
    x = g.linear(g.Concat(after, x, before, axis=2), 3 * WIDTH, WIDTH)
    y = attend(g, split(g, x), split(g, x), split(g, x), lambda s: g.Add(g.Mul(s, SIZE ** -0.5), mask))
    return g.model(merge(g, x, y)), g.feeds


def packed_sequences():
    """Earlier tokens of the same sequence, of those packed into a row; zeros for tokens of none"""
    g, x = start()
    sequence = g.input("mask", ["batch", "seq"], np.int64([[1, 1, 1, 2, 2, 3, 3, 3, 3], [0, 0, 1, 1, 1, 1, 2, 2, 0]]))
    keys = g.Unsqueeze(sequence, [1, 2])
    same = g.And(g.Equal(g.Unsqueeze(sequence, [1, 3]), keys), g.Not(g.Equal(keys, 0)))
    mask = g.Where(g.And(causal_rows(g, x), same), 0.0, float("-inf"))
    weights = g.softmax(g.Add(g.MatMul(split(g, x), split(g, x, perm=(0, 2, 3, 1))), mask))
    weights = g.Where(g.IsNaN(weights), 0.0, weights)
    return g.model(merge(g, x, g.MatMul(weights, split(g, x)))), g.feeds


def hiera():
    """Windows as a dimension of their own, beside batch and heads"""
    g = Graph()
    x = g.input("x", ["batch", 12, WIDTH], g.random.standard_normal((2, 12, WIDTH), np.float32))

    def part(perm=(0, 3, 2, 1, 4)):
        return g.Transpose(g.reshape(g.linear(x, WIDTH, WIDTH), g.size(x, 0), 3, 4, HEADS, SIZE), perm=perm)

    y = g.MatMul(g.softmax(g.MatMul(g.Mul(part(), SIZE ** -0.5), part((0, 3, 2, 4, 1)))), part())
    return g.model(g.reshape(g.Transpose(y, perm=[0, 3, 2, 1, 4]), g.size(x, 0), 12, WIDTH)), g.feeds


def numpy_tensor(value):
    from onnx import numpy_helper
    return numpy_helper.from_array(np.float32([value]))
