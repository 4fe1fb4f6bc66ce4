//===- Passes.td - Passes of lib/Conversion ---------------------------------------===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef SPARSE_OPT_CONVERSION_PASSES
#define SPARSE_OPT_CONVERSION_PASSES

include "mlir/Pass/PassBase.td"

def ConvertSoptToLinalg : Pass<"convert-sopt-to-linalg"> {
  let summary = "Decompose every sopt op to linalg on tensors";
  let description = [{
    Rewrites each op of the sopt dialect to the linalg, tensor, arith and math
    ops that define it. Batch and sequence may be dynamic, and every mask of
    `sopt.attention` is covered. Half-precision values are widened to f32 as
    they are read and rounded once, when the result is written.

    This is what the ops mean, not the fastest way to run them: attention's
    scores exist in full, and `top_k` compares every pair of keys of a query.
    It refuses nothing that verifies.

    ```mlir
    %0 = sopt.poly %x {coefficients = dense<[0.5, 1.0]> : tensor<2xf32>}
       : tensor<?xf32> -> tensor<?xf32>
    // becomes
    %0 = linalg.generic {...} ins(%x : tensor<?xf32>) outs(%empty : tensor<?xf32>) {
    ^bb0(%in: f32, %out: f32):
      %1 = math.fma %cst_1, %in, %cst_0 : f32
      linalg.yield %1 : f32
    } -> tensor<?xf32>
    ```
  }];
  let dependentDialects = ["::mlir::affine::AffineDialect",
                           "::mlir::arith::ArithDialect",
                           "::mlir::linalg::LinalgDialect",
                           "::mlir::math::MathDialect",
                           "::mlir::tensor::TensorDialect"];
}

def ConvertSoptToOnnx : Pass<"convert-sopt-to-onnx"> {
  let summary = "Spell sopt operations in ONNX's operators";
  let description = [{
    Rewrites each op of the sopt dialect to nodes of the onnx dialect that
    compute the same in onnxruntime, so that any model can be exported. The last
    node has the location, and so the tensor name, of the op.

    `sopt.attention` becomes ONNX's Attention, its masks one tensor that is
    added to the scores. Where Attention means something else, it is written out
    as MatMul and Softmax: with `top_k`; where a query without keys must give
    NaN, for Attention gives zeros; where the bias may hide all keys or
    broadcasts to them; for types other than f32. `onnx.Swish` becomes Mul and
    Sigmoid unless the model came in an opset that has it, for few runtimes do.

    Left alone, for export to report: attention that must be written out with
    heads whose width is dynamic, or with `top_k_bits`, and polynomials whose
    coefficients are elided.

    ```mlir
    %y = sopt.linear %x, %w bias %b activation <gelu>
       : (tensor<?x4xf32>, tensor<4x8xf32>, tensor<8xf32>) -> tensor<?x8xf32>
    // becomes
    %0 = onnx.MatMul(%x, %w) : (tensor<?x4xf32>, tensor<4x8xf32>) -> tensor<?x8xf32>
    %1 = onnx.Add(%0, %b) : (tensor<?x8xf32>, tensor<8xf32>) -> tensor<?x8xf32>
    %y = onnx.Gelu(%1) : (tensor<?x8xf32>) -> tensor<?x8xf32>
    ```
  }];
  let dependentDialects = ["::sopt::onnx::ONNXDialect"];
}

