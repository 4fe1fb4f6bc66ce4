//===- LayoutEncoding.h - Layouts in upstream's words -----------*- C++ -*-===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Every #sopt.layout has a #sparse_tensor.encoding with the same arrays:
//
//   dense       (i : dense, j : dense)
//   csr         (i : dense, j : compressed)
//   coo         (i : compressed(nonunique), j : singleton)
//   block rxc   (i floordiv r : dense, j floordiv c : compressed,
//                i mod r : dense, j mod c : dense)
//   nm n:m      (i floordiv m : dense, j : dense, i mod m : structured[n, m])
//
// Many encodings have no layout: other orders of dimensions (CSC), other ranks,
// doubly compressed and loose levels, structure-of-arrays coordinates, slices,
// explicit or implicit values. Upstream's COO also stores two positions, 0 and
// the number of elements, which #sopt.layout derives.
//
//===----------------------------------------------------------------------===//

#ifndef SPARSE_OPT_DIALECTS_SOPT_IR_LAYOUTENCODING_H
#define SPARSE_OPT_DIALECTS_SOPT_IR_LAYOUTENCODING_H

#include "dialects/Sopt/IR/Sopt.h"
#include "mlir/Dialect/SparseTensor/IR/SparseTensor.h"

namespace sopt {

/// The encoding that stores a matrix as `layout` does.
mlir::sparse_tensor::SparseTensorEncodingAttr toEncoding(LayoutAttr layout);

/// The layout whose encoding is `encoding`, up to `index` being i64; null if
/// there is none.
LayoutAttr fromEncoding(mlir::sparse_tensor::SparseTensorEncodingAttr encoding);

} // namespace sopt

#endif // SPARSE_OPT_DIALECTS_SOPT_IR_LAYOUTENCODING_H
