//===- Pooling.cpp - Poolings -------------------------------------------===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Lowering.h"
#include "Windows.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/SCF/IR/SCF.h"

using namespace mlir;
using namespace sopt;

/// Combines the elements of each window of `x`, which is padded.
static Value pool(Emitter &e, Value x, const Windows &windows, Value init,
                  function_ref<Value(Value element, Value acc)> combine) {
  SmallVector<Value> sizes = e.sizes(x);
  unsigned spatial = windows.kernel.size(), firstKernel = 2 + spatial;
  SmallVector<Value> resultSizes = {sizes[0], sizes[1]}, kernelSizes;
  llvm::append_range(resultSizes, windows.counts);
  auto loop = [&](unsigned position) { return e.getAffineDimExpr(position); };
  SmallVector<AffineExpr> input = {loop(0), loop(1)}, kernel, output(input);
  for (unsigned dim = 0; dim < spatial; ++dim) {
    input.push_back(loop(2 + dim) * windows.strides[dim] +
                    loop(firstKernel + dim) * windows.dilations[dim]);
    output.push_back(loop(2 + dim));
    kernel.push_back(loop(firstKernel + dim));
    kernelSizes.push_back(e.index(windows.kernel[dim]));
  }
  unsigned loops = 2 + 2 * spatial;
  SmallVector<utils::IteratorType> iterators(2 + spatial,
                                             utils::IteratorType::parallel);
  iterators.append(spatial, utils::IteratorType::reduction);
  auto mapOf = [&](ArrayRef<AffineExpr> exprs) {
    return AffineMap::get(loops, 0, exprs, e.getContext());
  };
  // A tensor that nobody reads gives the loops over the window their bounds.
  Value shape = e.empty(kernelSizes, init.getType());
  return e
      .generic({{x, mapOf(input)}, {shape, mapOf(kernel)}},
               {{e.full(resultSizes, init), mapOf(output)}}, iterators,
               [&](ValueRange args) {
                 return SmallVector<Value>{combine(args[0], args[2])};
               })
      .front();
}

static Value maximum(Emitter &e, Value a, Value b, bool isUnsigned) {
  if (isa<FloatType>(a.getType()))
    return e.make<arith::MaximumFOp>(a, b);
  return isUnsigned ? e.make<arith::MaxUIOp>(a, b) : e.max(a, b);
}

/// Where in the whole tensor of `sizes` the element at `position` lies. Spatial
/// dimensions are in column-major order if `isColumnMajor`.
static Value flatten(Emitter &e, ArrayRef<Value> sizes,
                     ArrayRef<Value> position, bool isColumnMajor) {
  Value result = e.add(e.mul(position[0], sizes[1]), position[1]);
  size_t rank = sizes.size();
  for (size_t i = 2; i < rank; ++i)
    result = e.mul(result, sizes[i]);
  Value inner = e.index(0);
  for (size_t i = 2; i < rank; ++i) {
    size_t dim = isColumnMajor ? rank + 1 - i : i;
    inner = e.add(e.mul(inner, sizes[dim]), position[dim]);
  }
  return e.add(result, inner);
}

