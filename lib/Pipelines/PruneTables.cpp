//===- PruneTables.cpp - Tables of errors as a file -----------------------===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "PruneTables.h"
#include "sparse-opt/Execution/Npz.h"
#include "sparse-opt/Search/Formats.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FileSystem.h"
#include <cmath>

using namespace llvm;
using namespace sopt;

bool PruneTables::isComplete() const {
  return all_of(layers,
                [](const ErrorTable &table) { return !table.errors.empty(); });
}

PruneTableFiles::PruneTableFiles(StringRef text) {
  for (StringRef path : split(text, ','))
    if (!path.empty())
      paths.push_back(path.str());
}

template <typename T>
static Tensor makeTensor(StringRef name, SoptType type, ArrayRef<T> values,
                         std::vector<int64_t> shape) {
  const auto *bytes = reinterpret_cast<const char *>(values.data());
  return {name.str(),
          type,
          std::move(shape),
          {bytes, bytes + values.size() * sizeof(T)}};
}

static Tensor makeNumber(StringRef name, uint64_t value) {
  return makeTensor<uint64_t>(name, SOPT_UINT64, value, {1});
}

static Tensor makeText(StringRef name, ArrayRef<std::string> lines) {
  std::string text = join(lines, "\n");
  return makeTensor<char>(name, SOPT_UINT8, ArrayRef(text.data(), text.size()),
                          {int64_t(text.size())});
}

static std::vector<std::string> getNames(const PruneTables &tables) {
  std::vector<std::string> names;
  names.reserve(tables.layers.size());
  for (const ErrorTable &table : tables.layers)
    names.push_back(table.name);
  return names;
}

Error PruneTableFiles::write(const PruneTables &tables) const {
  std::vector<std::string> formats;
  std::vector<double> zeros, errors;
  for (const SparsityTarget &target : tables.targets) {
    formats.push_back(getFormatName(target));
    zeros.push_back(target.zeros);
  }
  for (const ErrorTable &table : tables.layers) {
    append_range(errors, table.errors);
    if (table.errors.empty())
      errors.insert(errors.end(), zeros.size(), NAN);
  }
  auto layers = int64_t(tables.layers.size()), count = int64_t(zeros.size());
  return writeNpz(
      paths.front(),
      {makeNumber("model", tables.model),
       makeNumber("calibration", tables.calibration),
       makeNumber("seed", tables.seed), makeText("layers", getNames(tables)),
       makeText("formats", formats),
       makeTensor<double>("zeros", SOPT_DOUBLE, zeros, {count}),
       makeTensor<double>("errors", SOPT_DOUBLE, errors, {layers, count})});
}

namespace {
/// The arrays of one file.
class Reader {
public:
  explicit Reader(ArrayRef<Tensor> arrays) : arrays(arrays) {}

  Error read(PruneTables &tables) const {
    for (auto read :
         {&Reader::checkKey, &Reader::readTargets, &Reader::readErrors})
      if (Error error = (this->*read)(tables))
        return error;
    return Error::success();
  }

private:
  template <typename T>
  Expected<ArrayRef<T>> get(StringRef name, int32_t type, size_t count) const {
    const Tensor *array = findTensor(arrays, name);
    if (!array || array->type != type ||
        (count && array->get<T>().size() != count))
      return createStringError("is no file of tables: '" + name +
                               "' is missing or of another size");
    return array->get<T>();
  }

  Expected<std::vector<std::string>> getLines(StringRef name) const {
    auto bytes = get<char>(name, SOPT_UINT8, 0);
    if (!bytes)
      return bytes.takeError();
    SmallVector<StringRef> lines;
    StringRef(bytes->data(), bytes->size()).split(lines, '\n');
    return std::vector<std::string>(lines.begin(), lines.end());
  }

  Error checkKey(PruneTables &tables) const {
    const std::pair<StringRef, uint64_t> keys[] = {
        {"model", tables.model},
        {"calibration", tables.calibration},
        {"seed", tables.seed}};
    for (auto [name, wanted] : keys) {
      auto found = get<uint64_t>(name, SOPT_UINT64, 1);
      if (!found)
        return found.takeError();
      if (found->front() != wanted)
        return createStringError("was made with another " + name);
    }
    auto names = getLines("layers");
    if (!names)
      return names.takeError();
    if (*names != getNames(tables))
      return createStringError("was made of other layers: only= and keep= "
                               "must be the same");
    return Error::success();
  }

  /// Takes the file's targets, which must be all that `tables` wants.
  Error readTargets(PruneTables &tables) const {
    auto formats = getLines("formats");
    if (!formats)
      return formats.takeError();
    auto zeros = get<double>("zeros", SOPT_DOUBLE, formats->size());
    if (!zeros)
      return zeros.takeError();
    std::vector<SparsityTarget> targets;
    for (auto [name, share] : zip_equal(*formats, *zeros)) {
      SparsityTarget target;
      if (name != "dense") {
        Expected<SparsityTarget> format = parseFormat(name);
        if (!format)
          return format.takeError();
        target = *format;
      }
      target.zeros = share;
      targets.push_back(target);
    }
    for (const SparsityTarget &wanted : tables.targets)
      if (!is_contained(targets, wanted))
        return createStringError("was made without " + getFormatName(wanted) +
                                 " at " +
                                 Twine(int(std::lround(100 * wanted.zeros))) +
                                 " % zeros: formats= must be the same");
    tables.targets = std::move(targets);
    return Error::success();
  }

  Error readErrors(PruneTables &tables) const {
    size_t count = tables.targets.size();
    auto errors =
        get<double>("errors", SOPT_DOUBLE, tables.layers.size() * count);
    if (!errors)
      return errors.takeError();
    for (auto [index, table] : enumerate(tables.layers)) {
      ArrayRef<double> row = errors->slice(index * count, count);
      if (table.errors.empty() &&
          none_of(row, [](double error) { return std::isnan(error); }))
        table.errors.assign(row.begin(), row.end());
    }
    return Error::success();
  }

  ArrayRef<Tensor> arrays;
};
} // namespace

static size_t countKnown(const PruneTables &tables) {
  return count_if(tables.layers, [](const ErrorTable &table) {
    return !table.errors.empty();
  });
}

Error PruneTableFiles::read(PruneTables &tables) {
  size_t knownByFirst = 0;
  for (const std::string &path : paths) {
    // Only the first is made where it is not there yet.
    if (path == paths.front() && !sys::fs::exists(path))
      continue;
    Expected<std::vector<Tensor>> arrays = readNpz(path);
    if (!arrays)
      return arrays.takeError();
    if (Error error = Reader(*arrays).read(tables))
      return createFileError(path, std::move(error));
    if (path == paths.front())
      knownByFirst = countKnown(tables);
  }
  merged = countKnown(tables) > knownByFirst;
  return Error::success();
}
