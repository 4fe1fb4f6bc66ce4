//===- Options.cpp - The command line of sparse-opt -----------------------===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Options.h"
#include "llvm/Config/llvm-config.h"
#include "llvm/Support/CommandLine.h"
#include "llvm/Support/ManagedStatic.h"

using namespace llvm;
using namespace sopt;

namespace {
/// --help sorts groups by name, and ours is to come first.
cl::OptionCategory compiling("Building models",
                             "The extension of -o decides what is written: "
                             ".mlir, .mlirbc, .onnx or .so");

cl::ValuesClass getReportValues() {
  return cl::values(
      clEnumValN(ReportFormat::Table, "", "as a table"),
      clEnumValN(ReportFormat::Table, "table", "as a table"),
      clEnumValN(ReportFormat::JSON, "json", "as JSON"),
      clEnumValN(ReportFormat::SVG, "svg", "as a picture, to standard output"));
}

struct CommandLine {
  cl::opt<Target> target{
      "target", cl::desc("Machine to compile for"),
      cl::values(clEnumValN(Target::CPU, "cpu",
                            "a shared library with a C interface (-o m.so)")),
      cl::cat(compiling)};
  cl::opt<std::string> cpu{
      "mcpu", cl::desc("Processor, by LLVM's name for it (default: native)"),
      cl::value_desc("name"), cl::init("native"), cl::cat(compiling)};
  cl::opt<bool> raise{"raise",
                      cl::desc("Raise chains of small operations to attention, "
                               "LayerNorm, GELU and linear layers"),
                      cl::cat(compiling)};
  cl::opt<bool> raiseReport{
      "raise-report",
      cl::desc("As --raise, and print what was raised and what was not, and "
               "why"),
      cl::cat(compiling)};
  cl::opt<bool> unpad{
      "unpad",
      cl::desc("Compute only with tokens that the attention mask does not call "
               "padding; such rows of an output are zeros"),
      cl::cat(compiling)};
  cl::opt<std::string> precision{
      "precision",
      cl::desc(
          "With --target=cpu, to what linear layers round their inputs and "
          "weights before they multiply them: fp32, not at all (default); "
          "bf16, 16 bits; int8, 8 bits, a weight in steps of its own for "
          "each output, an input for each token as it runs. A layer whose "
          "weight would lose 5 % in int8 gets bf16. With a .npz file as "
          "--prune-search takes it, the model is run: inputs of which some "
          "features are much larger than others are smoothed, the layers "
          "that lose most get bf16 until the outputs are near, and it is "
          "said how near they are; int8-static also fixes the range of "
          "each layer's inputs, instead of that of each token as it runs"),
      cl::value_desc("fp32|bf16|int8[:FILE.npz]|int8-static:FILE.npz"),
      cl::init("fp32"), cl::cat(compiling)};
  cl::opt<ReportFormat> sparseReport{
      "sparse-report",
      cl::ValueOptional,
      cl::desc("With --target=cpu, print how each layer is computed, how fast "
               "that is predicted to be, and why"),
      cl::init(ReportFormat::None),
      getReportValues(),
      cl::cat(compiling)};
  cl::opt<std::string> pruneSearch{
      "prune-search",
      cl::desc(
          "Set that share of the weights of linear layers to zero, and "
          "change the others, so that the outputs move least on the "
          "calibration inputs: a .npz file with an array for each input "
          "of the model, whose first axis counts examples. Instead of "
          "ratio=: flops=0.5 leaves that share of multiply-adds, "
          "latency=3.5ms and speedup=3 are kept to on this machine, all with "
          "inputs of shape=1x128, or else of the calibration's middling size. "
          "Further words: formats=unstructured,4x1,2:4 are the patterns of "
          "zeros to choose from (default: those that kernels here skip), and "
          "formats=heads,neurons takes whole ones out of attentions and hidden "
          "layers, so that compiled code does not have them; "
          "only=PATTERN and keep=PATTERN choose layers by their names, "
          "time=60s tries no more after it, seed=1 draws anew what is drawn, "
          "method=admm, obs, wanda or magnitude prunes all layers alike by "
          "that alone, and method=evopress searches from there; "
          "tables=FILE.npz keeps what layers lose by zeros for the next "
          "search, shard=1/4 computes a quarter of it and no more, and "
          "tables=A.npz,B.npz puts such parts together; pareto=NAME, with "
          "ratio=0.5,0.7,0.9 or without, writes NAME-1.onnx and so on, "
          "NAME.json and NAME.svg; --explain=prune-metric tells those by which "
          "models are judged: metric=, output=, metric-command=, raters= and "
          "tolerance=. Ctrl-C ends the search and keeps the best model so far, "
          "with exit status 0; a second one ends all"),
      cl::value_desc("ratio=0.8 calibration=FILE.npz"), cl::cat(compiling)};
  cl::opt<ReportFormat> pruneReport{
      "prune-report",
      cl::ValueOptional,
      cl::desc("With --prune-search, print what became of each layer"),
      cl::init(ReportFormat::Table),
      getReportValues(),
      cl::cat(compiling)};
  cl::opt<std::string> raterAgreement{
      "rater-agreement",
      cl::desc("Print how far the raters of a file agree, which is how good a "
               "model can be found by their ratings, and exit "
               "(--explain=prune-raters)"),
      cl::value_desc("ratings.csv"), cl::cat(compiling)};
  cl::opt<bool> elide{
      "elide",
      cl::desc("Leave the values of big constants out of .mlir "
               "(for reading: such a file does not load again)"),
      cl::cat(compiling)};
  cl::opt<bool> measureMachine{
      "measure-machine",
      cl::desc(
          "Time the kernels on this machine (a minute at most), and choose "
          "by their times from now on"),
      cl::cat(compiling)};
  cl::opt<ListFormat> listSupported{
      "list-supported", cl::ValueOptional,
      cl::desc("Print the operators that --target=cpu takes and their element "
               "types, and exit"),
      cl::values(clEnumValN(ListFormat::Table, "table", "for reading"),
                 clEnumValN(ListFormat::JSON, "json", "for programs"),
                 clEnumValN(ListFormat::Table, "", "")),
      cl::cat(compiling)};
  cl::opt<std::string> explain{
      "explain",
      cl::desc("Say what an error means and what to do: its message, or a name "
               "that `--explain=list` lists"),
      cl::value_desc("error"), cl::cat(compiling)};
  cl::opt<Sanitizer> sanitizer{
      "sanitize",
      cl::desc("Have the library watch itself as it runs, in a program that is "
               "built with the same sanitizer (tools/dev/sanitize)"),
      cl::init(Sanitizer::None),
      cl::values(clEnumValN(Sanitizer::Address, "address",
                            "reads and writes outside of memory"),
                 clEnumValN(Sanitizer::Thread, "thread", "races")),
      cl::cat(compiling)};
  cl::opt<std::string> runtime{
      "runtime",
      cl::desc("Archive of the runtime to link into the library (default: "
               "libSparseOptRuntime.a that came with sparse-opt)"),
      cl::value_desc("file.a"), cl::cat(compiling)};
  cl::opt<bool> noWorkLimit{
      "no-work-limit", cl::desc("Compile also what may take minutes or hours"),
      cl::cat(compiling)};
  cl::opt<bool> quiet{"quiet", cl::desc("Do not show progress"),
                      cl::cat(compiling)};
};
} // namespace

