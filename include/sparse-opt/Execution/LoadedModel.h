//===- LoadedModel.h - A model opened at run time ---------------*- C++ -*-===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef SPARSE_OPT_EXECUTION_LOADEDMODEL_H
#define SPARSE_OPT_EXECUTION_LOADEDMODEL_H

#include "sparse-opt/Execution/Tensor.h"
#include "llvm/Support/Error.h"
#include <memory>

namespace sopt {

/// The functions of Model.h as one library has them. Once open, it stays so:
/// threads of its OpenMP runtime may outlive the last run.
class LoadedModel {
public:
  static llvm::Expected<LoadedModel> open(llvm::StringRef path);

  llvm::ArrayRef<const SoptTensorInfo *> getInputs() const { return inputs; }
  llvm::ArrayRef<const SoptTensorInfo *> getOutputs() const { return outputs; }
  llvm::StringRef getTypeName(int32_t type) const { return typeName(type); }

  decltype(&sopt_num_nodes) numNodes;
  decltype(&sopt_node_name) nodeName;
  decltype(&sopt_type_name) typeName;
  decltype(&sopt_type_size) typeSize;
  decltype(&sopt_context_create) contextCreate;
  decltype(&sopt_context_destroy) contextDestroy;
  decltype(&sopt_context_threads) contextThreads;
  decltype(&sopt_last_error) lastError;
  decltype(&sopt_run) run;
  decltype(&sopt_profile_enable) profileEnable;
  decltype(&sopt_profile_nanoseconds) profileNanoseconds;
  decltype(&sopt_flops) flops;

private:
  LoadedModel() = default;

  std::vector<const SoptTensorInfo *> inputs, outputs;
};

/// A context of a model, with the inputs of its runs. Both must outlive it.
class Session {
public:
  /// `inputs` are in the model's order.
  static llvm::Expected<Session> create(const LoadedModel &model,
                                        llvm::ArrayRef<Tensor> inputs,
                                        int32_t threads);

  /// Takes others for the runs to come, in the model's order, too.
  void setInputs(llvm::ArrayRef<const Tensor *> tensors);

  /// Computes the outputs; they stay in the context.
  llvm::Error run();

  /// Copies of the last run's outputs.
  std::vector<Tensor> getOutputs() const;

  const LoadedModel &getModel() const { return *model; }
  SoptContext *getContext() const { return context.get(); }
  int32_t getThreads() const { return model->contextThreads(context.get()); }

private:
  Session(const LoadedModel &model, SoptContext *context)
      : model(&model), context(context, model.contextDestroy) {}

  const LoadedModel *model;
  std::unique_ptr<SoptContext, decltype(&sopt_context_destroy)> context;
  std::vector<SoptInput> inputs;
  std::vector<SoptOutput> outputs;
};

} // namespace sopt

#endif // SPARSE_OPT_EXECUTION_LOADEDMODEL_H
