//===- Pruners.h - Which weights of a layer go ------------------*- C++ -*-===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

//
// A pruner sees one layer y = x·W and what is known of its inputs, and returns
// the weight with zeros in it. It knows no other layer: how many zeros each
// gets is the allocation's business.
//
//===----------------------------------------------------------------------===//

#ifndef SPARSE_OPT_SEARCH_PRUNERS_H
#define SPARSE_OPT_SEARCH_PRUNERS_H

#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"
#include <cstdint>
#include <string>
#include <vector>

namespace sopt {

/// A layer y = x·W and the second moments of its inputs.
struct PrunedLayer {
  std::string name;
  int64_t inputs;  ///< Rows of the weight.
  int64_t outputs; ///< Columns of the weight.
  /// inputs × outputs, row by row, as ONNX's MatMul takes it.
  std::vector<float> weight;
  /// XᵀX over the calibration inputs X, divided by their number: inputs ×
  /// inputs, symmetric.
  std::vector<double> moments;
  /// So many neighbouring inputs can go together with what makes them: 1 where
  /// they are neurons, the size of a head where they are heads; 0 if they
  /// cannot.
  int64_t part = 0;
};

/// How many weights become zero, and which only together.
struct SparsityTarget {
  /// What goes: weights, or all that reads an input, or a head's inputs.
  enum class Unit { Weight, Neuron, Head };

  /// Share of zeros, 0 to 1. Given by `keep` and `of` where they are set.
  double zeros = 0;
  /// That many neighbouring outputs of one input go together: 4 for 4×1 blocks.
  int64_t block = 1;
  /// N:M: of each `of` neighbouring inputs of an output, `keep` stay; 0 for
  /// any pattern.
  int64_t keep = 0, of = 0;
  Unit unit = Unit::Weight;

  bool isStructured() const { return unit != Unit::Weight; }

  /// Whether a weight of this size can have it, see PrunedLayer::part.
  bool fits(int64_t inputs, int64_t outputs, int64_t part) const {
    bool isPart = unit == Unit::Weight || (unit == Unit::Neuron && part == 1) ||
                  (unit == Unit::Head && part > 1 && inputs % part == 0);
    return isPart && outputs % block == 0 && (of == 0 || inputs % of == 0);
  }

  /// Whether both are of one pattern, however many zeros they have.
  bool isLike(const SparsityTarget &other) const {
    return block == other.block && keep == other.keep && of == other.of &&
           unit == other.unit;
  }

  bool operator==(const SparsityTarget &other) const {
    return zeros == other.zeros && isLike(other);
  }
};

using Pruner = llvm::Expected<std::vector<float>> (*)(const PrunedLayer &,
                                                      const SparsityTarget &);

/// Weights of the least |w| go.
llvm::Expected<std::vector<float>> pruneByMagnitude(const PrunedLayer &layer,
                                                    const SparsityTarget &);

/// Of each output the weights of the least |w|·‖x‖ go (Sun et al., A Simple and
/// Effective Pruning Approach for Large Language Models, 2023).
llvm::Expected<std::vector<float>> pruneByWanda(const PrunedLayer &layer,
                                                const SparsityTarget &);

/// Optimal brain surgery, input by input: the weights whose loss costs the
/// outputs least go, and the inputs that follow make up for them (Hassibi and
/// Stork, 1993; in the form of Frantar and Alistarh, SparseGPT, 2023). Inputs
/// that are always zero lose their weights. Damping starts at a hundredth of
/// the mean moment and grows until the moments can be inverted.
llvm::Expected<std::vector<float>> pruneByObs(const PrunedLayer &layer,
                                              const SparsityTarget &);

/// Chooses weights and fits them in turns until both agree, by the alternating
/// direction method of multipliers, and then fits those that stay (Boyd et al.,
/// Distributed Optimization and Statistical Learning via ADMM, 2011; for
/// pruning Meng et al., ALPS, 2024). Takes longer than surgery, which decides
/// once, and loses three fifths of that at 80 % zeros.
llvm::Expected<std::vector<float>> pruneByAdmm(const PrunedLayer &layer,
                                               const SparsityTarget &);

/// pruneByObs for several targets, and for several layers that read the same
/// inputs: inverts the moments once, which is most of the work.
class ObsPruner {
public:
  static llvm::Expected<ObsPruner> create(const PrunedLayer &layer);

  struct Result {
    std::vector<float> weight;
    double loss; ///< E‖x·(W − weight)‖² over the calibration inputs.
  };
  /// `layer` reads the inputs that the pruner was made for; its own moments are
  /// not looked at.
  llvm::Expected<Result> prune(const PrunedLayer &layer,
                               const SparsityTarget &target) const;

private:
  ObsPruner(std::vector<double> factor, std::vector<bool> isDead,
            double damping)
      : factor(std::move(factor)), isDead(std::move(isDead)), damping(damping) {
  }

  std::vector<double> factor; ///< The upper U, UᵀU the moments' inverse.
  std::vector<bool> isDead;   ///< Of each input, whether it is always zero.
  double damping;             ///< What was added to the others' moments.
};

/// The pruner called "magnitude", "wanda", "obs" or "admm"; null for any other
/// name.
Pruner lookUpPruner(llvm::StringRef name);

/// E‖x·W‖² over the calibration inputs.
double getOutputPower(const PrunedLayer &layer);

/// E‖x·(W − weight)‖² / E‖x·W‖² over the calibration inputs: what pruning lost
/// of the layer's outputs. 0 if those are all zero.
double getRelativeError(const PrunedLayer &layer, llvm::ArrayRef<float> weight);

} // namespace sopt

#endif // SPARSE_OPT_SEARCH_PRUNERS_H
