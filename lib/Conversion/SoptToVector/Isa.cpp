//===- Isa.cpp - The table of vector units --------------------------------===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Isa.h"
#include "llvm/ADT/STLExtras.h"

using namespace sopt;

// Tall tiles win: a weight vector is loaded once per column of the tile, an
// input once per row, and only the latter can be folded into an instruction.
static constexpr Isa kIsas[] = {
    {"avx512", 16, 32, true, true, 12, 2, 6, 4},
    {"avx2", 8, 16, true, false, 6, 2, 6, 2},
    {"neon", 4, 32, true, false, 8, 3, 4, 6},
    {"generic", 4, 16, false, false, 6, 2, 6, 2},
};

bool Isa::isInOneSet(int64_t bytes) {
  constexpr int64_t kPage = 4096;
  return bytes % kPage == 0;
}

Isa Isa::forRowsOf(int64_t bytes) const {
  Isa isa = *this;
  if (isInOneSet(bytes)) {
    isa.rows = rowsInOneSet;
    isa.vectors = vectorsInOneSet;
  }
  return isa;
}

const Isa *sopt::lookUpIsa(llvm::StringRef name) {
  const Isa *isa =
      llvm::find_if(kIsas, [&](const Isa &isa) { return isa.name == name; });
  return isa == std::end(kIsas) ? nullptr : isa;
}
