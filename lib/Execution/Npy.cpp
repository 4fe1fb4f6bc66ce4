//===- Npy.cpp - One array in the .npy format -----------------------------===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Npy.h"
#include "sparse-opt/Execution/Npz.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/Endian.h"
#include "llvm/Support/MathExtras.h"
#include <fmt/format.h>

using namespace llvm;
using namespace sopt;

namespace {
struct NpyType {
  int32_t type;
  const char *descr; ///< As in the header, less the byte order.
  unsigned size;
};
} // namespace

/// Of the types that are stored alike, the first is what a file is read as.
static constexpr NpyType table[] = {
    {SOPT_FLOAT, "f4", 4},          {SOPT_UINT8, "u1", 1},
    {SOPT_INT8, "i1", 1},           {SOPT_UINT16, "u2", 2},
    {SOPT_INT16, "i2", 2},          {SOPT_INT32, "i4", 4},
    {SOPT_INT64, "i8", 8},          {SOPT_BOOL, "b1", 1},
    {SOPT_FLOAT16, "f2", 2},        {SOPT_DOUBLE, "f8", 8},
    {SOPT_UINT32, "u4", 4},         {SOPT_UINT64, "u8", 8},
    {SOPT_COMPLEX64, "c8", 8},      {SOPT_COMPLEX128, "c16", 16},
    {SOPT_BFLOAT16, "V2", 2},       {SOPT_FLOAT8E4M3FN, "u1", 1},
    {SOPT_FLOAT8E4M3FNUZ, "u1", 1}, {SOPT_FLOAT8E5M2, "u1", 1},
    {SOPT_FLOAT8E5M2FNUZ, "u1", 1}, {SOPT_UINT4, "u1", 1},
    {SOPT_INT4, "i1", 1},           {SOPT_FLOAT4E2M1, "u1", 1},
    {SOPT_FLOAT8E8M0, "u1", 1},     {SOPT_UINT2, "u1", 1},
    {SOPT_INT2, "i1", 1},           {SOPT_FLOAT6E2M3, "u1", 1},
    {SOPT_FLOAT6E3M2, "u1", 1},
};

static const NpyType *findType(int32_t type) {
  for (const NpyType &row : table)
    if (row.type == type)
      return &row;
  return nullptr;
}

static const NpyType *findType(StringRef descr) {
  for (const NpyType &row : table)
    if (row.descr == descr)
      return &row;
  return nullptr;
}

bool sopt::areStoredAlike(int32_t first, int32_t second) {
  const NpyType *a = findType(first), *b = findType(second);
  return a && b && StringRef(a->descr) == b->descr;
}

namespace {
/// Parses the header, a dictionary in Python's syntax such as
/// {'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }
class HeaderParser {
public:
  explicit HeaderParser(StringRef text) : rest(text) {}

  bool parse();

  std::string descr;
  bool isFortran = false;
  std::vector<int64_t> shape;

private:
  bool consume(StringRef token) {
    rest = rest.ltrim();
    return rest.consume_front(token);
  }
  bool parseString(std::string &value);
  bool parseBool(bool &value);
  bool parseShape();
  bool parseValue(StringRef key);

  StringRef rest;
};
} // namespace

bool HeaderParser::parse() {
  if (!consume("{"))
    return false;
  unsigned seen = 0;
  while (!consume("}")) {
    std::string key;
    if (!parseString(key) || !consume(":") || !parseValue(key))
      return false;
    ++seen;
    if (!consume(",") && !rest.ltrim().starts_with("}"))
      return false;
  }
  return seen == 3;
}

bool HeaderParser::parseValue(StringRef key) {
  if (key == "descr")
    return parseString(descr);
  if (key == "fortran_order")
    return parseBool(isFortran);
  return key == "shape" && parseShape();
}

bool HeaderParser::parseString(std::string &value) {
  for (StringRef quote : {"'", "\""})
    if (consume(quote)) {
      size_t end = rest.find(quote);
      if (end == StringRef::npos)
        return false;
      value = rest.take_front(end).str();
      rest = rest.drop_front(end + 1);
      return true;
    }
  return false;
}

bool HeaderParser::parseBool(bool &value) {
  value = consume("True");
  return value || consume("False");
}

