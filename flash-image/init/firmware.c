/* The firmware's process: its user and capabilities, its end, its last words. */
#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <grp.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>
#include "update.h"

/* A firmware that ran so long had begun well. */
enum { healthy_ms = 60000, start_grace_ms = 60000, unwatched_ms = 10000, output_max = 16384 };
/* A slot on trial whose firmware has crashed so often gives the boot loader its next start. */
enum { trial_crashes = 3 };
static const int pauses_ms[] = { 0, 1000, 2000, 5000, 10000, 30000 };
enum { pause_count = sizeof pauses_ms / sizeof pauses_ms[0] };

static pid_t process = -1;
static int output = -1;
static int64_t started_ms, due_ms, fed_ms;
static int crashes_in_a_row;
static char last_output[output_max];
static size_t last_length;

/* Capabilities that outlive the change of user (architecture: raw frames, addresses, time, real-time priority). */
static const int capabilities[] = { CAP_NET_RAW, CAP_NET_ADMIN, CAP_SYS_TIME, CAP_SYS_NICE };

static void become_firmware_user(void)
{
	struct __user_cap_header_struct head = { _LINUX_CAPABILITY_VERSION_3, 0 };
	struct __user_cap_data_struct data[2] = { { 0 }, { 0 } };
	const struct rlimit locked = { RLIM_INFINITY, RLIM_INFINITY };
	for (size_t at = 0; at < sizeof capabilities / sizeof capabilities[0]; at++)
		data[0].permitted |= 1u << capabilities[at];
	data[0].effective = data[0].inheritable = data[0].permitted;
	setrlimit(RLIMIT_MEMLOCK, &locked);
	prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0);
	if (setgroups(0, NULL) != 0 || setgid(firmware_group) != 0 || setuid(firmware_user) != 0)
		_exit(126);
	if (syscall(SYS_capset, &head, data) != 0)
		_exit(126);
	for (size_t at = 0; at < sizeof capabilities / sizeof capabilities[0]; at++)
		prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, capabilities[at], 0, 0);
	prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
}

static void run_firmware(int output_end)
{
	char *const environment[] = { "HOME=/run/offhook", "PATH=/usr/bin:/bin", "NODE_COMPILE_CACHE=/run/offhook/compiled",
				      NULL };
	char *words[16] = { "/usr/bin/node", "/usr/lib/offhook/main.mjs", "--board", (char *)setting("board", "qemu-virt"),
			    "--state", state_folder, "--console", console_socket, "--supervisor", supervisor_socket, NULL };
	if (access("/etc/offhook/development", F_OK) != 0)
		words[10] = "--production";
	else
		words[1] = (char *)setting("program", words[1]);
	sigset_t none;
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	int null = open("/dev/null", O_RDWR);
	dup2(null, 0);
	dup2(output_end, 1);
	dup2(output_end, 2);
	become_firmware_user();
	execve(words[0], words, environment);
	dprintf(2, "%s: %s\n", words[0], strerror(errno));
	_exit(127);
}

void start_firmware(void)
{
	int ends[2];
	if (pipe2(ends, O_CLOEXEC) != 0)
		give_up("pipe: %s", strerror(errno));
	fcntl(ends[0], F_SETFL, O_NONBLOCK); /* our end alone: the firmware's is as programs expect it */
	unlink(console_socket);
	process = fork();
	if (process == 0)
		run_firmware(ends[1]);
	close(ends[1]);
	if (output >= 0)
		close(output);
	output = ends[0];
	started_ms = now_ms();
	fed_ms = 0;
	due_ms = -1;
	say("firmware: started as process %d", process);
	char text[16];
	snprintf(text, sizeof text, "%d\n", process);
	int file = open("/run/offhook.pid", O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
	if (file < 0 || write(file, text, strlen(text)) < 0)
		say("/run/offhook.pid: %s", strerror(errno));
	if (file >= 0)
		close(file);
}

/* The last words go where the next start, and a person, can read them. */
static void keep_last_output(void)
{
	int file = open(state_folder "/last-output.txt", O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
	if (file < 0)
		return; /* no data partition */
	if (write(file, last_output, last_length) != (ssize_t)last_length || fsync(file) != 0)
		say("last output: %s", strerror(errno));
	close(file);
}

bool firmware_ended(pid_t pid, int status)
{
	if (pid != process)
		return false;
	process = -1;
	read_firmware_output();
	int code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
	if (code == exit_board)
		restart_board();
	if (code == exit_program || code == 0) {
		say("firmware: ended in order, with %d", code);
		due_ms = now_ms();
		return true;
	}
	keep_last_output();
	crashes_in_a_row = now_ms() - started_ms > healthy_ms ? 1 : crashes_in_a_row + 1;
	if (is_on_trial() && crashes_in_a_row >= trial_crashes) {
		say("firmware: ended %d times in a row, and slot %c is on trial", crashes_in_a_row, running_slot());
		restart_board();
	}
	int pause = pauses_ms[crashes_in_a_row > pause_count ? pause_count - 1 : crashes_in_a_row - 1];
	due_ms = now_ms() + pause;
	say("firmware: ended %s %d, %d in a row; again in %d ms", WIFSIGNALED(status) ? "by signal" : "with",
	    WIFSIGNALED(status) ? WTERMSIG(status) : code, crashes_in_a_row, pause);
	return true;
}

int firmware_output(void)
{
	return output;
}

void read_firmware_output(void)
{
	char chunk[4096];
	ssize_t length;
	bool is_told = access("/etc/offhook/development", F_OK) == 0;
	while (output >= 0 && (length = read(output, chunk, sizeof chunk)) > 0) {
		if (is_told && write(1, chunk, length) < 0)
			is_told = false;
		if (last_length + length > output_max) {
			size_t kept = output_max - length;
			memmove(last_output, last_output + last_length - kept, kept);
			last_length = kept;
		}
		memcpy(last_output + last_length, chunk, length);
		last_length += length;
	}
	if (length == 0) {
		close(output);
		output = -1;
	}
}

int64_t firmware_due_ms(void)
{
	return due_ms;
}

void stop_firmware(void)
{
	int status;
	if (process <= 0)
		return;
	kill(process, SIGTERM);
	for (int64_t end = now_ms() + 5000; now_ms() < end; usleep(20000))
		if (waitpid(process, &status, WNOHANG) == process)
			return;
	kill(process, SIGKILL);
}

void firmware_fed(void)
{
	fed_ms = now_ms();
}

int feed_limit_ms(void)
{
	return watchdog_ms() == 0 ? unwatched_ms : watchdog_ms();
}

bool firmware_is_alive(void)
{
	int64_t now = now_ms();
	int limit_ms = feed_limit_ms();
	if (process <= 0)
		return true;
	bool is_alive = fed_ms == 0 ? now - started_ms < start_grace_ms : now - fed_ms < limit_ms;
	if (!is_alive && watchdog_ms() == 0) {
		say("firmware: has not fed for %d ms and there is no watchdog: killed", limit_ms);
		kill(process, SIGKILL);
		fed_ms = now;
	}
	return is_alive;
}
