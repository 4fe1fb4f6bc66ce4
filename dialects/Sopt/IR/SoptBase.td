//===- SoptBase.td - The sopt dialect and its attributes ------------------===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef SPARSE_OPT_DIALECTS_SOPT_IR_SOPTBASE
#define SPARSE_OPT_DIALECTS_SOPT_IR_SOPTBASE

include "mlir/IR/AttrTypeBase.td"
include "mlir/IR/EnumAttr.td"
include "mlir/IR/OpBase.td"
include "mlir/Interfaces/InferTypeOpInterface.td"
include "mlir/Interfaces/SideEffectInterfaces.td"

def Sopt_Dialect : Dialect {
  let name = "sopt";
  let cppNamespace = "::sopt";
  let summary = "Sparse tensors, masked attention and polynomial activations";
  let description = [{
    What a transformer is made of once the exporter's spelling is gone: linear
    layers with sparse weights, attention with its mask as data, polynomial
    activations. See `Rationale.md`.
  }];
  let useDefaultAttributePrinterParser = 1;
  let hasConstantMaterializer = 1;
  let dependentDialects = ["::mlir::arith::ArithDialect",
                           "::mlir::tensor::TensorDialect"];
  let extraClassDeclaration = [{
    /// On a module: what the model takes and gives, a SignatureAttr.
    static ::llvm::StringRef getSignatureAttrName() { return "sopt.signature"; }
    /// On a module: names of the nodes that the runtime is told of.
    static ::llvm::StringRef getNodesAttrName() { return "sopt.nodes"; }
  }];
}

/// Floats that are computed with as they are (f32, f64) or in f32 (the others).
def Sopt_FloatTensor : RankedTensorOf<[F16, BF16, F32, F64]>;
def Sopt_IntegerTensor : RankedTensorOf<[AnySignlessInteger]>;

class Sopt_Op<string mnemonic, list<Trait> traits = []>
    : Op<Sopt_Dialect, mnemonic, traits>;

def Sopt_Activation : I32EnumAttr<
    "Activation", "What is applied to each output of a layer", [
  I32EnumAttrCase<"None", 0, "none">,
  I32EnumAttrCase<"Relu", 1, "relu">,
  I32EnumAttrCase<"Gelu", 2, "gelu">,
  I32EnumAttrCase<"GeluTanh", 3, "gelu_tanh">,
  I32EnumAttrCase<"Silu", 4, "silu">,
  I32EnumAttrCase<"Tanh", 5, "tanh">,
  I32EnumAttrCase<"Sigmoid", 6, "sigmoid">
]> {
  let cppNamespace = "::sopt";
  let genSpecializedAttr = 0;
}

def Sopt_ActivationAttr
    : EnumAttr<Sopt_Dialect, Sopt_Activation, "activation"> {
  let assemblyFormat = "`<` $value `>`";
}

#endif // SPARSE_OPT_DIALECTS_SOPT_IR_SOPTBASE
