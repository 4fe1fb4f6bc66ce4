import glob
import os

import lit.formats
from lit.llvm import llvm_config

config.name = "sparse-opt"
config.test_format = lit.formats.ShTest(not llvm_config.use_lit_shell)
config.suffixes = [".mlir", ".test", ".td"]
config.excludes = ["Inputs", "__pycache__"]
config.test_source_root = os.path.dirname(__file__)
config.test_exec_root = os.path.join(config.sparse_opt_build, "test")

# Where tools/dev/setup put what tests use. What --measure-machine found is kept
# there, too, and is none of it: compilers under test have a cache of their own.
cache = os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache")
llvm_config.with_environment("SPARSE_OPT_CACHE", os.environ.get("SPARSE_OPT_CACHE") or os.path.join(cache, "sparse-opt"))
llvm_config.with_environment("XDG_CACHE_HOME", os.path.join(config.test_exec_root, "cache"))
# As many tests run as there are cores: threads that spin while they wait, of
# OpenMP and of OpenBLAS, would take the time of those that work.
llvm_config.with_environment("KMP_BLOCKTIME", "0")
llvm_config.with_environment("OPENBLAS_THREAD_TIMEOUT", "4")
llvm_config.with_environment("PATH", config.llvm_tools_dir, append_path=True)
llvm_config.with_environment("PATH", config.sparse_opt_tools_dir, append_path=True)
for tool in ("FileCheck", "not", "count", "split-file"):
    config.substitutions.append((rf"\b{tool}\b(?!-)", os.path.join(config.llvm_tools_dir, tool)))
config.substitutions.append(("%python", config.python))
config.substitutions.append(("%models", config.models_dir))
config.substitutions.append(("%tools", config.sparse_opt_tools_dir))
config.substitutions.append(("%cc", config.cc))
config.substitutions.append(("%cxx", config.cxx))
config.substitutions.append(("%cmake", config.cmake))
config.substitutions.append(("%mlir-dir", config.mlir_dir))
config.substitutions.append(("%llvm-dir", config.llvm_dir))
config.substitutions.append(("%build", config.sparse_opt_build))
config.substitutions.append(("%plugin", os.path.join(config.sparse_opt_build, "lib", "SparseOptPlugin.so")))
config.substitutions.append(("%mlir-include", config.mlir_include_dir))
config.substitutions.append(("%zoo", os.path.join(config.test_source_root, "Inputs", "zoo")))
config.substitutions.append(("%include", config.include_dir))
config.substitutions.append(("%root", config.sparse_opt_root))
config.substitutions.append(("%fake-models", config.fake_models_dir))
if config.python:
    packages = os.path.join(os.path.dirname(config.python), "..", "lib", "python3*", "site-packages")
    config.substitutions.insert(0, ("%python-packages", next(iter(glob.glob(packages)), "")))
    config.available_features.add("python")
config.substitutions.insert(0, ("%wheel-python", config.wheel_python))
if os.path.exists(config.wheel_python):
    config.available_features.add("wheel")
if config.models_dir:
    config.available_features.add("models")
if os.path.exists(config.fuzzer_runtime):
    config.available_features.add("fuzzers")
# For tests that execute functions with an instruction that not all processors have.
flags = open("/proc/cpuinfo").read().split() if os.path.exists("/proc/cpuinfo") else []
if "avx2" in flags:
    config.available_features.add("avx2")
# This processor, as passes that choose and make kernels know it.
isa = "avx512" if "avx512f" in flags else "avx2" if "avx2" in flags else "generic"
extensions = {
    "avx512_vnni": "vnni",
    "avx_vnni": "vnni",
    "avx512_bf16": "bf16",
    "avx512bw": "bw",
    "amx_int8": "amx-int8",
    "amx_bf16": "amx-bf16",
}
features = ",".join(name for flag, name in extensions.items() if flag in flags)
config.substitutions.append(("%processor", f"isa={isa}" + (f" features={features}" if features else "")))
# For tests that execute functions with mlir-runner.
config.substitutions.append(("%mlir-libs", config.llvm_libs_dir))
config.substitutions.append((
    "%to-llvm",
    "-one-shot-bufferize='bufferize-function-boundaries"
    " function-boundary-type-conversion=identity-layout-map'"
    " -buffer-deallocation-pipeline -convert-linalg-to-loops"
    " -convert-vector-to-scf -lower-affine -convert-scf-to-cf"
    " -expand-strided-metadata -lower-affine -convert-math-to-llvm"
    " -convert-math-to-libm -convert-vector-to-llvm -convert-to-llvm"
    " -reconcile-unrealized-casts",
))
