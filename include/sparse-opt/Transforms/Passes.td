//===- Passes.td - Passes of lib/Transforms ------------------*- tablegen -*-===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef SPARSE_OPT_TRANSFORMS_PASSES
#define SPARSE_OPT_TRANSFORMS_PASSES

include "mlir/Pass/PassBase.td"

def PrintONNXShapes : Pass<"onnx-print-shapes"> {
  let summary = "Remark what is known of every tensor's shape";
  let description = [{
    Prints, as a remark at each operation of the onnx and sopt dialects but
    constants, the symbolic shapes of its results as ShapeAnalysis sees them,
    and the elements of results that look like shapes. Changes nothing.

    ```mlir
    // remark: [2] = (batch, seq)
    %0 = onnx.Shape(%x) : (tensor<?x?xf32>) -> tensor<2xi64>
    ```
  }];
}

def SimplifyONNXShapes : Pass<"onnx-simplify-shapes"> {
  let summary = "Remove the shape arithmetic that exporters write";
  let description = [{
    Uses ShapeAnalysis to make shapes plain:

    - result types get the sizes that are known, and so does the function's;
    - a Reshape takes a constant shape, with 0 for a dynamic dimension it keeps
      and -1 for at most one other;
    - a tensor of sizes becomes a constant, or a Shape of a function argument,
      or a Concat of such;
    - what changes nothing goes: Identity, Dropout (inference drops nothing,
      whatever `training_mode` says), a Cast to the same type, a Reshape,
      Expand, Slice, Transpose, Concat, Squeeze, Unsqueeze that keeps its
      operand, an Expand whose users broadcast anyway;
    - an If with a constant condition becomes the branch it takes;
    - two Reshapes or two Transposes in a row become one; a Transpose written
      as Reshape, Transpose, Reshape becomes one Transpose.

    Left alone are shapes that no constant with one -1 can spell, and sizes that
    are not sums of a function argument's dimensions and constants.

    ```mlir
    %lead = onnx.Shape(%x) {end = 2 : i64} : (tensor<?x?x64xf32>) -> tensor<2xi64>
    %heads = onnx.Constant() {value = dense<[4, 16]> : tensor<2xi64>} : () -> tensor<2xi64>
    %to = onnx.Concat(%lead, %heads) {axis = 0 : i64} : (tensor<2xi64>, tensor<2xi64>) -> tensor<4xi64>
    %0 = onnx.Reshape(%x, %to) : (tensor<?x?x64xf32>, tensor<4xi64>) -> tensor<?x?x?x?xf32>
    // becomes
    %to = onnx.Constant() {value = dense<[0, 0, 4, 16]> : tensor<4xi64>} : () -> tensor<4xi64>
    %0 = onnx.Reshape(%x, %to) : (tensor<?x?x64xf32>, tensor<4xi64>) -> tensor<?x?x4x16xf32>
    ```
  }];
  let dependentDialects = ["::sopt::onnx::ONNXDialect"];
}

