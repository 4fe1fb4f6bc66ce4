"""Ratings of texts by many people, as tables: what tools/dev/data writes.

They are those of Hutto and Gilbert, VADER, ICWSM 2014: how good or bad tweets,
reviews of films and of products, and sentences of editorials feel, from -4 to 4.
"""

import ast
import csv
import io
import os
import tarfile

SETS = {"tweets": "tweets", "movies": "movieReviewSnippets", "products": "amazonReviewSnippets",
        "editorials": "nytEditorialSnippets"}


def read_inner(package):
    """The archive of ratings in the source package."""
    with tarfile.open(package) as outer:
        name = next(n for n in outer.getnames() if n.endswith("/hutto_ICWSM_2014.tar.gz"))
        return tarfile.open(fileobj=io.BytesIO(outer.extractfile(name).read()))


def write(package, folder):
    """Makes ratings-*.csv of vaderSentiment's source package."""
    inner = read_inner(package)
    for name, stem in SETS.items():
        text = inner.extractfile(f"hutto_ICWSM_2014/{stem}_anonDataRatings.txt").read().decode("utf-8-sig")
        rows = [line.split("\t") for line in text.splitlines() if line.strip()]
        ratings = [(row[0], ast.literal_eval(row[3])) for row in rows]
        raters = max(len(scores) for _, scores in ratings)
        path = os.path.join(folder, f"ratings-{name}.csv")
        with open(path, "w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(["item"] + [f"rater {i + 1}" for i in range(raters)])
            writer.writerows([item] + scores + [""] * (raters - len(scores)) for item, scores in ratings)
        print(f"{path}: {len(ratings)} items, {sum(len(scores) for _, scores in ratings)} ratings")
