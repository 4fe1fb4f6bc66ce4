//===- ONNXBase.td - The onnx dialect, its types and base class -----------===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef SPARSE_OPT_DIALECTS_ONNX_IR_ONNXBASE
#define SPARSE_OPT_DIALECTS_ONNX_IR_ONNXBASE

include "mlir/IR/AttrTypeBase.td"
include "mlir/IR/BuiltinAttributeInterfaces.td"
include "mlir/IR/OpBase.td"
include "mlir/Interfaces/ControlFlowInterfaces.td"
include "mlir/Interfaces/InferTypeOpInterface.td"
include "mlir/Interfaces/SideEffectInterfaces.td"

def ONNX_Dialect : Dialect {
  let name = "onnx";
  let cppNamespace = "::sopt::onnx";
  let summary = "One operation for every operator of the ai.onnx domain";
  let description = [{
    Generated at build time from the schemas of the ONNX library, in their
    newest version. A graph is a `func.func`; its tensors are builtin tensors,
    in which a signless integer is ONNX's signed one. See `Rationale.md`.

    Two attributes of arguments and results belong to the dialect:
    `onnx.name`, the tensor's name in the model, and `onnx.dims`, an array with
    the name of each dimension, empty where it has none. Equal names promise
    equal sizes. `onnx.model` on the module keeps what the file said of itself.
  }];
  let useDefaultTypePrinterParser = 1;
  let hasConstantMaterializer = 1;
  let hasOperationAttrVerify = 1;
  let hasRegionArgAttrVerify = 1;
  let hasRegionResultAttrVerify = 1;
  let extraClassDeclaration = [{
    static ::llvm::StringRef getNameAttrName() { return "onnx.name"; }
    static ::llvm::StringRef getDimsAttrName() { return "onnx.dims"; }
    /// What the model's author wrote of an argument or a result.
    static ::llvm::StringRef getDocAttrName() { return "onnx.doc"; }
    static ::llvm::StringRef getMetadataAttrName() { return "onnx.metadata"; }
    static ::llvm::StringRef getModelAttrName() { return "onnx.model"; }
  }];
}

class ONNX_Type<string name, string typeMnemonic, list<Trait> traits = []>
    : TypeDef<ONNX_Dialect, name, traits> {
  let mnemonic = typeMnemonic;
}

def ONNX_StringType : ONNX_Type<"String", "string"> {
  let summary = "An element of a tensor of strings";
}

def ONNX_SequenceType : ONNX_Type<"Sequence", "seq"> {
  let summary = "A sequence of values of one type";
  let parameters = (ins "::mlir::Type":$elementType);
  let assemblyFormat = "`<` $elementType `>`";
}

def ONNX_OptionalType : ONNX_Type<"Optional", "opt"> {
  let summary = "A value that may be absent at run time";
  let parameters = (ins "::mlir::Type":$elementType);
  let assemblyFormat = "`<` $elementType `>`";
}

def ONNX_MapType : ONNX_Type<"Map", "map"> {
  let summary = "A map from integers or strings to values of one type";
  let parameters = (ins "::mlir::Type":$keyType, "::mlir::Type":$valueType);
  let assemblyFormat = "`<` $keyType `,` $valueType `>`";
}

def ONNX_Value : AnyTypeOf<[AnyTensor, ONNX_SequenceType, ONNX_OptionalType,
                            ONNX_MapType],
                           "tensor, sequence, optional or map">;

class ONNX_Op<string mnemonic, list<Trait> traits = []>
    : Op<ONNX_Dialect, mnemonic, traits> {
  let assemblyFormat =
      "`(` operands `)` attr-dict `:` functional-type(operands, results)";
}

defvar ONNX_RegionFormat = "`(` operands `)` attr-dict-with-keyword regions "
                           "`:` functional-type(operands, results)";

#endif // SPARSE_OPT_DIALECTS_ONNX_IR_ONNXBASE
