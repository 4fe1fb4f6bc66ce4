//===- Signal.cpp - Fourier transforms, windows, mel filters --------------===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A Fourier transform is a product with a matrix of roots of unity, whose
// entries are computed on the fly: any length, no recursion. That is n² steps
// where a fast transform takes n · log n; models transform short frames.
//
//===----------------------------------------------------------------------===//

#include "Lowering.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/SCF/IR/SCF.h"

using namespace mlir;
using namespace sopt;

static constexpr double kPi = 3.14159265358979323846;

//===----------------------------------------------------------------------===//
// Tables of roots of unity
//===----------------------------------------------------------------------===//

/// cos and sin of 2π·i/n for i in [0, n), in pairs: n × 2.
static Value makeRoots(Emitter &e, Value n, Type type) {
  Type f64 = e.getF64Type();
  return e.generate({n, e.index(2)}, type, [&](ValueRange loops) {
    Value turn =
        e.make<arith::DivFOp>(e.toFloat(loops[0], f64), e.toFloat(n, f64));
    Value angle = e.make<arith::MulFOp>(turn, e.constant(f64, 2 * kPi));
    Value root =
        e.select(e.equal(loops[1], e.index(0)), e.make<math::CosOp>(angle),
                 e.make<math::SinOp>(angle));
    return e.convert(root, type, false, false);
  });
}

namespace {
struct Complex {
  Value real, imaginary;
};

/// A transform along one dimension.
struct Transform {
  Value length; ///< Of the transform; the signal is cut or filled with zeros.
  Value roots;
  bool isInverse;
};
} // namespace

static Complex multiply(Emitter &e, Complex x, Complex y) {
  auto mul = [&](Value a, Value b) { return e.make<arith::MulFOp>(a, b); };
  return {
      e.make<arith::SubFOp>(mul(x.real, y.real), mul(x.imaginary, y.imaginary)),
      e.make<arith::AddFOp>(mul(x.real, y.imaginary),
                            mul(x.imaginary, y.real))};
}

/// exp(∓2πi·turn / length)
static Complex getRoot(Emitter &e, const Transform &transform, Value turn) {
  Value cosine = e.element(transform.roots, {turn, e.index(0)});
  Value sine = e.element(transform.roots, {turn, e.index(1)});
  return {cosine, transform.isInverse ? sine : e.make<arith::NegFOp>(sine)};
}

/// Σ signal(i) · exp(∓2πi·i·frequency / length) over all elements of a complex
/// signal, whose number is twice `half`. Like a fast transform it first adds or
/// subtracts what lies half a length apart, and so rounds as one does. What
/// ONNX's test of the inverse expects was computed that way in single
/// precision, 2e-7 where the sum is 0, and is compared more closely than that.
static Complex sumHalves(Emitter &e, const Transform &transform,
                         Value frequency, Value half, Type type,
                         function_ref<Complex(Value i)> signal) {
  Value zero = e.constant(type, 0), two = e.index(2);
  Value isOdd = e.equal(e.make<arith::RemUIOp>(frequency, two), e.index(1));
  auto loop = scf::ForOp::create(e, e.index(0), half, e.index(1),
                                 ValueRange{zero, zero});
  OpBuilder::InsertionGuard guard(e);
  e.setInsertionPointToStart(loop.getBody());
  Value i = loop.getInductionVar();
  Complex x = signal(i), y = signal(e.add(i, half));
  auto combine = [&](Value a, Value b) {
    return e.select(isOdd, e.make<arith::SubFOp>(a, b),
                    e.make<arith::AddFOp>(a, b));
  };
  Complex term{combine(x.real, y.real), combine(x.imaginary, y.imaginary)};
  // An odd frequency is an even one after a turn by i of the length.
  term =
      multiply(e, term, getRoot(e, transform, e.select(isOdd, i, e.index(0))));
  Value turn = e.make<arith::RemUIOp>(e.mul(i, e.div(frequency, two)), half);
  term = multiply(e, term, getRoot(e, transform, e.mul(turn, two)));
  auto add = [&](unsigned part, Value value) {
    return e.make<arith::AddFOp>(loop.getRegionIterArgs()[part], value);
  };
  scf::YieldOp::create(e,
                       ValueRange{add(0, term.real), add(1, term.imaginary)});
  return {loop.getResult(0), loop.getResult(1)};
}

