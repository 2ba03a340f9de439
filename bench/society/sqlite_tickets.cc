#include "bench/society/sqlite_tickets.h"

#include <sqlite3.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdlib>
#include <iostream>

#include "society/state.h"

namespace moyeo::bench {
namespace {

constexpr double kMetersPerDegree = 111'000;  // a little less than there are

constexpr const char* kNext = R"sql(
  SELECT id, user, lat, lng, radius, start, until, length, least, most
  FROM tickets WHERE id > ?1 ORDER BY id LIMIT 1)sql";

// Parameters: the ticket, its place, its radius, the sides of a box around the circle, its latest
// start.
constexpr const char* kNear = R"sql(
  SELECT t.id, t.user, t.lat, t.lng, t.radius, t.start, t.until, t.length, t.least, t.most
  FROM places p CROSS JOIN tickets t ON t.id = p.id
  WHERE p.max_lat >= ?5 AND p.min_lat <= ?6 AND p.max_lng >= ?7 AND p.min_lng <= ?8
    AND t.id > ?1 AND t.start <= ?9
    AND EXISTS (SELECT 1 FROM tags a CROSS JOIN tags b ON b.ticket = ?1 AND b.tag = a.tag
                WHERE a.ticket = t.id)
    AND distance(t.lat, t.lng, ?2, ?3) <= min(?4, t.radius)
  ORDER BY t.id)sql";

void Distance(sqlite3_context* context, int, sqlite3_value** values) {
  const auto degrees = [&](int i) { return sqlite3_value_double(values[i]); };
  sqlite3_result_double(context,
                        *DistanceMeters({degrees(0), degrees(1)}, {degrees(2), degrees(3)}));
}

std::int64_t Ms(Timestamp time) { return time.time_since_epoch().count(); }

}  // namespace

struct SqliteTickets::Ticket {
  std::int64_t id = 0;
  std::int64_t user = 0;
  LatLng place;
  double radius_m = 0;
  std::int64_t start = 0;
  std::int64_t until = 0;
  std::int64_t length = 0;
  std::int64_t least = 0;
  std::int64_t most = 0;
};

SqliteTickets::SqliteTickets(const society::Society& society) {
  Require(sqlite3_open(":memory:", &database_) == SQLITE_OK);
  Require(sqlite3_create_function(database_, "distance", 4, SQLITE_UTF8 | SQLITE_DETERMINISTIC,
                                  nullptr, Distance, nullptr, nullptr) == SQLITE_OK);
  Execute(R"sql(
    CREATE TABLE tickets (id INTEGER PRIMARY KEY, user INTEGER, lat REAL, lng REAL, radius REAL,
                          start INTEGER, until INTEGER, length INTEGER, least INTEGER,
                          most INTEGER);
    CREATE TABLE tags (ticket INTEGER, tag TEXT, PRIMARY KEY (ticket, tag)) WITHOUT ROWID;
    CREATE TABLE meetups (id INTEGER PRIMARY KEY, host INTEGER, title TEXT, lat REAL, lng REAL);
    CREATE TABLE members (meetup INTEGER, user INTEGER, PRIMARY KEY (meetup, user)) WITHOUT ROWID;
    CREATE VIRTUAL TABLE places USING rtree(id, min_lat, max_lat, min_lng, max_lng);
    BEGIN)sql");
  sqlite3_stmt* const ticket =
      Prepare("INSERT INTO tickets VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)");
  sqlite3_stmt* const place = Prepare("INSERT INTO places VALUES (?1, ?2, ?2, ?3, ?3)");
  sqlite3_stmt* const tag = Prepare("INSERT INTO tags VALUES (?1, ?2)");
  for (const auto& [id, t] : society.state().tickets) {
    const auto number = static_cast<std::int64_t>(ToNumber(id));
    const LatLng at = spatial::ToDegrees(t->place);
    sqlite3_bind_int64(ticket, 1, number);
    sqlite3_bind_int64(ticket, 2, static_cast<std::int64_t>(ToNumber(t->user)));
    sqlite3_bind_double(ticket, 3, at.lat);
    sqlite3_bind_double(ticket, 4, at.lng);
    sqlite3_bind_double(ticket, 5, t->radius_m);
    sqlite3_bind_int64(ticket, 6, Ms(t->from));
    sqlite3_bind_int64(ticket, 7, Ms(t->until));
    sqlite3_bind_int64(ticket, 8, t->length_ms);
    sqlite3_bind_int64(ticket, 9, t->least);
    sqlite3_bind_int64(ticket, 10, t->most);
    Run(ticket);
    sqlite3_bind_int64(place, 1, number);
    sqlite3_bind_double(place, 2, at.lat);
    sqlite3_bind_double(place, 3, at.lng);
    Run(place);
    for (const std::string& one : t->tags) {
      sqlite3_bind_int64(tag, 1, number);
      sqlite3_bind_text(tag, 2, one.data(), static_cast<int>(one.size()), SQLITE_TRANSIENT);
      Run(tag);
    }
  }
  for (sqlite3_stmt* const statement : {ticket, place, tag}) sqlite3_finalize(statement);
  Execute("COMMIT");
  next_ = Prepare(kNext);
  near_ = Prepare(kNear);
  tags_ = Prepare("SELECT tag FROM tags WHERE ticket = ?1");
  insert_meetup_ = Prepare("INSERT INTO meetups VALUES (NULL, ?1, ?2, ?3, ?4)");
  insert_member_ = Prepare("INSERT INTO members VALUES (?1, ?2)");
  delete_ticket_ = Prepare("DELETE FROM tickets WHERE id = ?1");
  delete_place_ = Prepare("DELETE FROM places WHERE id = ?1");
  delete_tags_ = Prepare("DELETE FROM tags WHERE ticket = ?1");
}

