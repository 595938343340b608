// What Glibc's overlay lacks, one line of reason each.
#pragma once
#include <fcntl.h>
#include <malloc.h>
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

// O_PATH is hidden without _GNU_SOURCE, too; its value is not.
static const int gw_open_path = __O_PATH;

// prctl is variadic.
static inline void gw_name_this_thread(const char *name) { (void)prctl(PR_SET_NAME, name, 0, 0, 0); }

// syscall is variadic, and glibc 2.36 declares pidfd_open in a header that Glibc's module lacks.
static inline int gw_pidfd_open(pid_t pid) { return (int)syscall(SYS_pidfd_open, pid, 0); }

// Hidden without _GNU_SOURCE (glibc 2.34).
extern int posix_spawn_file_actions_addclosefrom_np(posix_spawn_file_actions_t *, int);
static inline int gw_close_from(posix_spawn_file_actions_t *actions, int first) {
  return posix_spawn_file_actions_addclosefrom_np(actions, first);
}

// struct ucred is hidden without _GNU_SOURCE (unix(7), SO_PEERCRED).
struct gw_peer_credentials {
  pid_t pid;
  uid_t uid;
  gid_t gid;
};

// Hidden without _GNU_SOURCE.
extern int pipe2(int ends[2], int flags);
static inline int gw_pipe(int ends[2]) { return pipe2(ends, O_CLOEXEC); }

// Hidden without _GNU_SOURCE.
extern int syncfs(int descriptor);
static inline int gw_sync_file_system(int descriptor) { return syncfs(descriptor); }
