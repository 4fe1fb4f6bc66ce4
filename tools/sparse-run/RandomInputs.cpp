//===- RandomInputs.cpp - Inputs made up from their shapes ----------------===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "RandomInputs.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/MathExtras.h"
#include <cmath>
#include <cstring>
#include <functional>
#include <random>
#include <unistd.h>

using namespace llvm;
using namespace sopt;

Expected<RandomSpec> sopt::parseRandomSpec(StringRef text) {
  auto fail = [&](const Twine &why) {
    return createStringError("--random: '" + text + "': " + why);
  };
  // Names may hold '=' themselves.
  auto [name, rest] = text.rsplit('=');
  if (name.empty() || rest.empty())
    return fail("expected NAME=SIZExSIZE...[:BOUND]");
  RandomSpec spec{name.str(), {}, std::nullopt};
  auto [shape, bound] = rest.split(':');
  if (rest.contains(':')) {
    uint64_t value;
    if (bound.getAsInteger(10, value) || value == 0)
      return fail("'" + bound + "' is not a positive bound");
    spec.bound = value;
  }
  if (shape == "scalar")
    return spec;
  SmallVector<StringRef> sizes;
  shape.split(sizes, 'x');
  for (StringRef size : sizes) {
    int64_t value;
    if (size.getAsInteger(10, value) || value < 0)
      return fail("'" + size + "' is not a size");
    spec.shape.push_back(value);
  }
  return spec;
}

namespace {
/// The standard fixes what the engine gives, but not its distributions.
class Random {
public:
  explicit Random(uint64_t seed) : engine(seed) {}

  uint64_t below(uint64_t bound) { return engine() % bound; }

  /// Uniform in (0, 1].
  double unit() { return double((engine() >> 11) + 1) * 0x1p-53; }

  /// By the method of Box and Muller.
  double normal() {
    return std::sqrt(-2 * std::log(unit())) * std::cos(2 * M_PI * unit());
  }

private:
  std::mt19937_64 engine;
};
} // namespace

template <typename T>
static void fill(std::vector<char> &bytes, const std::function<T()> &next) {
  for (size_t i = 0; i + sizeof(T) <= bytes.size(); i += sizeof(T)) {
    T value = next();
    memcpy(&bytes[i], &value, sizeof(T));
  }
}

/// The bits of the nearest bfloat16; normal numbers need no care for NaN.
static uint16_t toBFloat16(float value) {
  uint32_t bits;
  memcpy(&bits, &value, sizeof(bits));
  return uint16_t((bits + 0x7fff + ((bits >> 16) & 1)) >> 16);
}

/// False if `type` is not one of floats.
static bool fillFloats(int32_t type, Random &random, std::vector<char> &bytes) {
  switch (type) {
  case SOPT_FLOAT:
  case SOPT_COMPLEX64:
    fill<float>(bytes, [&] { return float(random.normal()); });
    return true;
  case SOPT_DOUBLE:
  case SOPT_COMPLEX128:
    fill<double>(bytes, [&] { return random.normal(); });
    return true;
  case SOPT_FLOAT16:
    fill<_Float16>(bytes, [&] { return _Float16(random.normal()); });
    return true;
  case SOPT_BFLOAT16:
    fill<uint16_t>(bytes, [&] { return toBFloat16(float(random.normal())); });
    return true;
  default:
    return false;
  }
}

/// How many values of an integer type are not negative; 0 for other types.
static uint64_t countValues(int32_t type) {
  switch (type) {
  case SOPT_BOOL:
  case SOPT_INT2:
    return 2;
  case SOPT_UINT2:
    return 4;
  case SOPT_INT4:
    return 8;
  case SOPT_UINT4:
    return 16;
  case SOPT_INT8:
    return 1 << 7;
  case SOPT_UINT8:
    return 1 << 8;
  case SOPT_INT16:
    return 1 << 15;
  case SOPT_UINT16:
    return 1 << 16;
  case SOPT_INT32:
    return uint64_t(1) << 31;
  case SOPT_UINT32:
    return uint64_t(1) << 32;
  case SOPT_INT64:
    return uint64_t(1) << 63;
  case SOPT_UINT64:
    return UINT64_MAX;
  default:
    return 0;
  }
}

static void fillIntegers(uint64_t bound, uint64_t elementSize, Random &random,
                         std::vector<char> &bytes) {
  auto next = [&] { return random.below(bound); };
  switch (elementSize) {
  case 1:
    return fill<uint8_t>(bytes, next);
  case 2:
    return fill<uint16_t>(bytes, next);
  case 4:
    return fill<uint32_t>(bytes, next);
  default:
    return fill<uint64_t>(bytes, next);
  }
}

/// Of the machine, in bytes.
static uint64_t getMemory() {
  return uint64_t(sysconf(_SC_PHYS_PAGES)) * uint64_t(sysconf(_SC_PAGESIZE));
}

Expected<Tensor> sopt::makeRandom(const RandomSpec &spec, int32_t type,
                                  uint64_t elementSize, uint64_t seed) {
  auto fail = [&](const Twine &why) {
    return createStringError("--random: input '" + spec.name + "': " + why);
  };
  uint64_t size = elementSize;
  for (int64_t dim : spec.shape)
    size = SaturatingMultiply(size, uint64_t(dim));
  if (size > getMemory())
    return fail("the shape is too large");
  Tensor tensor{spec.name, type, spec.shape, std::vector<char>(size)};
  Random random(seed);
  uint64_t values = countValues(type);
  if (values == 0) {
    if (spec.bound)
      return fail("a bound is for integers");
    if (!fillFloats(type, random, tensor.bytes))
      return fail("no random values for its element type");
    return tensor;
  }
  uint64_t bound = spec.bound.value_or(2);
  if (bound > values)
    return fail("the bound is above " + Twine(values) +
                ", what its element type holds");
  fillIntegers(bound, elementSize, random, tensor.bytes);
  return tensor;
}
