//===- Arena.h - Memory of one context --------------------------*- C++ -*-===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A run of a compiled model allocates and frees the same blocks in the same
// order whenever the shapes are the same. The arena therefore reserves as much
// address space as the machine has memory, makes pages usable from its start as
// they are needed, and keeps them: a second run at a shape finds every block
// where the first had it and asks the system for nothing. As the arena grows in
// place, blocks never move and never lie outside.
//
//===----------------------------------------------------------------------===//

#ifndef SPARSE_OPT_LIB_RUNTIME_ARENA_H
#define SPARSE_OPT_LIB_RUNTIME_ARENA_H

#include <cstdint>

namespace sopt::runtime {

/// A best-fit allocator with coalescing over one block of address space. All
/// members are trivial: an arena lives in zeroed memory.
class Arena {
public:
  /// Every block starts at a multiple of this: a cache line, and the widest
  /// vector there is.
  static constexpr uint64_t alignment = 64;

  /// Reserves `limit` bytes of address space, or all the machine's memory for
  /// 0, or less if the process may not have so much. False if it gets none.
  bool reserve(uint64_t limit = 0);

  /// Gives everything back to the system.
  void release();

  /// Frees all blocks at once. Pages stay.
  void reset();

  /// `size` bytes, null if the memory cannot be had. Zero bytes are a block
  /// with an address of its own.
  void *allocate(uint64_t size);

  /// Frees a block of allocate(); null is ignored.
  void free(void *pointer);

  bool contains(const void *pointer) const {
    return pointer >= base && pointer < base + end;
  }

  /// Bytes usable without asking the system.
  uint64_t getCommitted() const { return committed; }

  /// How often the system was asked for memory.
  uint64_t getSystemCalls() const { return systemCalls; }

private:
  /// Precedes each block, and fills one unit of alignment. `size` counts it.
  struct alignas(alignment) Header {
    uint64_t size;
    uint64_t previousSize; ///< Of the block before, 0 for the first.
    bool isFree;
    Header *nextFree; ///< Links of the list of free blocks.
    Header *previousFree;
  };

  Header *at(uint64_t offset) const;
  uint64_t offsetOf(const Header *block) const;
  Header *findBest(uint64_t size) const;
  Header *extend(uint64_t size);
  bool commit(uint64_t size);
  void split(Header *block, uint64_t size);
  void setFree(Header *block);
  void setUsed(Header *block);
  void setPreviousSizeAfter(const Header *block);

  char *base;         ///< Start of the address space.
  uint64_t reserved;  ///< Its size.
  uint64_t committed; ///< Of it usable, from the start.
  uint64_t end;       ///< Where blocks end. The last one is never free.
  uint64_t lastSize;  ///< Size of the last block.
  Header *freeBlocks;
  uint64_t systemCalls;
};

} // namespace sopt::runtime

#endif // SPARSE_OPT_LIB_RUNTIME_ARENA_H