def ConvertSoptToVector : Pass<"convert-sopt-to-vector", "::mlir::ModuleOp"> {
  let summary = "Lower sopt operations and convolutions to vector kernels";
  let description = [{
    Replaces each f32 operation of sopt by the call of a private function on
    buffers, written in `scf`, `vector`, `arith`, `math` and `memref` for the
    instruction set `isa`. Equal layers share one function. Parallel work is
    `scf.parallel`; nothing is allocated inside it. Runs before bufferization.

    `attention` needs scratch of a fixed size besides a copy of its keys: scores
    are summed up block by block. A tile of queries visits only keys that some
    query of it may see: of causal attention half, of a window or block as many
    as fit one. Padding is put last and tokens of a group together first, so
    that the same holds for them. All keys are visited if `fill` is above −1e30,
    and for a query that is left without any. `top_k` keeps a row of scores for
    each query of a tile, and sums over the chosen keys alone; with
    `top_k_bits`, scores of all keys are counts of bits.

    Weights that are constants are packed now, into panels of as many columns as
    the kernel's tile has; others on each run. Before each call the runtime's
    `sopt_rt_flops` is told how much work follows.

    A `linear` with a `#sopt.precision` and a constant weight gets the weight
    rounded now and its input by a kernel of its own, once for all layers that
    read it. Products are summed up by what the isa and `features` have:

    | isa | int8 | bf16 |
    |---|---|---|
    | avx512 | `tdpbusd` with amx-int8, else `vpdpbusd` with vnni, else `vpmaddwd` with bw | `tdpbf16ps` with amx-bf16, else `vdpbf16ps` with bf16 |
    | avx2 | `vpdpbusd` with vnni, else `vpmaddwd` | widened to f32 |
    | others, and avx512 without | widened to i32 | widened to f32 |

    All give the same sums but `tdpbf16ps` and `vdpbf16ps`, which take numbers
    below 2⁻¹²⁶ for zero and round a pair of products as they like. Instructions
    of AMX work on tile registers, for which the runtime's
    `sopt_rt_tile_threads` asks the system; a layer with a tile in its
    `#sopt.schedule` is left to vector registers.

    A `linear` whose `#sopt.schedule` has layout `csr` or `block R×1` becomes the
    call of a kernel that skips zeros: its weight is packed without them, and
    its input, once for all layers that read it, into tiles of 64 tokens in
    which tokens are innermost; a `layer_norm` before them makes the tiles
    itself. With a `#sopt.precision<int8>` the tiles are then rounded, for
    all layers that read them so, and products summed up as above, but by AMX:
    any few inputs of a row, as many as the instruction takes from a lane, are
    interleaved to lanes of one token each. A schedule that cannot be obeyed,
    for a weight that is no constant or another type than f32, is an error.

    With layout `nm 1:4` or `nm 2:4` it becomes the call of a kernel that loads
    the 4 inputs of a group once for all outputs, each of which picks its own:
    by `vpermilps` or, for six rows and more, `vpshufb` with avx2, `vpermilps`
    with avx512, `tbl` with neon, and selections with generic. The weight is
    packed as values and 2 bits of place for each. One that has more non-zeros
    in a group is an error, too.

    `linalg.conv_2d_nchw_fchw` and `linalg.conv_2d_ngchw_gfchw` of a constant
    filter, whose sums start from a `linalg.broadcast` bias or a fill of zeros,
    become the call of a kernel that gathers the windows of one tile of
    positions at a time and multiplies packed filters by them; in groups of one
    channel, of one that gathers nothing, and there any filter will do.

    Left alone, for `convert-sopt-to-linalg`: element types other than f32;
    `linear` with a precision and a weight that is no constant;
    `linear` with a weight, `layer_norm` with a last dimension, and `attention`
    with a head, whose size is zero or not static; `attention` with `top_k` and
    a `fill` above −1e30, or a finite one and a bias, or `top_k_bits` and a
    negative scale.

    ```mlir
    %y = sopt.linear %x, %w bias %b activation <gelu>
       : (tensor<?x384xf32>, tensor<384x1536xf32>, tensor<1536xf32>)
      -> tensor<?x1536xf32>
    // becomes
    %0 = bufferization.to_buffer %x read_only : …
    %1 = bufferization.to_buffer %packed read_only : …
    %2 = bufferization.to_buffer %b read_only : …
    %3 = memref.alloc(%rows) {alignment = 64 : i64} : memref<?x1536xf32>
    call @sopt_rt_flops(%count) : (i64) -> ()
    call @linear_384x1536_gelu(%0, %1, %2, %3) : …
    %y = bufferization.to_tensor %3 restrict writable : …
    ```
  }];
  let options = [
    Option<"isaName", "isa", "std::string", /*default=*/"\"generic\"",
           "Instruction set: avx512, avx2, neon or generic (128 bits)">,
    ListOption<"features", "features", "std::string",
               "What the processor has beyond the isa: vnni, bf16, bw, amx-int8, "
               "amx-bf16">,
    Option<"tileRows", "tile-rows", "int64_t", /*default=*/"0",
           "Rows of outputs held in registers; 0: as the isa likes">,
    Option<"tileVectors", "tile-vectors", "int64_t", /*default=*/"0",
           "Vectors of outputs per row held in registers; 0: as the isa likes">,
  ];
  let dependentDialects = [
    "::mlir::arith::ArithDialect", "::mlir::bufferization::BufferizationDialect",
    "::mlir::func::FuncDialect", "::mlir::LLVM::LLVMDialect",
    "::mlir::math::MathDialect",
    "::mlir::memref::MemRefDialect", "::mlir::scf::SCFDialect",
    "::mlir::tensor::TensorDialect", "::mlir::vector::VectorDialect"];
}

