# One test for each graph of the zoo: compiled, and compared with the outputs
# that onnxruntime gave for it. A module, because lit sends tests to its workers
# by the names of their classes.

import glob
import os

import lit.formats
import lit.Test
import lit.util


class ZooTest(lit.formats.TestFormat):
    def getTestsInDirectory(self, suite, path, lit_config, local_config):
        for model in sorted(glob.glob(os.path.join(suite.source_root, "Inputs/zoo/*.onnx"))):
            yield lit.Test.Test(suite, path + (os.path.basename(model),), local_config)

    def execute(self, test, lit_config):
        root = test.suite.source_root
        model = os.path.join(root, "Inputs/zoo", test.path_in_suite[-1])
        command = [test.config.python, os.path.join(root, "Integration/compare.py"), model,
                   test.config.sparse_opt_tools_dir, "--npz", model.replace(".onnx", ".npz")]
        out, err, status = lit.util.executeCommand(command)
        return (lit.Test.PASS if status == 0 else lit.Test.FAIL), out + err
