//===- Precision.cpp - The text and the rules of #sopt.precision ----------===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "dialects/Sopt/IR/Precision.h"
#include "mlir/IR/DialectImplementation.h"
#include <cmath>

using namespace mlir;
using namespace sopt;

ParseResult sopt::parseInputRounding(AsmParser &parser,
                                     DenseF32ArrayAttr &range,
                                     DenseIntElementsAttr &smooth) {
  if (parser.parseOptionalComma())
    return success();
  if (succeeded(parser.parseOptionalKeyword("range"))) {
    if (parser.parseEqual() || parser.parseAttribute(range))
      return failure();
    if (parser.parseOptionalComma())
      return success();
  }
  return failure(parser.parseKeyword("smooth") || parser.parseEqual() ||
                 parser.parseAttribute(smooth));
}

void sopt::printInputRounding(AsmPrinter &printer, DenseF32ArrayAttr range,
                              DenseIntElementsAttr smooth) {
  if (range)
    printer << ", range = " << range;
  if (smooth)
    printer << ", smooth = " << smooth;
}

SmallVector<float> PrecisionAttr::getFactors() const {
  SmallVector<float> factors;
  if (DenseIntElementsAttr smooth = getSmooth())
    for (APInt exponent : smooth.getValues<APInt>())
      factors.push_back(std::ldexp(1.0f, int(exponent.getSExtValue())));
  return factors;
}

LogicalResult
PrecisionAttr::verify(function_ref<InFlightDiagnostic()> emitError,
                      Number number, DenseF32ArrayAttr range,
                      DenseIntElementsAttr smooth) {
  if ((range || smooth) && number != Number::Int8)
    return emitError() << "a range and exponents are for int8, not "
                       << stringifyNumber(number);
  if (range && (range.size() != 2 || !std::isfinite(range[0]) ||
                !std::isfinite(range[1]) || range[0] > 0 || range[1] < 0 ||
                range[0] == range[1]))
    return emitError() << "a range goes from a number that is not positive to "
                          "a larger one that is not negative";
  if (!smooth)
    return success();
  if (smooth.getType().getRank() != 1 || !smooth.getElementType().isInteger(8))
    return emitError() << "exponents are a tensor of i8 of rank 1, not "
                       << smooth.getType();
  for (APInt exponent : smooth.getValues<APInt>())
    if (std::abs(exponent.getSExtValue()) > kMaxExponent)
      return emitError() << "exponents go from -" << kMaxExponent << " to "
                         << kMaxExponent << ", not " << exponent.getSExtValue();
  return success();
}
