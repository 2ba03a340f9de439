#include "journal/posts.h"

#include <string>
#include <utility>

#include "absl/strings/str_cat.h"

namespace moyeo::journal {
namespace {

absl::Status Missing(MeetupId room, MessageNumber number) {
  return absl::DataLossError(
      absl::StrCat("journal.db: message ", number, " of room ", ToNumber(room), " is missing"));
}

// Calls take(row) for each row of `sql`, which is read by `in`.
template <typename In, typename Take>
absl::Status ForEach(Database& database, const char* sql, In in, Take take) {
  absl::StatusOr<Statement> select = database.Prepare(sql);
  if (!select.ok()) return select.status();
  while (true) {
    const absl::StatusOr<bool> found = select->Step();
    if (!found.ok()) return found.status();
    if (!*found) return absl::OkStatus();
    auto row = in(*select);
    if (!row.ok()) return row.status();
    if (absl::Status status = take(*std::move(row)); !status.ok()) return status;
  }
}

}  // namespace

absl::StatusOr<PostFinder> PostFinder::Prepare(Database& database) {
  absl::StatusOr<Statement> select_post = database.Prepare(kSelectPost);
  if (!select_post.ok()) return select_post.status();
  absl::StatusOr<Statement> select_room = database.Prepare(kSelectRoom);
  if (!select_room.ok()) return select_room.status();
  return PostFinder(*std::move(select_post), *std::move(select_room));
}

absl::StatusOr<std::optional<RoomHead>> PostFinder::SavedHead(MeetupId room) {
  const ResetAtEnd reset(select_room_);
  select_room_.Bind(1, ToNumber(room));
  const absl::StatusOr<bool> found = select_room_.Step();
  if (!found.ok()) return found.status();
  if (!*found) return std::nullopt;
  absl::StatusOr<RoomRow> row = RoomIn(select_room_);
  if (!row.ok()) return row.status();
  return std::move(row->head);
}

absl::StatusOr<const Post*> PostFinder::GoTo(MeetupId room, const RoomHead& head,
                                             MessageNumber number) {
  const bool is_on_the_way =
      at_.has_value() && at_->message.room == room && at_->message.number >= number;
  if (!is_on_the_way) {
    if (absl::Status status = Read(room, head.Nearest(number)); !status.ok()) return status;
  }
  while (at_->message.number != number) {
    const PostPlace next = NextOnTheWay(number, at_->message.number, at_->previous, at_->jump);
    if (absl::Status status = Read(room, next); !status.ok()) return status;
  }
  if (absl::Status status = CheckPost(*at_, checksum_); !status.ok()) return status;
  return &*at_;
}

absl::Status PostFinder::Read(MeetupId room, const PostPlace& place) {
  at_.reset();
  const ResetAtEnd reset(select_post_);
  select_post_.Bind(1, place.id);
  const absl::StatusOr<bool> found = select_post_.Step();
  if (!found.ok()) return found.status();
  if (!*found) return Missing(room, place.number);
  Post post = UncheckedPostIn(select_post_);
  if (post.message.room != room || post.message.number != place.number) {
    return Missing(room, place.number);
  }
  at_ = std::move(post);
  checksum_ = select_post_.Int(8);
  return absl::OkStatus();
}

absl::StatusOr<RemovedRooms> ReadRemoved(Database& database) {
  RemovedRooms removed;
  absl::Status status = ForEach(database, kSelectRemoved, RemovedIn, [&](const RemovedRow& row) {
    removed.Add(row);
    return absl::OkStatus();
  });
  if (!status.ok()) return status;
  return removed;
}

absl::Status ReadHeads(Database& database, const Meta& meta, RoomHeads& heads) {
  const absl::StatusOr<RemovedRooms> removed = ReadRemoved(database);
  if (!removed.ok()) return removed.status();
  absl::StatusOr<PostFinder> finder = PostFinder::Prepare(database);
  if (!finder.ok()) return finder.status();
  // Without what is checked as it is read, and takes the time.
  absl::StatusOr<Statement> select =
      database.Prepare("SELECT id, room, number FROM posts WHERE id > ?1 ORDER BY id");
  if (!select.ok()) return select.status();
  select->Bind(1, meta.saved);
  RoomChanges changes;
  while (true) {
    const absl::StatusOr<bool> found = select->Step();
    if (!found.ok()) return found.status();
    if (!*found) break;
    const std::uint64_t id = select->Unsigned(0);
    const MeetupId room{select->Unsigned(1)};
    const MessageNumber number = select->Unsigned(2);
    if (removed->Has(room, id)) continue;
    auto entry = changes.find(room);
    if (entry == changes.end()) {
      absl::StatusOr<std::optional<RoomHead>> saved = finder->SavedHead(room);
      if (!saved.ok()) return saved.status();
      entry = changes.emplace(room, std::move(*saved).value_or(RoomHead())).first;
    }
    // What was saved may be of some messages more than all have been saved of.
    if (number <= entry->second->number()) continue;
    if (number != entry->second->number() + 1) {
      return Missing(room, entry->second->number() + 1);
    }
    entry->second->Push(id);
  }
  heads.Take(std::move(changes));
  return absl::OkStatus();
}

absl::Status UpgradeMessages(Database& database, const Meta& meta) {
  Transaction transaction(database);
  if (absl::Status status = transaction.BeginWrite(); !status.ok()) return status;
  if (absl::Status status = database.Execute("DROP TABLE meta"); !status.ok()) return status;
  if (absl::Status status = database.Execute(kSchemaOf2); !status.ok()) return status;
  absl::StatusOr<Statement> insert_post = database.Prepare(kInsertPost);
  if (!insert_post.ok()) return insert_post.status();
  absl::StatusOr<Statement> put_room = database.Prepare(kPutRoom);
  if (!put_room.ok()) return put_room.status();

  Meta next = meta;
  ++next.commits;
  RoomRow row;
  const auto put = [&] {
    if (row.head.number() == 0) return absl::OkStatus();
    const std::string ids = BytesOf(row.head);
    Bind(*put_room, row, ids);
    return put_room->Run();
  };
  absl::Status status = ForEach(database, kSelectMessagesOf1, MessageOf1In,
                                [&](JournalMessage message) -> absl::Status {
                                  if (message.room != row.room) {
                                    if (absl::Status done = put(); !done.ok()) return done;
                                    row = {.room = message.room, .head = {}};
                                  }
                                  if (message.number != row.head.number() + 1) {
                                    return Missing(row.room, row.head.number() + 1);
                                  }
                                  const Post post{.id = ++next.posted,
                                                  .message = std::move(message),
                                                  .previous = row.head.last(),
                                                  .jump = row.head.jump()};
                                  row.head.Push(post.id);
                                  Bind(*insert_post, post);
                                  return insert_post->Run();
                                });
  if (status.ok()) status = put();
  if (!status.ok()) return status;
  next.saved = next.posted;
  const std::string rest =
      absl::StrCat("DROP TABLE messages; PRAGMA user_version=", kFormat, "; ", InsertMeta(next));
  if (absl::Status done = database.Execute(rest.c_str()); !done.ok()) return done;
  return transaction.Commit();
}

}  // namespace moyeo::journal