/// The maxima of windows over `x`, which is `padded` to the sizes that these
/// need, and where in `x` each is found: the first place, among equals.
static SmallVector<Value>
poolWithPlaces(Emitter &e, Value padded, ArrayRef<Value> sizes,
               const Windows &windows, bool unsignedData, bool isColumnMajor) {
  unsigned spatial = windows.kernel.size(), firstKernel = 2 + spatial;
  SmallVector<Value> resultSizes = {sizes[0], sizes[1]}, kernelSizes;
  llvm::append_range(resultSizes, windows.counts);
  SmallVector<AffineExpr> input, output, kernel;
  for (unsigned dim = 0; dim < 2 + spatial; ++dim)
    output.push_back(e.getAffineDimExpr(dim));
  input.append(output.begin(), output.begin() + 2);
  for (unsigned dim = 0; dim < spatial; ++dim) {
    AffineExpr place = e.getAffineDimExpr(firstKernel + dim);
    input.push_back(e.getAffineDimExpr(2 + dim) * windows.strides[dim] +
                    place * windows.dilations[dim]);
    kernel.push_back(place);
    kernelSizes.push_back(e.index(windows.kernel[dim]));
  }
  auto mapOf = [&](ArrayRef<AffineExpr> exprs) {
    return AffineMap::get(2 + 2 * spatial, 0, exprs, e.getContext());
  };
  SmallVector<utils::IteratorType> iterators(2 + spatial,
                                             utils::IteratorType::parallel);
  iterators.append(spatial, utils::IteratorType::reduction);
  Type type = getElementType(padded), i64 = e.getI64Type();
  Value least = e.extreme(type, unsignedData, /*least=*/true);
  Value nowhere = e.constantInt(i64, std::numeric_limits<int64_t>::max());
  Value shape = e.empty(kernelSizes, type);
  auto isBetter = [&](Value x, Value best) {
    if (isa<FloatType>(type))
      return e.make<arith::CmpFOp>(arith::CmpFPredicate::OGT, x, best);
    return e.compare(unsignedData ? arith::CmpIPredicate::ugt
                                  : arith::CmpIPredicate::sgt,
                     x, best);
  };
  return e.generic(
      {{padded, mapOf(input)}, {shape, mapOf(kernel)}},
      {{e.full(resultSizes, least), mapOf(output)},
       {e.full(resultSizes, nowhere), mapOf(output)}},
      iterators, [&](ValueRange args) {
        Value x = args[0], best = args[2], where = args[3];
        SmallVector<Value> position = {linalg::IndexOp::create(e, 0),
                                       linalg::IndexOp::create(e, 1)};
        Value isInside = e.constantInt(e.getI1Type(), 1);
        for (unsigned dim = 0; dim < spatial; ++dim) {
          Value start = e.mul(linalg::IndexOp::create(e, 2 + dim),
                              e.index(windows.strides[dim]));
          Value offset = e.mul(linalg::IndexOp::create(e, firstKernel + dim),
                               e.index(windows.dilations[dim]));
          position.push_back(e.sub(e.add(start, offset), windows.low[dim]));
          isInside =
              e.both(isInside, e.compare(arith::CmpIPredicate::ult,
                                         position.back(), sizes[dim + 2]));
        }
        Value here =
            e.fromIndex(flatten(e, sizes, position, isColumnMajor), i64);
        // Neither better nor worse: equal, or the first of what is no number.
        Value isAsGood =
            e.negate(e.either(isBetter(x, best), isBetter(best, x)));
        Value take =
            e.both(isInside, e.either(isBetter(x, best),
                                      e.both(isAsGood, e.less(here, where))));
        return SmallVector<Value>{e.select(take, x, best),
                                  e.select(take, here, where)};
      });
}

static Lowered lowerMaxPool(onnx::MaxPoolOp op,
                            onnx::MaxPoolOp::Adaptor operands, Emitter &e) {
  Value x = operands.getX();
  FailureOr<Windows> windows =
      getWindows(e, e.sizes(x), op.getKernelShape(),
                 {op.getAutoPad(), op.getDilations(), op.getPads(),
                  op.getStrides(), bool(op.getCeilMode())});
  if (failed(windows))
    return failure();
  bool unsignedData = isUnsigned(op.getX().getType());
  Value least = e.extreme(getElementType(x), unsignedData, /*least=*/true);
  Value padded = padForWindows(e, x, *windows, least);
  if (op.getIndices())
    return poolWithPlaces(e, padded, e.sizes(x), *windows, unsignedData,
                          op.getStorageOrder());
  return pool(e, padded, *windows, least, [&](Value element, Value acc) {
    return maximum(e, acc, element, unsignedData);
  });
}

/// Elements of each window that lie in [low, high) of the padded dimension.
static Value countInside(Emitter &e, const Windows &windows, ValueRange loops,
                         ArrayRef<Value> low, ArrayRef<Value> high) {
  Value count = e.index(1);
  for (size_t dim = 0; dim < windows.kernel.size(); ++dim) {
    Value dilation = e.index(windows.dilations[dim]);
    Value start = e.mul(loops[dim + 2], e.index(windows.strides[dim]));
    // Kernel positions k with low <= start + k·dilation < high.
    auto firstAtLeast = [&](Value bound) {
      Value distance = e.max(e.sub(bound, start), e.index(0));
      return e.min(e.ceilDiv(distance, dilation), e.index(windows.kernel[dim]));
    };
    count =
        e.mul(count, e.sub(firstAtLeast(high[dim]), firstAtLeast(low[dim])));
  }
  return count;
}

