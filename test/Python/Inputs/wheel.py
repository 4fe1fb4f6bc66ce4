"""usage: wheel.py MODEL.onnx INPUTS.npz FOLDER PACKAGES: what the package does, a line for each thing.

PACKAGES is the folder of numpy's installation; of this project it has nothing.
"""

import sys
import threading

model_path, inputs_path, folder, packages = sys.argv[1:]
sys.path.append(packages)

import numpy  # noqa: E402
import sparse_opt  # noqa: E402


def expect(error, function, *arguments, **more):
    try:
        function(*arguments, **more)
    except error as caught:
        print(type(caught).__name__, caught)
    else:
        sys.exit(f"no {error.__name__}")


arrays = dict(numpy.load(inputs_path))
inputs = {name[3:]: array for name, array in arrays.items() if name.startswith("in:")}
expected = {name[4:]: array for name, array in arrays.items() if name.startswith("out:")}

model = sparse_opt.compile(model_path)
print(model)
outputs = model(**inputs)
assert outputs.keys() == expected.keys() == {tensor.name for tensor in model.outputs}
difference = max(numpy.abs(outputs[name] - expected[name]).max() for name in expected)
print("within 0.0001" if difference <= 1e-4 else difference)
kept = sparse_opt.compile(model_path, f"{folder}/kept.so", threads=1)(inputs)
print("kept library agrees" if all(numpy.allclose(kept[name], outputs[name], atol=1e-5) for name in kept) else kept)

first = model.inputs[0].name
expect(TypeError, model)
expect(TypeError, model, inputs, nonsense=1)
expect(sparse_opt.RunError, model, {**inputs, first: numpy.zeros(3, "float32")})
expect(sparse_opt.CompileError, sparse_opt.compile, f"{folder}/absent.onnx")
expect(sparse_opt.CompileError, sparse_opt.compile, model_path, cpu="abacus")
with open(f"{folder}/invalid-node.mlir", "w") as file:
    file.write("""func.func @main_graph(%x: tensor<4xf32> {onnx.name = "x"}) -> (tensor<?xf32> {onnx.name = "y"}) {
      %y, %1, %2, %3 = onnx.Unique(%x) {axis = 0 : i64, sorted = 1 : i64} : (tensor<4xf32>)
        -> (tensor<?xf32>, tensor<?xi64>, tensor<?xi64>, tensor<?xi64>) loc("/layer/Unique")
      return %y : tensor<?xf32>
    }""")
expect(sparse_opt.CompileError, sparse_opt.compile, f"{folder}/invalid-node.mlir")
expect(sparse_opt.RunError, sparse_opt.load, sys.modules["sparse_opt._core"].__file__)

# The GIL is free while another thread compiles.
compiling = threading.Thread(target=sparse_opt.compile, args=(model_path,))
compiling.start()
count = 0
while compiling.is_alive():
    count += 1
print("others ran meanwhile" if count > 1000 else count)
print(model.bench(seconds=0.1))
