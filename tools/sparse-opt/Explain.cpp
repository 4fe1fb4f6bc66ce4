//===- Explain.cpp - What an error means and what to do about it ----------===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Explain.h"
#include "llvm/ADT/ArrayRef.h"
#include "llvm/Support/WithColor.h"
#include "llvm/Support/raw_ostream.h"

using namespace llvm;

namespace {
struct Explanation {
  StringLiteral name;
  /// What messages of the class have in common.
  std::initializer_list<StringLiteral> fragments;
  StringLiteral what, why, advice;
};
} // namespace

/// The first that fits is taken: the more particular come before.
static const Explanation explanations[] = {
    {"unknown-rank",
     {"the rank of a tensor is not known"},
     "It is not known how many dimensions a tensor has.",
     "Sizes may be dynamic, the number of dimensions may not; it depends on "
     "data where a Reshape takes a shape that is computed, for one.",
     "Give the model's inputs shapes, symbols included, and export with shape "
     "inference."},
    {"unsupported-operator",
     {"is not supported by this target"},
     "The model has an operator, or a form of one, that is not compiled.",
     "Every operator of ONNX is read and written; fewer have code for the CPU.",
     "Look up the node that the message names. Where the exporter can spell it "
     "otherwise (another opset, a decomposition), export again; to see the "
     "operator's form, write the model with `-o m.mlir --elide`."},
    {"not-onnx",
     {"is not an ONNX model"},
     "The file does not hold a model in ONNX's format.",
     "A download broke off, a Git LFS pointer stands for the file, or it is "
     "another framework's.",
     "Compare its size with the original's and fetch it again."},
    {"opset",
     {"declares no opset", "needs opset"},
     "The file asks for a version of ONNX's operators that is not known here.",
     "A newer exporter wrote it, or a tool that left the version out.",
     "Export it with an older opset; `sparse-opt --version` tells which ONNX "
     "is built in."},
    {"external-data",
     {"external data '"},
     "Weights that lie outside the model's file cannot be read.",
     "Such files are looked for in the model's folder alone: a path that leads "
     "out of it could read anything on the machine.",
     "Put the data files beside the model, under the names that it gives them; "
     "no links to other folders."},
    {"larger-than-2gb",
     {"is larger than the 2 GB"},
     "One file cannot hold the model.",
     "The format that ONNX is written in ends at 2 GB.",
     "Save it with its weights as external data."},
    {"invalid-graph",
     {"which nothing defines", "two tensors are named", "lacks its input"},
     "The graph is not well formed.",
     "A tool that edited it left it so, for exporters check what they write.",
     "Run `onnx.checker.check_model` on what each step of yours writes."},
    {"damaged-tensor",
     {" bytes of external data ", " strings where its shape",
      "has the negative dimension", "has the unknown data type",
      "has an index out of"},
     "What a tensor holds does not fit what it says of itself.",
     "A copy broke off, or a tool changed a shape or type and not the data.",
     "Make the model again, or find by `onnx.checker.check_model` the step "
     "that leaves it so."},
    {"too-large",
     {"is larger than any memory", "is too large to be held dense",
      "the calls of its functions stand for more than", " that are compiled",
      "more than the model's few weights are worth",
      "are more than ONNX's shape inference gets through"},
     "A small file stands for a model that no machine could hold or compile.",
     "Shapes multiply, functions that call functions double, and the time to "
     "compile grows faster than a graph: a file that was made to exhaust a "
     "machine looks like this.",
     "Where the model is meant so, give it smaller shapes, inline its "
     "functions with the exporter, or split it. `--no-work-limit` compiles it "
     "whatever time that takes; `-sopt-check-limits` and `-sopt-check-work` "
     "have the limits as their options."},
    {"unknown-type",
     {"the type of the input '", "the type of the subgraph's input '",
      "the type of '"},
     "It is not known what kind of value a tensor is.",
     "Types are declared for inputs, and inferred from there; operators of "
     "other domains say nothing of their results.",
     "Declare the value in the graph's value_info, or export without "
     "operators that ONNX does not define."},
    {"shape-inference",
     {"ShapeInferenceError"},
     "Sizes that the model states contradict those that its nodes compute.",
     "The sizes of an input or the type of a result were edited, or an "
     "exporter traced one shape and declared another.",
     "Remove the graph's value_info, or make the sizes that change symbols "
     "(dynamic axes) in the export."},
    {"elided-constants",
     {"its value was left out when the file was written"},
     "The text has no weights.",
     "--elide writes files that are for reading.",
     "Write the file again without --elide, or as .mlirbc, which is smaller."},
    {"no-onnx-form",
     {"has no spelling in ONNX", "is not valid ONNX: "},
     "A part of the model cannot be written as ONNX.",
     "A pass has lowered it: what kernels and loops compute is no operator.",
     "Write .onnx before lowering, after `--raise` at the latest."},
    {"prune-metric",
     {"metric: distance, auc, probe or spearman", " are two ways to judge",
      " judges: give one", "metric-command '", "'labels'", "'scores'",
      "names item ", " holds embeddings", "not f32 with two axes or more"},
     "How --prune-search finds one model better than another.",
     "By how far outputs move from the dense model's (metric=distance, which "
     "needs nothing), or by what they are used for. metric=auc: how often two "
     "items of one class are nearer, by the cosine of their embeddings, than "
     "two of different classes. metric=probe: the share of items whose class "
     "ridge regression on the other items' embeddings tells. Both read the "
     "array `labels` of the calibration file, a whole number for each item. "
     "metric=spearman: the rank correlation of the array `scores` with the "
     "cosines of pairs, which are the rows of the array `pairs` (two items' "
     "numbers each), or without it items 0 and 1, 2 and 3, and so on. "
     "Embeddings are the output that output=NAME names, or the last f32 output "
     "of two axes, or else of more, over which the mean is taken. "
     "metric-command=PROGRAM runs a program with the path of each candidate, "
     "an .onnx file, and takes the number in the last line that it prints: the "
     "larger the better.",
     "Add the arrays to the file, name the output, or run the program by hand "
     "on a model to see what it prints."},
    {"prune-raters",
     {"raters= is in terms of", "tolerance= is about", "no two raters, or ",
      "ratings must be numbers", "not item,rater,score"},
     "How raters=FILE.csv says when a model is good enough.",
     "The file has either the columns item,rater,score, or one for the item "
     "and one for each rater, who is named again where he rated again. The "
     "ceiling is the mean, over pairs of raters, of what the metric gives one "
     "by the other's ratings of the items that both rated, each pair weighted "
     "by their number: Spearman's correlation (spearman), the share of equal "
     "labels (probe), or of pairs found equal or different, as an AUC (auc). "
     "Where raters repeat, it is no more than the same mean over their own "
     "repetitions. The interval is of 200 draws of items. A candidate is good "
     "enough at S >= min(dense, ceiling) - tolerance; of those the cheapest "
     "is taken.",
     "`--rater-agreement=FILE.csv` prints the ceilings; items rated by two or "
     "more people are what they are made of."},
    {"calibration",
     {"no array for the model's input '", "--prune-search: "},
     "The search for zeros cannot run the model as it was asked to.",
     "It prunes by what layers see on inputs that represent the model's use, "
     "and needs an array for each input.",
     "Save them with numpy.savez, named as the inputs, with as many items "
     "along the first axis of each: `--prune-search=\"ratio=0.8 "
     "calibration=in.npz\"`."},
    {"cannot-write",
     {"cannot write '"},
     "The output was not written, and nothing is left of it.",
     "The folder is absent or not yours to write, or the disk is full.",
     "Make the folder, free space, or name another with -o."},
    {"no-target",
     {"a shared library needs a target",
      "--target=cpu writes a shared library"},
     "The output's name and --target do not belong together.",
     "The extension of -o decides what is written, and a library is written "
     "for a machine.",
     "Give both: `--target=cpu -o m.so`."},
    {"unknown-cpu",
     {"LLVM knows no CPU '"},
     "--mcpu names no processor of this machine's architecture.",
     "Code is not generated for other architectures.",
     "`llc-22 -mcpu=help` lists the names; `native` is the processor at hand."},
    {"padded-tokens",
     {"cannot be unpadded"},
     "--unpad cannot leave out the padding of this model.",
     "Padded rows become zeros, and their positions are gone inside the model; "
     "what the message names would compute something else for that.",
     "Compile without --unpad, or let the model leave padding out where it "
     "mixes tokens: multiply by the mask before a sum."},
    {"runtime-archive",
     {"cannot find libSparseOptRuntime.a"},
     "The part of sparse-opt that goes into every library is not there.",
     "It is looked for beside the program and in the folder lib beside the "
     "program's.",
     "Install with `cmake --install`, or build the target SparseOptRuntime."},
    {"linker",
     {"cannot find the linker ld.lld"},
     "No linker was found.",
     "A shared library is linked by LLVM's lld.",
     "Install Debian's package lld-22, or put ld.lld on the PATH."},
};

static const Explanation *find(StringRef what) {
  for (const Explanation &explanation : explanations) {
    if (what == explanation.name)
      return &explanation;
    for (StringRef fragment : explanation.fragments)
      if (what.contains(fragment))
        return &explanation;
  }
  return nullptr;
}

LogicalResult sopt::explain(StringRef what) {
  if (what == "list") {
    for (const Explanation &explanation : explanations)
      outs() << explanation.name << ": " << explanation.what << '\n';
    return success();
  }
  const Explanation *explanation = find(what);
  if (!explanation) {
    WithColor::error(errs(), "sparse-opt")
        << "nothing is known of '" << what
        << "'; --explain=list names the classes of errors\n";
    return failure();
  }
  outs() << explanation->name << '\n'
         << "  What: " << explanation->what << '\n'
         << "  Why:  " << explanation->why << '\n'
         << "  Do:   " << explanation->advice << '\n';
  return success();
}
