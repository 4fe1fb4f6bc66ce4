//===- Prune.cpp - Search for zeros on the user's behalf ------------------===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Prune.h"
#include "Interrupt.h"
#include "sparse-opt/Tools/ModelFile.h"
#include "llvm/Support/FileUtilities.h"
#include "llvm/Support/raw_ostream.h"

using namespace mlir;
using namespace sopt;

namespace {
/// Shows a search on standard error, with the best so far.
class PruneWatcher : public PruneMonitor {
public:
  explicit PruneWatcher(Progress &progress) : progress(progress) {}

  void begin(const llvm::Twine &step, unsigned done, unsigned total) override {
    progress.begin(("prune: " + step + best).str(), done, total);
  }
  void improve(const llvm::Twine &worth) override {
    best = (", best " + worth).str();
  }
  bool isStopped() override { return interrupt.wasInterrupted(); }

private:
  Progress &progress;
  InterruptNote interrupt;
  std::string best;
};
} // namespace

static LogicalResult failSearch(llvm::Error error, Location loc) {
  return emitError(loc) << "--prune-search: " << toString(std::move(error));
}

FailureOr<std::optional<PruneOptions>>
sopt::parsePruneSearch(const Options &options, llvm::StringRef output,
                       Location loc) {
  if (options.pruneSearch.empty())
    return std::optional<PruneOptions>();
  llvm::Expected<PruneOptions> parsed =
      PruneOptions::parse(options.pruneSearch);
  if (!parsed)
    return failSearch(parsed.takeError(), loc);
  if (writesItself(*parsed) && output != "-")
    return failSearch(
        llvm::createStringError("shard= and pareto= name the files that they "
                                "write: leave out -o"),
        loc);
  return std::optional<PruneOptions>(*parsed);
}

bool sopt::writesItself(const PruneOptions &search) {
  return search.shard || !search.pareto.empty();
}

static llvm::Error
writeFront(const std::string &path, llvm::ArrayRef<FrontPoint> front,
           void (*print)(llvm::ArrayRef<FrontPoint>, llvm::raw_ostream &)) {
  llvm::Error error =
      llvm::writeToOutput(path, [&](llvm::raw_ostream &os) -> llvm::Error {
        print(front, os);
        return llvm::Error::success();
      });
  return error ? llvm::createFileError(path, std::move(error))
               : llvm::Error::success();
}

/// Prunes the model to all points of a front, and writes them.
static llvm::Error pruneAll(ModuleOp module, const PruneOptions &search,
                            ReportFormat format, PruneMonitor &monitor) {
  auto write = [&](ModuleOp pruned, llvm::StringRef path) -> llvm::Error {
    // Why it failed was said.
    return succeeded(writeModel(pruned, path))
               ? llvm::Error::success()
               : llvm::createStringError("'" + path + "' was not written");
  };
  auto front = pruneFront(module, search, monitor, write);
  if (!front)
    return front.takeError();
  for (const FrontPoint &point : *front) {
    llvm::errs() << point.file << '\n';
    point.report.print(format);
  }
  if (llvm::Error error =
          writeFront(search.pareto + ".json", *front, printFront))
    return error;
  return writeFront(search.pareto + ".svg", *front, drawFront);
}

LogicalResult sopt::prune(ModuleOp module, const PruneOptions &search,
                          ReportFormat format, Progress &progress) {
  PruneWatcher watcher(progress);
  Location loc = module.getLoc();
  if (writesItself(search)) {
    llvm::Error error = search.shard
                            ? measurePruneTables(module, search, watcher)
                            : pruneAll(module, search, format, watcher);
    return error ? failSearch(std::move(error), loc) : success();
  }
  llvm::Expected<PruneReport> report = pruneModel(module, search, watcher);
  if (!report)
    return failSearch(report.takeError(), loc);
  progress.end();
  report->print(format);
  if (report->isStopped)
    emitWarning(loc)
        << "--prune-search: interrupted: this is the best model so far";
  return success();
}
