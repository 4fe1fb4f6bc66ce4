//===- PeakGroundTruthTest.cpp --------------------------------------------===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "sparse-opt/Search/PeakGroundTruth.h"
#include "llvm/ADT/STLExtras.h"
#include "gtest/gtest.h"
#include <cmath>
#include <random>

using namespace llvm;
using namespace sopt;

static const Metric &getMetric(StringRef name) { return *lookUpMetric(name); }

static Expected<PeakGroundTruth> measure(StringRef csv, StringRef metric) {
  Expected<Ratings> ratings = parseRatings(csv);
  if (!ratings)
    return ratings.takeError();
  return measurePeak(*ratings, getMetric(metric));
}

TEST(Ratings, BothFormsSayTheSame) {
  Ratings matrix = cantFail(parseRatings("item,ann,ben,ann\n"
                                         "a,1,2,3\n"
                                         "b,10,,\n"
                                         "\"c, d\",-2,1.0,10\n"));
  Ratings lines = cantFail(parseRatings("item,rater,score\r\n"
                                        "a,ann,1\r\na,ben,2\r\na,ann,3\r\n"
                                        "b,ann,10\r\n"
                                        "\"c, d\",ann,-2\r\n"
                                        "\"c, d\",ben,1\r\n"
                                        "\"c, d\",ann,10\r\n"));
  for (const Ratings *ratings : {&matrix, &lines}) {
    EXPECT_EQ(ratings->items, 3);
    EXPECT_EQ(ratings->countRaters(), 2);
    EXPECT_EQ(ratings->countRatings(), 7);
    EXPECT_TRUE(ratings->areNumbers);
    ASSERT_EQ(ratings->rounds.size(), 3u);
    EXPECT_EQ(ratings->rounds[1].rater, "ann");
    // Ordered as the numbers -2, 1, 2, 3, 10 are, not as their texts.
    using Values = std::vector<std::optional<unsigned>>;
    EXPECT_EQ(ratings->rounds[0].values, (Values{1, 4, 0}));
    EXPECT_EQ(ratings->rounds[1].values, (Values{3, std::nullopt, 4}));
    EXPECT_EQ(ratings->rounds[2].values, (Values{2, std::nullopt, 1}));
  }
}

TEST(Ratings, SayWhichLineIsWrong) {
  auto refuse = [](StringRef csv) {
    return toString(parseRatings(csv).takeError());
  };
  EXPECT_EQ(refuse("item,ann,ben\na,1,2\nb,1\n"),
            "line 3: 2 cells, where the first line has 3");
  EXPECT_EQ(refuse("item,rater,score\na,ann,\n"),
            "line 2: a rating needs a rater and a score");
  EXPECT_EQ(refuse("item,ann\n,1\n"), "line 2: the item has no name");
  EXPECT_EQ(refuse(""),
            "not item,rater,score, nor an item and a column for each rater");
}

// Three correlations: of a and b, whose ties share a rank; of a and c, which
// is b with 2 and 3 exchanged; of b and c.
TEST(PeakGroundTruth, IsTheMeanOverPairsOfRaters) {
  auto peak = cantFail(measure("item,a,b,c\n1,1,1,1\n2,2,3,2\n"
                               "3,2,2,3\n4,3,4,4\n",
                               "spearman"));
  double withTies = 4.5 / std::sqrt(4.5 * 5);
  ASSERT_TRUE(peak.between.has_value());
  EXPECT_NEAR(*peak.between, (withTies + withTies + 0.8) / 3, 1e-12);
  EXPECT_FALSE(peak.within.has_value());
  EXPECT_EQ(peak.ceiling, *peak.between);
}

TEST(PeakGroundTruth, PairsCountByTheItemsTheyShare) {
  // Ann and ben agree on all of 6; cid saw 3, of which ann has 2 otherwise.
  auto peak = cantFail(measure("item,ann,ben,cid\n1,x,x,x\n2,x,x,y\n3,y,y,x\n"
                               "4,y,y,\n5,x,x,\n6,y,y,\n",
                               "probe"));
  EXPECT_NEAR(*peak.between, (6 * 1.0 + 2 * 3 * (1.0 / 3)) / 12, 1e-12);
}

TEST(PeakGroundTruth, IsNoHigherThanRatersAgreeWithThemselves) {
  // Ann says half of it otherwise the second time, and ben just what she said.
  auto peak = cantFail(measure("item,ann,ann,ben\n1,x,y,x\n2,x,x,x\n3,y,x,y\n"
                               "4,y,y,y\n",
                               "probe"));
  EXPECT_NEAR(*peak.within, 0.5, 1e-12);
  EXPECT_NEAR(*peak.between, 0.75, 1e-12);
  EXPECT_EQ(peak.ceiling, *peak.within);
}

/// Ratings of `raters` people who see the truth through noise.
static Ratings makeNoisy(int64_t items, int raters, unsigned seed) {
  std::mt19937 random(seed);
  std::normal_distribution<double> normal;
  std::string csv = "item";
  for (int rater = 0; rater < raters; ++rater)
    csv += ",r" + std::to_string(rater);
  for (int64_t item = 0; item < items; ++item) {
    csv += "\n" + std::to_string(item);
    double truth = normal(random);
    for (int rater = 0; rater < raters; ++rater)
      csv += "," + std::to_string(truth + normal(random));
  }
  return cantFail(parseRatings(csv));
}

// Two raters with as much noise as signal correlate by 1/2; in ranks of normal
// variables that is 6/pi*asin(1/4).
TEST(PeakGroundTruth, IntervalHoldsTheTruthAndShrinksWithItems) {
  double truth = 6 / M_PI * std::asin(0.25);
  std::vector<double> widths;
  for (int64_t items : {100, 1600}) {
    auto peak =
        cantFail(measurePeak(makeNoisy(items, 3, 1), getMetric("spearman")));
    EXPECT_LT(peak.low, peak.ceiling);
    EXPECT_LT(peak.ceiling, peak.high);
    EXPECT_LT(peak.low, truth);
    EXPECT_GT(peak.high, truth);
    widths.push_back(peak.high - peak.low);
  }
  EXPECT_NEAR(widths[0] / widths[1], 4, 1.5);
}

TEST(PeakGroundTruth, SaysWhatIsMissing) {
  auto refuse = [](StringRef csv, StringRef metric) {
    return toString(measure(csv, metric).takeError());
  };
  EXPECT_EQ(refuse("item,a,b\n1,x,y\n", "spearman"),
            "ratings must be numbers for the metric 'spearman'");
  EXPECT_EQ(refuse("item,a,b\n1,1,2\n", "distance"),
            "raters say nothing of the metric 'distance'");
  StringRef few =
      "no two raters, or rounds of one, tell at least 3 of the same "
      "items apart";
  EXPECT_EQ(refuse("item,a,b\n1,1,2\n2,2,1\n3,1,\n4,,1\n", "spearman"), few);
  EXPECT_EQ(refuse("item,a,b\n1,1,2\n2,1,2\n3,1,2\n", "spearman"), few);
}

TEST(PeakGroundTruth, SufficientIsTheLesserOfDenseAndCeiling) {
  PeakGroundTruth peak{0.8, std::nullopt, 0.8, 0.75, 0.85};
  EXPECT_NEAR(getSufficientScore(0.9, peak, 0.01), 0.79, 1e-12);
  EXPECT_NEAR(getSufficientScore(0.7, peak, 0), 0.7, 1e-12);
}
