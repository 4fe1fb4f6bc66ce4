//===- Packing.cpp - Between dense matrices and layouts -------------------===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "dialects/Sopt/IR/Packing.h"
#include "mlir/IR/AsmState.h"
#include "mlir/IR/DialectResourceBlobManager.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/MathExtras.h"
#include <cstring>

using namespace mlir;
using namespace sopt;

/// Constants above this many bytes are kept out of the context's uniquer.
static constexpr size_t maxInlineBytes = 1024;

static bool isWholeBytes(Type element) {
  return element.isIntOrFloat() && element.getIntOrFloatBitWidth() % 8 == 0;
}

/// The bytes of a constant whose elements are whole bytes wide; those of one
/// element if it is a splat.
static FailureOr<ArrayRef<char>> getBytes(ElementsAttr elements,
                                          EmitError emitError) {
  Type element = elements.getElementType();
  assert(isWholeBytes(element) && "its type is checked first");
  if (auto dense = dyn_cast<DenseElementsAttr>(elements))
    return dense.getRawData();
  if (auto resource = dyn_cast<DenseResourceElementsAttr>(elements))
    if (AsmResourceBlob *blob = resource.getRawHandle().getBlob())
      if (blob->getData().size() * 8 ==
          size_t(elements.getNumElements()) * element.getIntOrFloatBitWidth())
        return blob->getData();
  return emitError() << "the data of a constant is missing or incomplete";
}

static size_t getElementBytes(ElementsAttr elements) {
  return elements.getElementType().getIntOrFloatBitWidth() / 8;
}

/// Blobs are aligned for the widest vectors, so that they can be used in place.
static constexpr size_t blobAlignment = 64;

static ElementsAttr makeConstant(RankedTensorType type, AsmResourceBlob blob) {
  if (blob.getData().size() <= maxInlineBytes)
    return DenseElementsAttr::getFromRawBuffer(type, blob.getData());
  return DenseResourceElementsAttr::get(type, "packed", std::move(blob));
}

static ElementsAttr makeConstant(RankedTensorType type, ArrayRef<char> bytes) {
  return makeConstant(type, HeapAsmResourceBlob::allocateAndCopyWithAlign(
                                bytes, blobAlignment));
}

/// A blob for all elements of `type`, unless that would be too large.
static std::optional<AsmResourceBlob> allocateZeros(RankedTensorType type) {
  int64_t size = type.getElementTypeBitWidth() / 8;
  for (int64_t dim : type.getShape())
    if (llvm::MulOverflow(size, dim, size))
      return std::nullopt;
  if (size > maxUnpackedBytes)
    return std::nullopt;
  AsmResourceBlob blob = HeapAsmResourceBlob::allocate(size, blobAlignment);
  llvm::fill(blob.getMutableData(), 0);
  return blob;
}

namespace {
/// Reads elements of up to 64 bits as unsigned numbers.
class UnsignedReader {
public:
  UnsignedReader(ElementsAttr elements, ArrayRef<char> bytes)
      : bytes(bytes), width(getElementBytes(elements)),
        stride(bytes.size() == width ? 0 : width) {}

  uint64_t operator[](int64_t at) const {
    uint64_t value = 0;
    // Constants are held in the host's byte order, which is little endian on
    // every host this project builds for.
    std::memcpy(&value, bytes.data() + at * stride, width);
    return value;
  }

private:
  ArrayRef<char> bytes;
  size_t width, stride;
};

/// Where the elements of a packed matrix belong.
class ElementWalk {
public:
  using Visit = function_ref<void(int64_t row, int64_t column, int64_t at)>;

  ElementWalk(const PackedMatrix &packed, EmitError emitError)
      : packed(packed), emitError(emitError), rows(packed.type.getDimSize(0)),
        columns(packed.type.getDimSize(1)) {}

