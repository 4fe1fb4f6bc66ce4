//===- Calibration.cpp - Inputs that represent a model's use --------------===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Calibration.h"
#include "sparse-opt/Execution/Npz.h"
#include "llvm/ADT/STLExtras.h"
#include <cstring>

using namespace llvm;
using namespace sopt;

static constexpr StringLiteral kMask = "attention_mask";

/// The array of each input of the model, in its order.
static Expected<std::vector<Tensor>> takeArrays(std::vector<Tensor> arrays,
                                                const LoadedModel &model) {
  std::vector<Tensor> taken;
  for (const SoptTensorInfo *info : model.getInputs()) {
    const Tensor *array = findTensor(arrays, info->name);
    if (!array)
      return createStringError("no array for the model's input '" +
                               Twine(info->name) + "'");
    if (!areStoredAlike(array->type, info->type))
      return createStringError(
          "'" + array->name + "' is " + model.getTypeName(array->type) +
          ", the model takes " + model.getTypeName(info->type));
    if (array->shape.size() != size_t(info->rank) || info->rank == 0)
      return createStringError("'" + array->name + "' has " +
                               Twine(array->shape.size()) +
                               " axes, the model's input " + Twine(info->rank));
    if (!taken.empty() && array->shape[0] != taken[0].shape[0])
      return createStringError("'" + array->name + "' has " +
                               Twine(array->shape[0]) + " items, '" +
                               taken[0].name + "' " + Twine(taken[0].shape[0]));
    taken.push_back(*array);
    taken.back().type = info->type;
  }
  return taken;
}

/// How many places of item `index` are no padding, or none if nothing tells.
static std::optional<int64_t> getLength(ArrayRef<Tensor> arrays, int64_t index,
                                        const LoadedModel &model) {
  const Tensor *mask = findTensor(arrays, kMask);
  if (!mask || mask->shape.size() != 2 || mask->type != SOPT_INT64)
    return std::nullopt;
  for (const SoptTensorInfo *info : model.getInputs())
    if (info->name == kMask && info->dims[1] >= 0)
      return std::nullopt;
  ArrayRef<int64_t> row =
      mask->get<int64_t>().slice(index * mask->shape[1], mask->shape[1]);
  return row.rend() - find_if(reverse(row), [](int64_t m) { return m != 0; });
}

/// Item `index` of an array, of its second axis the first `length`.
static Tensor takeItem(const Tensor &array, int64_t index,
                       std::optional<int64_t> length) {
  Tensor item{array.name, array.type, array.shape, {}};
  item.shape[0] = 1;
  size_t bytes = array.shape[0] ? array.bytes.size() / array.shape[0] : 0;
  const char *begin = array.bytes.data() + index * bytes;
  if (length && array.shape.size() >= 2 && array.shape[1] > 0) {
    bytes = bytes / array.shape[1] * *length;
    item.shape[1] = *length;
  }
  item.bytes.assign(begin, begin + bytes);
  return item;
}

Expected<std::vector<CalibrationItem>>
sopt::readCalibration(StringRef path, const LoadedModel &model) {
  Expected<std::vector<Tensor>> file = readNpz(path);
  if (!file)
    return file.takeError();
  Expected<std::vector<Tensor>> arrays = takeArrays(std::move(*file), model);
  if (!arrays)
    return createFileError(path, arrays.takeError());
  std::vector<CalibrationItem> items;
  int64_t count = arrays->empty() ? 0 : arrays->front().shape[0];
  for (int64_t index = 0; index < count; ++index) {
    std::optional<int64_t> length = getLength(*arrays, index, model);
    if (length == 0)
      continue;
    CalibrationItem item;
    for (const Tensor &array : *arrays)
      item.push_back(takeItem(array, index, length));
    items.push_back(std::move(item));
  }
  if (items.empty())
    return createFileError(path, createStringError("has no items"));
  return items;
}