static Lowered lowerAveragePool(onnx::AveragePoolOp op,
                                onnx::AveragePoolOp::Adaptor operands,
                                Emitter &e) {
  Value x = operands.getX();
  SmallVector<Value> sizes = e.sizes(x);
  FailureOr<Windows> windows =
      getWindows(e, sizes, op.getKernelShape(),
                 {op.getAutoPad(), op.getDilations(), op.getPads(),
                  op.getStrides(), bool(op.getCeilMode())});
  if (failed(windows))
    return failure();
  Value wide = e.widen(x);
  Type type = getElementType(wide);
  Value zero = e.constant(type, 0);
  Value sums = pool(e, padForWindows(e, wide, *windows, zero), *windows, zero,
                    [&](Value element, Value acc) {
                      return e.addReassociable(acc, element);
                    });
  SmallVector<Value> low, high;
  for (size_t dim = 0; dim < windows->kernel.size(); ++dim) {
    Value end = e.add(windows->low[dim], sizes[dim + 2]);
    low.push_back(op.getCountIncludePad() ? e.index(0) : windows->low[dim]);
    high.push_back(op.getCountIncludePad() ? e.add(end, windows->high[dim])
                                           : end);
  }
  unsigned rank = sizes.size();
  Value result =
      e.map(e.sizes(sums), type, {{sums, e.getMultiDimIdentityMap(rank)}},
            [&](ValueRange args) {
              SmallVector<Value> loops;
              for (unsigned dim = 0; dim < rank; ++dim)
                loops.push_back(linalg::IndexOp::create(e, dim));
              Value count = countInside(e, *windows, loops, low, high);
              Value n = e.convert(e.fromIndex(count, e.getI64Type()), type,
                                  false, false);
              return e.make<arith::DivFOp>(args[0], n);
            });
  return e.convertElements(result, getElementType(x));
}

/// One term of the sum of a p-norm.
static Value raise(Emitter &e, Value x, int64_t p) {
  Type type = x.getType();
  if (p == 1)
    return e.make<math::AbsFOp>(x);
  if (p == 2)
    return e.make<arith::MulFOp>(x, x);
  return e.make<math::PowFOp>(e.make<math::AbsFOp>(x), e.constant(type, p));
}

static Value root(Emitter &e, Value x, int64_t p) {
  Type type = x.getType();
  if (p == 1)
    return x;
  if (p == 2)
    return e.make<math::SqrtOp>(x);
  return e.make<math::PowFOp>(x, e.constant(type, 1.0 / p));
}

static Value rootOfEach(Emitter &e, Value sums, int64_t p, Type resultType) {
  Value roots = e.map(e.sizes(sums), getElementType(sums),
                      {{sums, e.getMultiDimIdentityMap(getRank(sums))}},
                      [&](ValueRange args) { return root(e, args[0], p); });
  return e.convertElements(roots, resultType);
}

static Lowered lowerLpPool(onnx::LpPoolOp op, onnx::LpPoolOp::Adaptor operands,
                           Emitter &e) {
  if (int64_t(op.getP()) < 1)
    return e.refuse("its norm is less than 1");
  Value x = operands.getX(), wide = e.widen(x);
  FailureOr<Windows> windows =
      getWindows(e, e.sizes(x), op.getKernelShape(),
                 {op.getAutoPad(), op.getDilations(), op.getPads(),
                  op.getStrides(), bool(op.getCeilMode())});
  if (failed(windows))
    return failure();
  Value zero = e.constant(getElementType(wide), 0);
  Value sums =
      pool(e, padForWindows(e, wide, *windows, zero), *windows, zero,
           [&](Value element, Value acc) {
             return e.addReassociable(acc, raise(e, element, op.getP()));
           });
  return rootOfEach(e, sums, op.getP(), getElementType(x));
}

/// Zeros, but for the elements of `x` at the places that MaxPool found.
static Lowered lowerMaxUnpool(onnx::MaxUnpoolOp op,
                              onnx::MaxUnpoolOp::Adaptor operands, Emitter &e) {
  Value x = operands.getX();
  SmallVector<Value> sizes = e.sizes(x);
  size_t spatial = op.getKernelShape().size();
  SmallVector<int64_t> strides(spatial, 1), pads(2 * spatial, 0);
  if (op.getStrides())
    strides = llvm::to_vector(*op.getStrides());
  if (op.getPads())
    pads = llvm::to_vector(*op.getPads());
  if (sizes.size() != spatial + 2 || strides.size() != spatial ||
      pads.size() != 2 * spatial)
    return e.refuse("its kernel, strides or pads are not one per dimension");
  Value places = e.fit(operands.getI(), sizes);
  SmallVector<Value> inferred = {sizes[0], sizes[1]};
  for (size_t dim = 0; dim < spatial; ++dim) {
    Value reached =
        e.mul(e.sub(sizes[dim + 2], e.index(1)), e.index(strides[dim]));
    Value size = e.add(reached, e.index(op.getKernelShape()[dim] - pads[dim] -
                                        pads[dim + spatial]));
    inferred.push_back(e.max(size, e.index(0)));
  }
  Value total = e.product(inferred), one = e.index(1);
  e.checkIndices(places, /*isUnsigned=*/false, total);
  Type type = getElementType(x);
  // A place that is not in the result has been reported, and goes nowhere.
  Value flat = e.full({total}, e.constant(type, 0));
  SmallVector<Value> zeros(sizes.size(), e.index(0)), ones(sizes.size(), one);
  scf::LoopNest nest = scf::buildLoopNest(
      e, e.getLoc(), zeros, sizes, ones, ValueRange{flat},
      [&](OpBuilder &, Location, ValueRange loops, ValueRange carried) {
        Value place = e.toIndex(e.element(places, loops));
        Value fits = e.compare(arith::CmpIPredicate::ult, place, total);
        auto branch = scf::IfOp::create(e, carried.getTypes(), fits,
                                        /*withElseRegion=*/true);
        OpBuilder::InsertionGuard guard(e);
        e.setInsertionPointToStart(branch.thenBlock());
        Value written =
            tensor::InsertOp::create(e, e.element(x, loops), carried[0], place);
        scf::YieldOp::create(e, written);
        e.setInsertionPointToStart(branch.elseBlock());
        scf::YieldOp::create(e, carried);
        return scf::ValueVector(branch.getResults());
      });
  Value result = e.reshape(e.withSizes(nest.results[0], {total}), inferred);
  if (!operands.getOutputShape())
    return result;
  // The elements come first in each dimension of what may be larger.
  FailureOr<SmallVector<Value>> wanted =
      e.indices(operands.getOutputShape(), sizes.size());
  if (failed(wanted))
    return e.refuse("its output_shape is not one size per dimension");
  SmallVector<Value> low, high;
  for (auto [size, own] : llvm::zip_equal(*wanted, inferred)) {
    e.reportIf(e.less(size, own), kReportBadShape, size, own);
    low.push_back(e.index(0));
    high.push_back(e.max(e.sub(size, own), e.index(0)));
  }
  return e.pad(result, low, high, e.constant(type, 0));
}

