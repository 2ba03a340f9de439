#include "bench/society/sqlite_rtree.h"

#include <sqlite3.h>

#include <cmath>
#include <cstdlib>
#include <iostream>

#include "society/state.h"

namespace moyeo::bench {
namespace {

constexpr double kMetersPerDegree = 111'000;  // a little less than there are

// Parameters 1 to 7: the centre, the radius, and the sides of a box around the circle.
constexpr const char* kFind = R"sql(
  SELECT m.id, m.host, m.title, m.image_url, m.place_name, m.start, m.end, m.capacity, m.members,
         (SELECT group_concat(t.tag) FROM tags t WHERE t.meetup = m.id),
         distance(m.lat, m.lng, ?1, ?2) AS d
  FROM places p CROSS JOIN meetups m ON m.id = p.id
  WHERE p.max_lat >= ?4 AND p.min_lat <= ?5 AND p.max_lng >= ?6 AND p.min_lng <= ?7
    AND m.start >= ?8 AND m.start < ?9
    AND EXISTS (SELECT 1 FROM tags t WHERE t.meetup = m.id AND t.tag IN (?10, ?11))
    AND d <= ?3
  ORDER BY d, m.id LIMIT 50)sql";

constexpr const char* kRecommend = R"sql(
  WITH near AS (
    SELECT m.*, distance(m.lat, m.lng, ?1, ?2) AS d,
           (SELECT count(*) FROM tags t JOIN interests i ON i.user = ?8 AND i.tag = t.tag
            WHERE t.meetup = m.id) AS shared,
           (SELECT count(*) FROM members n JOIN friends f ON f.user = ?8 AND f.friend = n.user
            WHERE n.meetup = m.id) AS going
    FROM places p CROSS JOIN meetups m ON m.id = p.id
    WHERE p.max_lat >= ?4 AND p.min_lat <= ?5 AND p.max_lng >= ?6 AND p.min_lng <= ?7
      AND d <= ?3
      AND NOT EXISTS (SELECT 1 FROM members n WHERE n.meetup = m.id AND n.user = ?8))
  SELECT id, host, title, image_url, place_name, start, end, capacity, members,
         (SELECT group_concat(t.tag) FROM tags t WHERE t.meetup = near.id),
         30 * (2000000 / (2000 + CAST(d AS INTEGER)))
         + 40 * (CASE shared WHEN 0 THEN 0 WHEN 1 THEN 600 WHEN 2 THEN 850 ELSE 1000 END)
         + 15 * (86400000000 / (86400000 + start - ?9))
         + 5 * (1000 * (capacity - members) / (capacity - members + 3))
         + 30 * (1000 * going / (going + 1)) AS total
  FROM near ORDER BY total DESC, id LIMIT ?10)sql";

void Distance(sqlite3_context* context, int, sqlite3_value** values) {
  const auto degrees = [&](int i) { return sqlite3_value_double(values[i]); };
  sqlite3_result_double(context,
                        *DistanceMeters({degrees(0), degrees(1)}, {degrees(2), degrees(3)}));
}

std::int64_t Ms(Timestamp time) { return time.time_since_epoch().count(); }

}  // namespace

SqliteRtree::SqliteRtree(const society::Society& society, const std::vector<UserId>& askers) {
  Require(sqlite3_open(":memory:", &database_) == SQLITE_OK);
  Require(sqlite3_create_function(database_, "distance", 4, SQLITE_UTF8 | SQLITE_DETERMINISTIC,
                                  nullptr, Distance, nullptr, nullptr) == SQLITE_OK);
  Execute(R"sql(
    CREATE TABLE meetups (id INTEGER PRIMARY KEY, host, title, image_url, place_name, lat, lng,
                          start, end, capacity, members);
    CREATE TABLE tags (meetup INTEGER, tag TEXT, PRIMARY KEY (meetup, tag)) WITHOUT ROWID;
    CREATE TABLE members (meetup INTEGER, user INTEGER, PRIMARY KEY (meetup, user)) WITHOUT ROWID;
    CREATE TABLE interests (user INTEGER, tag TEXT, PRIMARY KEY (user, tag)) WITHOUT ROWID;
    CREATE TABLE friends (user INTEGER, friend INTEGER, PRIMARY KEY (user, friend)) WITHOUT ROWID;
    CREATE VIRTUAL TABLE places USING rtree(id, min_lat, max_lat, min_lng, max_lng);
    BEGIN)sql");
  const auto text = [](sqlite3_stmt* statement, int i, const std::string& value) {
    sqlite3_bind_text(statement, i, value.data(), static_cast<int>(value.size()), SQLITE_TRANSIENT);
  };
  const auto number = [](sqlite3_stmt* statement, int i, auto value) {
    sqlite3_bind_int64(statement, i, static_cast<std::int64_t>(value));
  };
  const auto put = [&](sqlite3_stmt* statement) {
    Require(sqlite3_step(statement) == SQLITE_DONE);
    sqlite3_reset(statement);
  };
  sqlite3_stmt* const meetup =
      Prepare("INSERT INTO meetups VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)");
  sqlite3_stmt* const place = Prepare("INSERT INTO places VALUES (?1, ?2, ?2, ?3, ?3)");
  sqlite3_stmt* const tag = Prepare("INSERT INTO tags VALUES (?1, ?2)");
  sqlite3_stmt* const member = Prepare("INSERT INTO members VALUES (?1, ?2)");
  sqlite3_stmt* const interest = Prepare("INSERT INTO interests VALUES (?1, ?2)");
  sqlite3_stmt* const friendship = Prepare("INSERT INTO friends VALUES (?1, ?2)");
  for (const auto& [id, m] : society.state().meetups) {
    if (!m->listed || !m->location) continue;
    const LatLng at = spatial::ToDegrees(*m->location);
    number(meetup, 1, id);
    number(meetup, 2, m->host);
    text(meetup, 3, m->title);
    text(meetup, 4, m->image_url);
    text(meetup, 5, m->place_name);
    sqlite3_bind_double(meetup, 6, at.lat);
    sqlite3_bind_double(meetup, 7, at.lng);
    number(meetup, 8, Ms(m->start));
    number(meetup, 9, Ms(m->end));
    number(meetup, 10, m->capacity);
    number(meetup, 11, m->members.size());
    put(meetup);
    number(place, 1, id);
    sqlite3_bind_double(place, 2, at.lat);
    sqlite3_bind_double(place, 3, at.lng);
    put(place);
    for (const std::string& one : m->tags) {
      number(tag, 1, id);
      text(tag, 2, one);
      put(tag);
    }
    for (const society::Member& one : m->members) {
      number(member, 1, id);
      number(member, 2, one.user);
      put(member);
    }
  }
  for (const UserId asker : askers) {
    const society::User& user = *society.state().users.at(asker);
    for (const std::string& one : user.interests) {
      number(interest, 1, asker);
      text(interest, 2, one);
      put(interest);
    }
    for (const UserId one : user.friends) {
      number(friendship, 1, asker);
      number(friendship, 2, one);
      put(friendship);
    }
  }
  for (sqlite3_stmt* const statement : {meetup, place, tag, member, interest, friendship}) {
    sqlite3_finalize(statement);
  }
  Execute("COMMIT");
  find_ = Prepare(kFind);
  recommend_ = Prepare(kRecommend);
}