/// Σ signal(i) · exp(∓2πi·i·frequency / length) over `count` elements.
static Complex sumSeries(Emitter &e, const Transform &transform,
                         Value frequency, Value count, Type type,
                         function_ref<Complex(Value i)> signal) {
  Value zero = e.constant(type, 0);
  auto loop = scf::ForOp::create(e, e.index(0), count, e.index(1),
                                 ValueRange{zero, zero});
  OpBuilder::InsertionGuard guard(e);
  e.setInsertionPointToStart(loop.getBody());
  Value i = loop.getInductionVar();
  Value turn = e.make<arith::RemUIOp>(e.mul(i, frequency), transform.length);
  Complex root = getRoot(e, transform, turn), x = signal(i), term;
  if (x.imaginary)
    term = multiply(e, x, root);
  else
    term = {e.make<arith::MulFOp>(x.real, root.real),
            e.make<arith::MulFOp>(x.real, root.imaginary)};
  auto add = [&](Value a, Value b) { return e.make<arith::AddFOp>(a, b); };
  scf::YieldOp::create(
      e, ValueRange{add(loop.getRegionIterArgs()[0], term.real),
                    add(loop.getRegionIterArgs()[1], term.imaginary)});
  return {loop.getResult(0), loop.getResult(1)};
}

//===----------------------------------------------------------------------===//
// DFT
//===----------------------------------------------------------------------===//

static Lowered lowerDFT(onnx::DFTOp op, onnx::DFTOp::Adaptor operands,
                        Emitter &e) {
  Value input = operands.getInput();
  SmallVector<Value> sizes = e.sizes(input);
  int64_t rank = sizes.size();
  std::optional<int64_t> parts =
      rank ? getConstantSize(sizes.back()) : std::nullopt;
  if (rank < 2 || !isa<FloatType>(getElementType(input)) || !parts ||
      (*parts != 1 && *parts != 2))
    return e.refuse("its last dimension is not 1 (real) or 2 (complex)");
  int64_t axis = -2;
  if (operands.getAxis()) {
    std::optional<SmallVector<int64_t>> given =
        e.constantInts(operands.getAxis());
    if (!given || given->size() != 1)
      return e.refuse("its axis is not constant");
    axis = given->front();
  }
  axis = normalizeAxis(axis, rank);
  if (axis < 0 || axis >= rank - 1)
    return e.refuse("its axis is out of range");
  bool isInverse = op.getInverse(), isOnesided = op.getOnesided();
  if (isInverse && *parts == 1)
    return e.refuse("it inverts the transform of a signal that is only real");
  Value wide = e.refine(e.widen(input));
  Type type = getElementType(wide);
  Value size = sizes[axis], one = e.index(1), two = e.index(2);
  // The inverse of a one-sided transform is real and of twice the length.
  bool makesReal = isInverse && isOnesided;
  Value length =
      makesReal ? e.mul(two, e.max(e.sub(size, one), e.index(0))) : size;
  if (operands.getDftLength())
    length = e.max(e.toIndex(e.single(operands.getDftLength())), e.index(0));
  Transform transform{length, makeRoots(e, length, type), isInverse};
  SmallVector<Value> resultSizes(sizes);
  Value half = e.add(e.div(length, two), one);
  resultSizes[axis] = isOnesided && !isInverse ? half : length;
  resultSizes.back() = makesReal ? one : two;
  // Of a one-sided signal the second half is the conjugate of the first.
  Value count = makesReal
                    ? e.select(e.equal(size, e.index(0)), e.index(0), length)
                    : e.min(size, length);

  std::optional<int64_t> knownLength = getConstantSize(length);
  bool isEven = *parts == 2 && !makesReal && knownLength && *knownLength > 0 &&
                *knownLength % 2 == 0 && getConstantSize(count) == knownLength;

  Value result = e.generate(resultSizes, type, [&](ValueRange loops) {
    auto signal = [&](Value i) {
      SmallVector<Value> position(loops);
      Value isMirrored, isPast;
      Value at = i;
      if (makesReal) {
        isMirrored = e.less(e.sub(length, i), i);
        at = e.select(isMirrored, e.sub(length, i), i);
        isPast = e.negate(e.less(at, size));
        at = e.clamp(at, e.sub(size, one));
      }
      position[axis] = at;
      auto part = [&](int64_t which) {
        position.back() = e.index(which);
        Value value = e.element(wide, position);
        return isPast ? e.select(isPast, e.constant(type, 0), value) : value;
      };
      Complex x{part(0), *parts == 2 ? part(1) : Value()};
      if (isMirrored && x.imaginary)
        x.imaginary = e.select(isMirrored, e.make<arith::NegFOp>(x.imaginary),
                               x.imaginary);
      return x;
    };
    Complex sum =
        isEven ? sumHalves(e, transform, loops[axis], e.div(length, two), type,
                           signal)
               : sumSeries(e, transform, loops[axis], count, type, signal);
    Value value =
        e.select(e.equal(loops.back(), e.index(0)), sum.real, sum.imaginary);
    if (isInverse)
      value = e.make<arith::DivFOp>(value, e.toFloat(length, type));
    return value;
  });
  return e.convertElements(result, getElementType(input));
}

