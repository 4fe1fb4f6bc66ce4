//===- Fingerprint.cpp - Whether two things are the same ------------------===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Fingerprint.h"
#include "dialects/ONNX/IR/ConstantData.h"
#include "dialects/ONNX/IR/ONNX.h"
#include "llvm/Support/xxhash.h"

using namespace mlir;
using namespace sopt;

namespace {
/// Hashes what it is given, in order.
class Hasher {
public:
  void addText(StringRef text) { addNumber(llvm::xxh3_64bits(text)); }
  void addBytes(ArrayRef<char> bytes) {
    addText(StringRef(bytes.data(), bytes.size()));
  }
  void addNumber(uint64_t number) {
    uint64_t pair[] = {state, number};
    state = llvm::xxh3_64bits(
        StringRef(reinterpret_cast<const char *>(pair), sizeof(pair)));
  }
  template <typename T> void addPrinted(T printable) {
    std::string text;
    llvm::raw_string_ostream os(text);
    printable.print(os);
    addText(text);
  }

  uint64_t get() const { return state; }

private:
  uint64_t state = 0;
};
} // namespace

static void addAttributes(Hasher &hasher, Operation *op) {
  if (auto constant = dyn_cast<onnx::ConstantOp>(op))
    if (auto data = onnx::ConstantData::get(constant->getResult(0))) {
      hasher.addBytes(data->getBytes());
      return;
    }
  hasher.addPrinted(op->getAttrDictionary());
}

uint64_t sopt::getFingerprint(func::FuncOp function) {
  Hasher hasher;
  llvm::DenseMap<Value, uint64_t> numbers;
  auto number = [&](Value value) {
    return numbers.try_emplace(value, numbers.size()).first->second;
  };
  function.getBody().walk<WalkOrder::PreOrder>([&](Operation *op) {
    hasher.addText(op->getName().getStringRef());
    for (Value operand : op->getOperands())
      hasher.addNumber(number(operand));
    for (Value result : op->getResults()) {
      hasher.addNumber(number(result));
      hasher.addPrinted(result.getType());
    }
    addAttributes(hasher, op);
  });
  return hasher.get();
}

uint64_t sopt::getFingerprint(ArrayRef<CalibrationItem> items) {
  Hasher hasher;
  for (const CalibrationItem &item : items)
    for (const Tensor &input : item.inputs) {
      hasher.addText(input.name);
      for (int64_t size : input.shape)
        hasher.addNumber(uint64_t(size));
      hasher.addBytes(input.bytes);
    }
  return hasher.get();
}
