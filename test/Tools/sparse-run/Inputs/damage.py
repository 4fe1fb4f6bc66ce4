"""damage.py SPARSE-RUN MODEL FILE...: runs MODEL on damaged copies of each .npz
file, and fails unless every run ends by itself, with at most one line of
complaint."""

import random
import subprocess
import sys
import tempfile

run, model, *files = sys.argv[1:]
numbers = random.Random(1)


def damaged(content):
    for _ in range(20):
        yield content[: numbers.randrange(len(content))]
    for _ in range(40):
        position = numbers.randrange(len(content))
        yield content[:position] + bytes([numbers.randrange(256)]) + content[position + 1 :]
    # The directory is at the end, and is what holds sizes and offsets.
    for _ in range(40):
        position = len(content) - 1 - numbers.randrange(200)
        yield content[:position] + b"\xff" * numbers.randrange(1, 5) + content[position + 4 :]


for path in files:
    with open(path, "rb") as file:
        content = file.read()
    for variant in damaged(content):
        with tempfile.NamedTemporaryFile(suffix=".npz") as copy:
            copy.write(variant)
            copy.flush()
            done = subprocess.run([run, model, "--inputs", copy.name], capture_output=True, text=True, errors="replace")
        lines = done.stderr.splitlines()
        if done.returncode not in (0, 2) or len(lines) != (done.returncode == 2):
            sys.exit(f"exit code {done.returncode}: {done.stderr}")