SqliteTickets::~SqliteTickets() {
  for (sqlite3_stmt* const statement : {next_, near_, tags_, insert_meetup_, insert_member_,
                                        delete_ticket_, delete_place_, delete_tags_}) {
    sqlite3_finalize(statement);
  }
  sqlite3_close(database_);
}

void SqliteTickets::Require(bool holds) {
  if (holds) return;
  std::cerr << "moyeo_bench_society: SQLite: " << sqlite3_errmsg(database_) << '\n';
  std::exit(1);
}

void SqliteTickets::Execute(const char* sql) {
  Require(sqlite3_exec(database_, sql, nullptr, nullptr, nullptr) == SQLITE_OK);
}

sqlite3_stmt* SqliteTickets::Prepare(const char* sql) {
  sqlite3_stmt* statement = nullptr;
  Require(sqlite3_prepare_v2(database_, sql, -1, &statement, nullptr) == SQLITE_OK);
  return statement;
}

void SqliteTickets::Run(sqlite3_stmt* statement) {
  Require(sqlite3_step(statement) == SQLITE_DONE);
  sqlite3_reset(statement);
}

SqliteTickets::Ticket SqliteTickets::Read(sqlite3_stmt* statement) const {
  return {.id = sqlite3_column_int64(statement, 0),
          .user = sqlite3_column_int64(statement, 1),
          .place = {sqlite3_column_double(statement, 2), sqlite3_column_double(statement, 3)},
          .radius_m = sqlite3_column_double(statement, 4),
          .start = sqlite3_column_int64(statement, 5),
          .until = sqlite3_column_int64(statement, 6),
          .length = sqlite3_column_int64(statement, 7),
          .least = sqlite3_column_int64(statement, 8),
          .most = sqlite3_column_int64(statement, 9)};
}

std::vector<std::string> SqliteTickets::TagsOf(std::int64_t ticket) {
  std::vector<std::string> tags;
  sqlite3_bind_int64(tags_, 1, ticket);
  while (sqlite3_step(tags_) == SQLITE_ROW) {
    tags.emplace_back(reinterpret_cast<const char*>(sqlite3_column_text(tags_, 0)));
  }
  sqlite3_reset(tags_);
  return tags;
}

