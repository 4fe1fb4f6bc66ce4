//===- TileKernel.cpp - Products in tile registers ------------------------===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "TileKernel.h"
#include "Activations.h"
#include "Kernels.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

using namespace mlir;
using namespace sopt;

/// Registers of rows, and of columns, that sums take at once; bytes of a
/// register's row.
static constexpr int64_t kRegisters = 2, kRowBytes = 64;

/// Numbers of the registers.
static int64_t getSums(int64_t row, int64_t column) {
  return row * kRegisters + column;
}
static int64_t getInputs(int64_t row) { return 4 + row; }
static int64_t getWeights(int64_t column) { return 6 + column; }

//===----------------------------------------------------------------------===//
// Instructions
//===----------------------------------------------------------------------===//

static void call(VectorBuilder &b, StringRef name, ValueRange arguments) {
  LLVM::CallIntrinsicOp::create(b, b.getStringAttr(name), arguments);
}

static Value getRegister(VectorBuilder &b, int64_t number) {
  return LLVM::ConstantOp::create(b, b.getI8Type(), number);
}

static Value getI64(VectorBuilder &b, Value index) {
  return arith::IndexCastOp::create(b, b.getI64Type(), index);
}

/// `bytes` from where `memory` begins.
static Value getAddress(VectorBuilder &b, Value memory, Value bytes) {
  Value start = memref::ExtractAlignedPointerAsIndexOp::create(b, memory);
  return LLVM::IntToPtrOp::create(b, LLVM::LLVMPointerType::get(b.getContext()),
                                  getI64(b, b.add(start, bytes)));
}

/// Bytes of the innermost row of a memref.
static int64_t getStride(Value memory) {
  auto type = cast<MemRefType>(memory.getType());
  constexpr int64_t kBitsPerByte = 8;
  return type.getShape().back() * type.getElementTypeBitWidth() / kBitsPerByte;
}

/// Moves rows between a register and `memory`, from `bytes` of it on.
static void move(VectorBuilder &b, StringRef name, int64_t number, Value memory,
                 Value bytes) {
  call(b, name,
       {getRegister(b, number), getAddress(b, memory, bytes),
        getI64(b, b.index(getStride(memory)))});
}

//===----------------------------------------------------------------------===//
// The kernel
//===----------------------------------------------------------------------===//

Isa TileKernel::getTile(const Isa &isa) {
  Isa tile = isa;
  tile.rows = kRegisters * kTileRows;
  tile.vectors = kRegisters;
  assert(isa.lanes == kTileWords && "a register's row is a vector");
  return tile;
}

std::string TileKernel::getName() const {
  return NarrowKernel::getName() + "_amx";
}

void TileKernel::build(VectorBuilder &b, ValueRange arguments) {
  threads = arguments.back();
  rowUnit = kTileRows;
  NarrowKernel::build(b, arguments.drop_back());
}

// A worker per thread, since configuring the registers takes as long as many
// products.
void TileKernel::buildTasks(VectorBuilder &b) {
  cutTasks(b);
  Value numWorkers = b.minimum(numTasks, threads);
  int64_t columns = kRegisters * b.getLanes();
  sums = allocate(
      b, {numWorkers, b.getIndexAttr(b.getIsa().rows), b.getIndexAttr(columns)},
      isInt8() ? Type(b.getI32Type()) : b.getF32Type());
  buildConfiguration(b);
  b.shareOut(
      numTasks, numWorkers,
      [&](Value worker, Value index) {
        buildTask(b, worker, getTask(b, index));
      },
      [&] {
        call(b, "llvm.x86.ldtilecfg", getAddress(b, configuration, b.index(0)));
      },
      [&] { call(b, "llvm.x86.tilerelease", {}); });
}

// Byte 0 is the palette, bytes 16 to 31 are the registers' 16-bit lengths of a
// row, and bytes 48 to 55 their numbers of rows (Intel's manual, LDTILECFG).
void TileKernel::buildConfiguration(VectorBuilder &b) {
  constexpr int64_t kBytes = 64, kNumRegisters = 8;
  SmallVector<int8_t> bytes(kBytes, 0);
  bytes[0] = 1;
  for (int64_t i = 0; i < kNumRegisters; ++i) {
    bytes[16 + 2 * i] = kRowBytes;
    bytes[48 + i] = kTileRows;
  }
  auto type = VectorType::get(kBytes, b.getI8Type());
  Value constant = arith::ConstantOp::create(
      b, DenseElementsAttr::get(type, ArrayRef<int8_t>(bytes)));
  configuration =
      allocate(b, OpFoldResult(b.getIndexAttr(kBytes)), b.getI8Type());
  vector::StoreOp::create(b, constant, configuration, b.index(0));
}