def RaiseONNX : Pass<"onnx-raise"> {
  let summary = "Find whole operations in the chains of small ones";
  let description = [{
    Exporters spell attention, normalisation and activations with small
    operators, each in its own way. This pass compares formulas, not spellings:
    operands may be commuted, a quotient be a product, a square a power, casts
    lie between. It raises

    - x·(1 + erf(x/√2))/2 and its approximation by tanh (or the sigmoid that
      equals it) to onnx.Gelu; x·σ(αx) to onnx.Swish;
    - (x − mean(x))/√(var(x) + ε)·scale + bias to onnx.LayerNormalization,
      x/√(mean(x²) + ε)·scale to onnx.RMSNormalization;
    - exp(x)/sum(exp(x)) to onnx.Softmax;
    - a Gemm on flattened rows to MatMul and Add on the rows as they are, an
      Einsum that multiplies stacks of matrices to MatMul, one that permutes
      to Transpose;
    - softmax(q·kᵀ·scale + mask)·v to sopt.attention, with the scale gathered
      from wherever it was applied, heads left packed where they were split by
      Reshape and Transpose, repeated or broadcast key heads shared, batch and
      heads merged or windows of images apart on the way, a factor for each
      head or query moved to q, and the mask as data:
      padding (from an integer or boolean tensor that is 0 or 1), causal (from
      comparisons of positions, Trilu, constant triangles), or a bias where it
      is neither; more dimensions than batch and heads are merged first;
    - onnx.Attention without cache and cap to sopt.attention.

    Where masked scores are replaced by a large negative number, not added to
    it, `fill` becomes the lowest number, which gives the same result: nothing
    if any key is left, the mean over all keys if none is. So it is where the
    condition is no mask of those, and becomes a bias.

    Where NaN among the weights are replaced by 0, a query whose keys are all
    masked by −∞ gives zeros, be that by a mask or a bias.

    Left alone is what has uses in the middle, sizes that do not provably fit,
    and what differs in the formula; `report` says where and why.

    ```mlir
    %sqrt2 = onnx.Constant() {value = dense<1.41421354> : tensor<f32>} : () -> tensor<f32>
    %one = onnx.Constant() {value = dense<1.0> : tensor<f32>} : () -> tensor<f32>
    %half = onnx.Constant() {value = dense<0.5> : tensor<f32>} : () -> tensor<f32>
    %0 = onnx.Div(%x, %sqrt2) : (tensor<?x8xf32>, tensor<f32>) -> tensor<?x8xf32>
    %1 = onnx.Erf(%0) : (tensor<?x8xf32>) -> tensor<?x8xf32>
    %2 = onnx.Add(%1, %one) : (tensor<?x8xf32>, tensor<f32>) -> tensor<?x8xf32>
    %3 = onnx.Mul(%x, %2) : (tensor<?x8xf32>, tensor<?x8xf32>) -> tensor<?x8xf32>
    %4 = onnx.Mul(%3, %half) : (tensor<?x8xf32>, tensor<f32>) -> tensor<?x8xf32>
    // becomes
    %4 = onnx.Gelu(%x) {approximate = "none"} : (tensor<?x8xf32>) -> tensor<?x8xf32>
    ```
  }];
  let options = [
    Option<"report", "report", "bool", /*default=*/"false",
           "Print what was raised and each near miss with its reason">,
  ];
  let dependentDialects = ["::sopt::onnx::ONNXDialect", "::sopt::SoptDialect"];
}

def FoldConstants : Pass<"onnx-fold-constants", "::mlir::ModuleOp"> {
  let summary = "Compute what is known at compile time";
  let description = [{
    Replaces operations of the onnx dialect whose operands are all constants by
    their value, computed as onnxruntime does, and Shape and Size where the
    type has the answer. A replaced constant that nobody uses any more is freed
    at once, so that weights are held once. So weights that an exporter stored
    as int8 become the fp32 that the graph computes with:

    ```mlir
    %w = onnx.Constant() {value = dense<[1, -2]> : tensor<2xi8>} : () -> tensor<2xi8>
    %s = onnx.Constant() {value = dense<0.5> : tensor<f32>} : () -> tensor<f32>
    %0 = onnx.Cast(%w) {to = 1 : i64} : (tensor<2xi8>) -> tensor<2xf32>
    %1 = onnx.Mul(%0, %s) : (tensor<2xf32>, tensor<f32>) -> tensor<2xf32>
    // becomes
    %1 = onnx.Constant() {value = dense<[5.0e-01, -1.0]> : tensor<2xf32>} : () -> tensor<2xf32>
    ```

    A `sopt.sparse_constant` counts as a constant. What becomes of it is dense,
    but for its transposition, which stays in its layout if that can store it.

    Folded are Cast, CastLike, DequantizeLinear; Add, Sub, Mul, Div, Mod, Pow,
    Neg, Sqrt, Reciprocal, Not, comparisons, Where; Reshape, Squeeze, Unsqueeze,
    Flatten, Identity, Transpose, Slice, Expand, ConstantOfShape, Concat,
    Gather. Left alone is a result of more than 64 KiB that is more than four
    times its operands, or of more than 4 MiB with more elements than they;
    strings; casts to floats of eight bits or integers of fewer, and of numbers
    that do not fit the integer; division by integer zero;
    and operations that are not well formed, which verification reports.
  }];
  let statistics = [
    Statistic<"numFolded", "num-folded", "Operations replaced by constants">,
  ];
  let dependentDialects = ["::sopt::onnx::ONNXDialect"];
}

