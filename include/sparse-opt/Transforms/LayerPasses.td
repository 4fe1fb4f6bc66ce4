//===- LayerPasses.td - Passes that decide how layers are computed *- tablegen -*-===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef SPARSE_OPT_TRANSFORMS_LAYERPASSES
#define SPARSE_OPT_TRANSFORMS_LAYERPASSES

include "mlir/Pass/PassBase.td"

def ScheduleLayers : Pass<"sopt-schedule", "::mlir::ModuleOp"> {
  let summary = "Decide by which kernel each layer is computed";
  let description = [{
    Gives each `sopt.linear` with a constant f32 weight a `#sopt.schedule`: the
    layout whose kernel is predicted to be the fastest. Zeros, non-zeros that
    share a block of 4 outputs × 1 input, and the most that an output has of 4
    neighbouring inputs, are counted; what the kernels cost is
    a table of the instruction set `isa`, where the processor's `features` have a
    say, or what was measured. A layout without zeros must promise to save 5 % of
    dense's time, so that a layer with few zeros stays dense. A layer with a
    precision is compared in that, and loses it where a layout without zeros is
    faster in f32 than anything is in fewer bits. Where the number of tokens is
    open and fewer of them are predicted to be a tenth faster as dense, the
    schedule says below how many (`dense_below`).

    Left alone are layers that have a schedule: what a user writes by hand is
    obeyed. Also layers whose weight is no constant, is one repeated number, or
    has another type than f32: they have no kernel but dense.

    ```mlir
    // 3 of 4 elements of %w are zero, and no two non-zeros share a block
    %y = sopt.linear %x, %w : (tensor<?x384xf32>, tensor<384x384xf32>) -> tensor<?x384xf32>
    // becomes
    %y = sopt.linear %x, %w schedule <layout = <csr, i16>>
       : (tensor<?x384xf32>, tensor<384x384xf32>) -> tensor<?x384xf32>
    ```
  }];
  let options = [
    Option<"isa", "isa", "std::string", /*default=*/"\"generic\"",
           "Instruction set: avx512, avx2, neon or generic (128 bits)">,
    ListOption<"features", "features", "std::string",
               "What the processor has beyond the isa, of which vnni, bf16, bw "
               "and amx-int8 count, and half-rate: instructions of 512 bits "
               "take two cycles">,
    Option<"machine", "machine", "std::string", /*default=*/"",
           "File of costs that --measure-machine wrote; those of another isa "
           "than this pass's do not count">,
    Option<"tokens", "tokens", "int64_t", /*default=*/"128",
           "Tokens to expect where the model does not say how many">,
  ];
  let dependentDialects = ["::sopt::SoptDialect"];
}

def ChoosePrecision : Pass<"sopt-choose-precision", "::mlir::ModuleOp"> {
  let summary = "Decide to what each layer rounds what it multiplies";
  let description = [{
    Gives each `sopt.linear` with a constant f32 weight the `#sopt.precision`
    that `precision` names. A layer whose weight would lose more than 5 % of its
    norm in `int8`, or that has more than 65,536 inputs, gets `bf16`; one with an
    infinity or NaN in its weight stays in f32.

    Left alone are layers that have a precision or a schedule that skips zeros,
    and those whose weight is no constant or is one repeated number.

    ```mlir
    %w = arith.constant dense<[[1.0, -0.5], [0.25, 3.0]]> : tensor<2x2xf32>
    %y = sopt.linear %x, %w : (tensor<?x2xf32>, tensor<2x2xf32>) -> tensor<?x2xf32>
    // gives, with precision=int8
    %y = sopt.linear %x, %w precision <int8>
       : (tensor<?x2xf32>, tensor<2x2xf32>) -> tensor<?x2xf32>
    ```
  }];
  let options = [
    Option<"precision", "precision", "::sopt::LayerPrecision",
           /*default=*/"::sopt::LayerPrecision::F32", "What is asked for",
           [{::llvm::cl::values(
             clEnumValN(::sopt::LayerPrecision::F32, "fp32", "all of f32"),
             clEnumValN(::sopt::LayerPrecision::Bf16, "bf16", "16 bits"),
             clEnumValN(::sopt::LayerPrecision::Int8, "int8", "8 bits"))}]>,
  ];
  let dependentDialects = ["::sopt::SoptDialect"];
}

