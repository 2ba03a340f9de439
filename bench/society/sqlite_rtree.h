// The meetups of a society in SQLite, with an R*Tree of their places.

#ifndef MOYEO_BENCH_SOCIETY_SQLITE_RTREE_H_
#define MOYEO_BENCH_SOCIETY_SQLITE_RTREE_H_

#include <cstdint>
#include <string>
#include <vector>

#include "moyeo/matching.h"
#include "moyeo/types.h"
#include "society/society.h"

struct sqlite3;
struct sqlite3_stmt;

namespace moyeo::bench {

// In memory. Whatever fails ends the program.
class SqliteRtree {
 public:
  // All listed meetups with a place, their tags and members, and of `askers` interests and friends.
  SqliteRtree(const society::Society& society, const std::vector<UserId>& askers);
  ~SqliteRtree();

  SqliteRtree(const SqliteRtree&) = delete;
  SqliteRtree& operator=(const SqliteRtree&) = delete;

  // As Society::Find by distance, the first 50: with a place, a time window, and two tags of which
  // one is wanted. As much is read of each as a MeetupSummary has.
  std::vector<MeetupId> Find(const FindQuery& query);

  // As Society::Recommend.
  std::vector<MeetupId> Recommend(UserId user, const RecommendQuery& query, Timestamp now);

 private:
  void Execute(const char* sql);
  sqlite3_stmt* Prepare(const char* sql);
  void BindCircle(sqlite3_stmt* statement, LatLng center, double radius_m);
  std::vector<MeetupId> Rows(sqlite3_stmt* statement);
  void Require(bool holds);

  sqlite3* database_ = nullptr;
  sqlite3_stmt* find_ = nullptr;
  sqlite3_stmt* recommend_ = nullptr;
  std::size_t bytes_read_ = 0;
};

}  // namespace moyeo::bench

#endif  // MOYEO_BENCH_SOCIETY_SQLITE_RTREE_H_
