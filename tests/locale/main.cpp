// SPDX-License-Identifier: MIT
// No body ends the process, and no number becomes another one, whatever the locale's decimal point is: that of ps_AF has
// two bytes, at which nlohmann's own parser fails its assertion.
#include <sys/wait.h>
#include <unistd.h>

#include <clocale>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include <sello/decode.hpp>

namespace {

struct sale {
  std::optional<sello::decimal> amount;
  std::optional<std::int64_t> count;
  std::optional<sello::timestamp> at;
  std::optional<sello::raw_json> more;
  static constexpr std::array fields{sello::field<&sale::amount>("amount"), sello::field<&sale::count>("count"),
                                     sello::field<&sale::at>("at"), sello::field<&sale::more>("more")};
};

constexpr int skipped = 77;
int faults = 0;

void check(bool holds, const char* what, const char* locale) {
  if (holds) return;
  ++faults;
  std::printf("%s in %s\n", what, locale);
}

/// Whether nlohmann's own parser ends a process at a number with a fraction.
bool parser_aborts() {
  const pid_t child = fork();
  if (child == 0) {
    std::fclose(stderr);
    std::signal(SIGABRT, SIG_DFL);
    _exit(nlohmann::json::parse("[1.5]", nullptr, false).is_array() ? 0 : 1);
  }
  int status = 0;
  return child > 0 && waitpid(child, &status, 0) == child && WIFSIGNALED(status);
}

void check_numbers(const char* locale) {
  std::vector<sello::error> misfits;
  const auto read = sello::decode<sale>(
      R"({"amount":12345678901234567.89,"count":1.2e1,"at":1710928800.5,"more":[1.5,-2.25e-1,7,1e-400,-0.0]})",
      misfits);
  check(read.has_value() && misfits.empty(), "a body is refused", locale);
  if (!read) return;
  check(read->amount->text() == "12345678901234567.89", "an amount is not what was sent", locale);
  check(read->count == 12, "an integer has another value", locale);
  check(read->at->time_since_epoch().count() == 1'710'928'800'500'000, "a time has another value", locale);
  check(read->more->text() == "[1.5,-2.25e-1,7,1e-400,-0.0]", "a JSON member is not what was sent", locale);
  const auto tree = read->more->json();
  check(tree[0] == 1.5 && tree[1] == -0.225 && tree[2] == 7 && tree[3] == 0.0, "a double has another value", locale);
  for (const std::string_view body : {"[1,5", "{\"amount\":1,5}",
                                      "{\"amount\":1\xD9\xAB"
                                      "5}",
                                      "[1e999", "[1.", "[-"}) {
    check(!sello::decode<sale>(body), "a body is accepted", locale);
  }
}

}  // namespace

int main(int count, char** arguments) {
  const std::string folder = count > 1 ? arguments[1] : ".";
  setenv("LOCPATH", folder.c_str(), 1);
  bool several_bytes = false;
  for (const char* name : {"ps_AF", "de_DE", "es_CO", "fr_FR"}) {
    const std::string command =
        "localedef -i " + std::string{name} + " -f UTF-8 '" + folder + "/" + name + ".UTF-8' >/dev/null 2>&1";
    if (std::system(command.c_str()) != 0 ||
        std::setlocale(LC_ALL, (std::string{name} + ".UTF-8").c_str()) == nullptr) {
      std::printf("skipped: %s cannot be made here\n", name);
      continue;
    }
    const std::string_view point = std::localeconv()->decimal_point;
    check(point != ".", "the decimal point is a point", name);
    several_bytes = several_bytes || (point.size() > 1 && parser_aborts());
    check_numbers(name);
  }
  if (faults != 0) return 1;
  if (!several_bytes) {
    std::puts("skipped: no locale with a decimal point of several bytes, at which nlohmann's parser would abort");
    return skipped;
  }
  return 0;
}
