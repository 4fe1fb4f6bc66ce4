//===- TileRegisters.cpp - Leave to use AMX -------------------------------===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "TileRegisters.h"
#include <atomic>
#include <sys/syscall.h>
#include <unistd.h>

#ifdef __x86_64__
// Linux saves and restores this much of a thread only where it is asked to
// (its Documentation/arch/x86/xstate.rst, which gives the numbers).
static bool request() {
  constexpr long kRequestPermission = 0x1023, kTileData = 18;
  return syscall(SYS_arch_prctl, kRequestPermission, kTileData) == 0;
}
#else
static bool request() { return false; }
#endif

bool sopt::runtime::requestTileRegisters() {
  static std::atomic<bool> isGranted;
  if (isGranted.load(std::memory_order_relaxed))
    return true;
  bool granted = request();
  isGranted.store(granted, std::memory_order_relaxed);
  return granted;
}
