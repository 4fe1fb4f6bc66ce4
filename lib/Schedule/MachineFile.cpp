//===- MachineFile.cpp - A machine's costs as a file ----------------------===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "sparse-opt/Schedule/Machine.h"
#include "llvm/ADT/SmallString.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/JSON.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"
#include <cmath>

using namespace llvm;
using namespace sopt;

namespace {
/// A cost by its name.
struct Field {
  StringLiteral name;
  double MachineCosts::*cost;
};
} // namespace

static constexpr Field kFields[] = {
    {"denseProduct", &MachineCosts::denseProduct},
    {"csrElement", &MachineCosts::csrElement},
    {"csrNearProduct", &MachineCosts::csrNearProduct},
    {"csrFarProduct", &MachineCosts::csrFarProduct},
    {"blockElement", &MachineCosts::blockElement},
    {"blockProducts", &MachineCosts::blockProducts},
    {"csrOneToken", &MachineCosts::csrOneToken},
    {"blockOneToken", &MachineCosts::blockOneToken},
    {"nmElement", &MachineCosts::nmElement},
    {"nmProduct", &MachineCosts::nmProduct},
    {"transposedVector", &MachineCosts::transposedVector},
    {"weightByte", &MachineCosts::weightByte},
    {"bf16Product", &MachineCosts::bf16Product},
    {"int8Product", &MachineCosts::int8Product},
    {"int8CsrProduct", &MachineCosts::int8CsrProduct},
    {"int8BlockProducts", &MachineCosts::int8BlockProducts},
    {"roundedVector", &MachineCosts::roundedVector},
    {"medianError", &MachineCosts::medianError},
};

void sopt::writeMachine(const MachineCosts &machine, raw_ostream &os) {
  json::OStream json(os, /*IndentSize=*/2);
  json.object([&] {
    json.attribute("isa", machine.isa);
    for (const Field &field : kFields)
      json.attribute(field.name, machine.*field.cost);
  });
  os << '\n';
}

Expected<MachineCosts> sopt::parseMachine(StringRef text,
                                          ArrayRef<std::string> features) {
  Expected<json::Value> value = json::parse(text);
  if (!value)
    return value.takeError();
  const json::Object *object = value->getAsObject();
  std::optional<StringRef> isa =
      object ? object->getString("isa") : std::nullopt;
  if (!isa)
    return createStringError("names no isa");
  std::optional<MachineCosts> known = lookUpMachineCosts(*isa, features);
  if (!known)
    return createStringError("unknown isa '" + *isa + "'");
  MachineCosts machine = *known;
  for (const Field &field : kFields) {
    // A file from before this cost was known keeps the table's.
    if (!object->get(field.name))
      continue;
    std::optional<double> cost = object->getNumber(field.name);
    if (!cost || !std::isfinite(*cost) || *cost < 0)
      return createStringError("'" + field.name + "' is no cost");
    machine.*field.cost = *cost;
  }
  return machine;
}

Expected<MachineCosts> sopt::readMachine(StringRef path,
                                         ArrayRef<std::string> features) {
  auto file = MemoryBuffer::getFile(path, /*IsText=*/true);
  if (!file)
    return createFileError(path, file.getError());
  Expected<MachineCosts> machine = parseMachine((*file)->getBuffer(), features);
  if (!machine)
    return createFileError(path, machine.takeError());
  return machine;
}

std::string sopt::getMachineFile() {
  SmallString<128> path;
  if (!sys::path::cache_directory(path))
    return "";
  sys::path::append(path, "sparse-opt", "machine.json");
  return path.str().str();
}

std::string sopt::findMachineFile() {
  std::string file = getMachineFile();
  return sys::fs::exists(file) ? file : "";
}

Expected<MachineCosts> sopt::getMachineCosts(StringRef isa,
                                             ArrayRef<std::string> features,
                                             StringRef file) {
  std::optional<MachineCosts> builtIn = lookUpMachineCosts(isa, features);
  if (!builtIn)
    return createStringError("unknown isa '" + isa + "'");
  if (file.empty())
    return *builtIn;
  Expected<MachineCosts> measured = readMachine(file, features);
  return measured && measured->isa != builtIn->isa ? *builtIn
                                                   : std::move(measured);
}