def ExpandFunctions : Pass<"onnx-expand-functions", "::mlir::ModuleOp"> {
  let summary = "Replace operators that ONNX defines by others";
  let description = [{
    ONNX defines many operators by functions of simpler ones. Those that no
    lowering takes as wholes (losses, windows, RotaryEmbedding,
    LinearAttention and others) are replaced by the ONNX library's functions,
    at the newest opset and with shapes inferred. Every operation of the
    definition gets the location of the node it defines. Left alone is what the
    library cannot expand, such as operands without a rank.

    ```mlir
    %0 = onnx.NegativeLogLikelihoodLoss(%x, %target) {reduction = "none"}
       : (tensor<?x5xf32>, tensor<?xi64>) -> tensor<?xf32>
    // becomes, besides reshapes,
    %1 = onnx.GatherElements(%x, %column) {axis = 1 : i64}
       : (tensor<?x5xf32>, tensor<?x1xi64>) -> tensor<?x1xf32>
    %2 = onnx.Neg(%1) : (tensor<?x1xf32>) -> tensor<?x1xf32>
    ```
  }];
  let dependentDialects = ["::mlir::func::FuncDialect",
                           "::mlir::tensor::TensorDialect",
                           "::sopt::onnx::ONNXDialect"];
}

def CheckLimits : Pass<"sopt-check-limits", "::mlir::ModuleOp"> {
  let summary = "Refuse models that would take hours or all memory to compile";
  let description = [{
    A small file can stand for a model that no machine holds, or for code that
    takes hours to generate: some steps take time that grows with the square of
    a model's nodes, of a node's operands, of a tensor's dimensions. Refuses, at
    the node if there is one, what goes beyond the limits that the options
    state, and tensors of more than 1 TiB. No model that is of use comes near.
    Changes nothing; a module without `@main_graph` has no limits.

    ```mlir
    // error: input 'x' is larger than any memory
    func.func @main_graph(%x: tensor<1099511627776x4xf32> {onnx.name = "x"})
        -> tensor<1099511627776x4xf32> {
      return %x : tensor<1099511627776x4xf32>
    }
    ```
  }];
  let options = [
    Option<"maxNodes", "max-nodes", "uint64_t", /*default=*/"20000",
           "Operations that the model may have, constants not counted">,
    Option<"maxOperands", "max-operands", "uint64_t", /*default=*/"1024",
           "Operands, and results, that an operation may have">,
    Option<"maxValues", "max-values", "uint64_t", /*default=*/"1024",
           "Inputs, and outputs, that the model may have">,
    Option<"maxRank", "max-rank", "uint64_t", /*default=*/"64",
           "Dimensions that a tensor may have">,
  ];
}

def CheckWork : Pass<"sopt-check-work", "::mlir::ModuleOp"> {
  let summary = "Refuse models that take too long to generate code for";
  let description = [{
    Estimates, on tensors and after fusion, what is left to do, and refuses a
    model for which it is more than `most`: one unit for each operation, and
    ten more for each in a loop, as LLVM has to make code of it; those of loops
    that are alike count once, as do the loops of a model's equal layers.
    Without a limit it does nothing.

    ```mlir
    func.func @main_graph(%x: f32) -> f32 {
      return %x : f32
    }
    ```
  }];
  let options = [
    Option<"most", "most", "uint64_t", /*default=*/"0",
           "Units of work that a model may need; 0 for any number">,
  ];
}

