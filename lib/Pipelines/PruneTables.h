//===- PruneTables.h - Tables of errors as a file ---------------*- C++ -*-===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef SPARSE_OPT_LIB_PIPELINES_PRUNETABLES_H
#define SPARSE_OPT_LIB_PIPELINES_PRUNETABLES_H

#include "sparse-opt/Search/PruneSearch.h"

namespace sopt {

/// What each layer loses by each target, and what that was found from. Layers
/// without errors are not known yet.
struct PruneTables {
  uint64_t model = 0;       ///< Hash of its operations and constants.
  uint64_t calibration = 0; ///< Hash of its arrays.
  uint64_t seed = 0;
  std::vector<SparsityTarget> targets;
  std::vector<ErrorTable> layers;

  bool isComplete() const;
};

/// The .npz files that tables are kept in. Arrays `model`, `calibration` and
/// `seed` are one u64 each; `layers` the names, and `formats` those of the
/// targets, as lines of bytes; `zeros` the targets' shares; and `errors` layers
/// × targets, infinite where a target does not fit the layer and NaN where it
/// is not known. The same tables are the same bytes.
class PruneTableFiles {
public:
  /// All are read, the first one is written; there may be none. `paths` are
  /// separated by commas.
  explicit PruneTableFiles(llvm::StringRef paths);

  bool isNone() const { return paths.empty(); }

  /// Fills `tables` with what the files that exist know of it; its targets may
  /// become more, for all of the files' are kept. Fails, naming the file, if
  /// one was made of anything else.
  llvm::Error read(PruneTables &tables);

  /// Whether `read` found more than the first file knows.
  bool isMerged() const { return merged; }

  /// Writes the first file.
  llvm::Error write(const PruneTables &tables) const;

private:
  std::vector<std::string> paths;
  bool merged = false;
};

} // namespace sopt

#endif // SPARSE_OPT_LIB_PIPELINES_PRUNETABLES_H
