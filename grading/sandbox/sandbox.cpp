#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <csignal>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <string_view>

#include "grading/sandbox/enter.h"
#include "grading/sandbox/policy.h"
#include "grading/sandbox/probe.h"
#include "grading/sandbox/processes.h"
#include "grading/sandbox/supervise.h"
#include "kit/error.h"

/// lab_sandbox: runs one untrusted command so that it can read, write and reach only what it was given, and
/// leaves nothing of it behind. Linux only.
///
/// Exit status: the command's; 128 + the signal that ended it; 118 to 122 if it exceeded its processor time,
/// time, memory, processes or output, 137 if the sandbox was stopped; 126 if the kernel refuses to run it;
/// 125 if the sandbox itself failed. It is killed itself, which no command can bring about, where somebody
/// outside killed it, or the command, or what watches the command.
namespace lab::sandbox {
namespace {

constexpr int failed = 125;
constexpr int not_started = 126;

struct Options {
  Policy policy;
  std::string tier;
  std::string status_file;
  std::optional<uid_t> uid;
  std::optional<gid_t> group;
  bool probe = false;
  std::vector<std::string> escape;
  std::vector<std::string> inside;
};

/// Unless told which, each run gets a user that no other run has: two submissions can't touch each other, and
/// one's processes don't count as another's. systemd's list of user ids leaves these unused.
std::optional<uid_t> user_for(const Options& options) {
  if (geteuid() != 0) return std::nullopt;
  return options.uid.value_or(0x70000000U + static_cast<uid_t>(getpid()));
}

bool tells_of_failure(const std::string& status_file) {
  std::ifstream file(status_file);
  const nlohmann::json told = nlohmann::json::parse(file, nullptr, false);
  return told.is_object() && told.value("end", "") == "failed";
}

void write_status(const Options& options, const Outcome& outcome) {
  if (options.status_file.empty()) return;
  nlohmann::ordered_json json = {{"tier", name(options.policy.tier)},
                                 {"end", outcome.end},
                                 {"code", outcome.code},
                                 {"cpu_s", outcome.cpu_seconds},
                                 {"wall_s", outcome.wall_seconds},
                                 {"max_rss_kib", outcome.max_rss_kib},
                                 {"kernel_kills", outcome.kernel_kills}};
  if (!outcome.message.empty()) json["message"] = outcome.message;
  // Workers of one step share the file, one after the other and at once. That one's sandbox failed stays
  // told.
  if (outcome.end != "failed" && tells_of_failure(options.status_file)) return;
  const std::string unfinished = options.status_file + "." + std::to_string(getpid());
  std::ofstream(unfinished) << json.dump() << '\n';
  std::filesystem::rename(unfinished, options.status_file);
}

int probe(const Options& options) {
  for (Tier tier : tiers) {
    if (!options.tier.empty() && options.tier != name(tier)) continue;
    const std::string reason = why_not(tier, user_for(options));
    if (reason.empty()) {
      std::puts(name(tier));
      return 0;
    }
    std::fprintf(stderr, "%s does not hold here: %s\n", name(tier), reason.c_str());
  }
  std::puts("none");
  return 1;
}

Tier strongest(const Options& options) {
  for (Tier tier : tiers) {
    if (why_not(tier, user_for(options)).empty()) return tier;
  }
  throw Error("sandbox: no tier holds here; lab_sandbox --probe says why");
}

[[noreturn]] void die_as_killed() {
  raise(SIGKILL);
  _exit(failed);
}

int supervise_and_tell(const Options& options, const std::vector<std::string>& arguments) {
  const Outcome outcome = supervise(options.policy, arguments);
  write_status(options, outcome);
  if (!outcome.message.empty()) {
    std::fprintf(stderr, "%s\n", outcome.message.c_str());
    return outcome.end == "failed" ? failed : not_started;
  }
  if (outcome.end == "outside") die_as_killed();
  const auto* const limit = std::ranges::find(limit_ends, outcome.end);
  if (limit != std::end(limit_ends)) return first_limit + static_cast<int>(limit - limit_ends);
  return outcome.end == "exit" ? outcome.code : 128 + outcome.code;
}

/// Two processes watch, so that killing one of them, whichever it is, doesn't let the command go: this one
/// ends what its supervisor left, and the supervisor stops when this one is gone.
int guard(const Options& options, const std::vector<std::string>& arguments) {
  prctl(PR_SET_CHILD_SUBREAPER, 1);
  sigset_t awaited;
  sigemptyset(&awaited);
  for (int number : {SIGCHLD, SIGTERM, SIGINT, SIGHUP}) sigaddset(&awaited, number);
  sigprocmask(SIG_BLOCK, &awaited, nullptr);
  const pid_t parent = getpid();
  Reaped reaped;
  reaped.command = fork();
  if (reaped.command < 0) throw Error("sandbox: fork failed");
  if (reaped.command == 0) {
    setsid();  // whoever kills this one's group shouldn't kill both at once
    prctl(PR_SET_PDEATHSIG, SIGTERM);
    if (getppid() != parent) _exit(failed);
    _exit(supervise_and_tell(options, arguments));
  }
  while (!reaped.command_status) {
    int number = 0;
    sigwait(&awaited, &number);
    if (number != SIGCHLD) kill(reaped.command, SIGTERM);
    reaped.reap();
  }
  reaped.kill_all();
  if (!WIFEXITED(*reaped.command_status)) die_as_killed();
  return WEXITSTATUS(*reaped.command_status);
}

void add_options(CLI::App& app, Options& options) {
  Policy& policy = options.policy;
  app.add_flag("--probe", options.probe, "print the strongest tier that holds here, or none (exit status 1)");
  app.add_option("--tier", options.tier, "namespaces, landlock or uid; the strongest that holds if not given")
      ->check(CLI::IsMember({"namespaces", "landlock", "uid"}));
  app.add_option("--read", policy.read, "files and folders to read");
  app.add_option("--write", policy.write, "folders to write");
  app.add_option("--secret", policy.secret, "files and folders that must not be readable");
  app.add_option("--env", policy.environment, "NAME=VALUE; all else is cleared");
  app.add_option("--pass-fd", policy.pass_fds, "descriptors to pass on")
      ->check(CLI::Range(3, max_open_files - 1));
  app.add_option("--folder", policy.folder, "where the command starts");
  app.add_option("--wall", policy.wall_seconds, "seconds")->check(CLI::PositiveNumber);
  app.add_option("--cpu", policy.cpu_seconds, "seconds")->check(CLI::PositiveNumber);
  app.add_option("--memory", policy.memory_mb, "MiB");
  app.add_option("--file-size", policy.file_mb, "MiB of each file written");
  app.add_option("--output", policy.output_bytes, "bytes on stdout and stderr together; 0 for all, unread");
  app.add_option("--processes", policy.processes, "processes and threads together");
  app.add_flag("--no-exec", policy.no_exec, "no program and no process but the command and its threads");
  app.add_option("--uid", options.uid, "user to run as, if called by root; one of its own if not given");
  app.add_option("--group", options.group, "its group, if called by root; whoever shares folders shares it");
  app.add_option("--status", options.status_file, "JSON file that says how it ended");
  app.add_option("--kernel-counts", policy.kernel_counts)->group("");
  app.add_option("--inside", options.inside)->expected(2)->group("");
  app.add_option("--try-escape", options.escape)->expected(3)->group("");
}

int run(Options& options, const std::vector<std::string>& arguments) {
  if (!options.escape.empty()) return try_to_escape(options.escape);
  if (options.probe) return probe(options);
  Policy& policy = options.policy;
  if (policy.command.empty() || policy.command[0].substr(0, 1) != "/") {
    throw CLI::ValidationError("command", "expected -- and a program by its absolute path");
  }
  policy.gid = options.group;
  if (!options.inside.empty()) {
    policy.tier = Tier::namespaces;
    if (options.inside[0] != "own") policy.uid = static_cast<uid_t>(std::stoul(options.inside[0]));
    policy.tasks_before = std::stoull(options.inside[1]);
    enter(policy);
  }
  policy.tier = options.tier.empty() ? strongest(options) : Tier::namespaces;
  for (Tier tier : tiers) {
    if (options.tier == name(tier)) policy.tier = tier;
  }
  policy.uid = user_for(options);
  if (policy.tier == Tier::uid && !policy.uid) throw Error("sandbox: tier uid needs root");
  return guard(options, arguments);
}

}  // namespace

}  // namespace lab::sandbox

int main(int argc, char** argv) {
  using namespace lab::sandbox;
  CLI::App app(
      "Runs one untrusted command with what it is given and nothing else: lab_sandbox OPTIONS -- PROGRAM …",
      "lab_sandbox");
  Options options;
  add_options(app, options);
  try {
    // Split here, since CLI11 takes the first -- for the end of a list like --read's, and options of the
    // command for ours.
    char** const dashes = std::find(argv, argv + argc, std::string_view("--"));
    if (dashes != argv + argc) options.policy.command.assign(dashes + 1, argv + argc);
    app.parse(static_cast<int>(dashes - argv), argv);
    return run(options, std::vector<std::string>(argv + 1, argv + argc));
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : failed;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return failed;
  }
}