//===----------------------------------------------------------------------===//
// One window for all
//===----------------------------------------------------------------------===//

static SmallVector<int64_t> getSpatialAxes(Value x) {
  return llvm::to_vector(
      llvm::seq<int64_t>(2, std::max<int64_t>(getRank(x), 2)));
}

static Lowered lowerGlobalMaxPool(onnx::GlobalMaxPoolOp op,
                                  onnx::GlobalMaxPoolOp::Adaptor operands,
                                  Emitter &e) {
  Value x = operands.getX();
  return e.reduce(x, getSpatialAxes(x), /*keepDims=*/true,
                  {e.extreme(getElementType(x), false, /*least=*/true),
                   [&](Value element, Value acc) {
                     return maximum(e, acc, element, false);
                   }});
}

static Lowered
lowerGlobalAveragePool(onnx::GlobalAveragePoolOp op,
                       onnx::GlobalAveragePoolOp::Adaptor operands,
                       Emitter &e) {
  Value x = operands.getX(), wide = e.widen(x);
  Type type = getElementType(wide);
  Value count = e.index(1);
  for (int64_t axis : getSpatialAxes(x))
    count = e.mul(count, e.size(x, axis));
  Value n = e.convert(e.fromIndex(count, e.getI64Type()), type, false, false);
  Value sums = e.reduce(wide, getSpatialAxes(x), /*keepDims=*/true,
                        {e.constant(type, 0), [&](Value element, Value acc) {
                           return e.addReassociable(acc, element);
                         }});
  Value result = e.map(
      e.sizes(sums), type, {{sums, e.getMultiDimIdentityMap(getRank(sums))}},
      [&](ValueRange args) { return e.make<arith::DivFOp>(args[0], n); });
  return e.convertElements(result, getElementType(x));
}

static Lowered lowerGlobalLpPool(onnx::GlobalLpPoolOp op,
                                 onnx::GlobalLpPoolOp::Adaptor operands,
                                 Emitter &e) {
  if (int64_t(op.getP()) < 1)
    return e.refuse("its norm is less than 1");
  Value x = operands.getX(), wide = e.widen(x);
  Value sums = e.reduce(
      wide, getSpatialAxes(x), /*keepDims=*/true,
      {e.constant(getElementType(wide), 0), [&](Value element, Value acc) {
         return e.addReassociable(acc, raise(e, element, op.getP()));
       }});
  return rootOfEach(e, sums, op.getP(), getElementType(x));
}

void sopt::populatePoolingLowerings(LoweringSet &set) {
  addLowering<onnx::AveragePoolOp>(set, lowerAveragePool);
  addLowering<onnx::GlobalAveragePoolOp>(set, lowerGlobalAveragePool);
  addLowering<onnx::GlobalLpPoolOp>(set, lowerGlobalLpPool);
  addLowering<onnx::GlobalMaxPoolOp>(set, lowerGlobalMaxPool);
  addLowering<onnx::LpPoolOp>(set, lowerLpPool);
  addLowering<onnx::MaxPoolOp>(set, lowerMaxPool);
  addLowering<onnx::MaxUnpoolOp>(set, lowerMaxUnpool);
}
