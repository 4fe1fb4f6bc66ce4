import os

import lit.formats

config.name = "sparse-opt-unit"
config.suffixes = []
config.test_source_root = os.path.join(config.sparse_opt_build, "test", "Unit")
config.test_exec_root = config.test_source_root
config.test_format = lit.formats.GoogleTest(".", "Tests")
