"""Does what the README tells its readers to do.

usage: readme.py <README.md> <model.onnx> <folder> <compiler> <include folder>

Runs every line of its bash blocks that calls one of our tools, in order, with
<model.onnx> as the reader's model; compiles its C; and looks for every line of
its Python in the example that the README names above it.
"""
import os
import re
import shutil
import subprocess
import sys

import numpy

readme, model, folder, compiler, include = sys.argv[1:]
# embedding.py does what the README tells in this section.
text = re.sub(r"^## Inside other programs\n.*?(?=^## )", "", open(readme).read(), flags=re.M | re.S)
blocks = re.findall(r"^```(\w+)\n(.*?)^```", text, re.M | re.S)
shutil.rmtree(folder, ignore_errors=True)
os.makedirs(folder)
shutil.copy(model, os.path.join(folder, "model.onnx"))
# Enough of them to show pruning most of what layers can see.
ids = numpy.random.default_rng(0).integers(1000, 30000, (32, 32))
numpy.savez(os.path.join(folder, "in.npz"), input_ids=ids, attention_mask=numpy.ones_like(ids))


def run(command, **options):
    print("$", command, flush=True)
    if subprocess.run(command, shell=True, cwd=folder, **options).returncode:
        sys.exit(f"the README's command failed: {command}")


commands = [line for language, block in blocks if language == "bash" for line in block.splitlines()
            if line.split()[0] in ("sparse-opt", "sparse-run")]
assert len(commands) >= 8, commands
for command in commands:
    # A search takes minutes: here its first model will do, of some of the layers.
    run(command.replace("calibration=", "time=0s only=*layer.2/attention* calibration="))

programs = [block for language, block in blocks if language == "c"]
assert programs
for block in programs:
    program = ('#include "sparse-opt/Runtime/Model.h"\n#include <stdio.h>\n'
               "void example(const int64_t *ids, const int64_t *shape) {\n" + block + "}\n")
    run(f"{compiler} -std=c99 -Wall -Werror -fsyntax-only -I {include} -x c -", input=program, text=True)

scripts = re.findall(r"`([\w/.-]+\.py)`\)?:\s+```python\n(.*?)^```", text, re.M | re.S)
assert len(scripts) == sum(language == "python" for language, _ in blocks) > 0
for example, block in scripts:
    calls = re.findall(r"(\w+)\(", block)
    source = open(os.path.join(os.path.dirname(readme), example)).read()
    missing = [call for call in calls if not re.search(rf"\b(def|class) {call}\b", source)]
    if missing:
        sys.exit(f"{example} has no {missing[0]}")