// What is pairwise is for the application: SQL gives those who suit the first one, in order.
std::vector<SqliteTickets::Ticket> SqliteTickets::GroupOf(const Ticket& first, Timestamp now) {
  std::vector<Ticket> group = {first};
  std::vector<std::string> shared = TagsOf(first.id);
  Ticket terms = first;
  terms.start = std::max(first.start, Ms(now));
  const double north = first.radius_m / kMetersPerDegree;
  // Cities lie between 60 degrees south and north, and a circle is widest away from the equator.
  const double widest = std::abs(first.place.lat) + north;
  const double east = north / std::cos(widest * 3.14159265358979323846 / 180);
  sqlite3_bind_int64(near_, 1, first.id);
  sqlite3_bind_double(near_, 2, first.place.lat);
  sqlite3_bind_double(near_, 3, first.place.lng);
  sqlite3_bind_double(near_, 4, first.radius_m);
  sqlite3_bind_double(near_, 5, first.place.lat - north);
  sqlite3_bind_double(near_, 6, first.place.lat + north);
  sqlite3_bind_double(near_, 7, first.place.lng - east);
  sqlite3_bind_double(near_, 8, first.place.lng + east);
  sqlite3_bind_int64(near_, 9, first.until - first.length);
  while (static_cast<std::int64_t>(group.size()) < terms.most &&
         sqlite3_step(near_) == SQLITE_ROW) {
    const Ticket one = Read(near_);
    Ticket together = terms;
    together.start = std::max(terms.start, one.start);
    together.until = std::min(terms.until, one.until);
    together.length = std::max(terms.length, one.length);
    together.least = std::max(terms.least, one.least);
    together.most = std::min(terms.most, one.most);
    const bool has_room =
        static_cast<std::int64_t>(group.size()) < together.most && together.least <= together.most;
    if (!has_room || together.start + together.length > together.until) continue;
    const bool are_near = std::ranges::all_of(group, [&](const Ticket& other) {
      return other.user != one.user &&
             *DistanceMeters(other.place, one.place) <= std::min(other.radius_m, one.radius_m);
    });
    if (!are_near) continue;
    std::vector<std::string> left = TagsOf(one.id);
    std::erase_if(left,
                  [&](const std::string& tag) { return std::ranges::count(shared, tag) == 0; });
    if (left.empty()) continue;
    shared = std::move(left);
    terms = together;
    group.push_back(one);
  }
  sqlite3_reset(near_);
  if (static_cast<std::int64_t>(group.size()) < terms.least) group.clear();
  return group;
}

void SqliteTickets::Form(const std::vector<Ticket>& group) {
  const Ticket& first = group.front();
  const std::string title = TagsOf(first.id).front();
  sqlite3_bind_int64(insert_meetup_, 1, first.user);
  sqlite3_bind_text(insert_meetup_, 2, title.data(), static_cast<int>(title.size()),
                    SQLITE_TRANSIENT);
  sqlite3_bind_double(insert_meetup_, 3, first.place.lat);
  sqlite3_bind_double(insert_meetup_, 4, first.place.lng);
  Run(insert_meetup_);
  const std::int64_t meetup = sqlite3_last_insert_rowid(database_);
  for (const Ticket& ticket : group) {
    sqlite3_bind_int64(insert_member_, 1, meetup);
    sqlite3_bind_int64(insert_member_, 2, ticket.user);
    Run(insert_member_);
    for (sqlite3_stmt* const statement : {delete_ticket_, delete_place_, delete_tags_}) {
      sqlite3_bind_int64(statement, 1, ticket.id);
      Run(statement);
    }
  }
}

std::vector<std::vector<TicketId>> SqliteTickets::Match(Timestamp now) {
  std::vector<std::vector<TicketId>> groups;
  Execute("BEGIN");
  for (std::int64_t last = 0;;) {
    sqlite3_bind_int64(next_, 1, last);
    const int code = sqlite3_step(next_);
    Require(code == SQLITE_ROW || code == SQLITE_DONE);
    if (code == SQLITE_DONE) break;
    const Ticket first = Read(next_);
    sqlite3_reset(next_);
    last = first.id;
    const std::vector<Ticket> group = GroupOf(first, now);
    if (group.empty()) continue;
    Form(group);
    std::vector<TicketId> ids;
    ids.reserve(group.size());
    for (const Ticket& ticket : group) {
      ids.push_back(TicketId{static_cast<std::uint64_t>(ticket.id)});
    }
    groups.push_back(std::move(ids));
  }
  sqlite3_reset(next_);
  Execute("COMMIT");
  return groups;
}

}  // namespace moyeo::bench
