//===- Options.td - The command line of sparse-run ---------*- tablegen -*-===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

include "llvm/Option/OptParser.td"

class Switch<string name, string help> : Flag<["--", "-"], name>,
                                         HelpText<help>;

// --name=value and --name value.
multiclass Valued<string name, string meta, OptionGroup group, string help> {
  def NAME : Separate<["--", "-"], name>, Group<group>;
  def NAME#_eq : Joined<["--", "-"], name#"=">,
                 Alias<!cast<Option>(NAME)>,
                 Group<group>,
                 MetaVarName<meta>,
                 HelpText<help>;
}


def inputs_group : OptionGroup<"inputs">, HelpText<"INPUTS">;
defm inputs : Valued<"inputs", "<file.npz>", inputs_group,
                     "Arrays named as the inputs, or in:NAME. Those named "
                     "out:NAME are the "
                     "outputs to compare with">;
defm random : Valued<"random", "<NAME=2x128[:N],...>", inputs_group,
                     "Random inputs of these shapes, NAME=scalar for rank 0: "
                     "floats of N(0,1), "
                     "integers of 0 ... N - 1 with N = 2 unless given">;
defm seed : Valued<"seed", "<number>", inputs_group,
                   "Where random numbers start (default 0)">;

def results_group : OptionGroup<"results">, HelpText<"RESULTS">;
defm output
    : Valued<"output", "<file.npz>", results_group, "Write the outputs">;
defm compare_with : Valued<"compare-with", "<model.onnx>", results_group,
                           "Compare the outputs with onnxruntime's">;
defm tolerance : Valued<"tolerance", "<number>", results_group,
                        "Largest absolute difference of floats (default 1e-4); "
                        "integers and bools "
                        "must be equal">;
defm python : Valued<"python", "<interpreter>", results_group,
                     "A Python that has onnxruntime (default: "
                     "$SPARSE_OPT_PYTHON, else the one "
                     "this tool was built with, else python3)">;

def speed_group : OptionGroup<"speed">, HelpText<"SPEED">;
defm threads
    : Valued<
          "threads", "<number>", speed_group,
          "How many threads a run uses (default 0: one for each usable CPU)">;
def bench : Switch<"bench", "Time runs. With --compare-with, in turns with "
                            "onnxruntime at as many threads">,
            Group<speed_group>;
defm bench_seconds : Valued<"bench-seconds", "<seconds>", speed_group,
                            "For how long to time each side (default 2)">;
def json : Switch<"json", "Print what --bench measured as JSON, and nothing "
                          "else">,
           Group<speed_group>;
def json_eq : Joined<["--", "-"], "json=">,
              Group<speed_group>,
              MetaVarName<"<file>">,
              HelpText<"Write what --bench measured as JSON">;
def profile : Switch<"profile", "Time each node of the original model">,
              Group<speed_group>;

def general_group : OptionGroup<"general">, HelpText<"GENERAL">;
def help : Switch<"help", "Print this">, Group<general_group>;
def version : Switch<"version", "Print the version of this tool, and of the "
                                "interface of the models it runs">,
              Group<general_group>;
