#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <nlohmann/json.hpp>
#include <string>
#include <thread>
#include <utility>
#include <vector>

/// lab_sandbox as a grader starts it, in each tier that holds on this machine.
namespace {

using Words = std::vector<std::string>;
constexpr int succeeded = 0;
constexpr int refused = 7;  // by sandbox_hostile.cpp

struct Result {
  int exit_code = -1;
  nlohmann::json status;
  std::string output;
};

class Sandbox : public testing::TestWithParam<const char*> {
 protected:
  void SetUp() override {
    char pattern[] = "/tmp/sandbox_test_XXXXXX";
    folder_ = mkdtemp(pattern);
    std::filesystem::permissions(folder_, std::filesystem::perms(0755));
    if (run_program({LAB_SANDBOX, "--probe", "--tier", GetParam()}) != 0) {
      GTEST_SKIP() << "tier " << GetParam() << " does not hold here";
    }
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  std::string path(const std::string& name) const { return folder_ / name; }

  std::string secret() const {
    const std::string file = path("secret");
    std::ofstream(file) << "golden\n";
    std::filesystem::permissions(file, std::filesystem::perms(0600));
    return file;
  }

  pid_t start_program(const Words& words) const {
    std::vector<char*> argv;
    for (const std::string& word : words) argv.push_back(const_cast<char*>(word.c_str()));
    argv.push_back(nullptr);
    const pid_t pid = fork();
    if (pid == 0) {
      dup2(open(path("output").c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600), STDOUT_FILENO);
      dup2(STDOUT_FILENO, STDERR_FILENO);
      execv(argv[0], argv.data());
      _exit(127);
    }
    return pid;
  }

  int run_program(const Words& words) const {
    int status = 0;
    waitpid(start_program(words), &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  }

  Words sandboxed(const Words& options, const Words& command) const {
    Words words = {LAB_SANDBOX, "--tier", GetParam(), "--status", path("status.json")};
    words.insert(words.end(), options.begin(), options.end());
    words.push_back("--");
    words.insert(words.end(), command.begin(), command.end());
    return words;
  }

  Result run(const Words& options, const Words& command) const {
    Result result;
    std::filesystem::remove(path("status.json"));
    result.exit_code = run_program(sandboxed(options, command));
    std::ifstream(path("status.json")) >> result.status;
    std::ifstream output(path("output"));
    result.output.assign(std::istreambuf_iterator<char>(output), {});
    return result;
  }

  /// As a worker runs: no program but this, and threads.
  Result run_worker(const Words& attempt, Words options = {}) const {
    options.insert(options.begin(), {"--no-exec", "--processes", "8"});
    return run(options, with_program(attempt));
  }

  /// As a compiler runs.
  Result run_build(const Words& attempt, Words options = {}) const {
    options.insert(options.begin(), {"--processes", "32"});
    return run(options, with_program(attempt));
  }

  static Words with_program(Words attempt) {
    attempt.insert(attempt.begin(), LAB_HOSTILE);
    return attempt;
  }

  /// Attempts of this test that run right now; they were given our folder as their argument.
  std::vector<pid_t> hostile_processes() const {
    std::vector<pid_t> found;
    for (const auto& entry : std::filesystem::directory_iterator("/proc")) {
      std::ifstream file(entry.path() / "cmdline");
      std::string program, attempt, argument;
      std::getline(std::getline(std::getline(file, program, '\0'), attempt, '\0'), argument, '\0');
      if (program == LAB_HOSTILE && argument == folder_) found.push_back(std::stoi(entry.path().filename()));
    }
    return found;
  }

  /// Whether that comes true within ten seconds.
  static bool comes_true(const std::function<bool()>& condition) {
    const auto soon = std::chrono::steady_clock::now() + std::chrono::seconds(10);
    while (!condition() && std::chrono::steady_clock::now() < soon)
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
    return condition();
  }

  /// How the sandbox ends, as waitpid has it, if `meanwhile` happens once the command surely runs.
  int end_with(const Words& options, const std::function<void(pid_t sandbox)>& meanwhile) const {
    const pid_t sandbox = start_program(sandboxed(options, with_program({"sleep", folder_})));
    EXPECT_TRUE(comes_true([this] { return hostile_processes().size() == 1; }));
    meanwhile(sandbox);
    int status = 0;
    waitpid(sandbox, &status, 0);
    EXPECT_TRUE(comes_true([this] { return hostile_processes().empty(); }));
    return status;
  }

  std::filesystem::path folder_;
};

INSTANTIATE_TEST_SUITE_P(Tiers, Sandbox, testing::Values("namespaces", "landlock", "uid"),
                         [](const auto& tier) { return std::string(tier.param); });

TEST_P(Sandbox, AnHonestProgramRuns) {
  const Result result = run_worker({"nothing"});
  EXPECT_EQ(result.exit_code, succeeded) << result.output;
  EXPECT_EQ(result.status["tier"], GetParam());
  EXPECT_EQ(result.status["end"], "exit");
  EXPECT_GT(result.status["max_rss_kib"], 0);
}

TEST_P(Sandbox, AProgramMayBeALink) {
  EXPECT_EQ(run({"--processes", "32"}, {"/usr/bin/c++", "--version"}).exit_code, succeeded);
}

TEST_P(Sandbox, ReadsWhatItIsGivenAndNoSecret) {
  const std::string file = secret();
  std::ofstream(path("given")) << "input\n";
  EXPECT_EQ(run_worker({"read", path("given")}, {"--read", path("given")}).exit_code, succeeded);
  EXPECT_EQ(run_worker({"read", file}, {"--secret", file}).exit_code, refused);
  EXPECT_EQ(run_build({"read", file}).exit_code, refused);
}

TEST_P(Sandbox, DoesNotStartIfASecretLiesOpen) {
  std::ofstream(path("open")) << "golden\n";
  const Result result = run_worker({"nothing"}, {"--read", path("open"), "--secret", path("open")});
  EXPECT_EQ(result.exit_code, 125);
  EXPECT_EQ(result.status["end"], "failed");
  EXPECT_THAT(result.output, testing::HasSubstr("must be secret"));
  // Another run with the same status file doesn't make that forgotten.
  EXPECT_EQ(run_program(sandboxed({"--no-exec"}, with_program({"nothing"}))), succeeded);
  nlohmann::json kept;
  std::ifstream(path("status.json")) >> kept;
  EXPECT_EQ(kept["end"], "failed");
}

/// Below folders that every program sees, such as /usr, of which /lib is another name for a part.
TEST_P(Sandbox, SecretsAreHiddenWhereverTheyLie) {
  for (const std::filesystem::path below : {"/usr/local/src", "/usr/lib"}) {
    if (access(below.c_str(), W_OK) != 0) GTEST_SKIP() << below << " can't be written";
    const std::filesystem::path kit = below / ("sandbox_test_" + std::to_string(getpid()));
    std::filesystem::create_directories(kit / "cache" / "given");
    for (const char* name : {"solution", "cache/results", "cache/given/header"})
      std::ofstream(kit / name) << "text\n";
    const Words options = {"--secret", kit, kit / "cache", "--read", kit / "cache/given"};
    const bool hides = std::string(GetParam()) != "uid";  // file modes alone hide nothing that lies open
    for (const auto& [file, code] :
         {std::pair("cache/given/header", succeeded), {"solution", refused}, {"cache/results", refused}}) {
      EXPECT_EQ(run_worker({"read", kit / file}, options).exit_code, hides ? code : 125) << kit / file;
      if (below != "/usr/lib" || !hides || code == succeeded) continue;
      const std::string other = std::filesystem::path("/lib") / kit.lexically_relative(below) / file;
      EXPECT_EQ(run_worker({"read", other}, options).exit_code, refused) << other;
    }
    EXPECT_EQ(run_worker({"write", kit / "new"}, options).exit_code, hides ? refused : 125);
    std::filesystem::permissions(kit, std::filesystem::perms(0700));
    EXPECT_EQ(run_worker({"read", kit / "solution"}, {"--secret", kit}).exit_code, refused);
    std::filesystem::remove_all(kit);
  }
}

/// A folder that can't be listed hides nothing from who knows the names.
TEST_P(Sandbox, DoesNotStartIfAFileOfASecretFolderLiesOpen) {
  std::filesystem::create_directory(path("kit"));
  std::ofstream(path("kit/solution")) << "text\n";
  for (const auto& [mode, options] : {std::pair(0755, Words{"--secret", path("kit")}),
                                      {0711, {"--secret", path("kit"), path("kit/solution")}}}) {
    std::filesystem::permissions(path("kit"), std::filesystem::perms(mode));
    const Result result = run_worker({"read", path("kit/solution")}, options);
    EXPECT_EQ(result.exit_code, std::string(GetParam()) == "uid" ? 125 : refused) << result.output;
  }
}

TEST_P(Sandbox, WritesWhereItMayAndNowhereElse) {
  std::filesystem::create_directory(path("work"));
  EXPECT_EQ(run_build({"write", path("work/file")}, {"--write", path("work")}).exit_code, succeeded);
  EXPECT_TRUE(std::filesystem::exists(path("work/file")));
  EXPECT_EQ(run_build({"write", path("beside")}, {"--write", path("work")}).exit_code, refused);
  for (const char* attempt : {"write", "link", "fifo"}) {
    EXPECT_EQ(run_worker({attempt, "/tmp/sandbox_test_left_behind"}).exit_code, refused) << attempt;
  }
  EXPECT_FALSE(std::filesystem::exists(std::filesystem::symlink_status("/tmp/sandbox_test_left_behind")));
}

TEST_P(Sandbox, AWorkerIsRefusedAllButComputing) {
  for (const char* attempt : {"fork", "exec", "inet", "unix", "kill everybody", "outlive", "limit",
                              "shared memory", "environment", "threads", "memory"}) {
    EXPECT_EQ(run_worker({attempt}).exit_code, refused) << attempt;
  }
  for (const char* attempt : {"kill", "ptrace", "owner of a file", "signal of a file"}) {
    EXPECT_EQ(run_worker({attempt, std::to_string(getpid())}).exit_code, refused) << attempt;
  }
}

TEST_P(Sandbox, ACompilerMayForkButNotReachOut) {
  EXPECT_EQ(run_build({"fork"}).exit_code, succeeded);
  for (const char* attempt : {"inet", "unix", "shared memory", "kill everybody"}) {
    EXPECT_EQ(run_build({attempt}).exit_code, refused) << attempt;
  }
  for (const char* attempt : {"owner of a file", "signal of a file"}) {
    EXPECT_EQ(run_build({attempt, std::to_string(getpid())}).exit_code, refused) << attempt;
  }
}

TEST_P(Sandbox, PassesOnTheDescriptorsItIsTold) {
  const int fd = 9;
  dup2(STDIN_FILENO, fd);
  EXPECT_EQ(run_worker({"descriptor", "9"}, {"--pass-fd", "9"}).exit_code, succeeded);
  EXPECT_EQ(run_worker({"descriptor", "9"}).exit_code, refused);
  close(fd);
}

TEST_P(Sandbox, PassesOnTheEnvironmentItIsTold) {
  EXPECT_EQ(run_worker({"environment"}, {"--env", "NAME=value"}).exit_code, succeeded);
}

TEST_P(Sandbox, SaysWhichSignalEndedIt) {
  for (const auto& [attempt, signal] : {std::pair("abort", SIGABRT), std::pair("segfault", SIGSEGV)}) {
    const Result result = run_worker({attempt});
    EXPECT_EQ(result.exit_code, 128 + signal);
    EXPECT_EQ(result.status["end"], "signal");
    EXPECT_EQ(result.status["code"], signal);
  }
}

TEST_P(Sandbox, SaysThatTheKernelRefusesToRunIt) {
  std::ofstream(path("text")) << "no program\n";
  std::filesystem::permissions(path("text"), std::filesystem::perms(0755));
  const Result result = run({"--no-exec"}, {path("text")});
  EXPECT_EQ(result.exit_code, 126);
  EXPECT_EQ(result.status["end"], "not_started");
}

TEST_P(Sandbox, LimitsTime) {
  const Result spun = run_worker({"spin"}, {"--cpu", "1"});
  EXPECT_EQ(spun.status["end"], "cpu");
  EXPECT_EQ(spun.exit_code, 118);
  const Result slept = run_build({"sleep"}, {"--wall", "1"});
  EXPECT_EQ(slept.status["end"], "wall");
  EXPECT_EQ(slept.exit_code, 119);
}

TEST_P(Sandbox, LimitsOutput) {
  for (const char* attempt : {"output", "errors"}) {
    const Result result = run_worker({attempt}, {"--output", "10000"});
    EXPECT_EQ(result.status["end"], "output");
    EXPECT_EQ(result.output.size(), 10000U);
    EXPECT_EQ(run_worker({attempt}, {"--output", "0", "--wall", "1"}).status["end"], "wall");
  }
}

TEST_P(Sandbox, LimitsMemoryOfAllProcessesTogether) {
  EXPECT_EQ(run_build({"memory of many"}, {"--memory", "128"}).status["end"], "memory");
}

TEST_P(Sandbox, LeavesNoProcessBehind) {
  EXPECT_EQ(run_build({"daemon", folder_}).exit_code, succeeded);
  EXPECT_THAT(hostile_processes(), testing::IsEmpty());
}

TEST_P(Sandbox, StopsABombOfProcesses) {
  const Result result =
      run({"--processes", "32", "--wall", "5"}, {"/bin/sh", "-c", "b() { b | b & }; b; sleep 60"});
  EXPECT_NE(result.status["end"], "failed");
  EXPECT_LT(result.status["wall_s"], 10);
}

TEST_P(Sandbox, EndsWithTheOneWhoStartedIt) {
  end_with({"--processes", "32"}, [](pid_t sandbox) { kill(sandbox, SIGKILL); });
}

/// Which is how a sandbox tells that somebody outside is to blame; a command can't have it killed.
TEST_P(Sandbox, DiesOfWhatKilledItsSupervisor) {
  const int status = end_with({"--processes", "32"}, [](pid_t sandbox) {
    const std::string task = std::to_string(sandbox);
    std::ifstream children("/proc/" + task + "/task/" + task + "/children");
    pid_t supervisor = 0;
    children >> supervisor;
    kill(supervisor, SIGKILL);
  });
  EXPECT_TRUE(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL) << status;
}

TEST_P(Sandbox, TellsTheKernelsKillsFromTheCommandsOwn) {
  const std::string counts = path("vmstat");
  const Words options = {"--processes", "32", "--kernel-counts", counts};
  for (const bool counted : {false, true}) {
    std::ofstream(counts) << "pgfault 7\noom_kill 3\n";
    const int status = end_with(options, [&](pid_t) {
      if (counted) std::ofstream(counts) << "pgfault 9\noom_kill 4\n";
      kill(hostile_processes().at(0), SIGKILL);
    });
    nlohmann::json told;
    std::ifstream(path("status.json")) >> told;
    EXPECT_EQ(told["end"], counted ? "outside" : "signal");
    EXPECT_EQ(WIFSIGNALED(status), counted);
    EXPECT_EQ(counted ? WTERMSIG(status) : WEXITSTATUS(status), counted ? SIGKILL : 128 + SIGKILL);
  }
}

}  // namespace