def RecordSignature : Pass<"sopt-record-signature", "::mlir::ModuleOp"> {
  let summary = "Note what the model takes and gives, before lowering forgets";
  let description = [{
    Moves what the arguments and results of `@main_graph` say of themselves to
    `sopt.signature` on the module: names, types with their signedness, names of dimensions. A
    value without `onnx.name` is called `input0`, `output0` and so on. The
    arguments are then marked as not to be written, as they are the caller's.

    Refuses a module without `@main_graph` and values that are not tensors of
    known rank.

    ```mlir
    func.func @main_graph(%x: tensor<?xui8> {onnx.name = "x", onnx.dims = ["n"]})
        -> (tensor<?xui8> {onnx.name = "y"}) {
      return %x : tensor<?xui8>
    }
    // gives the module
    sopt.signature = #sopt.signature<[<"x", tensor<?xui8>, ["n"]>], [<"y", tensor<?xui8>, [""]>]>
    ```
  }];
  let dependentDialects = ["::mlir::bufferization::BufferizationDialect",
                           "::sopt::SoptDialect"];
}

def OutputShapes : Pass<"sopt-output-shapes", "::mlir::ModuleOp"> {
  let summary = "Make a function that computes the shapes of the outputs";
  let description = [{
    Adds `@sopt_output_shapes`, from the sizes of all dimensions of the inputs of
    `@main_graph` to those of its outputs: -1 for a size that depends on the
    values of inputs. Runs on tensors, when no operation of the onnx dialect is
    left. Does nothing if `@main_graph` is absent or has more than one block.

    ```mlir
    func.func @main_graph(%a: tensor<?x4xf32>) -> tensor<?xf32> {
      %y = tensor.collapse_shape %a [[0, 1]] : tensor<?x4xf32> into tensor<?xf32>
      return %y : tensor<?xf32>
    }
    // gives
    func.func private @sopt_output_shapes(%rows: index, %columns: index) -> index {
      %size = affine.apply affine_map<()[s0] -> (s0 * 4)>()[%rows]
      return %size : index
    }
    ```
  }];
  let dependentDialects = ["::mlir::affine::AffineDialect",
                           "::mlir::arith::ArithDialect",
                           "::mlir::func::FuncDialect",
                           "::mlir::tensor::TensorDialect"];
}

def LinalgToLoops : Pass<"sopt-linalg-to-loops", "::mlir::func::FuncOp"> {
  let summary = "Lower linalg on buffers to parallel and vectorisable loops";
  let description = [{
    Turns each linalg operation into a loop nest. Loops are ordered so that the
    innermost walks memory with stride one where an order allows it. The
    parallel dimensions around the innermost loop become one `scf.parallel`, if
    the work is worth a fork: at least `min-work` innermost iterations, a
    dynamic size counting as `assumed-size`. Everything else becomes `scf.for`,
    the innermost left to LLVM's vectoriser. What the innermost loop reduces is
    kept in a register, and sums and products of floats there may be
    reassociated; what it loads from a place that does not move, as a gather does
    the index of a row, is loaded before it. Copies between buffers with strides become loops, too.

    Left serial are operations that report errors to the runtime; left alone
    those on tensors.

    ```mlir
    linalg.fill ins(%c : f32) outs(%m : memref<?x?x384xf32>)
    // becomes
    scf.parallel (%i, %j) = (%c0, %c0) to (%d0, %d1) step (%c1, %c1) {
      scf.for %k = %c0 to %c384 step %c1 {
        memref.store %c, %m[%i, %j, %k] : memref<?x?x384xf32>
      }
    }
    ```
  }];
  let options = [
    Option<"minWork", "min-work", "int64_t", /*default=*/"32768",
           "Innermost iterations from which on a loop nest runs in parallel">,
    Option<"assumedSize", "assumed-size", "int64_t", /*default=*/"64",
           "What a dynamic dimension counts as">,
  ];
  let dependentDialects = ["::mlir::affine::AffineDialect",
                           "::mlir::linalg::LinalgDialect",
                           "::mlir::memref::MemRefDialect",
                           "::mlir::scf::SCFDialect"];
}