def ReportLayers : Pass<"sopt-report-layers", "::mlir::ModuleOp"> {
  let summary = "Tell how each layer is computed, and why";
  let description = [{
    Prints for each `sopt.linear` with a constant f32 weight what its schedule
    and precision say, the zeros of its weight, the time that its kernel is
    predicted to take and why it was chosen, as a table to standard error, or as
    JSON or bars of an SVG picture to standard output; beside it the time that
    the layer would take as dense in f32.

    Left out are layers without a schedule, and those whose layout the cost
    model knows nothing of.

    ```mlir
    %y = sopt.linear %x, %w schedule <layout = <dense>> precision <int8>
       : (tensor<?x384xf32>, tensor<384x384xf32>) -> tensor<?x384xf32>
    // predicted for 128 tokens on one thread, by a table (--measure-machine knows better):
    // layer       weight   kernel  precision     us  fp32 dense us  why
    // m.mlir:1:8  384x384  dense   int8       125.1          198.2  loses 0.93 % of the weight
    // all                                     125.1          198.2
    ```
  }];
  let options = [
    Option<"isa", "isa", "std::string", /*default=*/"\"generic\"",
           "Instruction set, as for sopt-schedule">,
    ListOption<"features", "features", "std::string",
               "What the processor has beyond the isa, as for sopt-schedule">,
    Option<"machine", "machine", "std::string", /*default=*/"",
           "File of costs, as for sopt-schedule">,
    Option<"tokens", "tokens", "int64_t", /*default=*/"128",
           "Tokens to expect where the model does not say how many">,
    Option<"precision", "precision", "::sopt::LayerPrecision",
           /*default=*/"::sopt::LayerPrecision::F32", "What was asked for",
           [{::llvm::cl::values(
             clEnumValN(::sopt::LayerPrecision::F32, "fp32", "all of f32"),
             clEnumValN(::sopt::LayerPrecision::Bf16, "bf16", "16 bits"),
             clEnumValN(::sopt::LayerPrecision::Int8, "int8", "8 bits"))}]>,
    Option<"cosine", "cosine", "double", /*default=*/"0",
           "Of the outputs with those in f32, as measured; 0 if it was not">,
    Option<"format", "format", "::sopt::ReportFormat",
           /*default=*/"::sopt::ReportFormat::Table", "What to print",
           [{::sopt::getReportFormatValues()}]>,
  ];
  let dependentDialects = ["::sopt::SoptDialect"];
}

def Unpad : Pass<"sopt-unpad", "::mlir::func::FuncOp"> {
  let summary = "Compute with the tokens of a batch that are not padding";
  let description = [{
    Where all attentions of a raised model have the same padding, a mask of
    batch × positions, everything around them that treats tokens one by one
    (linear layers, normalisation, elementwise operations, embeddings) is done
    for the tokens that are not padding, packed one after the other as 1 ×
    tokens: work is in proportion to them. To attention, each sequence is a
    group.

    Results are put back where the caller has them. **Padded rows of an output
    are zeros**, whatever the model computes for them: nothing that respects the
    mask can tell, and what they hold otherwise is made of the embedding of the
    padding token. What picks tokens (Gather, Slice) or leaves padding out (a
    product with the mask, or Where) gets such rows too.

    Refuses, with an error at the operation, attention with lengths, a bias,
    groups, a window or blocks, with heads as a dimension, or in a branch or
    loop; and any other user of tokens, which would see the zeros: a mean that
    counts padding, a convolution along the sequence. Warns where no attention
    has padding.

    ```mlir
    func.func @main_graph(%x: tensor<?x?x8xf32> {onnx.dims = ["batch", "seq", ""]},
                          %mask: tensor<?x?xi64> {onnx.dims = ["batch", "seq"]}) -> tensor<?x?x8xf32> {
      %y = sopt.attention %x, %x, %x padding %mask {heads = 2, kv_heads = 2, scale = 0.5 : f32}
         : (tensor<?x?x8xf32>, tensor<?x?x8xf32>, tensor<?x?x8xf32>, tensor<?x?xi64>) -> tensor<?x?x8xf32>
      return %y : tensor<?x?x8xf32>
    }
    // gives
    %found = onnx.NonZero(%mask) : (tensor<?x?xi64>) -> tensor<2x?xi64>
    %places = onnx.Transpose(%found) {perm = array<i64: 1, 0>} : (tensor<2x?xi64>) -> tensor<?x2xi64>
    %batches = onnx.Gather(%found, %zero) : (tensor<2x?xi64>, tensor<i64>) -> tensor<?xi64>
    %tokens = onnx.GatherND(%x, %places) : (tensor<?x?x8xf32>, tensor<?x2xi64>) -> tensor<?x8xf32>
    %packed = onnx.Unsqueeze(%tokens, %zero) : (tensor<?x8xf32>, tensor<1xi64>) -> tensor<1x?x8xf32>
    %z = sopt.attention %packed, %packed, %packed group %batches {heads = 2, kv_heads = 2, scale = 0.5 : f32}
       : (tensor<1x?x8xf32>, tensor<1x?x8xf32>, tensor<1x?x8xf32>, tensor<?xi64>) -> tensor<1x?x8xf32>
    %rows = onnx.Squeeze(%z, %zero) : (tensor<1x?x8xf32>, tensor<1xi64>) -> tensor<?x8xf32>
    %y = onnx.ScatterND(%zeros, %places, %rows)
       : (tensor<?x?x8xf32>, tensor<?x2xi64>, tensor<?x8xf32>) -> tensor<?x?x8xf32>
    ```
  }];
  let dependentDialects = ["::sopt::onnx::ONNXDialect", "::sopt::SoptDialect"];
}

