//===- ConvolutionKernel.h - Convolutions as products of tiles --*- C++ -*-===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A convolution is a product of matrices, filters × windows: outputs × K times
// K × positions, where K are the elements of a window. The matrix of windows
// would be as many times larger than the image as a window has positions, so it
// is never made whole: each task gathers the windows of as many positions as a
// tile of outputs has columns, and multiplies many filters by them.
//
//===----------------------------------------------------------------------===//

#ifndef SPARSE_OPT_LIB_CONVERSION_SOPTTOVECTOR_CONVOLUTIONKERNEL_H
#define SPARSE_OPT_LIB_CONVERSION_SOPTTOVECTOR_CONVOLUTIONKERNEL_H

#include "VectorBuilder.h"
#include <string>

namespace sopt {

/// What is static about a convolution of images of two dimensions, each of
/// whose `groups` maps `channels` to `outputs`.
struct ConvolutionShape {
  int64_t groups, outputs, channels;
  std::array<int64_t, 2> kernel, strides, dilations;

  /// Elements of one window.
  int64_t getDepth() const { return channels * kernel[0] * kernel[1]; }
  /// Whether a window is one element and there is one at each: then all
  /// positions of an image may count as one row of it.
  bool isPointwise() const;
};

/// The body of one kernel: y = filter ∗ x + bias.
class ConvolutionKernel {
public:
  ConvolutionKernel(const ConvolutionShape &shape, bool hasBias)
      : shape(shape), hasBias(hasBias) {}

  std::string getName() const;
  /// Arguments: x (images × channels of all groups × height × width, padded),
  /// filters (groups × ⌈outputs/rows⌉ × depth × rows), bias if any, y (images ×
  /// outputs of all groups × positions), and how many positions a row has.
  void build(VectorBuilder &b, mlir::ValueRange arguments);

private:
  /// A tile of positions of one image and some filters of one group.
  struct Task {
    mlir::Value worker, image, group;
    /// The first of its positions, and how many there are.
    mlir::Value position, numPositions;
    /// The first of its tiles of filters, and the one after the last.
    mlir::Value firstTile, endTile;
  };

  /// Tiles of filters of a group.
  int64_t getNumTiles(VectorBuilder &b) const;
  Task splitTask(VectorBuilder &b, mlir::Value worker, mlir::Value index);
  /// Gathers the windows of a task: depth × positions.
  void buildWindows(VectorBuilder &b, const Task &task);
  /// The part of them from `column` on, which is `count` neighbours in row `oh`
  /// of the outputs, from `ow` on.
  void buildWindowsInRow(VectorBuilder &b, const Task &task, mlir::Value column,
                         mlir::Value oh, mlir::Value ow, mlir::Value count);
  /// The product of `rows` filters, the first of a tile, and the windows.
  void buildTile(VectorBuilder &b, const Task &task, int64_t rows,
                 mlir::Value tile);
  /// `lanes` elements of a row of x, as far apart as windows are.
  mlir::Value loadStrided(VectorBuilder &b, mlir::ValueRange indices,
                          mlir::Value mask);

  ConvolutionShape shape;
  bool hasBias;
  mlir::Value x, filters, bias, y, rowSize, windows;
  mlir::Value numPositions, tilesOfPositions, numChunks;
};

} // namespace sopt

#endif // SPARSE_OPT_LIB_CONVERSION_SOPTTOVECTOR_CONVOLUTIONKERNEL_H
