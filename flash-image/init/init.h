/* The image's init: one small program, static, for both places of process 1. In the initramfs it brings up the verified
   root file system; in that, it mounts the rest, starts the firmware as its own user, feeds the watchdog only while the
   firmware feeds it, and keeps the last output of a firmware that crashed. */
#ifndef OFFHOOK_INIT_H
#define OFFHOOK_INIT_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* Longest text of any setting, path or line here; longer ones are cut and said. */
enum { text_max = 512 };

/* log.c: a line on the kernel's log, which the serial console shows. */
void say(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* The same, then the board restarts after five seconds: nothing can go on. */
void give_up(const char *format, ...) __attribute__((format(printf, 1, 2), noreturn));
int64_t now_ms(void);

/* settings.c: `offhook.NAME=VALUE` of the kernel's command line. */
const char *setting(const char *name, const char *otherwise);
/* Writes a text to a file of the kernel's; false with errno. */
bool write_file(const char *path, const char *text);

/* modules.c: loads the modules named in a list file, one path a line; those that fail are said and left out. */
void load_modules(const char *list);

/* verity.c: a read-only device that checks every block; its path, or NULL. */
const char *open_verity(const char *device, const char *root_hash, const char *salt, uint64_t data_bytes);

/* A device appears when its driver has found it: how long that may take, and how often to look. */
enum { device_wait_ms = 15000, look_again_us = 5000 };

/* early.c: everything in the initramfs; ends by running the init of the root file system. */
void run_early(char *const arguments[]) __attribute__((noreturn));

/* setup.c: `mkdir PATH`, `write PATH TEXT`, `wait PATH`, `own PATTERN` lines of a board. */
void run_setup(const char *path);

/* data.c: mounts the data partition, repaired or made anew if need be; what became of it, in words. */
const char *mount_data(void);

/* slots.c */
void begin_slots(void);
/* The greeting's list, as JSON. */
const char *slots_json(void);
/* The slot that does not run was written: what it is called; NULL: it was begun, and nothing is in it. */
void slot_written(const char *version);
/* Marks the running slot good; NULL, or why not. */
const char *confirm_slot(void);

/* install.c: writes an update that comes over this socket into the slot that does not run, in a process of its own, which
   answers with `ready` when the bundle may come, with `progress PERCENT` once the old content of the slot is gone, and with
   `installed` or `failed CODE SENTENCE` at the end. False where it does not begin: that was answered, and the socket is still the caller's. */
bool begin_install(int socket, const char *name);
/* A child ended; true when it was that one. */
bool install_ended(pid_t pid, int status);
void stop_install(void);

/* watchdog.c */
void open_watchdog(void);
/* 0 without one. */
int watchdog_ms(void);
void feed_kernel(void);

/* firmware.c */
enum { exit_program = 75, exit_board = 76 };
void start_firmware(void);
/* A child ended; true when it was the firmware. */
bool firmware_ended(pid_t pid, int status);
/* Descriptor of its output; -1 while it does not run. */
int firmware_output(void);
void read_firmware_output(void);
/* When it is to be started again; -1: it runs. */
int64_t firmware_due_ms(void);
void stop_firmware(void);
/* The firmware fed us. */
void firmware_fed(void);
/* True while it feeds, or starts, or is dead and about to be started. */
bool firmware_is_alive(void);
/* How long a firmware may go without feeding; the same with a watchdog and without. */
int feed_limit_ms(void);

/* supervisor.c: the socket that the firmware speaks to. */
struct pollfd;
void open_supervisor(const char *data_state);
int supervisor_polls(struct pollfd *polls, int room);
void supervisor_ready(const struct pollfd *polls, int count);

/* relay.c: lines between a terminal and the firmware's console socket. */
void open_relays(void);
int relay_polls(struct pollfd *polls, int room);
void relay_ready(const struct pollfd *polls, int count);

/* shell.c: a root shell, where the image has one (the development variant). */
void start_shell(void);
bool shell_ended(pid_t pid);

/* main.c */
void restart_board(void) __attribute__((noreturn));

#define firmware_user 100
#define firmware_group 100
#define state_folder "/data/offhook"
#define console_socket "/run/offhook/console.sock"
#define supervisor_socket "/run/offhook/init.sock"
#endif
