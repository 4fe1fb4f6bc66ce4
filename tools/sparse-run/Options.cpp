//===- Options.cpp - What the command line asks for -----------------------===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Options.h"
#include "sparse-opt/Runtime/Model.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Option/ArgList.h"
#include "llvm/Option/OptTable.h"
#include "llvm/Support/raw_ostream.h"

using namespace llvm;
using namespace sopt;

//===----------------------------------------------------------------------===//
// The table of Options.td
//===----------------------------------------------------------------------===//

namespace {
using namespace llvm::opt;

enum OptionId {
  OPT_INVALID = 0,
#define OPTION(...) LLVM_MAKE_OPT_ID(__VA_ARGS__),
#include "Options.inc"
#undef OPTION
};

#define OPTTABLE_STR_TABLE_CODE
#include "Options.inc"
#undef OPTTABLE_STR_TABLE_CODE

#define OPTTABLE_PREFIXES_TABLE_CODE
#include "Options.inc"
#undef OPTTABLE_PREFIXES_TABLE_CODE

constexpr OptTable::Info infoTable[] = {
#define OPTION(...) LLVM_CONSTRUCT_OPT_INFO(__VA_ARGS__),
#include "Options.inc"
#undef OPTION
};

struct Table : GenericOptTable {
  Table() : GenericOptTable(OptionStrTable, OptionPrefixesTable, infoTable) {}
};
} // namespace

//===----------------------------------------------------------------------===//
// Values
//===----------------------------------------------------------------------===//

static Error makeError(const Arg &arg, const Twine &what) {
  return createStringError(arg.getSpelling() + ": '" + arg.getValue() +
                           "' is not " + what);
}

static Error readInteger(const InputArgList &args, OptionId id, uint64_t most,
                         uint64_t &value) {
  const Arg *arg = args.getLastArg(id);
  if (!arg)
    return Error::success();
  if (StringRef(arg->getValue()).getAsInteger(10, value) || value > most)
    return makeError(*arg, "an integer of 0 to " + Twine(most));
  return Error::success();
}

static Error readNumber(const InputArgList &args, OptionId id, double &value) {
  const Arg *arg = args.getLastArg(id);
  if (!arg)
    return Error::success();
  if (StringRef(arg->getValue()).getAsDouble(value) || !(value >= 0))
    return makeError(*arg, "a number that is not negative");
  return Error::success();
}

static Error readModel(const InputArgList &args, std::string &model) {
  std::vector<std::string> models = args.getAllArgValues(OPT_INPUT);
  if (models.size() != 1)
    return createStringError(models.empty()
                                 ? "no model given; see --help"
                                 : "more than one model given: '" + models[0] +
                                       "' and '" + models[1] + "'");
  model = models[0];
  return Error::success();
}

static Error readValues(const InputArgList &args, Options &options) {
  uint64_t threads = 0;
  if (Error error = readInteger(args, OPT_seed, UINT64_MAX, options.seed))
    return error;
  if (Error error = readInteger(args, OPT_threads, INT32_MAX, threads))
    return error;
  if (Error error = readNumber(args, OPT_tolerance, options.tolerance))
    return error;
  options.threads = int32_t(threads);
  options.inputs = args.getLastArgValue(OPT_inputs);
  options.output = args.getLastArgValue(OPT_output);
  options.compareWith = args.getLastArgValue(OPT_compare_with);
  options.python = args.getLastArgValue(OPT_python);
  for (const std::string &list : args.getAllArgValues(OPT_random))
    for (StringRef spec : split(list, ','))
      options.random.push_back(spec.str());
  options.bench = args.hasArg(OPT_bench);
  options.profile = args.hasArg(OPT_profile);
  if (args.hasArg(OPT_json))
    options.json = "-";
  if (const Arg *arg = args.getLastArg(OPT_json_eq))
    options.json = arg->getValue();
  if (options.json && !options.bench)
    return createStringError("--json needs --bench");
  return readNumber(args, OPT_bench_seconds, options.benchSeconds);
}

Expected<Options> sopt::parseOptions(int argc, char **argv) {
  unsigned index, count;
  InputArgList args =
      Table().ParseArgs(ArrayRef(argv + 1, argv + argc), index, count);
  Options options;
  options.help = args.hasArg(OPT_help);
  options.version = args.hasArg(OPT_version);
  if (options.help || options.version)
    return options;
  if (count)
    return createStringError(StringRef(args.getArgString(index)) +
                             ": value missing");
  if (const Arg *arg = args.getLastArg(OPT_UNKNOWN))
    return createStringError("unknown option '" + arg->getAsString(args) +
                             "'; see --help");
  if (Error error = readModel(args, options.model))
    return error;
  if (Error error = readValues(args, options))
    return error;
  return options;
}

void sopt::printHelp() {
  Table().printHelp(outs(), "sparse-run <model.so> [options]",
                    "runs a model that sparse-opt compiled; without an option, "
                    "tells what it takes and gives");
  outs() << R"(
EXIT CODES:
  0  success
  1  an output differs from what was expected by more than the tolerance
  2  anything else: a wrong option, an unreadable file, a failed run
)";
}

void sopt::printVersion() {
  outs() << "sparse-run " << SPARSE_OPT_VERSION
         << ", runs models with interface version " << SOPT_ABI_VERSION << "\n";
}