//===----------------------------------------------------------------------===//
// STFT
//===----------------------------------------------------------------------===//

static Lowered lowerSTFT(onnx::STFTOp op, onnx::STFTOp::Adaptor operands,
                         Emitter &e) {
  Value input = operands.getSignal(), window = operands.getWindow();
  SmallVector<Value> sizes = e.sizes(input);
  Type elementType = getElementType(input);
  // A signal without a last dimension is real too.
  std::optional<int64_t> parts =
      sizes.size() == 3 ? getConstantSize(sizes[2]) : std::optional<int64_t>(1);
  if (sizes.size() < 2 || sizes.size() > 3 || !isa<FloatType>(elementType) ||
      !parts || (*parts != 1 && *parts != 2) ||
      (window &&
       (getRank(window) != 1 || getElementType(window) != elementType)))
    return e.refuse("its signal is not batch × length × 1 (real) or 2 "
                    "(complex), or its window not a vector");
  if (!operands.getFrameLength() && !window)
    return e.refuse("it has neither a window nor a frame length");
  Value one = e.index(1), two = e.index(2);
  Value length =
      operands.getFrameLength()
          ? e.max(e.toIndex(e.single(operands.getFrameLength())), one)
          : e.size(window, 0);
  Value step = e.max(e.toIndex(e.single(operands.getFrameStep())), one);
  if (window)
    window = e.widen(e.fit(window, {length}));
  Value wide = e.refine(e.widen(input));
  Type type = getElementType(wide);
  Value room = e.sub(sizes[1], length);
  Value frames = e.select(e.less(room, e.index(0)), e.index(0),
                          e.add(e.div(room, step), one));
  Value bins = op.getOnesided() ? e.add(e.div(length, two), one) : length;
  Transform transform{length, makeRoots(e, length, type),
                      /*isInverse=*/false};
  Value result =
      e.generate({sizes[0], frames, bins, two}, type, [&](ValueRange loops) {
        Value start = e.mul(loops[1], step);
        auto signal = [&](Value i) {
          auto part = [&](int64_t which) {
            SmallVector<Value> position = {loops[0], e.add(start, i)};
            if (sizes.size() == 3)
              position.push_back(e.index(which));
            Value value = e.element(wide, position);
            return window ? e.make<arith::MulFOp>(value, e.element(window, i))
                          : value;
          };
          return Complex{part(0), *parts == 2 ? part(1) : Value()};
        };
        Complex sum = sumSeries(e, transform, loops[2], length, type, signal);
        return e.select(e.equal(loops[3], e.index(0)), sum.real, sum.imaginary);
      });
  return e.convertElements(result, elementType);
}

//===----------------------------------------------------------------------===//
// Windows
//===----------------------------------------------------------------------===//

namespace {
/// c[0] − c[1]·cos(x) + c[2]·cos(2x), x from 0 to 2π
struct WindowOperator {
  StringLiteral name;
  double c[3];
};
} // namespace

static const WindowOperator kWindows[] = {
    {"onnx.BlackmanWindow", {0.42, 0.5, 0.08}},
    {"onnx.HammingWindow", {25.0 / 46, 21.0 / 46, 0}},
    {"onnx.HannWindow", {0.5, 0.5, 0}},
};

static Lowered lowerWindow(const WindowOperator &entry, Operation *op,
                           ValueRange operands, Emitter &e) {
  auto periodic = op->getAttrOfType<IntegerAttr>("periodic");
  bool isPeriodic = !periodic || periodic.getInt();
  Type resultType = getElementTypeOrSelf(op->getResult(0).getType());
  bool isUnsignedResult = isUnsigned(resultType);
  Type type = isa<IntegerType>(resultType)
                  ? e.getIntegerType(resultType.getIntOrFloatBitWidth())
                  : resultType;
  Type f64 = e.getF64Type();
  Value size = e.max(e.toIndex(e.single(operands[0])), e.index(0));
  Value steps = isPeriodic ? size : e.sub(size, e.index(1));
  return e.generate({size}, type, [&](ValueRange loops) {
    Value turn =
        e.make<arith::DivFOp>(e.toFloat(loops[0], f64), e.toFloat(steps, f64));
    auto cosine = [&](double times, double factor) {
      Value angle =
          e.make<arith::MulFOp>(turn, e.constant(f64, 2 * kPi * times));
      return e.make<arith::MulFOp>(e.make<math::CosOp>(angle),
                                   e.constant(f64, factor));
    };
    Value value = e.make<arith::SubFOp>(e.constant(f64, entry.c[0]),
                                        cosine(1, entry.c[1]));
    if (entry.c[2] != 0)
      value = e.make<arith::AddFOp>(value, cosine(2, entry.c[2]));
    return e.convert(value, type, false, isUnsignedResult);
  });
}

