//===- SharedLibrary.h - A model as a native library ------------*- C++ -*-===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef SPARSE_OPT_TARGET_SHAREDLIBRARY_H
#define SPARSE_OPT_TARGET_SHAREDLIBRARY_H

#include "mlir/IR/BuiltinOps.h"
#include <string>

namespace sopt {

/// What watches over a library while it runs: AddressSanitizer for reads and
/// writes outside of memory, ThreadSanitizer for races. The program that loads
/// such a library brings the sanitizer's runtime.
enum class Sanitizer { None, Address, Thread };

/// What to emit for, and with what.
struct SharedLibraryOptions {
  /// A CPU by LLVM's name, or "native".
  std::string cpu = "native";
  /// The archive of the runtime that is linked into every library; empty for
  /// the one that findRuntime finds.
  std::string runtimePath;
  /// What instruments the model's code; the archive of the runtime is built
  /// with the same or with none.
  Sanitizer sanitizer = Sanitizer::None;
  /// Told before each step; may be empty.
  std::function<void(llvm::StringRef)> progress;
};

/// The runtime's archive that came with this program, plugin or extension:
/// beside the file that holds this code, or in the folder `lib` beside that
/// file's. Empty if it is in neither.
std::string findRuntime();

/// The kernels' instruction set (see convert-sopt-to-vector) that suits `cpu`.
/// Empty if LLVM knows no such CPU for this machine's architecture.
std::string getKernelISA(llvm::StringRef cpu);

/// What `cpu`, which getKernelISA knows, has beyond that instruction set: those
/// of vnni, bf16, bw, amx-int8 and amx-bf16, and half-rate where instructions
/// of 512 bits take two cycles.
std::vector<std::string> getKernelFeatures(llvm::StringRef cpu);

/// Compiles `module`, which the pipeline sopt-cpu has lowered, to a shared
/// library at `path` with the C interface of sparse-opt/Runtime/Model.h. It
/// depends on libc, libm and libomp alone. `path` is replaced only at the end;
/// on failure an error is emitted and nothing is left behind.
mlir::LogicalResult emitSharedLibrary(mlir::ModuleOp module,
                                      llvm::StringRef path,
                                      const SharedLibraryOptions &options);

} // namespace sopt

#endif // SPARSE_OPT_TARGET_SHAREDLIBRARY_H