  /// Calls `visit` for each stored element; fails at the first index that is
  /// out of its bounds or order.
  LogicalResult run(Visit visit);

private:
  LogicalResult walkBlocks(Visit visit);
  LogicalResult walkCoordinates(Visit visit);
  LogicalResult walkGroups(Visit visit);
  FailureOr<UnsignedReader> read(ElementsAttr elements) {
    FailureOr<ArrayRef<char>> bytes = getBytes(elements, emitError);
    if (failed(bytes))
      return failure();
    return UnsignedReader(elements, *bytes);
  }

  const PackedMatrix &packed;
  EmitError emitError;
  int64_t rows, columns;
};
} // namespace

LogicalResult ElementWalk::run(Visit visit) {
  switch (packed.layout.getKind()) {
  case LayoutKind::Dense:
    for (int64_t at : llvm::seq(rows * columns))
      visit(at / columns, at % columns, at);
    return success();
  case LayoutKind::Csr:
  case LayoutKind::Block:
    return walkBlocks(visit);
  case LayoutKind::Coo:
    return walkCoordinates(visit);
  case LayoutKind::NM:
    return walkGroups(visit);
  }
  llvm_unreachable("a layout without an order");
}

LogicalResult ElementWalk::walkBlocks(Visit visit) {
  auto [height, width] = packed.layout.getBlockShape();
  FailureOr<UnsignedReader> indices = read(packed.indices);
  FailureOr<UnsignedReader> pointers = read(packed.pointers);
  if (failed(indices) || failed(pointers))
    return failure();
  uint64_t count = packed.indices.getNumElements();
  int64_t blockRows = rows / height;
  if ((*pointers)[0] != 0 || (*pointers)[blockRows] != count)
    return emitError() << "pointers must begin with 0 and end with " << count;

  for (int64_t blockRow : llvm::seq(blockRows)) {
    uint64_t begin = (*pointers)[blockRow], end = (*pointers)[blockRow + 1];
    if (begin > end || end > count)
      return emitError() << "pointers of row " << blockRow
                         << " are out of order";
    for (uint64_t at = begin; at < end; ++at) {
      uint64_t blockColumn = (*indices)[at];
      if (blockColumn >= uint64_t(columns / width))
        return emitError() << "index " << blockColumn << " of row " << blockRow
                           << " is out of " << columns / width;
      if (at > begin && (*indices)[at - 1] >= blockColumn)
        return emitError() << "indices of row " << blockRow
                           << " are out of order";
      for (int64_t inner : llvm::seq(height * width))
        visit(blockRow * height + inner / width,
              blockColumn * width + inner % width, at * height * width + inner);
    }
  }
  return success();
}

LogicalResult ElementWalk::walkCoordinates(Visit visit) {
  FailureOr<UnsignedReader> indices = read(packed.indices);
  if (failed(indices))
    return failure();
  std::pair<uint64_t, uint64_t> previous;
  for (int64_t at : llvm::seq(packed.values.getNumElements())) {
    std::pair place((*indices)[2 * at], (*indices)[2 * at + 1]);
    if (place.first >= uint64_t(rows) || place.second >= uint64_t(columns))
      return emitError() << "element " << at << " at (" << place.first << ", "
                         << place.second << ") is out of the matrix";
    if (at > 0 && previous >= place)
      return emitError() << "element " << at << " is out of order";
    visit(place.first, place.second, at);
    previous = place;
  }
  return success();
}

LogicalResult ElementWalk::walkGroups(Visit visit) {
  int64_t n = packed.layout.getSizes()[0], m = packed.layout.getSizes()[1];
  FailureOr<UnsignedReader> indices = read(packed.indices);
  if (failed(indices))
    return failure();
  for (int64_t group : llvm::seq(rows / m * columns))
    for (int64_t at : llvm::seq(group * n, group * n + n)) {
      uint64_t index = (*indices)[at];
      if (index >= uint64_t(m))
        return emitError() << "index " << index << " of group " << group
                           << " is out of " << m;
      if (at > group * n && (*indices)[at - 1] >= index)
        return emitError() << "indices of group " << group
                           << " are out of order";
      visit(group / columns * m + index, group % columns, at);
    }
  return success();
}

