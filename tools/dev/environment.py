"""Runs the tool that imports this in the environment that tools/dev/setup makes.

Its packages are not Debian's, so a plain python3 has none of them: the tool is
then started anew by the environment's own, which is made first where it is
missing. Must be imported before what only that environment has.
"""

import importlib.util
import os
import subprocess
import sys

if importlib.util.find_spec("onnxruntime") is None:
    setup = os.path.join(os.path.dirname(os.path.realpath(__file__)), "setup")
    script = 'source "$1" && { setup_base; setup_python; } >&2 && echo "$test_python"'
    made = subprocess.run(["bash", "-c", script, "bash", setup], stdout=subprocess.PIPE, text=True)
    if made.returncode:
        sys.exit(made.returncode)
    python = made.stdout.strip()
    os.execv(python, [python, *sys.argv])
