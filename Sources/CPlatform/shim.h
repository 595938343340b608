// What Glibc's overlay lacks, one line of reason each.
#pragma once
#include <fcntl.h>
#include <sys/file.h>
#include <sys/inotify.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/types.h>

// struct ucred is hidden without _GNU_SOURCE, which Glibc's module is compiled without.
typedef struct {
  pid_t pid;
  uid_t uid;
  gid_t gid;
} gw_peer_credentials;

// O_PATH is hidden without _GNU_SOURCE, too; its value is not.
static const int gw_open_path = __O_PATH;
