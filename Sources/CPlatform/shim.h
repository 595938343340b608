// What Glibc's overlay lacks, one line of reason each.
#pragma once
#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/eventfd.h>
#include <sys/file.h>
#include <sys/inotify.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

// struct ucred is hidden without _GNU_SOURCE, which Glibc's module is compiled without.
typedef struct {
  pid_t pid;
  uid_t uid;
  gid_t gid;
} gw_peer_credentials;

// prctl is variadic.
static inline void gw_name_this_thread(const char *name) { (void)prctl(PR_SET_NAME, name, 0, 0, 0); }

// syscall is variadic, and glibc 2.36 declares pidfd_open in a header that Glibc's module lacks.
static inline int gw_pidfd_open(pid_t pid) { return (int)syscall(SYS_pidfd_open, pid, 0); }

// pipe2 is hidden without _GNU_SOURCE. Only the reader never blocks: the writer is a program that may not expect it.
static inline int gw_pipe(int ends[2]) {
  if (pipe(ends) != 0) return -1;
  for (int end = 0; end < 2; end++) (void)fcntl(ends[end], F_SETFD, FD_CLOEXEC);
  (void)fcntl(ends[0], F_SETFL, O_NONBLOCK);
  return 0;
}

// posix_spawn_file_actions_addclosefrom_np is hidden without _GNU_SOURCE (glibc 2.34).
int posix_spawn_file_actions_addclosefrom_np(posix_spawn_file_actions_t *actions, int from);