//===----------------------------------------------------------------------===//
// Packing
//===----------------------------------------------------------------------===//

namespace {
/// Collects the three arrays of a layout from a dense matrix.
class Packer {
public:
  Packer(LayoutAttr layout, RankedTensorType type, ArrayRef<char> bytes,
         EmitError emitError)
      : layout(layout), type(type), bytes(bytes), emitError(emitError),
        rows(type.getDimSize(0)), columns(type.getDimSize(1)),
        width(type.getElementTypeBitWidth() / 8) {}

  FailureOr<PackedMatrix> run();

private:
  /// The bytes of an element; a splat has those of one for all.
  ArrayRef<char> at(int64_t row, int64_t column) const {
    bool isSplat = bytes.size() == width;
    return bytes.slice(isSplat ? 0 : (row * columns + column) * width, width);
  }
  bool isZero(int64_t row, int64_t column) const {
    return llvm::all_of(at(row, column), [](char byte) { return byte == 0; });
  }
  void store(int64_t row, int64_t column) {
    llvm::append_range(values, at(row, column));
  }
  bool isZeroBlock(int64_t row, int64_t column) const;
  void packBlocks();
  void packCoordinates();
  LogicalResult packGroups();
  FailureOr<ElementsAttr> makeIndices(ArrayRef<uint64_t> numbers,
                                      ArrayRef<int64_t> shape, unsigned bits);

  LayoutAttr layout;
  RankedTensorType type;
  ArrayRef<char> bytes;
  EmitError emitError;
  int64_t rows, columns;
  size_t width; ///< Of an element, in bytes.
  SmallVector<char, 0> values;
  SmallVector<uint64_t, 0> indices, pointers;
};
} // namespace

bool Packer::isZeroBlock(int64_t row, int64_t column) const {
  auto [height, width] = layout.getBlockShape();
  for (int64_t i : llvm::seq(row, row + height))
    for (int64_t j : llvm::seq(column, column + width))
      if (!isZero(i, j))
        return false;
  return true;
}

void Packer::packBlocks() {
  auto [height, width] = layout.getBlockShape();
  pointers.push_back(0);
  for (int64_t row = 0; row < rows; row += height) {
    for (int64_t column = 0; column < columns; column += width) {
      if (isZeroBlock(row, column))
        continue;
      indices.push_back(column / width);
      for (int64_t inner : llvm::seq(height * width))
        store(row + inner / width, column + inner % width);
    }
    pointers.push_back(indices.size());
  }
}

void Packer::packCoordinates() {
  for (int64_t row : llvm::seq(rows))
    for (int64_t column : llvm::seq(columns))
      if (!isZero(row, column)) {
        indices.append({uint64_t(row), uint64_t(column)});
        store(row, column);
      }
}

LogicalResult Packer::packGroups() {
  int64_t n = layout.getSizes()[0], m = layout.getSizes()[1];
  for (int64_t row = 0; row < rows; row += m)
    for (int64_t column : llvm::seq(columns)) {
      int64_t stored = llvm::count_if(llvm::seq(m), [&](int64_t inner) {
        return !isZero(row + inner, column);
      });
      if (stored > n)
        return emitError() << "rows " << row << " to " << row + m - 1
                           << " of column " << column << " have " << stored
                           << " elements, more than " << n;
      // The first zeros fill a group up, so that it is a function of the
      // matrix.
      int64_t zeros = n - stored;
      for (int64_t inner : llvm::seq(m)) {
        if (isZero(row + inner, column) && zeros-- <= 0)
          continue;
        indices.push_back(inner);
        store(row + inner, column);
      }
    }
  return success();
}

