//===- Progress.cpp - What the compiler is doing --------------------------===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Progress.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/Pass/Pass.h"
#include "mlir/Pass/PassInstrumentation.h"
#include "llvm/Support/Format.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/raw_ostream.h"

using namespace mlir;
using namespace sopt;

namespace {
/// Reports the passes over modules and functions, not those nested deeper,
/// which are many and short.
class PassFollower : public PassInstrumentation {
public:
  explicit PassFollower(Progress &progress) : progress(progress) {}

  void runBeforePass(Pass *pass, Operation *op) override {
    if (isa<ModuleOp>(op) && !pass->getArgument().empty())
      progress.begin(pass->getArgument());
  }

private:
  Progress &progress;
};
} // namespace

Progress::Progress(bool quiet)
    : quiet(quiet), isTerminal(llvm::errs().is_displayed()),
      start(std::chrono::steady_clock::now()) {}

Progress::~Progress() { erase(); }

double Progress::getSeconds() const {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start)
      .count();
}

void Progress::erase() {
  if (isShown && isTerminal)
    llvm::errs() << "\r\033[K";
  isShown = false;
}

/// "[#####-----]  50 %".
static std::string drawBar(unsigned done, unsigned total) {
  constexpr unsigned width = 20;
  unsigned full = width * done / total;
  return llvm::formatv("[{0}{1}] {2,3} % ", std::string(full, '#'),
                       std::string(width - full, '-'), 100 * done / total);
}

void Progress::begin(llvm::StringRef step, unsigned done, unsigned total) {
  constexpr double patience = 2;
  double seconds = getSeconds();
  if (quiet || (!isTerminal && seconds < patience))
    return;
  erase();
  llvm::errs() << llvm::format("[%5.1f s] ", seconds);
  if (total && isTerminal)
    llvm::errs() << drawBar(done, total);
  llvm::errs() << step;
  if (total && !isTerminal)
    llvm::errs() << ": " << done + 1 << " of " << total;
  if (!isTerminal)
    llvm::errs() << '\n';
  isShown = true;
}

void Progress::follow(PassManager &passes) {
  passes.addInstrumentation(std::make_unique<PassFollower>(*this));
}