SqliteRtree::~SqliteRtree() {
  sqlite3_finalize(find_);
  sqlite3_finalize(recommend_);
  sqlite3_close(database_);
}

void SqliteRtree::Require(bool holds) {
  if (holds) return;
  std::cerr << "moyeo_bench_society: SQLite: " << sqlite3_errmsg(database_) << '\n';
  std::exit(1);
}

void SqliteRtree::Execute(const char* sql) {
  Require(sqlite3_exec(database_, sql, nullptr, nullptr, nullptr) == SQLITE_OK);
}

sqlite3_stmt* SqliteRtree::Prepare(const char* sql) {
  sqlite3_stmt* statement = nullptr;
  Require(sqlite3_prepare_v2(database_, sql, -1, &statement, nullptr) == SQLITE_OK);
  return statement;
}

void SqliteRtree::BindCircle(sqlite3_stmt* statement, LatLng center, double radius_m) {
  const double north = radius_m / kMetersPerDegree;
  // Cities lie between 60 degrees south and north, and a circle is widest away from the equator.
  const double widest = std::abs(center.lat) + north;
  const double east = north / std::cos(widest * 3.14159265358979323846 / 180);
  sqlite3_bind_double(statement, 1, center.lat);
  sqlite3_bind_double(statement, 2, center.lng);
  sqlite3_bind_double(statement, 3, radius_m);
  sqlite3_bind_double(statement, 4, center.lat - north);
  sqlite3_bind_double(statement, 5, center.lat + north);
  sqlite3_bind_double(statement, 6, center.lng - east);
  sqlite3_bind_double(statement, 7, center.lng + east);
}

std::vector<MeetupId> SqliteRtree::Rows(sqlite3_stmt* statement) {
  std::vector<MeetupId> ids;
  int code = sqlite3_step(statement);
  for (; code == SQLITE_ROW; code = sqlite3_step(statement)) {
    ids.push_back(MeetupId{static_cast<std::uint64_t>(sqlite3_column_int64(statement, 0))});
    for (int column = 1; column < sqlite3_column_count(statement); ++column) {
      bytes_read_ += static_cast<std::size_t>(sqlite3_column_bytes(statement, column));
    }
  }
  Require(code == SQLITE_DONE);
  sqlite3_reset(statement);
  return ids;
}

std::vector<MeetupId> SqliteRtree::Find(const FindQuery& query) {
  BindCircle(find_, query.within->center, query.within->radius_m);
  sqlite3_bind_int64(find_, 8, Ms(query.from));
  sqlite3_bind_int64(find_, 9, Ms(query.to));
  for (int i = 0; i < 2; ++i) {
    const std::string& tag = query.any_of[static_cast<std::size_t>(i)];
    sqlite3_bind_text(find_, 10 + i, tag.data(), static_cast<int>(tag.size()), SQLITE_STATIC);
  }
  return Rows(find_);
}

std::vector<MeetupId> SqliteRtree::Recommend(UserId user, const RecommendQuery& query,
                                             Timestamp now) {
  BindCircle(recommend_, query.place, query.radius_m);
  sqlite3_bind_int64(recommend_, 8, static_cast<std::int64_t>(ToNumber(user)));
  sqlite3_bind_int64(recommend_, 9, Ms(now));
  sqlite3_bind_int64(recommend_, 10, static_cast<std::int64_t>(query.limit));
  return Rows(recommend_);
}

}  // namespace moyeo::bench
