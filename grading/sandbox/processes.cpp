#include "grading/sandbox/processes.h"

#include <dirent.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <fstream>
#include <sstream>
#include <string>

namespace lab::sandbox {
namespace {

std::string contents(const std::string& path) {
  std::ifstream file(path);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

std::vector<pid_t> numbers_in(const std::string& folder) {
  std::vector<pid_t> result;
  if (DIR* dir = opendir(folder.c_str())) {
    while (const dirent* entry = readdir(dir)) {
      if (const int number = std::atoi(entry->d_name); number > 0) result.push_back(number);
    }
    closedir(dir);
  }
  return result;
}

/// The fields of /proc/PID/stat behind the program's name, which may hold any character.
std::vector<std::string> stat_fields(pid_t pid) {
  const std::string text = contents("/proc/" + std::to_string(pid) + "/stat");
  const std::size_t name_end = text.rfind(')');
  std::vector<std::string> fields;
  if (name_end == std::string::npos) return fields;
  std::istringstream rest(text.substr(name_end + 1));
  for (std::string field; rest >> field;) fields.push_back(field);
  return fields;
}

std::vector<pid_t> children(pid_t pid) {
  static const bool listed =
      access("/proc/thread-self/children", R_OK) == 0;  // else every process is looked at
  std::vector<pid_t> result;
  const std::string tasks = "/proc/" + std::to_string(pid) + "/task";
  if (listed) {
    for (pid_t task : numbers_in(tasks)) {
      std::istringstream list(contents(tasks + "/" + std::to_string(task) + "/children"));
      for (pid_t child = 0; list >> child;) result.push_back(child);
    }
  } else {
    for (pid_t other : numbers_in("/proc")) {
      const std::vector<std::string> fields = stat_fields(other);
      if (fields.size() > 1 && std::atoi(fields[1].c_str()) == pid) result.push_back(other);
    }
  }
  return result;
}

double seconds(const timeval& time) {
  return static_cast<double>(time.tv_sec) + 1e-6 * static_cast<double>(time.tv_usec);
}

}  // namespace

std::vector<pid_t> descendants() {
  std::vector<pid_t> result = children(getpid());
  for (std::size_t i = 0; i < result.size(); ++i) {
    for (pid_t child : children(result[i])) result.push_back(child);
  }
  return result;
}

Usage usage_of_descendants() {
  static const auto ticks = static_cast<double>(sysconf(_SC_CLK_TCK));
  static const long page_kib = sysconf(_SC_PAGESIZE) / 1024;
  Usage usage;
  for (pid_t pid : descendants()) {
    const std::vector<std::string> fields = stat_fields(pid);
    if (fields.size() < 22) continue;
    for (std::size_t time = 11; time <= 14; ++time)
      usage.cpu_seconds += std::atof(fields[time].c_str()) / ticks;
    usage.tasks += std::strtoull(fields[17].c_str(), nullptr, 10);
    usage.rss_kib += std::atol(fields[21].c_str()) * page_kib;
  }
  return usage;
}

bool Reaped::reap() {
  for (;;) {
    int status = 0;
    rusage usage{};
    const pid_t pid = wait4(-1, &status, WNOHANG, &usage);
    if (pid == 0) return false;
    if (pid < 0) {
      if (errno == EINTR) continue;
      return true;
    }
    cpu_seconds += seconds(usage.ru_utime) + seconds(usage.ru_stime);
    max_rss_kib = std::max(max_rss_kib, usage.ru_maxrss);
    if (pid == command) command_status = status;
  }
}

bool Reaped::kill_all() {
  for (int round = 0; round < 2000; ++round) {
    for (pid_t pid : descendants()) kill(pid, SIGKILL);
    if (reap()) return true;
    usleep(round < 100 ? 200 : 5000);  // the kernel needs a moment to take a process apart
  }
  return false;
}

std::uint64_t killed_by_kernel(const std::string& file) {
  std::ifstream counts(file);
  std::uint64_t count = 0;
  for (std::string name; counts >> name >> count;) {
    if (name == "oom_kill") return count;
  }
  return 0;
}

std::uint64_t tasks_of(uid_t uid) {
  std::uint64_t count = 0;
  for (pid_t pid : numbers_in("/proc")) {
    std::ifstream file("/proc/" + std::to_string(pid) + "/status");
    uid_t owner = 0;
    for (std::string word; file >> word;) {
      if (word == "Uid:") file >> owner;
      std::uint64_t threads = 0;
      if (word == "Threads:" && file >> threads && owner == uid) count += threads;
    }
  }
  return count;
}

}  // namespace lab::sandbox
