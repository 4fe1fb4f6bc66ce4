import os

import lit.formats
from lit.llvm import llvm_config

config.name = "sparse-opt"
config.test_format = lit.formats.ShTest(not llvm_config.use_lit_shell)
config.suffixes = [".mlir", ".test", ".td"]
config.excludes = ["Inputs"]
config.test_source_root = os.path.dirname(__file__)
config.test_exec_root = os.path.join(config.sparse_opt_build, "test")

llvm_config.with_environment("PATH", config.llvm_tools_dir, append_path=True)
llvm_config.with_environment("PATH", config.sparse_opt_tools_dir, append_path=True)
for tool in ("FileCheck", "not", "count", "split-file"):
    config.substitutions.append((rf"\b{tool}\b(?!-)", os.path.join(config.llvm_tools_dir, tool)))
config.substitutions.append(("%python", config.python))
config.substitutions.append(("%models", config.models_dir))