def ConvertOnnxToSopt : Pass<"convert-onnx-to-sopt"> {
  let summary = "Make layers with weights and normalisations whole";
  let description = [{
    Rewrites MatMul and Gemm with a constant matrix of floats, the bias added to
    them and the activation after them (Relu, Gelu, Swish, Tanh, Sigmoid), to
    `sopt.linear`; LayerNormalization and RMSNormalization of the last dimension
    to `sopt.layer_norm`, with a sum that only they read as its residual. A
    product's attribute `sopt.schedule`, a `#sopt.schedule`, becomes the layer's.

    Left alone are products of computed tensors, Gemm with other factors than 1
    or A transposed, statistics that are used, and parameters whose size is not
    provably that of the features. A Gemm with B transposed gets a Transpose of
    its weight, and is converted after `onnx-fold-constants`.

    ```mlir
    %w = onnx.Constant() {value = dense<0.5> : tensor<4x8xf32>} : () -> tensor<4x8xf32>
    %b = onnx.Constant() {value = dense<1.0> : tensor<8xf32>} : () -> tensor<8xf32>
    %0 = onnx.MatMul(%x, %w) : (tensor<?x4xf32>, tensor<4x8xf32>) -> tensor<?x8xf32>
    %1 = onnx.Add(%0, %b) : (tensor<?x8xf32>, tensor<8xf32>) -> tensor<?x8xf32>
    %2 = onnx.Relu(%1) : (tensor<?x8xf32>) -> tensor<?x8xf32>
    // becomes
    %2 = sopt.linear %x, %w bias %b activation <relu>
       : (tensor<?x4xf32>, tensor<4x8xf32>, tensor<8xf32>) -> tensor<?x8xf32>
    ```
  }];
  let dependentDialects = ["::sopt::onnx::ONNXDialect", "::sopt::SoptDialect"];
}

def ConvertOnnxToLinalg : Pass<"convert-onnx-to-linalg", "::mlir::ModuleOp"> {
  let summary = "Lower operations of the onnx dialect to linalg on tensors";
  let description = [{
    Replaces every operation of the onnx dialect, and unsigned element types by
    signless ones, also in the signatures of functions. Matrix products with a
    matrix of f32, layer normalisation and attention become operations of the
    sopt dialect, which have kernels of their own. So do products and
    convolutions of 8-bit integers with constant weights, as f32, in which they
    are exact: what would add up to more than 2²⁴ is summed in parts. Of
    `onnx.Custom`, DynamicQuantizeLSTM of the domain com.microsoft is lowered.

    All dimensions may be dynamic. Broadcasting is decided at run time where
    sizes are not known to be equal. Indices out of range and shapes that do not
    fit are calls of `sopt_rt_bad_index(value, size)` and
    `sopt_rt_bad_shape(value, expected)`; what is computed then is safe for
    memory and otherwise of no meaning.

    An operation without a lowering, or with attributes or types that its
    lowering does not know, is an error that names it and the reason.

    ```mlir
    %0 = onnx.Add(%x, %b) : (tensor<?x4xf32>, tensor<4xf32>) -> tensor<?x4xf32>
    // becomes
    %0 = linalg.generic {indexing_maps = [(d0, d1) -> (d0, d1), (d0, d1) -> (d1),
                                          (d0, d1) -> (d0, d1)],
                         iterator_types = ["parallel", "parallel"]}
         ins(%x, %b : tensor<?x4xf32>, tensor<4xf32>)
         outs(%init : tensor<?x4xf32>) {
    ^bb0(%in: f32, %in_0: f32, %out: f32):
      %1 = arith.addf %in, %in_0 : f32
      linalg.yield %1 : f32
    } -> tensor<?x4xf32>
    ```
  }];
  let dependentDialects = [
    "::mlir::arith::ArithDialect", "::mlir::func::FuncDialect",
    "::mlir::linalg::LinalgDialect", "::mlir::math::MathDialect",
    "::mlir::scf::SCFDialect", "::mlir::tensor::TensorDialect",
    "::sopt::SoptDialect"];
}

#endif // SPARSE_OPT_CONVERSION_PASSES