//===----------------------------------------------------------------------===//
// MelWeightMatrix
//===----------------------------------------------------------------------===//

/// Triangles over the bins of a spectrum, evenly spaced on the mel scale.
static Lowered lowerMelWeightMatrix(onnx::MelWeightMatrixOp op,
                                    onnx::MelWeightMatrixOp::Adaptor operands,
                                    Emitter &e) {
  Type type = getElementTypeOrSelf(op.getOutput().getType());
  if (!isa<FloatType>(type))
    return e.refuse("its result is not of floats");
  Type f64 = e.getF64Type();
  auto num = [&](double value) { return e.constant(f64, value); };
  auto mul = [&](Value a, Value b) { return e.make<arith::MulFOp>(a, b); };
  auto add = [&](Value a, Value b) { return e.make<arith::AddFOp>(a, b); };
  auto sub = [&](Value a, Value b) { return e.make<arith::SubFOp>(a, b); };
  auto div = [&](Value a, Value b) { return e.make<arith::DivFOp>(a, b); };
  auto count = [&](Value tensor) {
    return e.max(e.toIndex(e.single(tensor)), e.index(0));
  };
  auto frequency = [&](Value tensor) {
    return e.convert(e.single(tensor), f64, false, false);
  };
  Value numBins = count(operands.getNumMelBins());
  Value length = count(operands.getDftLength());
  Value rate = e.toFloat(count(operands.getSampleRate()), f64);
  constexpr double kMels = 2595 / 2.302585092994045684; // Per factor e.
  auto toMel = [&](Value hertz) {
    return mul(e.make<math::Log1pOp>(div(hertz, num(700))), num(kMels));
  };
  Value low = toMel(frequency(operands.getLowerEdgeHertz()));
  Value high = toMel(frequency(operands.getUpperEdgeHertz()));
  Value step = div(sub(high, low), e.toFloat(e.add(numBins, e.index(2)), f64));
  // The bin of the spectrum at which edge `i` lies.
  Value edges =
      e.generate({e.add(numBins, e.index(2))}, f64, [&](ValueRange loops) {
        Value mel = add(mul(e.toFloat(loops[0], f64), step), low);
        Value hertz =
            mul(e.make<math::ExpM1Op>(div(mel, num(kMels))), num(700));
        Value exact =
            div(mul(e.toFloat(e.add(length, e.index(1)), f64), hertz), rate);
        return e.make<math::FloorOp>(exact);
      });
  SmallVector<Value> sizes = {e.add(e.div(length, e.index(2)), e.index(1)),
                              numBins};
  return e.generate(sizes, type, [&](ValueRange loops) {
    Value j = e.toFloat(loops[0], f64);
    Value left = e.element(edges, loops[1]);
    Value centre = e.element(edges, e.add(loops[1], e.index(1)));
    Value right = e.element(edges, e.add(loops[1], e.index(2)));
    auto isAtMost = [&](Value a, Value b) {
      return e.make<arith::CmpFOp>(arith::CmpFPredicate::OLE, a, b);
    };
    auto isBelow = [&](Value a, Value b) {
      return e.make<arith::CmpFOp>(arith::CmpFPredicate::OLT, a, b);
    };
    Value isPoint = isAtMost(centre, left);
    Value rise =
        e.select(isPoint, num(1), div(sub(j, left), sub(centre, left)));
    Value isRising = e.both(isAtMost(left, j), isAtMost(j, centre));
    Value fall = div(sub(right, j), sub(right, centre));
    Value isFalling = e.both(isAtMost(centre, j), isBelow(j, right));
    Value value = e.select(isRising, rise, num(0));
    value = e.select(isFalling, fall, value);
    return e.convert(value, type, false, false);
  });
}

void sopt::populateSignalLowerings(LoweringSet &set) {
  addLowering<onnx::DFTOp>(set, lowerDFT);
  addLowering<onnx::MelWeightMatrixOp>(set, lowerMelWeightMatrix);
  addLowering<onnx::STFTOp>(set, lowerSTFT);
  for (const WindowOperator &entry : kWindows)
    set.patterns.add<NamedPattern<WindowOperator>>(set, entry.name, entry,
                                                   lowerWindow);
}
