//===- ElementCodec.h - How C++ reads and writes tensor elements -*- C++
//-*-===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A codec is a type with
//
//   Value                        the C++ type in which elements are computed
//   Value load(bytes, index)     reads an element
//   void store(bytes, index, v)  rounds to nearest even and writes an element
//
// so that a loop over a weight of any element type is one template.
//
//===----------------------------------------------------------------------===//

#ifndef SPARSE_OPT_DIALECTS_ONNX_IR_ELEMENTCODEC_H
#define SPARSE_OPT_DIALECTS_ONNX_IR_ELEMENTCODEC_H

#include "mlir/IR/BuiltinTypes.h"
#include "llvm/ADT/APFloat.h"
#include "llvm/ADT/bit.h"
#include <cstring>

namespace sopt::onnx {

template <typename T> struct NativeCodec {
  using Value = T;
  static T load(const char *bytes, int64_t index) {
    T value;
    std::memcpy(&value, bytes + index * sizeof(T), sizeof(T));
    return value;
  }
  static void store(char *bytes, int64_t index, T value) {
    std::memcpy(bytes + index * sizeof(T), &value, sizeof(T));
  }
};

struct BoolCodec {
  using Value = bool;
  static bool load(const char *bytes, int64_t index) {
    return bytes[index] != 0;
  }
  static void store(char *bytes, int64_t index, bool value) {
    bytes[index] = value;
  }
};

/// bfloat16: the upper half of a float.
struct BFloat16Codec {
  using Value = float;
  static float load(const char *bytes, int64_t index) {
    uint32_t bits = NativeCodec<uint16_t>::load(bytes, index);
    return llvm::bit_cast<float>(bits << 16);
  }
  static void store(char *bytes, int64_t index, float value) {
    uint32_t bits = llvm::bit_cast<uint32_t>(value);
    // A NaN whose payload lies in the lower half must not become an infinity.
    uint32_t rounded =
        value != value ? bits | 0x00400000 : bits + 0x7fff + ((bits >> 16) & 1);
    NativeCodec<uint16_t>::store(bytes, index, rounded >> 16);
  }
};

/// IEEE half precision, by arithmetic on floats: there is no portable type.
struct HalfCodec {
  using Value = float;
  static float load(const char *bytes, int64_t index) {
    uint32_t half = NativeCodec<uint16_t>::load(bytes, index);
    uint32_t sign = (half & 0x8000) << 16;
    uint32_t magnitude = (half & 0x7fff) << 13;
    if (magnitude >= 0x0f800000) // infinity and NaN
      return llvm::bit_cast<float>(sign | 0x70000000 | magnitude);
    // Read with a float's exponent, every half is too small by 2^112; the
    // product also normalises subnormals.
    float value = llvm::bit_cast<float>(magnitude) * 0x1p112f;
    return llvm::bit_cast<float>(sign | llvm::bit_cast<uint32_t>(value));
  }
  static void store(char *bytes, int64_t index, float value) {
    uint32_t bits = llvm::bit_cast<uint32_t>(value);
    uint32_t sign = (bits >> 16) & 0x8000;
    uint32_t magnitude = bits & 0x7fffffff;
    uint32_t half;
    if (magnitude > 0x7f800000) {
      half = 0x7e00 | ((magnitude >> 13) & 0x3ff);
    } else if (magnitude >= 0x477ff000) { // 65520 and above round to infinity
      half = 0x7c00;
    } else if (magnitude < 0x38800000) {
      // Subnormal in half: adding 1/2 leaves the rounded multiple of 2^-24 in
      // the low bits of the sum.
      float sum = llvm::bit_cast<float>(magnitude) + 0.5f;
      half = llvm::bit_cast<uint32_t>(sum) - 0x3f000000;
    } else {
      half = (magnitude - 0x38000000 + 0xfff + ((magnitude >> 13) & 1)) >> 13;
    }
    NativeCodec<uint16_t>::store(bytes, index, sign | half);
  }
};

/// Integers of fewer than eight bits, each in a byte of its own.
template <unsigned bits, typename T> struct SmallIntegerCodec {
  using Value = T;
  static T load(const char *bytes, int64_t index) {
    // Shifting through the top extends the sign of a signed T.
    return T(T(uint8_t(bytes[index]) << (8 - bits)) >> (8 - bits));
  }
};

/// Floats of at most eight bits, each in a byte of its own.
template <const llvm::fltSemantics &(*semantics)()> struct SmallFloatCodec {
  using Value = float;
  static float load(const char *bytes, int64_t index) {
    unsigned width = llvm::APFloat::getSizeInBits(semantics());
    llvm::APInt bits(8, uint8_t(bytes[index]));
    return llvm::APFloat(semantics(), bits.trunc(width)).convertToFloat();
  }
};

/// Calls `visit` with the codec of `elementType`, one that can compute and
/// store: bool, integers of whole bytes, f16, bf16, f32, f64. Returns false,
/// without a call, for any other type.
template <typename VisitFn>
bool visitArithmeticCodec(mlir::Type elementType, VisitFn visit) {
  if (auto integer = mlir::dyn_cast<mlir::IntegerType>(elementType)) {
    bool isUnsigned = integer.isUnsigned();
    switch (integer.getWidth()) {
    case 1:
      return visit(BoolCodec()), true;
    case 8:
      return isUnsigned ? visit(NativeCodec<uint8_t>())
                        : visit(NativeCodec<int8_t>()),
             true;
    case 16:
      return isUnsigned ? visit(NativeCodec<uint16_t>())
                        : visit(NativeCodec<int16_t>()),
             true;
    case 32:
      return isUnsigned ? visit(NativeCodec<uint32_t>())
                        : visit(NativeCodec<int32_t>()),
             true;
    case 64:
      return isUnsigned ? visit(NativeCodec<uint64_t>())
                        : visit(NativeCodec<int64_t>()),
             true;
    default:
      return false;
    }
  }
  if (elementType.isF32())
    return visit(NativeCodec<float>()), true;
  if (elementType.isF64())
    return visit(NativeCodec<double>()), true;
  if (elementType.isF16())
    return visit(HalfCodec()), true;
  if (elementType.isBF16())
    return visit(BFloat16Codec()), true;
  return false;
}

/// As visitArithmeticCodec, and also calls `visit` with the codecs of the types
/// that can only be loaded: integers and floats of at most eight bits.
template <typename VisitFn>
bool visitLoadCodec(mlir::Type elementType, VisitFn visit) {
  using llvm::APFloat;
  if (visitArithmeticCodec(elementType, visit))
    return true;
  if (auto integer = mlir::dyn_cast<mlir::IntegerType>(elementType)) {
    bool isUnsigned = integer.isUnsigned();
    if (integer.getWidth() == 4)
      return isUnsigned ? visit(SmallIntegerCodec<4, uint8_t>())
                        : visit(SmallIntegerCodec<4, int8_t>()),
             true;
    if (integer.getWidth() == 2)
      return isUnsigned ? visit(SmallIntegerCodec<2, uint8_t>())
                        : visit(SmallIntegerCodec<2, int8_t>()),
             true;
    return false;
  }
  if (mlir::isa<mlir::Float8E4M3FNType>(elementType))
    return visit(SmallFloatCodec<APFloat::Float8E4M3FN>()), true;
  if (mlir::isa<mlir::Float8E4M3FNUZType>(elementType))
    return visit(SmallFloatCodec<APFloat::Float8E4M3FNUZ>()), true;
  if (mlir::isa<mlir::Float8E5M2Type>(elementType))
    return visit(SmallFloatCodec<APFloat::Float8E5M2>()), true;
  if (mlir::isa<mlir::Float8E5M2FNUZType>(elementType))
    return visit(SmallFloatCodec<APFloat::Float8E5M2FNUZ>()), true;
  if (mlir::isa<mlir::Float8E8M0FNUType>(elementType))
    return visit(SmallFloatCodec<APFloat::Float8E8M0FNU>()), true;
  if (mlir::isa<mlir::Float6E2M3FNType>(elementType))
    return visit(SmallFloatCodec<APFloat::Float6E2M3FN>()), true;
  if (mlir::isa<mlir::Float6E3M2FNType>(elementType))
    return visit(SmallFloatCodec<APFloat::Float6E3M2FN>()), true;
  if (mlir::isa<mlir::Float4E2M1FNType>(elementType))
    return visit(SmallFloatCodec<APFloat::Float4E2M1FN>()), true;
  return false;
}

} // namespace sopt::onnx

#endif // SPARSE_OPT_DIALECTS_ONNX_IR_ELEMENTCODEC_H
