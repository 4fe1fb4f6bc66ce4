//===- OperatorKinds.cpp - Operators alike in their shapes ----------------===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "sparse-opt/Analysis/OperatorKinds.h"
#include "dialects/ONNX/IR/ONNX.h"
#include "dialects/Sopt/IR/Sopt.h"

using namespace mlir;
using namespace sopt;

bool sopt::keepsShape(Operation *op) {
  return isa<
      onnx::AbsOp, onnx::BitwiseNotOp, onnx::CastOp, onnx::CeilOp, onnx::ClipOp,
      onnx::CosOp, onnx::CumSumOp, onnx::DequantizeLinearOp, onnx::DropoutOp,
      onnx::EluOp, onnx::ErfOp, onnx::ExpOp, onnx::FloorOp, onnx::GeluOp,
      onnx::HardSigmoidOp, onnx::HardSwishOp, onnx::IdentityOp, onnx::IsInfOp,
      onnx::IsNaNOp, onnx::LeakyReluOp, onnx::LogOp, onnx::LogSoftmaxOp,
      onnx::MishOp, onnx::NegOp, onnx::NotOp, onnx::QuantizeLinearOp,
      onnx::RMSNormalizationOp, onnx::ReciprocalOp, onnx::ReluOp, onnx::RoundOp,
      onnx::SigmoidOp, onnx::SignOp, onnx::SinOp, onnx::SoftmaxOp,
      onnx::SoftplusOp, onnx::SqrtOp, onnx::SwishOp, onnx::TanhOp,
      onnx::TriluOp, LayerNormOp, PolyOp>(op);
}

bool sopt::broadcastsOperands(Operation *op) {
  return isa<onnx::AddOp, onnx::AndOp, onnx::BitwiseAndOp, onnx::BitwiseOrOp,
             onnx::DivOp, onnx::EqualOp, onnx::GreaterOp,
             onnx::GreaterOrEqualOp, onnx::LessOp, onnx::LessOrEqualOp,
             onnx::MaxOp, onnx::MeanOp, onnx::MinOp, onnx::ModOp, onnx::MulOp,
             onnx::OrOp, onnx::PowOp, onnx::PReluOp, onnx::SubOp, onnx::SumOp,
             onnx::WhereOp, onnx::XorOp>(op);
}

bool sopt::isElementwise(Operation *op) {
  // These keep the shape, but look along a dimension of it or have parameters
  // that belong to one.
  if (isa<onnx::CumSumOp, onnx::DequantizeLinearOp, onnx::DropoutOp,
          onnx::LogSoftmaxOp, onnx::QuantizeLinearOp, onnx::RMSNormalizationOp,
          onnx::SoftmaxOp, onnx::TriluOp, LayerNormOp>(op))
    return false;
  return keepsShape(op) || broadcastsOperands(op);
}
