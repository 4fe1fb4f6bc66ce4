//===- SignatureAttrs.td - What a model takes and gives -------------------===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef SPARSE_OPT_DIALECTS_SOPT_IR_SIGNATUREATTRS
#define SPARSE_OPT_DIALECTS_SOPT_IR_SIGNATUREATTRS

include "dialects/Sopt/IR/SoptBase.td"

class Sopt_Attr<string name, string attrMnemonic>
    : AttrDef<Sopt_Dialect, name> {
  let mnemonic = attrMnemonic;
}

def Sopt_TensorInfoAttr : Sopt_Attr<"TensorInfo", "tensor"> {
  let summary = "An input or output as the model declares it";
  let description = [{
    Its name, its type with the element's signedness, and the name of each
    dimension, empty where it has none.

    ```mlir
    #sopt.tensor<"ids", tensor<?x?xi64>, ["batch", "seq"]>
    ```
  }];
  let parameters = (ins "::mlir::StringAttr":$name,
                        "::mlir::RankedTensorType":$type,
                        "::mlir::ArrayAttr":$dims);
  let assemblyFormat = "`<` $name `,` $type `,` $dims `>`";
}

def Sopt_SignatureAttr : Sopt_Attr<"Signature", "signature"> {
  let summary = "What a model takes and gives";
  let description = [{
    On the module, as `sopt.signature`. Lowering turns unsigned integers into
    signless ones and forgets names; this is what remains for the user.
  }];
  let parameters = (ins
    OptionalArrayRefParameter<"::sopt::TensorInfoAttr">:$inputs,
    OptionalArrayRefParameter<"::sopt::TensorInfoAttr">:$outputs);
  let assemblyFormat =
      "`<` `[` (`]`) : ($inputs^ `]`)? `,` `[` (`]`) : ($outputs^ `]`)? `>`";
}

#endif // SPARSE_OPT_DIALECTS_SOPT_IR_SIGNATUREATTRS
