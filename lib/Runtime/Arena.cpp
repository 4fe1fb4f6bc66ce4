//===- Arena.cpp - Memory of one context ----------------------------------===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Arena.h"
#include <cassert>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>
#if __has_feature(address_sanitizer)
#include <sanitizer/asan_interface.h>
#endif

using namespace sopt::runtime;

// Headers of blocks are hidden from everything but the functions below.
#pragma clang attribute push(__attribute__((no_sanitize("address"))),          \
                             apply_to = function)

/// Pages become usable in steps of this, the size of a huge page.
static constexpr uint64_t commitStep = uint64_t(2) << 20;
/// An arena that cannot have this much is of no use.
static constexpr uint64_t leastReserve = uint64_t(16) << 20;

static uint64_t roundUp(uint64_t value, uint64_t unit) {
  return (value + unit - 1) / unit * unit;
}

/// Whoever touches these bytes from now on is reported by AddressSanitizer,
/// where the runtime is built with it.
static void hide(void *start, uint64_t size) {
#if __has_feature(address_sanitizer)
  __asan_poison_memory_region(start, size);
#endif
}

/// Takes back what hide() did.
static void show(void *start, uint64_t size) {
#if __has_feature(address_sanitizer)
  __asan_unpoison_memory_region(start, size);
#endif
}

/// More than the machine has would only be taken to be killed for it. Where
/// the process has a limit on address space, others need some of it, too.
static uint64_t getUsableMemory() {
  uint64_t memory =
      uint64_t(sysconf(_SC_PHYS_PAGES)) * uint64_t(sysconf(_SC_PAGESIZE));
  rlimit limit;
  if (getrlimit(RLIMIT_AS, &limit) == 0 && limit.rlim_cur != RLIM_INFINITY &&
      limit.rlim_cur / 2 < memory)
    memory = limit.rlim_cur / 2;
  return memory;
}

bool Arena::reserve(uint64_t limit) {
  uint64_t size = roundUp(limit ? limit : getUsableMemory(), commitStep);
  for (; size >= leastReserve || size == limit; size /= 2) {
    ++systemCalls;
    void *start = mmap(nullptr, size, PROT_NONE,
                       MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (start == MAP_FAILED)
      continue;
    // Advice only: big tensors then need fewer entries of the TLB.
    (void)madvise(start, size, MADV_HUGEPAGE);
    base = static_cast<char *>(start);
    reserved = size;
    return true;
  }
  return false;
}

void Arena::release() {
  if (base) {
    show(base, committed);
    munmap(base, reserved);
  }
  *this = Arena();
}

void Arena::reset() {
  hide(base, committed);
  end = 0;
  lastSize = 0;
  freeBlocks = nullptr;
}

Arena::Header *Arena::at(uint64_t offset) const {
  return reinterpret_cast<Header *>(base + offset);
}

uint64_t Arena::offsetOf(const Header *block) const {
  return uint64_t(reinterpret_cast<const char *>(block) - base);
}

void *Arena::allocate(uint64_t size) {
  if (size > reserved)
    return nullptr;
  uint64_t total = sizeof(Header) + roundUp(size ? size : 1, alignment);
  Header *block = findBest(total);
  if (block) {
    setUsed(block);
    split(block, total);
  } else {
    block = extend(total);
  }
  if (!block)
    return nullptr;
  // Exactly what was asked for: what rounding adds stays out of bounds, and so
  // do the headers, to all but this file.
  show(block + 1, size);
  return block + 1;
}

/// The smallest free block of at least `size`. Models free about as much as
/// they allocate, so that the list is short.
Arena::Header *Arena::findBest(uint64_t size) const {
  Header *best = nullptr;
  for (Header *block = freeBlocks; block; block = block->nextFree)
    if (block->size >= size && (!best || block->size < best->size))
      best = block;
  return best;
}

/// Appends a block.
Arena::Header *Arena::extend(uint64_t size) {
  if (size > reserved - end || !commit(end + size))
    return nullptr;
  Header *block = at(end);
  block->size = size;
  block->previousSize = lastSize;
  block->isFree = false;
  lastSize = size;
  end += size;
  return block;
}

bool Arena::commit(uint64_t size) {
  if (size <= committed)
    return true;
  uint64_t wanted = roundUp(size, commitStep);
  if (wanted > reserved)
    wanted = reserved;
  ++systemCalls;
  if (mprotect(base + committed, wanted - committed, PROT_READ | PROT_WRITE))
    return false;
  hide(base + committed, wanted - committed);
  committed = wanted;
  return true;
}

/// Cuts what `block` has over `size` off as a free block.
void Arena::split(Header *block, uint64_t size) {
  uint64_t rest = block->size - size;
  if (rest <= sizeof(Header))
    return;
  block->size = size;
  Header *tail = at(offsetOf(block) + size);
  tail->size = rest;
  tail->previousSize = size;
  setFree(tail);
  setPreviousSizeAfter(tail);
}

void Arena::free(void *pointer) {
  if (!pointer)
    return;
  assert(contains(pointer) && "freed what the arena did not allocate");
  Header *block = static_cast<Header *>(pointer) - 1;
  hide(block + 1, block->size - sizeof(Header));
  assert(!block->isFree && "freed twice");

  uint64_t offset = offsetOf(block);
  if (offset + block->size < end) {
    Header *next = at(offset + block->size);
    if (next->isFree) {
      setUsed(next);
      block->size += next->size;
    }
  }
  if (offset > 0) {
    Header *previous = at(offset - block->previousSize);
    if (previous->isFree) {
      setUsed(previous);
      previous->size += block->size;
      block = previous;
    }
  }
  // A free block at the end is given up, so that the next may be of any size.
  if (offsetOf(block) + block->size == end) {
    end = offsetOf(block);
    lastSize = block->previousSize;
    return;
  }
  setFree(block);
  setPreviousSizeAfter(block);
}

void Arena::setFree(Header *block) {
  block->isFree = true;
  block->previousFree = nullptr;
  block->nextFree = freeBlocks;
  if (freeBlocks)
    freeBlocks->previousFree = block;
  freeBlocks = block;
}

void Arena::setUsed(Header *block) {
  block->isFree = false;
  (block->previousFree ? block->previousFree->nextFree : freeBlocks) =
      block->nextFree;
  if (block->nextFree)
    block->nextFree->previousFree = block->previousFree;
}

void Arena::setPreviousSizeAfter(const Header *block) {
  uint64_t next = offsetOf(block) + block->size;
  if (next < end)
    at(next)->previousSize = block->size;
}

#pragma clang attribute pop
