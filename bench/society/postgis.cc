#include "bench/society/postgis.h"

#include <libpq-fe.h>

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <iostream>
#include <string>
#include <string_view>
#include <utility>

#include "absl/status/status.h"
#include "bench/society/postgres_server.h"
#include "society/state.h"

namespace moyeo::bench {
namespace {

constexpr const char* kTables = R"sql(
  CREATE EXTENSION postgis;
  CREATE EXTENSION btree_gist;
  CREATE TABLE meetups (id bigint PRIMARY KEY, host bigint, title text, image_url text,
                        place_name text, lat double precision, lng double precision,
                        place geography(Point, 4326)
                          GENERATED ALWAYS AS (ST_MakePoint(lng, lat)::geography) STORED,
                        starts bigint, ends bigint, capacity bigint, members bigint, tags text[]);
  CREATE TABLE members (meetup bigint, member bigint);
  CREATE TABLE interests (asker bigint PRIMARY KEY, tags text[]);
  CREATE TABLE friends (asker bigint, friend bigint))sql";

// Once all is in the tables.
constexpr const char* kIndexes = R"sql(
  CREATE INDEX ON meetups USING gist (place, starts);
  CREATE INDEX ON meetups USING gin (tags);
  ALTER TABLE members ADD PRIMARY KEY (meetup, member);
  CREATE INDEX ON members (member, meetup);
  ALTER TABLE friends ADD PRIMARY KEY (asker, friend))sql";

// Parameters 1 to 3: the latitude and longitude of the centre, and the radius. PostGIS's sphere is
// smaller than ours by 1.2 metres in 6,371,010, and it decides with a tolerance of its own: it
// searches a little farther, and the haversines decide.
constexpr const char* kFind = R"sql(
  SELECT id, host, title, image_url, place_name, starts, ends, capacity, members, tags, d
  FROM (SELECT *, 2 * 6371010 * asin(sqrt(power(sin(radians(lat - $1) / 2), 2)
                  + cos(radians(lat)) * cos(radians($1)) * power(sin(radians(lng - $2) / 2), 2))) AS d
        FROM meetups
        WHERE ST_DWithin(place, ST_MakePoint($2, $1)::geography, $3 * 1.00001 + 0.01, false)
          AND starts >= $4 AND starts < $5 AND tags && ARRAY[$6, $7]::text[]) near
  WHERE d <= $3
  ORDER BY d, id LIMIT 50)sql";

constexpr const char* kRecommend = R"sql(
  WITH going AS (SELECT n.meetup, count(*) AS friends
                 FROM friends f JOIN members n ON n.member = f.friend
                 WHERE f.asker = $4 GROUP BY n.meetup)
  SELECT id, host, title, image_url, place_name, starts, ends, capacity, members, tags,
         30 * (2000000 / (2000 + trunc(d)::bigint))
         + 40 * (CASE shared WHEN 0 THEN 0 WHEN 1 THEN 600 WHEN 2 THEN 850 ELSE 1000 END)
         + 15 * (86400000000 / (86400000 + starts - $5))
         + 5 * (1000 * (capacity - members) / (capacity - members + 3))
         + 30 * (1000 * friends / (friends + 1)) AS total
  FROM (SELECT m.*, coalesce(going.friends, 0) AS friends,
               2 * 6371010 * asin(sqrt(power(sin(radians(lat - $1) / 2), 2)
               + cos(radians(lat)) * cos(radians($1)) * power(sin(radians(lng - $2) / 2), 2))) AS d,
               (SELECT count(*) FROM unnest(m.tags) AS tag
                WHERE tag = ANY ((SELECT tags FROM interests WHERE asker = $4)::text[])) AS shared
        FROM meetups m LEFT JOIN going ON going.meetup = m.id
        WHERE ST_DWithin(place, ST_MakePoint($2, $1)::geography, $3 * 1.00001 + 0.01, false)
          AND m.id NOT IN (SELECT n.meetup FROM members n WHERE n.member = $4)) near
  WHERE d <= $3
  ORDER BY total DESC, id LIMIT $6)sql";

std::string Text(double value) {
  std::string text(32, '\0');
  // As many digits as a double has.
  text.resize(static_cast<std::size_t>(std::snprintf(text.data(), text.size(), "%.17g", value)));
  return text;
}

std::string Text(Timestamp time) { return std::to_string(time.time_since_epoch().count()); }

template <typename Id>
std::string Text(Id id) {
  return std::to_string(ToNumber(id));
}

std::string Array(const std::vector<std::string>& values) {
  std::string array = "{";
  for (const std::string& value : values) {
    if (array.size() > 1) array += ',';
    array += '"';
    for (const char c : value) {
      if (c == '"' || c == '\\') array += '\\';
      array += c;
    }
    array += '"';
  }
  return array + '}';
}

// Rows of a table in the text format of COPY.
class Rows {
 public:
  void Add(const std::vector<std::string>& values) {
    const char* separator = "";
    for (const std::string& value : values) {
      text_ += std::exchange(separator, "\t");
      for (const char c : value) {
        switch (c) {
          case '\\':
            text_ += "\\\\";
            break;
          case '\t':
            text_ += "\\t";
            break;
          case '\n':
            text_ += "\\n";
            break;
          case '\r':
            text_ += "\\r";
            break;
          default:
            text_ += c;
        }
      }
    }
    text_ += '\n';
  }

  const std::string& text() const { return text_; }

 private:
  std::string text_;
};

class PostgisServer final : public Postgis {
 public:
  ~PostgisServer() override { PQfinish(connection_); }

