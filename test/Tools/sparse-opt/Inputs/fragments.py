"""Finds the words by which --explain knows errors in the code that prints errors.

usage: fragments.py ROOT
"""

import pathlib
import re
import sys

root = pathlib.Path(sys.argv[1])
table = root / "tools/sparse-opt/Explain.cpp"


def join_literals(path):
    return re.sub(r'"\s*\n\s*"', "", path.read_text())


sources = [path for folder in ("lib", "tools/sparse-opt") for path in (root / folder).rglob("*.cpp") if path != table]
text = "".join(map(join_literals, sources))
# ONNX's library says these.
foreign = {"ShapeInferenceError"}
classes = re.findall(r'\{"[\w-]+",\s*\{(.*?)\}', join_literals(table), re.S)
fragments = {fragment for words in classes for fragment in re.findall(r'"([^"]+)"', words)}
if stale := sorted(fragment for fragment in fragments - foreign if fragment not in text):
    sys.exit(f"nothing prints any more: {stale}")
sys.exit(0 if len(fragments) > 20 else f"only {fragments}")