bool HeaderParser::parseShape() {
  if (!consume("("))
    return false;
  while (!consume(")")) {
    int64_t size;
    rest = rest.ltrim();
    if (rest.consumeInteger(10, size) || size < 0)
      return false;
    shape.push_back(size);
    if (!consume(",") && !rest.ltrim().starts_with(")"))
      return false;
  }
  return true;
}

static Error makeError(StringRef name, const Twine &what) {
  return createStringError("array '" + name + "' " + what);
}

/// Splits a file into the header's text and the elements.
static bool splitHeader(StringRef bytes, StringRef &header, StringRef &data) {
  if (bytes.size() < 12 || !bytes.starts_with("\x93NUMPY"))
    return false;
  bool isLong = bytes[6] > 1;
  uint64_t size = isLong ? support::endian::read32le(bytes.data() + 8)
                         : support::endian::read16le(bytes.data() + 8);
  bytes = bytes.drop_front(isLong ? 12 : 10);
  if (size > bytes.size())
    return false;
  header = bytes.take_front(size);
  data = bytes.drop_front(size);
  return true;
}

/// False if the product of `shape` and `elementSize` is not `bytes`.
static bool hasBytes(ArrayRef<int64_t> shape, uint64_t elementSize,
                     uint64_t bytes) {
  uint64_t product = elementSize;
  bool overflow = false;
  for (int64_t size : shape) {
    bool now = false;
    product = SaturatingMultiply(product, uint64_t(size), &now);
    overflow |= now && !is_contained(shape, 0);
  }
  return !overflow && (is_contained(shape, 0) ? 0 : product) == bytes;
}

/// Elements whose first index runs fastest, such that the last one does.
static std::vector<char> reorder(StringRef data, ArrayRef<int64_t> shape,
                                 uint64_t elementSize) {
  std::vector<char> ordered(data.size());
  std::vector<int64_t> index(shape.size());
  for (uint64_t to = 0; to < data.size(); to += elementSize) {
    uint64_t from = 0;
    for (size_t dim = shape.size(); dim-- > 0;)
      from = from * uint64_t(shape[dim]) + uint64_t(index[dim]);
    memcpy(&ordered[to], data.data() + from * elementSize, elementSize);
    for (size_t dim = shape.size(); dim-- > 0;) {
      if (++index[dim] < shape[dim])
        break;
      index[dim] = 0;
    }
  }
  return ordered;
}

Expected<Tensor> sopt::parseNpy(StringRef name, ArrayRef<char> bytes) {
  StringRef text, data;
  if (!splitHeader(StringRef(bytes.data(), bytes.size()), text, data))
    return makeError(name, "is not in .npy format");
  HeaderParser header(text);
  if (!header.parse())
    return makeError(name, "has a header that is not numpy's");
  StringRef descr = header.descr;
  bool isBigEndian = descr.consume_front(">");
  if (!isBigEndian && !descr.consume_front("<") && !descr.consume_front("="))
    descr.consume_front("|");
  const NpyType *type = findType(descr);
  if (!type || (isBigEndian && type->size > 1))
    return makeError(name, "has element type '" + header.descr +
                               "', which no input has");
  if (!hasBytes(header.shape, type->size, data.size()))
    return makeError(name, "has " + Twine(data.size()) +
                               " bytes, which its shape does not");
  std::vector<char> elements =
      header.isFortran ? reorder(data, header.shape, type->size)
                       : std::vector<char>(data.begin(), data.end());
  return Tensor{name.str(), type->type, std::move(header.shape),
                std::move(elements)};
}

std::vector<char> sopt::printNpy(const Tensor &tensor) {
  const NpyType *type = findType(tensor.type);
  assert(type && "a model has no such outputs");
  std::string shape = fmt::format("{}", fmt::join(tensor.shape, ", "));
  if (tensor.shape.size() == 1)
    shape += ",";
  std::string header = fmt::format(
      "{{'descr': '{}{}', 'fortran_order': False, 'shape': ({}), }}",
      type->size == 1 ? "|" : "<", type->descr, shape);
  // Magic, version and length take 10 bytes; the elements start at 64 bytes.
  header.resize(alignTo(header.size() + 11, 64) - 11, ' ');
  header += '\n';

  std::string file("\x93NUMPY\x01\x00", 8);
  file += char(header.size() & 0xff);
  file += char(header.size() >> 8);
  file += header;
  std::vector<char> bytes(file.begin(), file.end());
  bytes.insert(bytes.end(), tensor.bytes.begin(), tensor.bytes.end());
  return bytes;
}