FailureOr<ElementsAttr> Packer::makeIndices(ArrayRef<uint64_t> numbers,
                                            ArrayRef<int64_t> shape,
                                            unsigned bits) {
  SmallVector<char, 0> buffer(numbers.size() * (bits / 8));
  for (auto [at, number] : llvm::enumerate(numbers)) {
    if (bits < 64 && number >> bits != 0)
      return emitError() << "index " << number << " does not fit into i"
                         << bits;
    std::memcpy(buffer.data() + at * (bits / 8), &number, bits / 8);
  }
  auto type =
      RankedTensorType::get(shape, IntegerType::get(layout.getContext(), bits));
  return makeConstant(type, buffer);
}

/// The shapes of the three arrays for `count` indices (or coordinates).
static SmallVector<int64_t>
getValuesShape(LayoutAttr layout, RankedTensorType type, int64_t count) {
  switch (layout.getKind()) {
  case LayoutKind::Dense:
    return SmallVector<int64_t>(type.getShape());
  case LayoutKind::Csr:
  case LayoutKind::Coo:
    return {count};
  case LayoutKind::Block:
    return {count, layout.getSizes()[0], layout.getSizes()[1]};
  case LayoutKind::NM:
    return {type.getDimSize(0) / layout.getSizes()[1], type.getDimSize(1),
            layout.getSizes()[0]};
  }
  llvm_unreachable("a layout without values");
}

static SmallVector<int64_t>
getIndicesShape(LayoutAttr layout, RankedTensorType type, int64_t count) {
  if (layout.getKind() == LayoutKind::Coo)
    return {count, 2};
  if (layout.getKind() == LayoutKind::NM)
    return getValuesShape(layout, type, count);
  return {count};
}

static SmallVector<int64_t> getPointersShape(LayoutAttr layout,
                                             RankedTensorType type) {
  return {type.getDimSize(0) / layout.getBlockShape().first + 1};
}

/// Fails unless the layout can store a matrix of type `type`.
static LogicalResult verifyMatrix(LayoutAttr layout, RankedTensorType type,
                                  EmitError emitError) {
  if (type.getRank() != 2 || !type.hasStaticShape())
    return emitError() << "stores a matrix of static shape, not " << type;
  if (!isWholeBytes(type.getElementType()))
    return emitError() << "cannot store elements of type "
                       << type.getElementType();
  auto [height, width] = layout.getBlockShape();
  if (layout.getKind() == LayoutKind::NM)
    height = layout.getSizes()[1];
  if (type.getDimSize(0) % height != 0 || type.getDimSize(1) % width != 0)
    return emitError() << "cannot divide " << type << " into " << height << "x"
                       << width;
  return success();
}

FailureOr<PackedMatrix> Packer::run() {
  PackedMatrix packed{layout, type, {}, {}, {}};
  switch (layout.getKind()) {
  case LayoutKind::Dense:
    for (int64_t row : llvm::seq(rows))
      for (int64_t column : llvm::seq(columns))
        store(row, column);
    break;
  case LayoutKind::Csr:
  case LayoutKind::Block:
    packBlocks();
    break;
  case LayoutKind::Coo:
    packCoordinates();
    break;
  case LayoutKind::NM:
    if (failed(packGroups()))
      return failure();
    break;
  }

  int64_t count =
      layout.getKind() == LayoutKind::Coo ? indices.size() / 2 : indices.size();
  packed.values =
      makeConstant(RankedTensorType::get(getValuesShape(layout, type, count),
                                         type.getElementType()),
                   values);
  if (layout.hasIndices()) {
    FailureOr<ElementsAttr> made = makeIndices(
        indices, getIndicesShape(layout, type, count), layout.getIndexWidth());
    if (failed(made))
      return failure();
    packed.indices = *made;
  }
  if (layout.hasPointers()) {
    FailureOr<ElementsAttr> made = makeIndices(
        pointers, getPointersShape(layout, type), layout.getPointerWidth());
    if (failed(made))
      return failure();
    packed.pointers = *made;
  }
  return packed;
}

