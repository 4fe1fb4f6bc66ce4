"""Texts as tokens, and ratings: what tools/dev/data writes."""

import argparse
import os

import numpy
from tokenizers import Tokenizer

import ratings

SETS = {"newsgroups": "20newsgroups", "r8": "reuters-r8"}
SHORT_WORDS = (8, 12)


def read(path):
    """The (label, text) rows of an Orange table whose text isn't empty."""
    with open(path, encoding="utf-8") as file:
        rows = [line.split("\t") for line in file.read().split("\n")[3:]]
    return [(row[0], row[1].strip('"')) for row in rows if len(row) >= 2 and row[1].strip('" ')]


def choose(rows, count, seed):
    order = numpy.random.default_rng(seed).permutation(len(rows))[:count]
    return [rows[i] for i in order]


def shorten(rows, seed):
    """The first 8 to 12 words of each text."""
    lengths = numpy.random.default_rng(seed).integers(SHORT_WORDS[0], SHORT_WORDS[1] + 1, len(rows))
    return [(label, " ".join(text.split()[:length])) for (label, text), length in zip(rows, lengths)]


def write(path, rows, tokenizer, labels):
    """`labels` maps names of classes to their numbers."""
    encoded = tokenizer.encode_batch([text for _, text in rows])
    numpy.savez(path, input_ids=numpy.array([e.ids for e in encoded], numpy.int64),
                attention_mask=numpy.array([e.attention_mask for e in encoded], numpy.int64),
                token_type_ids=numpy.zeros((len(rows), len(encoded[0].ids)), numpy.int64),
                labels=numpy.array([labels[label] for label, _ in rows], numpy.int64))
    print(f"{path}: {len(rows)} texts")


def main():
    parser = argparse.ArgumentParser(prog="tools/dev/data")
    for name in ("tokenizer", "datasets", "ratings", "default-folder"):
        parser.add_argument(f"--{name}", required=True, help=argparse.SUPPRESS)
    parser.add_argument("--texts", type=int, default=1000, help="in each test set")
    parser.add_argument("--train-texts", type=int, default=1500, help="that a probe learns from")
    parser.add_argument("--tokens", type=int, default=128, help="at most, of a text")
    parser.add_argument("folder", nargs="?")
    args = parser.parse_args()
    folder = args.folder or args.default_folder
    os.makedirs(folder, exist_ok=True)
    ratings.write(args.ratings, folder)
    tokenizer = Tokenizer.from_file(args.tokenizer)
    tokenizer.enable_truncation(args.tokens)
    tokenizer.enable_padding()

    for seed, (name, stem) in enumerate(SETS.items()):
        parts = {part: read(os.path.join(args.datasets, f"{stem}-{part}.tab")) for part in ("train", "test")}
        labels = {label: i for i, label in enumerate(sorted({label for label, _ in parts["train"]}))}
        if name == "newsgroups":
            write(os.path.join(folder, "calib.npz"), choose(parts["train"], 256, 100), tokenizer, labels)
        for part, count in (("train", args.train_texts), ("test", args.texts)):
            rows = choose(parts[part], count, 2 * seed + (part == "test"))
            write(os.path.join(folder, f"{name}-{part}.npz"), rows, tokenizer, labels)
            write(os.path.join(folder, f"{name}-short-{part}.npz"), shorten(rows, seed), tokenizer, labels)


if __name__ == "__main__":
    main()