def SplitLayers : Pass<"sopt-split-layers"> {
  let summary = "Make a layer of each part that a layer's result is split into";
  let description = [{
    Some models compute q, k and v, or the two halves of a gated unit, as one
    product, and split its result. This pass gives each part a layer of its own,
    with its columns of the weight and of the bias: nothing is copied when the
    model runs, and features of one part can be taken out or permuted without
    those of the others. A layer's name gets the number of its part.

    It refuses a layer whose result has other readers, whose weight or bias is no
    constant, or that has a schedule already, which is one for the whole
    product; splits along another dimension, of sizes that are not known, or into
    more than 8 parts; and parts of a few columns each, which would fill the
    kernels' vectors with less.

    ```mlir
    func.func @layers(%x: tensor<?x2xf32>) -> (tensor<?x16xf32>, tensor<?x16xf32>) {
      %w = onnx.Constant() {value = dense<1.0> : tensor<2x32xf32>} : () -> tensor<2x32xf32>
      %0 = sopt.linear %x, %w : (tensor<?x2xf32>, tensor<2x32xf32>) -> tensor<?x32xf32>
      %1:2 = onnx.Split(%0) {axis = 1 : i64, num_outputs = 2 : i64} : (tensor<?x32xf32>) -> (tensor<?x16xf32>, tensor<?x16xf32>)
      return %1#0, %1#1 : tensor<?x16xf32>, tensor<?x16xf32>
    }
    ```
  }];
  let dependentDialects = ["::sopt::onnx::ONNXDialect", "::sopt::SoptDialect"];
}

def DropDeadFeatures : Pass<"sopt-drop-dead-features"> {
  let summary = "Make layers smaller by what the next one multiplies by zero";
  let description = [{
    Structured pruning leaves rows of zeros in weights: a hidden neuron, or all
    of an attention head, that the next layer has no use for. Where one layer's
    result has no other reader, this pass takes the feature out of both layers,
    and the head out of the attention and out of the layers that make q, k and
    v. One feature or head always stays, and so do dead features among four
    neighbours where the layer that makes them has its zeros in blocks of four.
    It refuses weights that are not f32
    constants, q, k and v that are parts of one product (`sopt-split-layers`
    comes first), shared keys, and attention with a bias for each head. An infinite or NaN feature that was
    multiplied by zero no longer makes a NaN, as with all weights that are not
    stored.

    ```mlir
    func.func @layers(%x: tensor<?x2xf32>) -> tensor<?x1xf32> {
      %w = onnx.Constant() {value = dense<[[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]> : tensor<2x3xf32>} : () -> tensor<2x3xf32>
      %v = onnx.Constant() {value = dense<[[1.0], [0.0], [2.0]]> : tensor<3x1xf32>} : () -> tensor<3x1xf32>
      %0 = sopt.linear %x, %w activation <gelu> : (tensor<?x2xf32>, tensor<2x3xf32>) -> tensor<?x3xf32>
      %1 = sopt.linear %0, %v : (tensor<?x3xf32>, tensor<3x1xf32>) -> tensor<?x1xf32>
      return %1 : tensor<?x1xf32>
    }
    ```
  }];
  let dependentDialects = ["::sopt::onnx::ONNXDialect", "::sopt::SoptDialect"];
}

