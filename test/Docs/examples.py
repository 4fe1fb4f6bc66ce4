"""Runs the examples in the descriptions of passes, dialects and their operations.

usage: examples.py SPARSE-OPT FILE.td...

An example is the code in a description. What stands before "// becomes" or
"// gives" must go through the pass that is described; the operations that stand
behind are then there, and after "becomes" those that stand only before are gone.
An example that begins with "// error: " is refused with that message.
Where no pass is described, an example is read and verified.
"""

import re
import subprocess
import sys

OPERATION = r"\b(?:affine|arith|bufferization|linalg|math|memref|onnx|scf|sopt|tensor|vector)\.\w+"


def run(tool, code, *options):
    return subprocess.run([tool, "-", *options], input=code, capture_output=True, text=True)


def complete(tool, code):
    """A module: statements alone get a function, whose arguments are what they do not define.

    The parser knows the types: it says which it expects instead of one that is wrong.
    """
    if code.startswith("#sopt"):
        return f'module attributes {{sopt.example = [{", ".join(code.splitlines())}]}} {{}}'
    if "func.func" in code:
        return code
    defined = re.findall(r"^(%\w+) =", code, re.M)
    inner = re.findall(r"(%\w+)(?: =|: )", code)
    types = dict.fromkeys(re.findall(r"%\w+", code), "none")
    arguments = [name for name in types if name not in inner]
    results = defined[-1:]
    while True:
        listed = ", ".join(f"{name}: {types[name]}" for name in arguments)
        kinds = ", ".join(types[name] for name in results)
        returned = f"return {results[0]} : {kinds}" if results else "return"
        module = f"func.func @main_graph({listed}) -> ({kinds}) {{\n{code}\n{returned}\n}}"
        message = run(tool, module).stderr
        wrong = re.search(r"use of value '(%\w+)' expects different type than prior uses: '(.*)' vs '(.*)'", message)
        if not wrong or types[wrong[1]] not in wrong.groups()[1:]:
            return module
        types[wrong[1]] = wrong[2] if wrong[3] == types[wrong[1]] else wrong[3]


def check(tool, example, name, anchor):
    """What is wrong with the example, or None."""
    before, *after = re.split(r"// (becomes|gives)", example, maxsplit=1)
    module = complete(tool, re.sub(r" *//.*", "", before).strip())
    nested = f"func.func({name})" if "FuncOp" in anchor else name
    done = run(tool, module, *([f"--pass-pipeline=builtin.module({nested})"] if name else []))
    if error := re.match(r"// (error: .*)", example):
        return None if error[1] in done.stderr else f"no {error[1]} in\n{done.stderr}"
    if done.returncode:
        return done.stderr
    if not after:
        return None
    wanted, given = (set(re.findall(OPERATION, text)) for text in (after[1], before))
    found = set(re.findall(OPERATION, done.stdout))
    if missing := wanted - found:
        return f"no {', '.join(sorted(missing))} in\n{done.stdout}"
    if after[0] == "becomes" and (left := (given - wanted) & found - {"onnx.Constant"}):
        return f"still {', '.join(sorted(left))} in\n{done.stdout}"
    return None


tool, *files = sys.argv[1:]
examples = failures = 0
for path in files:
    for record in re.split(r"^(?=def )", open(path).read(), flags=re.M):
        is_pass = re.match(r'def \w+ : Pass<"([\w-]+)"(?:, "([^"]*)")?>', record)
        name, anchor = is_pass.groups("") if is_pass else ("", "")
        for block in re.findall(r"^    ```mlir\n(.*?)^    ```", record, re.M | re.S):
            examples += 1
            example = re.sub(r"^    ", "", block, flags=re.M)
            if error := check(tool, example, name, anchor):
                failures += 1
                print(f"{path}: {record.split(' :')[0][4:]}:\n{example}\n{error}")
print(f"{examples} examples, {failures} of them wrong")
sys.exit(failures > 0 or not examples)
