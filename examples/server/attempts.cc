#include "attempts.h"

#include "text.h"

namespace moyeo::server {
namespace {

std::string Both(const std::string& account, const std::string& address) {
  return Concat(account, " ", address);
}

}  // namespace

Attempts::Attempts(const AttemptsOptions& options)
    : per_name_and_address_(options.per_name_and_address, options.most_kept),
      per_name_(options.per_name, options.most_kept),
      per_address_(options.per_address, options.most_kept),
      log_ins_(options.log_ins, options.most_kept),
      new_users_(options.new_users, options.most_kept) {}

bool Attempts::MayLogIn(const std::string& account, const std::string& address, Timestamp now) {
  const std::string both = Both(account, address);
  if (!log_ins_.Take(address, now)) return false;
  if (!per_name_and_address_.Take(both, now)) return false;
  if (per_address_.Take(address, now)) {
    if (per_name_.Take(account, now)) return true;
    per_address_.GiveBack(address);
  }
  per_name_and_address_.GiveBack(both);
  return false;
}

void Attempts::WasRight(const std::string& account, const std::string& address) {
  per_name_and_address_.GiveBack(Both(account, address));
  per_name_.GiveBack(account);
  per_address_.GiveBack(address);
}

bool Attempts::MaySignUp(const std::string& address, Timestamp now) {
  return new_users_.Take(address, now);
}

}  // namespace moyeo::server
