//===- Reference.cpp - The same model in onnxruntime ----------------------===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Reference.h"
#include "sparse-opt/Execution/Npz.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Process.h"
#include "llvm/Support/Program.h"
#include <csignal>
#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace llvm;
using namespace sopt;

/// The text of Reference.py.
static const char script[] =
#include "ReferenceScript.inc"
    ;

static Error makeError(const Twine &what) {
  return createStringError("onnxruntime: " + what);
}

/// Later places are more general.
static Expected<std::string> findPython(StringRef chosen) {
  std::string fromEnvironment =
      sys::Process::GetEnv("SPARSE_OPT_PYTHON").value_or("");
  for (StringRef name : {chosen, StringRef(fromEnvironment),
                         StringRef(SPARSE_OPT_PYTHON), StringRef("python3")}) {
    if (name.empty())
      continue;
    ErrorOr<std::string> found = sys::findProgramByName(name);
    if (!found)
      return makeError("no Python interpreter '" + name + "'");
    return *found;
  }
  return makeError("no Python interpreter");
}

Expected<std::unique_ptr<Reference>> Reference::start(const Config &config,
                                                      ArrayRef<Tensor> inputs) {
  std::unique_ptr<Reference> reference(new Reference());
  if (Error error = reference->spawn(config))
    return error;
  Expected<std::string> version = reference->readAnswer();
  if (!version)
    return version.takeError();
  reference->version = *version;
  if (Error error = reference->load(inputs))
    return error;
  return reference;
}

Error Reference::spawn(const Config &config) {
  Expected<std::string> python = findPython(config.python);
  if (!python)
    return python.takeError();
  SmallString<128> path;
  if (std::error_code error =
          sys::fs::createUniqueDirectory("sparse-run", path))
    return makeError("no temporary folder: " + error.message());
  folder = path.str();

  // The process's own ends must not stay open in the child, which would then
  // never see the end of its commands.
  int toChild[2], fromChild[2];
  if (pipe2(toChild, O_CLOEXEC))
    return makeError("no pipe");
  commands = toChild[1];
  if (pipe2(fromChild, O_CLOEXEC)) {
    close(toChild[0]);
    return makeError("no pipe");
  }
  answers = fromChild[0];
  // A child that has died is reported by its missing answer.
  signal(SIGPIPE, SIG_IGN);

  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, toChild[0], 0);
  posix_spawn_file_actions_adddup2(&actions, fromChild[1], 1);
  std::string threads = std::to_string(config.threads);
  const char *arguments[] = {python->c_str(), "-c",
                             script,          config.model.c_str(),
                             threads.c_str(), nullptr};
  int failure = posix_spawn(&process, python->c_str(), &actions, nullptr,
                            const_cast<char **>(arguments), environ);
  posix_spawn_file_actions_destroy(&actions);
  close(toChild[0]);
  close(fromChild[1]);
  if (failure) {
    process = 0;
    return makeError("cannot start '" + *python + "'");
  }
  return Error::success();
}

Reference::~Reference() {
  for (int end : {commands, answers})
    if (end >= 0)
      close(end);
  if (process)
    waitpid(process, nullptr, 0);
  if (!folder.empty())
    (void)sys::fs::remove_directories(folder);
}

Expected<std::string> Reference::ask(StringRef command) {
  std::string line = command.str() + "\n";
  for (size_t sent = 0; sent < line.size();) {
    ssize_t count = write(commands, line.data() + sent, line.size() - sent);
    if (count < 0)
      return makeError("the process ended early");
    sent += size_t(count);
  }
  return readAnswer();
}

Expected<std::string> Reference::readAnswer() {
  std::string line;
  for (char next; line.empty() || line.back() != '\n';) {
    if (read(answers, &next, 1) != 1)
      return makeError("the process ended early");
    line += next;
  }
  StringRef answer = StringRef(line).rtrim();
  if (answer.consume_front("ok"))
    return answer.ltrim().str();
  answer.consume_front("error ");
  return makeError(answer);
}

Error Reference::load(ArrayRef<Tensor> inputs) {
  std::string path = folder + "/in.npz";
  if (Error error = writeNpz(path, inputs))
    return error;
  return ask("load " + path).takeError();
}

Expected<std::vector<Tensor>> Reference::run() {
  std::string path = folder + "/out.npz";
  Expected<std::string> answer = ask("run " + path);
  if (!answer)
    return answer.takeError();
  return readNpz(path);
}

Expected<std::vector<double>> Reference::time(unsigned runs) {
  Expected<std::string> answer = ask("time " + std::to_string(runs));
  if (!answer)
    return answer.takeError();
  std::vector<double> times;
  for (StringRef text : split(*answer, ' ')) {
    double time;
    if (text.getAsDouble(time))
      return makeError("not a time: '" + text + "'");
    times.push_back(time);
  }
  return times;
}
