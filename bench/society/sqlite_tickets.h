// Tickets in SQLite, and what an application would do to match them there.

#ifndef MOYEO_BENCH_SOCIETY_SQLITE_TICKETS_H_
#define MOYEO_BENCH_SOCIETY_SQLITE_TICKETS_H_

#include <cstdint>
#include <string>
#include <vector>

#include "moyeo/types.h"
#include "society/society.h"

struct sqlite3;
struct sqlite3_stmt;

namespace moyeo::bench {

// In memory, with an R*Tree of the places. Whatever fails ends the program.
class SqliteTickets {
 public:
  // The open tickets of a society in which nobody has blocked anybody.
  explicit SqliteTickets(const society::Society& society);
  ~SqliteTickets();

  SqliteTickets(const SqliteTickets&) = delete;
  SqliteTickets& operator=(const SqliteTickets&) = delete;

  // As the first Advance of a society at `now` would: groups, each with the one that began it
  // first. They are written down as meetups with members, and their tickets go.
  std::vector<std::vector<TicketId>> Match(Timestamp now);

 private:
  struct Ticket;

  void Require(bool holds);
  void Execute(const char* sql);
  sqlite3_stmt* Prepare(const char* sql);
  void Run(sqlite3_stmt* statement);
  Ticket Read(sqlite3_stmt* statement) const;
  std::vector<std::string> TagsOf(std::int64_t ticket);
  std::vector<Ticket> GroupOf(const Ticket& first, Timestamp now);
  void Form(const std::vector<Ticket>& group);

  sqlite3* database_ = nullptr;
  sqlite3_stmt* next_ = nullptr;
  sqlite3_stmt* near_ = nullptr;
  sqlite3_stmt* tags_ = nullptr;
  sqlite3_stmt* insert_meetup_ = nullptr;
  sqlite3_stmt* insert_member_ = nullptr;
  sqlite3_stmt* delete_ticket_ = nullptr;
  sqlite3_stmt* delete_place_ = nullptr;
  sqlite3_stmt* delete_tags_ = nullptr;
};

}  // namespace moyeo::bench

#endif  // MOYEO_BENCH_SOCIETY_SQLITE_TICKETS_H_
