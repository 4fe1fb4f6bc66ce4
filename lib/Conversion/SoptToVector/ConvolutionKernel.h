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

/// The part of an image of two dimensions that one position of a filter sees.
struct ConvolutionWindow {
  std::array<int64_t, 2> kernel, strides, dilations;

  int64_t getNumElements() const { return kernel[0] * kernel[1]; }
  /// Whether it is one element and there is one at each: then all positions of
  /// an image may count as one row of it.
  bool isPointwise() const;
  /// All of it, for names of kernels.
  std::string getName() const;
};

/// What is static about a convolution, each of whose `groups` maps `channels`
/// to `outputs`.
struct ConvolutionShape {
  int64_t groups, outputs, channels;
  ConvolutionWindow window;

  /// Elements that one output depends on.
  int64_t getDepth() const { return channels * window.getNumElements(); }
};

/// The body of one kernel: y = filter ∗ x + bias. Layers of other sizes share
/// it: a network has many such, and code for each would be no faster and take
/// its time to compile.
class ConvolutionKernel {
public:
  ConvolutionKernel(const ConvolutionShape &shape, const Isa &isa, bool hasBias)
      : window(shape.window), rest(shape.outputs % isa.rows), hasBias(hasBias) {
  }

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

  ConvolutionWindow window;
  /// Filters of a group that make no whole tile.
  int64_t rest;
  bool hasBias;
  mlir::Value x, filters, bias, y, rowSize, windows;
  /// Of a group: channels, outputs, and tiles of filters.
  mlir::Value channels, outputs, numTiles;
  mlir::Value groups, depth, numPositions, tilesOfPositions, numChunks;
};

} // namespace sopt

#endif // SPARSE_OPT_LIB_CONVERSION_SOPTTOVECTOR_CONVOLUTIONKERNEL_H
