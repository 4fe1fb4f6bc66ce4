"""Does what the README tells those to do who embed the compiler.

usage: embedding.py <root> <build> <model.onnx> <folder> <packages> <python>

In <folder>, with <model.onnx> as the reader's model, runs the bash blocks of the
section "Inside other programs" in order, as one script; each C or Python block
is first written to the file that the text above it names, and the CMake block
must be in the example that it is from. <packages> is a folder with numpy, for
there may be no network, and <python> the interpreter that the wheel is for.
"""

import os
import re
import shutil
import subprocess
import sys

SUFFIXES = {"c": "c", "python": "py"}

root, build, model, folder, packages, python = sys.argv[1:]
text = open(os.path.join(root, "README.md")).read()
section = re.search(r"^## Inside other programs\n(.*?)^## ", text, re.M | re.S)[1]
shutil.rmtree(folder, ignore_errors=True)
os.makedirs(folder)
shutil.copy(model, os.path.join(folder, "model.onnx"))
os.symlink(build, os.path.join(folder, "build"))
os.symlink(os.path.join(root, "tools"), os.path.join(folder, "tools"))

script = []
for match in re.finditer(r"^```(\w+)\n(.*?)^```", section, re.M | re.S):
    language, block = match.groups()
    if language == "bash":
        script.append(block)
    elif language == "cmake":
        example = re.findall(r"`(test/[\w/]+)`", section[: match.start()])[-1]
        assert block in open(os.path.join(root, example, "CMakeLists.txt")).read(), block
    else:
        name = re.findall(rf"`(\w+\.{SUFFIXES[language]})`", section[: match.start()])[-1]
        with open(os.path.join(folder, name), "w") as file:
            file.write(block)
assert len(script) >= 4, script
path = os.pathsep.join([os.path.dirname(python), os.environ["PATH"]])
environment = {**os.environ, "PATH": path, "PIP_NO_DEPS": "1", "PIP_NO_INDEX": "1", "PYTHONPATH": packages}
sys.exit(subprocess.run(["bash", "-exc", "".join(script)], cwd=folder, env=environment).returncode)