def ScheduleLayers : Pass<"sopt-schedule", "::mlir::ModuleOp"> {
  let summary = "Decide by which kernel each layer is computed";
  let description = [{
    Gives each `sopt.linear` with a constant f32 weight a `#sopt.schedule`: the
    layout whose kernel is predicted to be the fastest. Zeros, and non-zeros that
    share a block of 4 outputs × 1 input, are counted; what the kernels cost is
    a table of the instruction set `isa`, or what was measured. A layout without
    zeros must promise to save 5 % of dense's time, so that a layer with few
    zeros stays dense. Where the number of tokens is open and fewer of them are
    predicted to be faster as dense, the schedule says below how many
    (`dense_below`).

    Left alone are layers that have a schedule: what a user writes by hand is
    obeyed. Also layers whose weight is no constant, is one repeated number, or
    has another type than f32: they have no kernel but dense.

    `report` prints the choice for each layer and the reason, as a table to
    standard error, or as JSON or bars of an SVG picture to standard output.

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
    Option<"machine", "machine", "std::string", /*default=*/"",
           "File of costs that --measure-machine wrote; those of another isa "
           "than this pass's do not count">,
    Option<"tokens", "tokens", "int64_t", /*default=*/"128",
           "Tokens to expect where the model does not say how many">,
    Option<"report", "report", "::sopt::ReportFormat",
           /*default=*/"::sopt::ReportFormat::None", "What to print",
           [{::sopt::getReportFormatValues()}]>,
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

    `report` prints the choice for each layer and the reason to standard error.

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
    Option<"report", "report", "bool", /*default=*/"false",
           "Print the choices">,
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

def MergeEqual : Pass<"sopt-merge-equal"> {
  let summary = "Compute what is equal once";
  let description = [{
    Upstream's CSE without its square: it takes all operations for equal at
    first that differ in nothing but their regions, and compares each with each:
    thousands of `linalg.generic` that take their tensors from around them, as
    gathers do, cost it minutes. Here what is inside counts from the start. Only
    operations without side effects are merged.

    ```mlir
    %0 = math.absf %x : f32
    %1 = math.absf %x : f32
    %2 = arith.addf %0, %1 : f32
    // gives
    %0 = math.absf %x : f32
    %2 = arith.addf %0, %0 : f32
    ```
  }];
}

def FuseElementwise : Pass<"sopt-fuse-elementwise"> {
  let summary = "Fuse elementwise linalg operations, up to a size";
  let description = [{
    Upstream's `linalg-fuse-elementwise-ops` with an end to it: two operations
    whose bodies together would have more than `largest-body` operations stay
    two. A longer body needs more values at once than the processor has
    registers for, and fusing one operation after the other into a body that
    grows without limit takes time that grows with the square of its length.

    ```mlir
    #row = affine_map<(i) -> (i)>
    func.func @f(%x: tensor<4xf32>, %e: tensor<4xf32>) -> tensor<4xf32> {
      %y = linalg.generic {indexing_maps = [#row, #row], iterator_types = ["parallel"]}
          ins(%x : tensor<4xf32>) outs(%e : tensor<4xf32>) {
      ^bb0(%in: f32, %out: f32):
        %0 = math.absf %in : f32
        linalg.yield %0 : f32
      } -> tensor<4xf32>
      %z = linalg.generic {indexing_maps = [#row, #row], iterator_types = ["parallel"]}
          ins(%y : tensor<4xf32>) outs(%e : tensor<4xf32>) {
      ^bb0(%in: f32, %out: f32):
        %0 = arith.negf %in : f32
        linalg.yield %0 : f32
      } -> tensor<4xf32>
      return %z : tensor<4xf32>
    }
    // becomes
    %z = linalg.generic {indexing_maps = [#row, #row], iterator_types = ["parallel"]}
        ins(%x : tensor<4xf32>) outs(%e : tensor<4xf32>) {
    ^bb0(%in: f32, %out: f32):
      %0 = math.absf %in : f32
      %1 = arith.negf %0 : f32
      linalg.yield %1 : f32
    } -> tensor<4xf32>
    ```
  }];
  let options = [
    Option<"largestBody", "largest-body", "unsigned", /*default=*/"64",
           "How many operations a fused body may have">,
  ];
  let dependentDialects = ["::mlir::affine::AffineDialect",
                           "::mlir::linalg::LinalgDialect"];
}

def SkipEmpty : Pass<"sopt-skip-empty"> {
  let summary = "Compute nothing for tensors without elements";
  let description = [{
    Replaces each operation whose only result is a tensor with a size of 0 by
    `tensor.empty`, and likewise each `tensor.collapse_shape` of such a tensor:
    there is nothing to compute. Besides, 0 times an unknown size is unknown to
    upstream's tensors and 0 to its buffers, so that it cannot bufferize such a
    collapse. Leaves operations alone that have side effects, or that cannot
    tell their result's sizes.

    ```mlir
    %y = tensor.collapse_shape %x [[0, 1]] : tensor<2x0xf32> into tensor<0xf32>
    // becomes
    %y = tensor.empty() : tensor<0xf32>
    ```
  }];
  let dependentDialects = ["::mlir::affine::AffineDialect",
                           "::mlir::arith::ArithDialect",
                           "::mlir::tensor::TensorDialect"];
}

def DropDeadFeatures : Pass<"sopt-drop-dead-features"> {
  let summary = "Make layers smaller by what the next one multiplies by zero";
  let description = [{
    Structured pruning leaves rows of zeros in weights: a hidden neuron, or all
    of an attention head, that the next layer has no use for. Where one layer's
    result has no other reader, this pass takes the feature out of both layers,
    and the head out of the attention and out of the layers that make q, k and
    v. One feature or head always stays. It refuses weights that are not f32
    constants, q, k and v that are parts of one product, shared keys, and
    attention with a bias for each head. An infinite or NaN feature that was
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

def OwnDestinations : Pass<"sopt-own-destinations"> {
  let summary = "Give each operation an empty tensor of its own to write to";
  let description = [{
    Upstream's CSE makes one `tensor.empty` of all that have the same sizes, and
    one `linalg.fill` of all that fill them alike. To bufferization, everything
    that is written there may share one buffer: it compares each writer with
    each reader, which takes minutes for a chain of some hundred operations, and
    then copies what was filled. This pass undoes it: each writer gets an empty
    tensor or a fill of its own, right before it, but outside of loops that the
    shared one was outside of.

    ```mlir
    %e = tensor.empty() : tensor<4xf32>
    %0 = linalg.exp ins(%x : tensor<4xf32>) outs(%e : tensor<4xf32>) -> tensor<4xf32>
    %1 = linalg.log ins(%0 : tensor<4xf32>) outs(%e : tensor<4xf32>) -> tensor<4xf32>
    // gives
    %e = tensor.empty() : tensor<4xf32>
    %0 = linalg.exp ins(%x : tensor<4xf32>) outs(%e : tensor<4xf32>) -> tensor<4xf32>
    %f = tensor.empty() : tensor<4xf32>
    %1 = linalg.log ins(%0 : tensor<4xf32>) outs(%f : tensor<4xf32>) -> tensor<4xf32>
    ```
  }];
  let dependentDialects = ["::mlir::linalg::LinalgDialect",
                           "::mlir::tensor::TensorDialect"];
}

def FreeLocals : Pass<"sopt-free-locals"> {
  let summary = "Free each buffer that nothing keeps right after its last use";
  let description = [{
    Upstream's deallocation compares each buffer with each other, since one may
    be a view of the other: the time grows with the square of a function's
    length. Most buffers are handed to nobody who could keep them: no loop
    carries them, no function returns them. This pass frees these and marks them
    for upstream's as taken care of. It leaves all others to it.

    ```mlir
    %a = memref.alloc() : memref<f32>
    memref.store %x, %a[] : memref<f32>
    %y = memref.load %a[] : memref<f32>
    // gives
    %a = memref.alloc() {bufferization.manual_deallocation} : memref<f32>
    memref.store %x, %a[] : memref<f32>
    %y = memref.load %a[] : memref<f32>
    memref.dealloc %a {bufferization.manual_deallocation} : memref<f32>
    ```
  }];
  let dependentDialects = ["::mlir::bufferization::BufferizationDialect",
                           "::mlir::memref::MemRefDialect"];
}

def CopyViews : Pass<"sopt-copy-views"> {
  let summary = "Copy views with gaps where a buffer without is expected";
  let description = [{
    The first 6 of the rows that each batch has are a view with gaps between the
    batches. Bufferization hands it to what expects a contiguous buffer by a
    `memref.cast`, which is allowed to forget strides where sizes are dynamic.
    This pass makes such a cast a copy.

    ```mlir
    func.func @first_rows(%x: memref<?x?x32xf32, strided<[?, 32, 1]>>) -> memref<?x?x32xf32> {
      %0 = memref.cast %x : memref<?x?x32xf32, strided<[?, 32, 1]>> to memref<?x?x32xf32>
      return %0 : memref<?x?x32xf32>
    }
    ```
  }];
  let dependentDialects = ["::mlir::memref::MemRefDialect"];
}

def FreeEarly : Pass<"sopt-free-early", "::mlir::func::FuncOp"> {
  let summary = "Free each buffer right after its last use";
  let description = [{
    Upstream's deallocation frees at the end of the block. Moving each
    `memref.dealloc` up to behind the last operation that uses the buffer or an
    alias of it lets the runtime's arena give the memory to the next layer while
    it is still in the cache.

    ```mlir
    func.func private @use(memref<4xf32>)
    func.func private @other()
    func.func @f() {
      %a = memref.alloc() : memref<4xf32>
      call @use(%a) : (memref<4xf32>) -> ()
      call @other() : () -> ()
      memref.dealloc %a : memref<4xf32>  // moves up by one
      return
    }
    ```
  }];
}

def DropBarriers : Pass<"sopt-drop-barriers", "::mlir::func::FuncOp"> {
  let summary = "Let threads wait for each other once after a loop, not twice";
  let description = [{
    Marks each `omp.wsloop` at the end of its `omp.parallel` as `nowait`: threads
    meet at the end of the region in any case, and a kernel may be over in the
    time that a few meetings take. Leaves loops alone that reduce something or
    that anything follows.

    ```mlir
    func.func @fill(%m: memref<?xf32>, %n: index, %step: index, %x: f32) {
      omp.parallel {
        omp.wsloop {
          omp.loop_nest (%i) : index = (%step) to (%n) step (%step) {
            memref.store %x, %m[%i] : memref<?xf32>
            omp.yield
          }
        }
        omp.terminator
      }
      return
    }
    // gives omp.wsloop nowait
    ```
  }];
}

def ExpandShapes : Pass<"sopt-expand-shapes"> {
  let summary = "Make views of expanded shapes whose sizes only a run knows";
  let description = [{
    Rewrites each `memref.expand_shape` that splits a dimension into several of
    unknown sizes to a `memref.reinterpret_cast`. Upstream's
    `expand-strided-metadata` divides to find one unknown size, and cannot find
    two, though the operation names them all. Leaves the others to it.

    ```mlir
    %y = memref.expand_shape %x [[0, 1, 2]] output_shape [%a, %b, 4]
        : memref<?xf32> into memref<?x?x4xf32>
    // becomes
    %s = affine.apply affine_map<()[s0] -> (s0 * 4)>()[%b]
    %y = memref.reinterpret_cast %x to offset: [0], sizes: [%a, %b, 4], strides: [%s, 4, 1]
        : memref<f32> to memref<?x?x4xf32>
    ```
  }];
  let dependentDialects = ["::mlir::affine::AffineDialect",
                           "::mlir::arith::ArithDialect",
                           "::mlir::memref::MemRefDialect"];
}

def ApproximateMath : Pass<"sopt-approximate-math"> {
  let summary = "Replace f32 exp, erf, tanh and others by polynomials";
  let description = [{
    Rewrites f32 functions of the math dialect, on scalars and vectors, to
    upstream's polynomial approximations (errors of some ulp), which LLVM's loop
    vectoriser can widen where a call of libm stops it.

    ```mlir
    %y = math.exp %x : f32
    // becomes arith and math.fma
    ```
  }];
  let dependentDialects = ["::mlir::arith::ArithDialect",
                           "::mlir::math::MathDialect",
                           "::mlir::vector::VectorDialect"];
}

def ShareLoops : Pass<"sopt-share-loops", "::mlir::ModuleOp"> {
  let summary = "Make one function of the loops of a long model that are alike";
  let description = [{
    Where `@main_graph` and its parts together have more than `longest`
    operations, makes each of their loop nests a function, the same for all that
    differ only in the buffers they read and write: a model's layers are alike,
    and LLVM then generates their code once.

    ```mlir
    // with longest=1
    func.func @main_graph(%m: memref<f32>, %n: index, %step: index, %x: f32) {
      scf.for %i = %n to %n step %step {
        memref.store %x, %m[] : memref<f32>
      }
      return
    }
    // makes of the loop
    func.func private @main_graph_loops0(%n: index, %step: index, %x: f32, %m: memref<f32>) {
      scf.for %i = %n to %n step %step {
        memref.store %x, %m[] : memref<f32>
      }
      return
    }
    ```
  }];
  let options = [
    Option<"longest", "longest", "unsigned", /*default=*/"1024",
           "How many operations a model may have whose loops stay">,
  ];
  let dependentDialects = ["::mlir::func::FuncDialect"];
}

def SplitGraph : Pass<"sopt-split-graph", "::mlir::ModuleOp"> {
  let summary = "Make a long model a sequence of functions";
  let description = [{
    Bufferization, LLVM's optimizations and its register allocation take time
    that grows with the square of a function's length. Where `@main_graph`, or a
    part that was split off it before, has more than `longest` operations, each
    `length` of them become a function of their own; constants and globals are
    not handed over but repeated. Leaves functions of several blocks alone.

    ```mlir
    // with longest=1 length=1
    func.func @main_graph(%x: memref<4xf32>, %y: memref<4xf32>) {
      %a = memref.alloc() : memref<4xf32>
      memref.copy %x, %a : memref<4xf32> to memref<4xf32>
      return
    }
    // makes of the copy
    func.func private @main_graph_part2(%x: memref<4xf32>, %a: memref<4xf32>) {
      memref.copy %x, %a : memref<4xf32> to memref<4xf32>
      return
    }
    ```
  }];
  let options = [
    Option<"longest", "longest", "unsigned", /*default=*/"1024",
           "How many operations stay one function">,
    Option<"length", "length", "unsigned", /*default=*/"256",
           "How many operations become a function where there are more">,
  ];
  let dependentDialects = ["::mlir::func::FuncDialect"];
}

def MarkNodes : Pass<"sopt-mark-nodes", "::mlir::ModuleOp"> {
  let summary = "Tell the runtime which of the model's nodes is running";
  let description = [{
    Before each top-level loop nest, call or copy of `@main_graph` and its parts whose
    location names another node than the one before, calls `sopt_rt_node` with
    the node's index in the module's `sopt.nodes`, an array of names that it
    makes. Runs on buffers, after fusion: time of a fused loop counts for the
    first of its nodes.

    ```mlir
    func.func @main_graph(%x: memref<4xf32>, %y: memref<4xf32>) {
      memref.copy %x, %y : memref<4xf32> to memref<4xf32> loc("encoder/Identity"("y"))
      return
    }
    // gives the module sopt.nodes = ["encoder/Identity"], and becomes
    func.func @main_graph(%x: memref<4xf32>, %y: memref<4xf32>) {
      %c0 = arith.constant 0 : i64
      call @sopt_rt_node(%c0) : (i64) -> ()
      memref.copy %x, %y : memref<4xf32> to memref<4xf32>
      return
    }
    ```
  }];
  let dependentDialects = ["::mlir::arith::ArithDialect",
                           "::mlir::func::FuncDialect"];
}

#endif // SPARSE_OPT_TRANSFORMS_PASSES