FailureOr<PackedMatrix> sopt::pack(ElementsAttr matrix, LayoutAttr layout,
                                   EmitError emitError) {
  auto type = dyn_cast<RankedTensorType>(matrix.getType());
  if (!type)
    return emitError() << "stores a tensor, not " << matrix.getType();
  if (failed(verifyMatrix(layout, type, emitError)))
    return failure();
  FailureOr<ArrayRef<char>> bytes = getBytes(matrix, emitError);
  if (failed(bytes))
    return failure();
  return Packer(layout, type, *bytes, emitError).run();
}

//===----------------------------------------------------------------------===//
// Unpacking and checking
//===----------------------------------------------------------------------===//

FailureOr<ElementsAttr> sopt::unpack(const PackedMatrix &packed,
                                     EmitError emitError) {
  FailureOr<ArrayRef<char>> values = getBytes(packed.values, emitError);
  if (failed(values))
    return failure();
  size_t width = getElementBytes(packed.values);
  size_t stride = values->size() == width ? 0 : width;
  int64_t columns = packed.type.getDimSize(1);
  std::optional<AsmResourceBlob> dense = allocateZeros(packed.type);
  if (!dense)
    return emitError() << "is too large to be held dense";
  char *elements = dense->getMutableData().data();
  if (failed(forEachElement(
          packed,
          [&](int64_t row, int64_t column, int64_t at) {
            std::memcpy(elements + (row * columns + column) * width,
                        values->data() + at * stride, width);
          },
          emitError)))
    return failure();
  return makeConstant(packed.type, std::move(*dense));
}

LogicalResult sopt::forEachElement(
    const PackedMatrix &packed,
    function_ref<void(int64_t row, int64_t column, int64_t at)> visit,
    EmitError emitError) {
  return ElementWalk(packed, emitError).run(visit);
}

static LogicalResult verifyArray(ElementsAttr array, StringRef name,
                                 ArrayRef<int64_t> shape, Type element,
                                 EmitError emitError) {
  auto expected = RankedTensorType::get(shape, element);
  if (!array)
    return emitError() << "needs " << name << " of type " << expected;
  if (array.getType() == expected)
    return success();
  return emitError() << "needs " << name << " of type " << expected << ", not "
                     << array.getType();
}

LogicalResult sopt::verifyShapes(const PackedMatrix &packed,
                                 EmitError emitError) {
  LayoutAttr layout = packed.layout;
  if (failed(verifyMatrix(layout, packed.type, emitError)))
    return failure();
  if (layout.hasIndices() != bool(packed.indices))
    return emitError() << (packed.indices ? "has no use for" : "lacks")
                       << " indices in layout "
                       << stringifyLayoutKind(layout.getKind());
  if (layout.hasPointers() != bool(packed.pointers))
    return emitError() << (packed.pointers ? "has no use for" : "lacks")
                       << " pointers in layout "
                       << stringifyLayoutKind(layout.getKind());

  // How many elements there are is the indices' to say.
  int64_t count = 0;
  if (packed.indices && packed.indices.getShapedType().getRank() > 0)
    count = packed.indices.getShapedType().getDimSize(0);
  MLIRContext *context = layout.getContext();
  if (packed.indices &&
      failed(verifyArray(packed.indices, "indices",
                         getIndicesShape(layout, packed.type, count),
                         IntegerType::get(context, layout.getIndexWidth()),
                         emitError)))
    return failure();
  if (packed.pointers &&
      failed(verifyArray(
          packed.pointers, "pointers", getPointersShape(layout, packed.type),
          IntegerType::get(context, layout.getPointerWidth()), emitError)))
    return failure();
  return verifyArray(packed.values, "values",
                     getValuesShape(layout, packed.type, count),
                     packed.type.getElementType(), emitError);
}

LogicalResult sopt::verifyIndices(const PackedMatrix &packed,
                                  EmitError emitError) {
  return ElementWalk(packed, emitError).run([](int64_t, int64_t, int64_t) {});
}
