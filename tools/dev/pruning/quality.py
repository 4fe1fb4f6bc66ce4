"""What embeddings are worth: how well cosines tell texts of one class from
texts of two, and how well a linear probe does. With paired bootstraps."""

import numpy

# Cosines are compared by bins this fine.
BINS = 4096


def choose_output(session):
    """The output with embeddings, as --prune-search takes it: the last of floats
    that has a row for each text, or else one for each token."""
    floats = [(len(value.shape) == 2, index) for index, value in enumerate(session.get_outputs())
              if value.type == "tensor(float)" and len(value.shape) >= 2]
    return max(floats)[1]


def embed(session, arrays, batch=16):
    """Unit embeddings of texts, which are run by their length; means over the
    tokens where the model leaves that to its user."""
    output = choose_output(session)
    lengths = arrays["attention_mask"].sum(axis=1)
    order = numpy.argsort(lengths, kind="stable")
    names = [value.name for value in session.get_inputs()]
    embeddings = None
    for first in range(0, len(order), batch):
        rows = order[first:first + batch]
        feed = {name: arrays[name][rows, :lengths[rows].max()] for name in names}
        mean = session.run(None, feed)[output]
        if mean.ndim == 3:
            mask = feed["attention_mask"][:, :, None]
            mean = (mean * mask).sum(axis=1) / mask.sum(axis=1)
        if embeddings is None:
            embeddings = numpy.zeros((len(order), mean.shape[1]), numpy.float32)
        embeddings[rows] = mean / numpy.linalg.norm(mean, axis=1, keepdims=True)
    return embeddings


class Pairs:
    """All pairs of some texts, and how they look when texts are drawn anew."""

    def __init__(self, labels):
        self.first, self.second = numpy.triu_indices(len(labels), 1)
        self.same = labels[self.first] == labels[self.second]

    def get_cosines(self, embeddings):
        return (embeddings @ embeddings.T)[self.first, self.second]

    def rank(self, embeddings):
        """Where each pair comes when they are ordered by their cosines."""
        ranks = numpy.empty(len(self.first))
        ranks[self.get_cosines(embeddings).argsort()] = numpy.arange(len(ranks))
        return ranks

    def bin(self, embeddings):
        cosines = self.get_cosines(embeddings)
        return numpy.clip((cosines + 1) * (BINS / 2), 0, BINS - 1).astype(numpy.int64)

    def auc(self, bins, counts=None):
        """The share of (same, different) pairs in which the same are nearer;
        `counts` says how often each text was drawn."""
        weights = None if counts is None else (counts[self.first] * counts[self.second]).astype(numpy.float64)
        same, different = (numpy.bincount(bins[of], None if weights is None else weights[of], BINS)
                           for of in (self.same, ~self.same))
        below = numpy.cumsum(different) - different / 2
        return float((same * below).sum() / (same.sum() * different.sum()))


def probe(train, train_labels, test, steps=400, rate=4.0, decay=1e-4):
    """Classes that softmax regression on embeddings gives the test texts."""
    classes = int(train_labels.max()) + 1
    mean = train.mean(axis=0)
    x, wanted = train - mean, numpy.eye(classes, dtype=numpy.float32)[train_labels]
    scale = numpy.sqrt((x * x).sum(axis=1).mean())
    x = x / scale
    weight, momentum, bias = numpy.zeros((x.shape[1], classes), numpy.float32), 0, numpy.zeros(classes, numpy.float32)
    for _ in range(steps):
        scores = x @ weight + bias
        scores = numpy.exp(scores - scores.max(axis=1, keepdims=True))
        error = scores / scores.sum(axis=1, keepdims=True) - wanted
        momentum = 0.9 * momentum + x.T @ error / len(x) + decay * weight
        weight = weight - rate * momentum
        bias = bias - rate * error.mean(axis=0)
    return ((test - mean) / scale @ weight + bias).argmax(axis=1)


def draw(texts, times, seed=0):
    """How often each text is drawn, for each of `times` bootstraps."""
    random = numpy.random.default_rng(seed)
    return [numpy.bincount(random.integers(0, texts, texts), minlength=texts) for _ in range(times)]


def interval(differences):
    """What holds 95 % of them."""
    return tuple(float(v) for v in numpy.percentile(differences, (2.5, 97.5)))
