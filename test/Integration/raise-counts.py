"""Raises every graph of a folder and counts the whole operations.

usage: raise-counts.py FOLDER SPARSE_OPT TABLE

TABLE has a line for each family: the beginning of the files' names, then how
many attentions, normalisations and GELUs each exporter's form of it must have.
Nothing of their chains may be left over. Exits 1 if a count differs.
"""

import glob
import os
import re
import subprocess
import sys

COUNTED = {
    "attention": r"sopt\.attention|onnx\.Attention",
    "norm": r"sopt\.layer_norm|onnx\.LayerNormalization",
    "gelu": r"activation <gelu|onnx\.Gelu",
    "left over": r"onnx\.(Softmax|Erf|Sqrt)\b",
}


def count(model, sparse_opt):
    raised = subprocess.run([sparse_opt, model, "--raise", "--elide", "-o", "-"], check=True,
                            capture_output=True, text=True).stdout
    return [len(re.findall(pattern, raised)) for pattern in COUNTED.values()]


def main():
    folder, sparse_opt, table = sys.argv[1:]
    failed = False
    with open(table) as lines:
        families = [line.split() for line in lines if not line.startswith("#")]
    for family, *wanted in families:
        models = sorted(glob.glob(os.path.join(folder, family + "-*.onnx")))
        failed |= not models
        for model in models:
            found = count(model, sparse_opt)
            same = found == [int(number) for number in wanted]
            failed |= not same
            print(os.path.basename(model), dict(zip(COUNTED, found)), "" if same else f"wanted {wanted}")
    sys.exit(failed)


main()
