//===- Core.cpp - What Python sees of C++ ---------------------------------===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Arrays cross as bytes, with ONNX's number of their type: numpy has no names
// for all types, and model.py has a table.
//
//===----------------------------------------------------------------------===//

#include "Compiler.h"
#include "Library.h"
#include <cstring>
#include <memory>
#include <nanobind/nanobind.h>
#include <nanobind/ndarray.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/tuple.h>
#include <nanobind/stl/vector.h>

namespace nb = nanobind;
using namespace sopt;

using Bytes = nb::ndarray<nb::numpy, uint8_t, nb::ndim<1>>;
/// The address of the elements, ONNX's number of the type, the shape.
using Input = std::tuple<uintptr_t, int32_t, std::vector<int64_t>>;
using Output = std::tuple<Bytes, int32_t, std::vector<int64_t>>;
/// Name, ONNX's number of the type, sizes (-1: dynamic), their symbols.
using Info = std::tuple<std::string, int32_t, std::vector<int64_t>,
                        std::vector<std::string>>;

/// A copy that numpy owns.
static Bytes copy(const Tensor &tensor) {
  auto data = std::make_unique<uint8_t[]>(tensor.bytes);
  if (tensor.bytes)
    std::memcpy(data.get(), tensor.data, tensor.bytes);
  uint8_t *elements = data.release();
  nb::capsule owner(elements, [](void *memory) noexcept {
    delete[] static_cast<uint8_t *>(memory);
  });
  return Bytes(elements, {tensor.bytes}, owner);
}

static std::vector<Output> run(Library &library,
                               const std::vector<Input> &inputs) {
  std::vector<Tensor> tensors, outputs;
  for (const auto &[address, type, shape] : inputs)
    tensors.push_back(
        {type, shape, reinterpret_cast<const void *>(address), 0});
  {
    nb::gil_scoped_release released;
    outputs = library.run(tensors);
  }
  std::vector<Output> copies;
  for (const Tensor &output : outputs)
    copies.emplace_back(copy(output), output.type, output.shape);
  return copies;
}

static std::vector<Info>
describe(const std::vector<const SoptTensorInfo *> &infos) {
  std::vector<Info> descriptions;
  for (const SoptTensorInfo *info : infos)
    descriptions.emplace_back(
        info->name, info->type,
        std::vector<int64_t>(info->dims, info->dims + info->rank),
        std::vector<std::string>(info->dimNames, info->dimNames + info->rank));
  return descriptions;
}

NB_MODULE(_core, m) {
  nb::exception<CompileError>(m, "CompileError", PyExc_RuntimeError);
  nb::exception<RunError>(m, "RunError", PyExc_ValueError);
  m.def("compile", &compile, nb::arg("input"), nb::arg("output"),
        nb::arg("cpu"), nb::call_guard<nb::gil_scoped_release>());
  nb::class_<Library>(m, "Library")
      .def(nb::init<const std::string &, int32_t>(), nb::arg("path"),
           nb::arg("threads"))
      .def("run", &run, nb::arg("inputs"))
      .def_prop_ro("threads", &Library::getThreads)
      .def_prop_ro(
          "inputs",
          [](const Library &self) { return describe(self.getInputs()); })
      .def_prop_ro("outputs", [](const Library &self) {
        return describe(self.getOutputs());
      });
}