  absl::Status Start(const society::Society& society, const std::vector<UserId>& askers) {
    if (!server_.status().ok()) return server_.status();
    constexpr const char* kKeywords[] = {"host", "port", "user", "dbname", nullptr};
    const char* const values[] = {server_.directory().c_str(), "5432", PostgresServer::kUser,
                                  "postgres", nullptr};
    connection_ = PQconnectdbParams(kKeywords, values, 0);
    if (PQstatus(connection_) != CONNECTION_OK) return Error();
    if (absl::Status made = Execute(kTables); !made.ok()) return made;
    if (absl::Status filled = Fill(society, askers); !filled.ok()) return filled;
    for (const char* const command : {kIndexes, "VACUUM ANALYZE"}) {
      if (absl::Status done = Execute(command); !done.ok()) return done;
    }
    if (absl::Status prepared = Prepare("find", kFind); !prepared.ok()) return prepared;
    return Prepare("recommend", kRecommend);
  }

  std::vector<MeetupId> Find(const FindQuery& query) override {
    return Ask("find", {Text(query.within->center.lat), Text(query.within->center.lng),
                        Text(query.within->radius_m), Text(query.from), Text(query.to),
                        query.any_of[0], query.any_of[1]});
  }

  std::vector<MeetupId> Recommend(UserId user, const RecommendQuery& query,
                                  Timestamp now) override {
    return Ask("recommend", {Text(query.place.lat), Text(query.place.lng), Text(query.radius_m),
                             Text(user), Text(now), std::to_string(query.limit)});
  }

 private:
  absl::Status Error() const {
    return absl::InternalError(std::string("PostgreSQL: ") + PQerrorMessage(connection_));
  }

  absl::Status Done(PGresult* result, ExecStatusType expected) const {
    const bool is_done = PQresultStatus(result) == expected;
    PQclear(result);
    return is_done ? absl::OkStatus() : Error();
  }

  absl::Status Execute(const char* sql) { return Done(PQexec(connection_, sql), PGRES_COMMAND_OK); }

  absl::Status Prepare(const char* name, const char* sql) {
    return Done(PQprepare(connection_, name, sql, 0, nullptr), PGRES_COMMAND_OK);
  }

  absl::Status Copy(const char* sql, const Rows& rows) {
    if (absl::Status begun = Done(PQexec(connection_, sql), PGRES_COPY_IN); !begun.ok()) {
      return begun;
    }
    // An int is what libpq takes.
    constexpr std::size_t kAtATime = std::size_t{1} << 20;
    for (std::string_view left = rows.text(); !left.empty();) {
      const std::string_view some = left.substr(0, kAtATime);
      if (PQputCopyData(connection_, some.data(), static_cast<int>(some.size())) != 1) {
        return Error();
      }
      left.remove_prefix(some.size());
    }
    if (PQputCopyEnd(connection_, nullptr) != 1) return Error();
    absl::Status copied = Done(PQgetResult(connection_), PGRES_COMMAND_OK);
    // There is one more, which says that there is no more.
    PQclear(PQgetResult(connection_));
    return copied;
  }

  absl::Status Fill(const society::Society& society, const std::vector<UserId>& askers) {
    Rows meetups;
    Rows members;
    Rows interests;
    Rows friends;
    for (const auto& [id, m] : society.state().meetups) {
      if (!m->listed || !m->location) continue;
      const LatLng at = spatial::ToDegrees(*m->location);
      meetups.Add({Text(id), Text(m->host), m->title, m->image_url, m->place_name, Text(at.lat),
                   Text(at.lng), Text(m->start), Text(m->end), std::to_string(m->capacity),
                   std::to_string(m->members.size()), Array(m->tags)});
      for (const society::Member& one : m->members) members.Add({Text(id), Text(one.user)});
    }
    for (const UserId asker : askers) {
      const society::User& user = *society.state().users.at(asker);
      interests.Add({Text(asker), Array(user.interests)});
      for (const UserId one : user.friends) friends.Add({Text(asker), Text(one)});
    }
    absl::Status filled = Copy(R"sql(
      COPY meetups (id, host, title, image_url, place_name, lat, lng, starts, ends, capacity,
                    members, tags) FROM STDIN)sql",
                               meetups);
    if (filled.ok()) filled = Copy("COPY members FROM STDIN", members);
    if (filled.ok()) filled = Copy("COPY interests FROM STDIN", interests);
    if (filled.ok()) filled = Copy("COPY friends FROM STDIN", friends);
    return filled;
  }

  std::vector<MeetupId> Ask(const char* statement, const std::vector<std::string>& parameters) {
    std::vector<const char*> values;
    for (const std::string& parameter : parameters) values.push_back(parameter.c_str());
    PGresult* const rows = PQexecPrepared(connection_, statement, static_cast<int>(values.size()),
                                          values.data(), nullptr, nullptr, 0);
    if (PQresultStatus(rows) != PGRES_TUPLES_OK) {
      std::cerr << "moyeo_bench_society: " << Error() << '\n';
      std::exit(1);
    }
    std::vector<MeetupId> ids;
    for (int row = 0; row < PQntuples(rows); ++row) {
      ids.push_back(MeetupId{std::strtoull(PQgetvalue(rows, row, 0), nullptr, 10)});
    }
    PQclear(rows);
    return ids;
  }

  PostgresServer server_;
  PGconn* connection_ = nullptr;
};

}  // namespace

absl::StatusOr<std::unique_ptr<Postgis>> StartPostgis(const society::Society& society,
                                                      const std::vector<UserId>& askers) {
  auto server = std::make_unique<PostgisServer>();
  if (absl::Status started = server->Start(society, askers); !started.ok()) return started;
  return server;
}

}  // namespace moyeo::bench
