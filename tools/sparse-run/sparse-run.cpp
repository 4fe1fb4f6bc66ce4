//===- sparse-run.cpp - Run a compiled model ------------------------------===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Bench.h"
#include "Compare.h"
#include "Describe.h"
#include "Inputs.h"
#include "Profile.h"
#include "sparse-opt/Execution/Npz.h"
#include "llvm/Support/raw_ostream.h"
#include <new>
#include <unistd.h>

using namespace llvm;
using namespace sopt;

/// Compares the outputs with the reference's or else the ones in `arrays`,
/// prints the result, and returns whether all are near enough. With neither,
/// prints the outputs.
static Expected<bool> check(const Session &session, Reference *reference,
                            std::vector<Tensor> arrays,
                            const Options &options) {
  if (reference) {
    Expected<std::vector<Tensor>> expected = reference->run();
    if (!expected)
      return expected.takeError();
    arrays = std::move(*expected);
  }
  std::vector<Tensor> outputs = session.getOutputs();
  const LoadedModel &model = session.getModel();
  if (any_of(arrays, isExpectedOutput))
    return printComparison(model, outputs, arrays, options);
  if (!options.isQuiet())
    printOutputs(model, outputs);
  return true;
}

/// Does what the command line asks for. False if an output is not as expected.
static Expected<bool> run(const LoadedModel &model, const Options &options) {
  std::vector<Tensor> arrays;
  if (!options.inputs.empty())
    if (Error error = readNpz(options.inputs).moveInto(arrays))
      return error;
  std::vector<Tensor> inputs;
  if (Error error = makeInputs(model, options, arrays).moveInto(inputs))
    return error;
  Expected<Session> session = Session::create(model, inputs, options.threads);
  if (!session)
    return session.takeError();
  if (Error error = session->run())
    return error;
  if (!options.output.empty())
    if (Error error = writeNpz(options.output, session->getOutputs()))
      return error;

  std::unique_ptr<Reference> reference;
  if (!options.compareWith.empty())
    if (Error error = Reference::start({options.compareWith, options.python,
                                        session->getThreads()},
                                       inputs)
                          .moveInto(reference))
      return error;
  Expected<bool> isNear =
      check(*session, reference.get(), std::move(arrays), options);
  if (!isNear)
    return isNear;
  if (options.bench)
    if (Error error = bench(*session, reference.get(), options))
      return error;
  if (options.profile)
    if (Error error = profile(*session))
      return error;
  return isNear;
}

/// Prints the reason on one line, whatever names of a damaged file are in it.
static ExitCode fail(Error error) {
  std::string reason = toString(std::move(error));
  std::replace_if(
      reason.begin(), reason.end(), [](char c) { return uint8_t(c) < ' '; },
      '?');
  errs() << "error: " << reason << "\n";
  return Failure;
}

/// The standard library would throw, to nobody.
static void failAllocation() {
  errs() << "error: not enough memory\n";
  _exit(Failure);
}

int main(int argc, char **argv) {
  std::set_new_handler(failAllocation);
  Expected<Options> options = parseOptions(argc, argv);
  if (!options)
    return fail(options.takeError());
  if (options->help)
    return printHelp(), Success;
  if (options->version)
    return printVersion(), Success;
  Expected<LoadedModel> model = LoadedModel::open(options->model);
  if (!model)
    return fail(model.takeError());
  if (!options->wantsRun())
    return printModel(*model), Success;
  Expected<bool> isNear = run(*model, *options);
  if (!isNear)
    return fail(isNear.takeError());
  return *isNear ? Success : OutputsDiffer;
}
