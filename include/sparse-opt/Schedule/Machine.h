//===- Machine.h - A machine's costs, measured and kept ---------*- C++ -*-===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef SPARSE_OPT_SCHEDULE_MACHINE_H
#define SPARSE_OPT_SCHEDULE_MACHINE_H

#include "sparse-opt/Schedule/LayerCosts.h"
#include "llvm/Support/Error.h"
#include "llvm/Support/raw_ostream.h"
#include <string>
#include <vector>

namespace sopt {

/// A run of a kernel from whose time costs can be told.
struct Probe {
  int64_t k, n;
  /// Stored elements, or blocks of 4 for Block4; all of them for Dense. Of N:M
  /// each group of 4 inputs stores as many as it may.
  int64_t stored;
  LayerKernel kernel;
  int64_t tokens;
  LayerPrecision precision = LayerPrecision::F32;

  WeightPattern getPattern() const;
};

/// The runs that fitCosts wants, in its order, for vectors of `lanes` f32.
std::vector<Probe> getProbes(double lanes);

/// The costs that explain `times`, in nanoseconds, of the runs of
/// getProbes(base.lanes) on one thread. `base` gives what is not measured.
/// Costs are told from differences of runs, so that what all have in common
/// drops out; they are never negative.
MachineCosts fitCosts(const MachineCosts &base, llvm::ArrayRef<double> times);

/// Runs of layers as models have them, none of which is among getProbes.
std::vector<Probe> getChecks();

/// MachineCosts::medianError of `machine` for `times` of the runs of getChecks.
double getMedianError(const MachineCosts &machine,
                      llvm::ArrayRef<double> times);

/// As JSON: the isa, and each cost by its name in MachineCosts.
void writeMachine(const MachineCosts &machine, llvm::raw_ostream &os);

/// Fails, and says what is wrong, if `text` is not what writeMachine writes.
/// What an older file lacks is the table's for a processor with `features`.
llvm::Expected<MachineCosts>
parseMachine(llvm::StringRef text, llvm::ArrayRef<std::string> features = {});

/// parseMachine of a file; errors name it.
llvm::Expected<MachineCosts>
readMachine(llvm::StringRef path, llvm::ArrayRef<std::string> features = {});

/// Where the costs of this machine are kept in the user's cache.
std::string getMachineFile();

/// The same, or empty if there is no such file.
std::string findMachineFile();

/// Those in `file`, if it is not empty and of `isa`, or else the built-in
/// table's for a processor with `features`. Fails if `isa` is unknown or the
/// file is none of costs.
llvm::Expected<MachineCosts>
getMachineCosts(llvm::StringRef isa, llvm::ArrayRef<std::string> features,
                llvm::StringRef file);

} // namespace sopt

#endif // SPARSE_OPT_SCHEDULE_MACHINE_H
