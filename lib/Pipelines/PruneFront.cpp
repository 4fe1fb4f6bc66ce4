//===- PruneFront.cpp - A front between speed and loss as JSON ------------===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "sparse-opt/Pipelines/Prune.h"
#include "llvm/Support/JSON.h"

using namespace sopt;

void sopt::printFront(llvm::ArrayRef<FrontPoint> front, llvm::raw_ostream &os) {
  llvm::json::OStream json(os, /*IndentSize=*/2);
  json.object([&] {
    json.attributeArray("points", [&] {
      for (const FrontPoint &point : front)
        json.object([&] {
          const PruneReport &report = point.report;
          json.attribute("model", point.file);
          json.attribute("constraint", point.constraint.getText());
          json.attribute("zeros", report.getZeros());
          json.attribute("loss", report.loss);
          json.attribute("promised_ms", report.latency->promised);
          json.attribute("measured_ms", report.latency->measured);
          json.attribute("dense_ms", report.latency->dense);
          json.attribute("beaten", point.isBeaten);
        });
    });
  });
  os << '\n';
}
