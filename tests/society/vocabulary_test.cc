// Numbers and names of commands, events and rejections, which are never to change.

#include <set>
#include <string>

#include "society/society_fixture.h"

namespace moyeo::society {
namespace {

// What each alternative of a variant is: "number name", in order of the variant.
template <typename Variant, std::size_t... kAt>
std::vector<std::string> Vocabulary(std::index_sequence<kAt...>) {
  return {(std::to_string(static_cast<int>(std::variant_alternative_t<kAt, Variant>::kKind)) + " " +
           std::string(NameOf(std::variant_alternative_t<kAt, Variant>::kKind)))...};
}

template <typename Variant>
std::vector<std::string> VocabularyOf() {
  return Vocabulary<Variant>(std::make_index_sequence<std::variant_size_v<Variant>>());
}

TEST(VocabularyTest, Commands) {
  EXPECT_THAT(
      VocabularyOf<CommandVariant>(),
      ElementsAre("1 advance", "2 configure", "10 register", "11 edit_profile", "12 set_visibility",
                  "13 request_friend", "14 withdraw_friend_request", "15 decline_friend_request",
                  "16 end_friendship", "17 block", "18 unblock", "19 report_user", "20 erase",
                  "30 create_meetup", "31 edit_meetup", "32 cancel_meetup", "33 transfer_meetup",
                  "34 join_meetup", "35 leave_meetup", "36 kick_member", "37 invite",
                  "38 withdraw_invitation", "39 accept_invitation", "40 decline_invitation",
                  "41 confirm_meetup", "42 withdraw_confirmation", "43 report_meetup",
                  "60 post_message", "61 delete_message", "62 mark_read", "63 report_message",
                  "80 create_ticket", "81 withdraw_ticket"));
  EXPECT_EQ(NameOf(CommandKind{999}), "unknown");
  EXPECT_EQ(KindOf(Block{kAda}), CommandKind::kBlock);
}

TEST(VocabularyTest, Events) {
  EXPECT_THAT(
      VocabularyOf<EventVariant>(),
      ElementsAre(
          "1 configured", "10 user_registered", "11 profile_changed", "12 visibility_changed",
          "13 friend_requested", "14 friend_request_withdrawn", "15 friend_request_declined",
          "16 friendship_began", "17 friendship_ended", "18 user_blocked", "19 user_unblocked",
          "20 user_reported", "21 user_erased", "22 sees_exactly_changed", "23 never_sees_changed",
          "30 meetup_created", "31 meetup_edited", "32 meetup_cancelled", "33 meetup_transferred",
          "34 member_joined", "35 member_left", "36 member_kicked", "37 invitation_sent",
          "38 invitation_withdrawn", "39 invitation_declined", "40 member_confirmed",
          "41 confirmation_withdrawn", "42 meetup_confirmed", "43 meetup_started",
          "44 meetup_ended", "45 meetup_forgotten", "46 meetup_listed", "47 meetup_unlisted",
          "48 meetup_reported", "60 message_posted", "61 message_deleted", "62 messages_emptied",
          "63 read_mark_moved", "64 message_reported", "80 ticket_opened", "81 ticket_withdrawn",
          "82 ticket_expired", "83 ticket_matched"));
  EXPECT_EQ(NameOf(EventKind{999}), "unknown");
}

TEST(VocabularyTest, Rejections) {
  std::string vocabulary;
  std::set<std::string> names;
  std::set<std::string> sentences;
  for (int number = 0; number < 1'000; ++number) {
    const Reject reject{static_cast<std::uint16_t>(number)};
    const std::string name(NameOf(reject));
    if (name == "unknown") continue;
    vocabulary += std::to_string(number) + " " + name + "\n";
    EXPECT_TRUE(names.insert(name).second);
    const std::string sentence(SentenceOf(reject));
    EXPECT_TRUE(sentences.insert(sentence).second) << sentence;
    EXPECT_TRUE(sentence.ends_with('.') || sentence.ends_with('?')) << sentence;
  }
  EXPECT_EQ(vocabulary, R"(0 none
1 invalid_time
2 request_id_reused
3 actor_missing
4 actor_not_wanted
5 unknown_actor
6 erased_actor
7 invalid_settings
8 invalid_text
9 invalid_location
10 invalid_visibility
20 user_exists
21 unknown_user
22 oneself
23 nickname_length
24 nickname_taken
25 status_length
26 too_many_tags
27 tag_length
28 repeated_tag
29 url_length
30 blocked
31 already_friends
32 already_requested
33 not_requested
34 not_friends
35 too_many_friends
36 they_have_too_many_friends
37 too_many_requests_sent
38 too_many_requests_received
39 already_blocked
40 not_blocked
41 too_many_blocks
42 blocked_by_too_many
43 reason_length
60 unknown_meetup
61 not_host
62 not_member
63 already_member
64 full
65 meetup_confirmed
66 started
67 ended
68 cancelled
69 kicked
70 title_length
71 content_length
72 place_name_length
73 bring_length
74 start_too_early
75 start_too_late
76 end_too_early
77 end_too_late
78 capacity_out_of_range
79 capacity_below_members
80 has_other_members
81 host_cannot_leave
82 already_invited
83 not_invited
84 too_many_invitations
85 they_have_too_many_invitations
86 too_many_current_meetups
87 too_many_kept_meetups
88 too_many_kicked
89 already_confirmed
90 not_confirmed
91 alone
92 others_have_not_confirmed
110 unknown_message
111 message_length
112 room_full
113 already_deleted
114 not_author_or_host
115 already_read
130 unknown_ticket
131 too_many_tickets
132 no_tags
133 radius_out_of_range
134 window_too_short
135 group_size_out_of_range
)");
  EXPECT_EQ(SentenceOf(Reject{999}), "The reason is unknown.");
}

// The example in society.h.
TEST(SocietyExampleTest, Works) {
  using namespace std::chrono_literals;
  const Timestamp now = kNow;
  Society society;
  MemoryMessageStore texts;
  std::vector<Event> events;
  society.Apply({.time = now, .actor = UserId{1}, .body = Register{.nickname = "Ada"}}, events);
  const Outcome outcome =
      society.Apply({.time = now,
                     .actor = UserId{1},
                     .body = CreateMeetup{.title = "Chess", .start = now + 1h, .end = now + 3h}},
                    events);
  EXPECT_EQ(SentenceOf(outcome.reject), "Done.");
  for (const Event& event : events) texts.Take(event);
  EXPECT_THAT(events, SizeIs(3));
}

}  // namespace
}  // namespace moyeo::society