def PermuteFeatures : Pass<"sopt-permute-features", "::mlir::ModuleOp"> {
  let summary = "Put features next to each other that share their zeros";
  let description = [{
    The kernel for blocks skips zeros of 4 neighbouring outputs at once. Which
    outputs are neighbours is often for the compiler to say: what lies between
    layers, and is read by layers alone, has no order of its own. Where the
    outputs of a pruned layer lie so that their non-zeros share few blocks, this
    pass permutes them, so that outputs with non-zeros for the same inputs are
    neighbours, and the inputs of the layers that read them. It does so for
      hidden features, of one layer or of several joined by elementwise
      operations, as in a gated unit;
      the features of each head of an attention's v, with the layers that read
      its result; query heads that share a key head all alike;
      those of each head of q and k, both alike, which leaves scores the same.
    Results change by the order of sums. The order of heads, which no block
    crosses, stays.

    Features are permuted only where the layers that make them are predicted to
    take 5 % less time, as `sopt-schedule` with the same options will compute
    them, and what readers lose by it counts: theirs may be N:M weights, which
    are so in this order of inputs. So weights without zeros, with zeros in blocks already or at random
    stay as they are: a few features tell, before any order is looked for. Left
    alone are also features that anything else reads, that an elementwise
    operation joins with others, such as a constant for each feature, or that a
    normalisation looks along; those of a layer whose weight or bias is no
    constant, whose weight is not f32 or is one repeated number, or that has a
    schedule or a precision already; and q, k and v that are parts of one
    product.

    ```mlir
    // isa=avx512, on a machine on which blocks are fast enough for so few
    func.func @layers(%x: tensor<?x2xf32>) -> tensor<?x1xf32> {
      %w = onnx.Constant() {value = dense<[[1.0, 0.0, 2.0, 0.0, 3.0, 0.0, 4.0, 0.0],
                                           [0.0, 5.0, 0.0, 6.0, 0.0, 7.0, 0.0, 8.0]]> : tensor<2x8xf32>} : () -> tensor<2x8xf32>
      %v = onnx.Constant() {value = dense<[[1.0], [2.0], [3.0], [4.0], [5.0], [6.0], [7.0], [8.0]]> : tensor<8x1xf32>} : () -> tensor<8x1xf32>
      %0 = sopt.linear %x, %w activation <gelu> : (tensor<?x2xf32>, tensor<2x8xf32>) -> tensor<?x8xf32>
      %1 = sopt.linear %0, %v : (tensor<?x8xf32>, tensor<8x1xf32>) -> tensor<?x1xf32>
      return %1 : tensor<?x1xf32>
    }
    // gives
    %w = onnx.Constant() {value = dense<[[1.0, 2.0, 3.0, 4.0, 0.0, 0.0, 0.0, 0.0],
                                         [0.0, 0.0, 0.0, 0.0, 5.0, 6.0, 7.0, 8.0]]> : tensor<2x8xf32>} : () -> tensor<2x8xf32>
    %v = onnx.Constant() {value = dense<[[1.0], [3.0], [5.0], [7.0], [2.0], [4.0], [6.0], [8.0]]> : tensor<8x1xf32>} : () -> tensor<8x1xf32>
    %0 = sopt.linear %x, %w activation <gelu> : (tensor<?x2xf32>, tensor<2x8xf32>) -> tensor<?x8xf32>
    %1 = sopt.linear %0, %v : (tensor<?x8xf32>, tensor<8x1xf32>) -> tensor<?x1xf32>
    ```
  }];
  let options = [
    Option<"isa", "isa", "std::string", /*default=*/"\"generic\"",
           "Instruction set: avx512, avx2, neon or generic (128 bits)">,
    ListOption<"features", "features", "std::string",
               "What the processor has beyond the isa, as sopt-schedule takes "
               "it">,
    Option<"machine", "machine", "std::string", /*default=*/"",
           "File of costs that --measure-machine wrote; those of another isa "
           "than this pass's do not count">,
    Option<"tokens", "tokens", "int64_t", /*default=*/"128",
           "Tokens to expect where the model does not say how many">,
  ];
  let dependentDialects = ["::sopt::onnx::ONNXDialect", "::sopt::SoptDialect"];
}

#endif // SPARSE_OPT_TRANSFORMS_LAYERPASSES