void TileKernel::buildTask(VectorBuilder &b, Value worker, const Task &task) {
  Value rows = b.sub(task.end, task.row);
  b.when(
      b.less(b.index(kTileRows), rows),
      [&] { buildProducts(b, 2, worker, task); },
      [&] { buildProducts(b, 1, worker, task); });
  buildOutputs(b, worker, task);
}

void TileKernel::buildPrefetch(VectorBuilder &b, const Task &task, Value step) {
  // Of the share, for as many k as a step has, line by line.
  int64_t bytes = getStride(weight);
  int64_t width = cast<MemRefType>(weight.getType()).getDimSize(2);
  int64_t line = kBufferAlignment * width / bytes;
  Value elements = b.mul(task.aheadStep, b.index(kTileWords));
  Value first = b.mul(step, elements);
  b.loop(b.index(0), elements, line, {}, [&](Value at, ValueRange) {
    prefetch(b, task, b.add(first, at));
    return SmallVector<Value>();
  });
}

void TileKernel::buildProducts(VectorBuilder &b, int64_t tileRows, Value worker,
                               const Task &task) {
  auto forSums = [&](function_ref<void(int64_t, int64_t)> body) {
    for (int64_t row = 0; row < tileRows; ++row)
      for (int64_t column = 0; column < kRegisters; ++column)
        body(row, column);
  };
  forSums([&](int64_t row, int64_t column) {
    call(b, "llvm.x86.tilezero", getRegister(b, getSums(row, column)));
  });
  int64_t inputStride = getStride(x), weightStride = getStride(weight);
  int64_t words = cast<MemRefType>(weight.getType()).getDimSize(1);
  Value inputs = b.mul(task.row, b.index(inputStride));
  Value weights = b.mul(task.panel, b.index(words * weightStride));
  b.loop(b.index(0), b.index(words / kTileWords), 1, {},
         [&](Value step, ValueRange) {
           buildPrefetch(b, task, step);
           Value input = b.add(inputs, b.mul(step, b.index(kRowBytes)));
           Value columns =
               b.add(weights, b.mul(step, b.index(kTileWords * weightStride)));
           for (int64_t column = 0; column < kRegisters; ++column)
             move(b, "llvm.x86.tileloadd64", getWeights(column), weight,
                  b.add(columns, b.index(column * kRowBytes)));
           for (int64_t row = 0; row < tileRows; ++row)
             move(b, "llvm.x86.tileloadd64", getInputs(row), x,
                  b.add(input, b.index(row * kTileRows * inputStride)));
           forSums([&](int64_t row, int64_t column) {
             call(b, form.intrinsic,
                  {getRegister(b, getSums(row, column)),
                   getRegister(b, getInputs(row)),
                   getRegister(b, getWeights(column))});
           });
           return SmallVector<Value>();
         });
  int64_t stride = getStride(sums);
  Value mine = b.mul(worker, b.index(b.getIsa().rows * stride));
  forSums([&](int64_t row, int64_t column) {
    int64_t offset = row * kTileRows * stride + column * kRowBytes;
    move(b, "llvm.x86.tilestored64", getSums(row, column), sums,
         b.add(mine, b.index(offset)));
  });
}

void TileKernel::buildOutputs(VectorBuilder &b, Value worker,
                              const Task &task) {
  Value column = getColumn(b, task.panel);
  b.forAll(b.sub(task.end, task.row), [&](Value r) {
    Value row = b.add(task.row, r);
    SmallVector<Value> products;
    for (int64_t v = 0; v < kRegisters; ++v) {
      SmallVector<Value> place = {worker, r, b.index(v * b.getLanes())};
      products.push_back(isInt8() ? b.loadInts(sums, place)
                                  : b.load(sums, place));
    }
    for (auto [v, output] :
         llvm::enumerate(finish(b, row, task.panel, products))) {
      Value at = b.add(column, b.index(v * b.getLanes()));
      b.store(emitActivation(b, activation, output), y, {row, at},
              buildMask(b, at));
    }
  });
}
