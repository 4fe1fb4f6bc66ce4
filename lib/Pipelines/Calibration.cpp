//===- Calibration.cpp - Inputs that represent a model's use --------------===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Calibration.h"
#include "sparse-opt/Execution/Npz.h"
#include "llvm/ADT/STLExtras.h"
#include <random>

using namespace llvm;
using namespace sopt;

static constexpr StringLiteral kMask = "attention_mask";
static constexpr StringLiteral kTokens = "input_ids";

/// The array of each input of the model, in its order.
static Expected<std::vector<Tensor>> takeArrays(ArrayRef<Tensor> arrays,
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
    // The first counts items, and runs take one of them each.
    for (int32_t axis = 1; axis < info->rank; ++axis)
      if (info->dims[axis] >= 0 && array->shape[axis] != info->dims[axis])
        return createStringError("'" + array->name + "' has " +
                                 Twine(array->shape[axis]) + " for axis " +
                                 Twine(axis) + ", the model's input " +
                                 Twine(info->dims[axis]));
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
  Expected<std::vector<Tensor>> arrays = takeArrays(*file, model);
  if (!arrays)
    return createFileError(path, arrays.takeError());
  std::vector<CalibrationItem> items;
  int64_t count = arrays->empty() ? 0 : arrays->front().shape[0];
  for (int64_t index = 0; index < count; ++index) {
    std::optional<int64_t> length = getLength(*arrays, index, model);
    if (length == 0)
      continue;
    CalibrationItem item{{}, unsigned(index)};
    for (const Tensor &array : *arrays)
      item.inputs.push_back(takeItem(array, index, length));
    items.push_back(std::move(item));
  }
  if (items.empty())
    return createFileError(path, createStringError("has no items"));
  return items;
}

/// The array with other sizes, each axis repeated or cut.
static Tensor repeat(const Tensor &array, ArrayRef<int64_t> shape) {
  int64_t count = 1, from = 1;
  for (auto [size, had] : zip_equal(shape, array.shape)) {
    count *= size;
    from *= had;
  }
  Tensor repeated{array.name, array.type, shape.vec(), {}};
  size_t bytes = from ? array.bytes.size() / size_t(from) : 0;
  for (int64_t index = 0; index < count; ++index) {
    int64_t rest = index, at = 0, stride = 1;
    for (size_t axis = shape.size(); axis-- > 0;) {
      at += rest % shape[axis] % array.shape[axis] * stride;
      rest /= shape[axis];
      stride *= array.shape[axis];
    }
    const char *begin = array.bytes.data() + size_t(at) * bytes;
    repeated.bytes.insert(repeated.bytes.end(), begin, begin + bytes);
  }
  return repeated;
}

Expected<CalibrationItem> sopt::makeTypicalItem(ArrayRef<CalibrationItem> items,
                                                ArrayRef<int64_t> shape,
                                                const LoadedModel &model) {
  auto getSize = [](const CalibrationItem &item) {
    size_t bytes = 0;
    for (const Tensor &input : item.inputs)
      bytes += input.bytes.size();
    return bytes;
  };
  std::vector<const CalibrationItem *> bySize;
  for (const CalibrationItem &item : items)
    bySize.push_back(&item);
  sort(bySize, [&](const auto *a, const auto *b) {
    size_t one = getSize(*a), other = getSize(*b);
    return one != other ? one < other : a < b;
  });
  CalibrationItem typical = *bySize[bySize.size() / 2];
  if (shape.empty())
    return typical;
  for (auto [input, info] : zip(typical.inputs, model.getInputs())) {
    bool fits = int64_t(shape.size()) == info->rank &&
                all_of(input.shape, [](int64_t size) { return size > 0; });
    for (int32_t axis = 0; fits && axis < info->rank; ++axis)
      fits = info->dims[axis] < 0 || info->dims[axis] == shape[axis];
    if (!fits)
      return createStringError("shape: the model's input '" + input.name +
                               "' has no such shape");
    input = repeat(input, shape);
  }
  return typical;
}

/// Whether the item is rows of tokens that another number of them may replace.
/// Positions can't be cut out: a piece has other ones.
static bool isCuttable(const CalibrationItem &item) {
  const Tensor *mask = findTensor(item.inputs, kMask);
  return mask && all_of(item.inputs, [&](const Tensor &input) {
           return input.type == SOPT_INT64 && input.shape.size() == 2 &&
                  input.shape == mask->shape && input.name != "position_ids";
         });
}

/// The first token, `count` that follow each other from `begin` on, the last.
static CalibrationItem takePiece(const CalibrationItem &item, int64_t begin,
                                 int64_t count) {
  CalibrationItem piece{{}, item.source};
  for (const Tensor &input : item.inputs) {
    ArrayRef<int64_t> row = input.get<int64_t>();
    std::vector<int64_t> taken = {row.front()};
    append_range(taken, row.slice(begin, count));
    taken.push_back(row.back());
    const auto *bytes = reinterpret_cast<const char *>(taken.data());
    piece.inputs.push_back({input.name,
                            input.type,
                            {1, count + 2},
                            {bytes, bytes + taken.size() * sizeof(int64_t)}});
  }
  return piece;
}

/// The tokens that are between the ends of any item, each once; none where
/// their input has another name.
static std::vector<int64_t> listTokens(ArrayRef<CalibrationItem> items) {
  std::vector<int64_t> tokens;
  for (const CalibrationItem &item : items)
    if (const Tensor *ids = findTensor(item.inputs, kTokens))
      if (ids->shape[1] > 2)
        append_range(tokens, ids->get<int64_t>().drop_front().drop_back());
  sort(tokens);
  tokens.erase(llvm::unique(tokens), tokens.end());
  return tokens;
}

/// Draws what is between the ends of the piece from `tokens`.
static void drawTokens(CalibrationItem &piece, ArrayRef<int64_t> tokens,
                       std::mt19937_64 &random) {
  for (Tensor &input : piece.inputs)
    if (input.name == kTokens) {
      auto *ids = reinterpret_cast<int64_t *>(input.bytes.data());
      for (int64_t &id :
           MutableArrayRef(ids, input.shape[1]).slice(1).drop_back())
        id = tokens[random() % tokens.size()];
    }
}

void sopt::addPieces(std::vector<CalibrationItem> &items, uint64_t seed) {
  // Tokens between the ends: some five words to twenty, and up to forty.
  static constexpr std::pair<int64_t, int64_t> lengths[] = {{6, 24}, {9, 48}};
  if (!all_of(items, isCuttable))
    return;
  // The engine is the same everywhere, the library's distributions are not.
  std::mt19937_64 random(seed);
  std::vector<int64_t> known = listTokens(items);
  size_t count = items.size();
  for (auto [least, most] : lengths)
    for (size_t index = 0; index < count; ++index) {
      int64_t tokens = items[index].inputs.front().shape[1] - 2;
      if (tokens <= least)
        continue;
      int64_t length = std::min<int64_t>(
          tokens, least + int64_t(random() % (most - least + 1)));
      int64_t begin = 1 + int64_t(random() % (tokens - length + 1));
      items.push_back(takePiece(items[index], begin, length));
    }
  if (known.empty())
    return;
  for (size_t index = count, end = items.size(); index < end; ++index) {
    CalibrationItem drawn = items[index];
    drawTokens(drawn, known, random);
    items.push_back(std::move(drawn));
  }
}
