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
include "mlir/Interfaces/TilingInterface.td"

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
  // Folders make the constants of arith, tiles the offsets of affine.
  let dependentDialects = ["::mlir::affine::AffineDialect",
                           "::mlir::arith::ArithDialect",
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

/// Tiling as Tiling.cpp implements it; `others` are further methods.
class Sopt_Tiling<list<string> others = []>
    : DeclareOpInterfaceMethods<TilingInterface, !listconcat([
        "getLoopIteratorTypes", "getIterationDomain", "getTiledImplementation",
        "getResultTilePosition"], others)>;

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

def Sopt_LayoutKind : I32EnumAttr<
    "LayoutKind", "How the non-zeros of a matrix are stored", [
  I32EnumAttrCase<"Dense", 0, "dense">,
  I32EnumAttrCase<"Csr", 1, "csr">,
  I32EnumAttrCase<"Coo", 2, "coo">,
  I32EnumAttrCase<"Block", 3, "block">,
  I32EnumAttrCase<"NM", 4, "nm">
]> {
  let cppNamespace = "::sopt";
  let genSpecializedAttr = 0;
}

def Sopt_LayoutAttr : AttrDef<Sopt_Dialect, "Layout"> {
  let mnemonic = "layout";
  let summary = "How a matrix with many zeros is stored";
  let description = [{
    For a matrix of R × C elements with E of them stored, what is in
    `sopt.sparse_constant`'s three arrays:

    | layout | values | indices | pointers |
    |---|---|---|---|
    | `<dense>` | R × C | | |
    | `<csr, i16>` | E | E: column | R + 1: where each row begins |
    | `<coo, i16>` | E | E × 2: row, column | |
    | `<block 4x2, i16>` | B × 4 × 2 | B: block column | R / 4 + 1: where each row of blocks begins |
    | `<nm 2:4, i8>` | R / 4 × C × 2 | R / 4 × C × 2: row within its four | |

    Indices are unsigned and of the width named last; pointers, where there are
    any, are i32 unless a second type says otherwise (`<csr, i16, i64>`).
    Elements come in the order of rows, then columns; those of an N:M group in
    the order of rows. A group runs down a column, so along the dimension that
    `sopt.linear` sums over, and stores exactly N elements of M, zeros among
    them where it has fewer.
  }];
  let parameters = (ins
    EnumParameter<Sopt_LayoutKind>:$kind,
    ArrayRefParameter<"int64_t", "rows and columns of a block; N and M">:$sizes,
    "unsigned":$indexWidth, "unsigned":$pointerWidth);
  let hasCustomAssemblyFormat = 1;
  let genVerifyDecl = 1;
  let extraClassDeclaration = [{
    bool hasIndices() const { return getKind() != LayoutKind::Dense; }
    bool hasPointers() const {
      return getKind() == LayoutKind::Csr || getKind() == LayoutKind::Block;
    }
    /// Rows and columns of what one index stands for.
    std::pair<int64_t, int64_t> getBlockShape() const {
      if (getKind() != LayoutKind::Block)
        return {1, 1};
      return {getSizes()[0], getSizes()[1]};
    }
  }];
}

def Sopt_ScheduleAttr : AttrDef<Sopt_Dialect, "Schedule"> {
  let mnemonic = "schedule";
  let summary = "How a layer is to be computed";
  let description = [{
    `layout` is what the transpose of the layer's weight, so N × K, is stored
    in; the kernel follows from it. With `dense`, vectors run along features;
    with `csr` and `block R×1`, along tokens, and each element or block costs
    one load of an input. Indices are i16, or i32 for a K that needs it.

    `nm 1:4` and `nm 2:4` are of the weight itself, K × N: of 4 neighbouring
    inputs an output has 1 or 2. Vectors run along features, as with `dense`,
    and each lane picks its own inputs. Indices are called i8 and packed to 2
    bits.

    `tile` is what stays in registers over the sum: so many tokens × vectors of
    features with `dense`; with `nm`, so many tokens × one vector at a time, of
    as many as share a task; else so many features (1 or R) × vectors of tokens.
    The instruction set decides where it is not given. In int8, vectors of
    tokens are taken as many at a time as a word of 32 bits holds inputs, or a
    multiple of that, and features as many as then fit.

    Fewer tokens than `dense_below` are computed as with `dense`: a kernel that
    reads tokens side by side has more to do for each weight, which only many
    tokens repay. The weight is then stored in both layouts.

    ```mlir
    #sopt.schedule<layout = <dense>>
    #sopt.schedule<layout = <nm 2:4, i8>>
    #sopt.schedule<layout = <csr, i16>>
    #sopt.schedule<layout = <block 4x1, i16>, tile = 4x2>
    #sopt.schedule<layout = <csr, i16>, dense_below = 8>
    ```
  }];
  let parameters = (ins "::sopt::LayoutAttr":$layout,
    OptionalArrayRefParameter<"int64_t", "rows and vectors">:$tile,
    DefaultValuedParameter<"int64_t", "0">:$denseBelow);
  let assemblyFormat = [{
    `<` `layout` `=` $layout `` custom<ScheduleSizes>($tile, $denseBelow) `>`
  }];
  let genVerifyDecl = 1;
  let extraClassDeclaration = [{
    bool isSparse() const {
      return getLayout().getKind() != ::sopt::LayoutKind::Dense;
    }
    /// Whether vectors run along tokens.
    bool readsTokenTiles() const {
      return getLayout().getKind() == ::sopt::LayoutKind::Csr ||
             getLayout().getKind() == ::sopt::LayoutKind::Block;
    }
  }];
}

def Sopt_Number : I32EnumAttr<
    "Number", "What a layer multiplies", [
  I32EnumAttrCase<"Bf16", 0, "bf16">,
  I32EnumAttrCase<"Int8", 1, "int8">
]> {
  let cppNamespace = "::sopt";
  let genSpecializedAttr = 0;
}

def Sopt_PrecisionAttr : AttrDef<Sopt_Dialect, "Precision"> {
  let mnemonic = "precision";
  let summary = "To what a layer rounds what it multiplies";
  let description = [{
    A layer of f32 rounds its input x and its weight w before it multiplies
    them, halves to even. Kernels of all layouts do in int8 but those of `nm`
    (see `#sopt.schedule`), in bf16 only those of `dense`:

    | precision | w | x | sums |
    |---|---|---|---|
    | `<bf16>` | bf16 | bf16 | f32 |
    | `<int8>` | −127 … 127 in each column | 0 … 255 in each row | i32 |

    With `int8`, a column of w that has the largest magnitude m becomes
    round(w · 127/m), in steps of m/127. A row of x that goes from lo to hi,
    taken to include 0, becomes q = round(x · 255/(hi − lo)) + z, held to
    0 … 255, in steps of (hi − lo)/255; z = round(−lo · 255/(hi − lo)), to which
    0 is rounded. The sum of all (q − z) · w is exact, and is multiplied by both
    steps. A row or column with an infinity or NaN gives NaN.

    `range` fixes lo and hi for all rows; what lies outside is held to the ends.

    `smooth` has an exponent e for each feature: x's is multiplied by 2^e and
    the weight's row divided by it, both exactly, before they are rounded. A
    feature much larger than the others, which would leave these few steps, is
    so made smaller at the cost of the weight.

    ```mlir
    #sopt.precision<bf16>
    #sopt.precision<int8>
    #sopt.precision<int8, range = array<f32: -0.5, 4.0>>
    #sopt.precision<int8, smooth = dense<[0, -3, 1]> : tensor<3xi8>>
    ```
  }];
  let parameters = (ins EnumParameter<Sopt_Number>:$number,
    OptionalParameter<"::mlir::DenseF32ArrayAttr", "lo and hi">:$range,
    OptionalParameter<"::mlir::DenseIntElementsAttr", "exponents">:$smooth);
  let builders = [AttrBuilder<(ins "::sopt::Number":$number), [{
    return $_get($_ctxt, number, ::mlir::DenseF32ArrayAttr(),
                 ::mlir::DenseIntElementsAttr());
  }]>];
  let assemblyFormat = [{
    `<` $number `` custom<InputRounding>($range, $smooth) `>`
  }];
  let genVerifyDecl = 1;
  let extraClassDeclaration = [{
    /// No exponent is further from 0.
    static constexpr int64_t kMaxExponent = 16;
    /// By what x's features are multiplied; empty if by nothing.
    ::llvm::SmallVector<float> getFactors() const;
  }];
}

#endif // SPARSE_OPT_DIALECTS_SOPT_IR_SOPTBASE