static ManagedStatic<CommandLine> commandLine;

void sopt::registerOptions() {
  cl::SetVersionPrinter([](raw_ostream &os) {
    os << "sparse-opt " SPARSE_OPT_VERSION " (LLVM " LLVM_VERSION_STRING
          ", ONNX " SPARSE_OPT_ONNX_VERSION ")\n";
  });
  *commandLine;
}

void sopt::hideRegisteredOptions() {
  for (auto &entry : cl::getRegisteredOptions())
    if (entry.second->getOptionHiddenFlag() == cl::NotHidden &&
        entry.first != "help" && entry.first != "version")
      entry.second->setHiddenFlag(cl::Hidden);
}

Options sopt::getOptions() {
  Options options;
  options.target = commandLine->target;
  options.cpu = commandLine->cpu;
  options.runtime = commandLine->runtime;
  options.sanitizer = commandLine->sanitizer;
  options.raiseReport = commandLine->raiseReport;
  options.unpad = commandLine->unpad;
  // Tokens are recognised where attention is.
  options.raise = commandLine->raise || options.raiseReport || options.unpad;
  options.precision = commandLine->precision;
  options.sparseReport = commandLine->sparseReport;
  options.pruneSearch = commandLine->pruneSearch;
  options.pruneReport = commandLine->pruneReport;
  options.raterAgreement = commandLine->raterAgreement;
  options.elide = commandLine->elide;
  options.measureMachine = commandLine->measureMachine;
  options.explain = commandLine->explain;
  options.limitWork = !commandLine->noWorkLimit;
  options.quiet = commandLine->quiet;
  options.listSupported = commandLine->listSupported;
  return options;
}
