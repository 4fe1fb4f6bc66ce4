//===- DepthwiseKernel.h - Convolutions of one channel each -----*- C++ -*-===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A filter that sees one channel makes a product of matrices one row high, and
// gathering its windows costs as much as multiplying them. So nothing is
// gathered: elements of a filter stay in registers, and rows of the image are
// read where they are, each once for all rows of outputs of a tile.
//
//===----------------------------------------------------------------------===//

#ifndef SPARSE_OPT_LIB_CONVERSION_SOPTTOVECTOR_DEPTHWISEKERNEL_H
#define SPARSE_OPT_LIB_CONVERSION_SOPTTOVECTOR_DEPTHWISEKERNEL_H

#include "ConvolutionKernel.h"

namespace sopt {

/// The body of one kernel: y = filter ∗ x + bias, with one channel per group.
/// Layers of other sizes share it.
class DepthwiseKernel {
public:
  DepthwiseKernel(const ConvolutionShape &shape, bool hasBias)
      : window(shape.window), outputs(shape.outputs), hasBias(hasBias) {}

  /// Whether it is the kernel for `shape`. Filters are unrolled, so large ones
  /// are not.
  static bool suits(const ConvolutionShape &shape);

  std::string getName() const;
  /// Arguments: x (images × groups × height × width, padded), filters (outputs
  /// of all groups × kernel), bias if any, y (images × outputs of all groups ×
  /// rows × columns).
  void build(VectorBuilder &b, mlir::ValueRange arguments);

private:
  /// The outputs of one filter for one image.
  struct Plane {
    mlir::Value image, channel, output;
    /// Each element of the filter in all lanes, row by row.
    llvm::SmallVector<mlir::Value> filter;
    /// What sums start from.
    mlir::Value start;
  };
  /// Outputs that are held in registers: `rows` × `vectors` from one position
  /// on. If there is a mask, `vectors` is 1.
  struct Tile {
    mlir::Value row, column;
    int64_t rows, vectors;
    mlir::Value mask;
  };

  Plane startPlane(VectorBuilder &b, mlir::Value index);
  /// With a mask, a plane is not as wide as a vector.
  void buildPlane(VectorBuilder &b, const Plane &plane, mlir::Value mask);
  /// One row of outputs.
  void buildRow(VectorBuilder &b, const Plane &plane, mlir::Value row,
                mlir::Value mask);
  void buildTile(VectorBuilder &b, const Plane &plane, const Tile &tile);
  /// The elements of x that column `kw` of a filter meets.
  mlir::Value load(VectorBuilder &b, const Plane &plane, mlir::Value row,
                   mlir::Value column, int64_t kw, mlir::Value mask);

  ConvolutionWindow window;
  /// Of a group.
  int64_t outputs;
  bool hasBias;
  mlir::Value x, filters, bias, y, numFilters, numRows, numColumns;
};

} // namespace sopt

#endif // SPARSE_OPT_LIB_CONVERSION_SOPTTOVECTOR_DEPTHWISEKERNEL_H
