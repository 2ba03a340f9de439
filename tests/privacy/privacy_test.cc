// What a stranger can find out of users who stay where they are.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>

#include "privacy/attacks.h"
#include "privacy/trial.h"
#include "support/scale.h"
#include "support/seeds.h"

namespace moyeo::testing {
namespace {

using ::testing::Eq;
using ::testing::Ne;

class AttackOnPrivacy : public SeededTest, public ::testing::WithParamInterface<Attack> {
 protected:
  TrialOptions Victims() { return {.victims = Scaled(60), .seed = random_.Bits()}; }
  TrialOptions Pairs() { return {.victims = Scaled(12), .seed = random_.Bits()}; }
};

// Or else what the attack fails to do below would mean nothing.
TEST_P(AttackOnPrivacy, FindsAnExactUserWithinTenMetres) {
  EXPECT_LT(TryOut(GetParam(), Visibility::kExact, Victims()).MedianOfAttack(), kFoundMeters);
}

TEST_P(AttackOnPrivacy, IsNoNearerToACloakedUserThanTheCentreOfTheirCell) {
  const TrialOptions options = Victims();
  const Errors errors = TryOut(GetParam(), Visibility::kCloaked, options);
  EXPECT_TRUE(IsNoNearerThanTheCenter(GetParam(), options, errors))
      << "nearer by " << errors.MedianGain() << " m (median), " << errors.MeanGain()
      << " m (mean, by chance " << errors.ChanceOfMeanGain() << "), found " << errors.Found()
      << " of " << errors.of_attack_m.size();
  EXPECT_GT(errors.MedianOfAttack(), 100);
}

TEST_P(AttackOnPrivacy, CannotTellWhereInTheirCellACloakedUserIs) {
  EXPECT_THAT(TellApart(GetParam(), Visibility::kCloaked, Pairs()), Eq(std::nullopt));
  EXPECT_THAT(TellApart(GetParam(), Visibility::kExact, Pairs()), Ne(std::nullopt));
}

TEST_P(AttackOnPrivacy, CannotTellAHiddenUserFromNobody) {
  EXPECT_THAT(TellFromNobody(GetParam(), Visibility::kHidden, Pairs()), Eq(std::nullopt));
  EXPECT_THAT(TellFromNobody(GetParam(), Visibility::kCloaked, Pairs()), Ne(std::nullopt));
}

TEST_P(AttackOnPrivacy, LearnsNothingFromWhatFriendsSee) {
  EXPECT_THAT(TellWhoHasFriends(GetParam(), Pairs()), Eq(std::nullopt));
}

TEST_P(AttackOnPrivacy, CannotTellWhereInTheirCellIsWhoComesAndGoes) {
  TrialOptions options = Pairs();
  options.between_reports = std::chrono::seconds(100);
  EXPECT_THAT(TellApart(GetParam(), Visibility::kCloaked, options), Eq(std::nullopt));
}

// Where the next cell is in reach of a receiver that wavers.
TEST_P(AttackOnPrivacy, IsNoNearerToWhoComesAndGoesAtTheEdgeOfTheirCell) {
  TrialOptions options = Victims();
  options.between_reports = std::chrono::seconds(100);
  for (const Spot spot : {Spot::kAtABorder, Spot::kAtACorner}) {
    options.spot = spot;
    const Errors errors = TryOut(GetParam(), Visibility::kCloaked, options);
    EXPECT_TRUE(IsNoNearerThanTheCenter(GetParam(), options, errors))
        << "nearer by " << errors.MedianGain() << " m (median), " << errors.MeanGain()
        << " m (mean, by chance " << errors.ChanceOfMeanGain() << "), found " << errors.Found()
        << " of " << errors.of_attack_m.size();
  }
}

INSTANTIATE_TEST_SUITE_P(Attacks, AttackOnPrivacy, ::testing::ValuesIn(Attacks()),
                         [](const auto& attack) { return attack.param.name; });

}  // namespace
}  // namespace moyeo::testing
