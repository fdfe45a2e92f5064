/* An update is written by a process of its own: it reads the bundle no faster than it writes it, while process 1 goes on
   feeding the watchdog, and what it cannot make sense of ends it and nobody else. */
#include <errno.h>
#include <fcntl.h>
#include <linux/ioprio.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>
#include "update.h"

/* How long a firmware may send nothing: a file server is given up sooner. */
enum { silence_sec = 300, farewell_ms = 10000, name_max = 128 };
/* How it ends. */
enum { slot_is_written, slot_is_as_before, slot_is_empty };

static pid_t process = -1;
static int client; /* of the process that writes */
static char image[name_max + 1];

static void answer(int socket, const char *text)
{
	/* to a firmware that does not read, nothing: it waits for the last line, and the socket has room for many */
	if (send(socket, text, strlen(text), MSG_NOSIGNAL | MSG_DONTWAIT) < 0 && errno != EAGAIN)
		say("installer: %s", strerror(errno));
}

static void tell(int percent)
{
	char line[32] = "ready\n";
	if (percent >= 0)
		snprintf(line, sizeof line, "progress %d\n", percent);
	answer(client, line);
}

/* A firmware that still sends would lose the answer if the connection ended under it. */
static void read_away(int socket)
{
	const struct timeval pause = { .tv_sec = 1 };
	char rest[4096];
	setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &pause, sizeof pause);
	for (int64_t end = now_ms() + farewell_ms; now_ms() < end && read(socket, rest, sizeof rest) > 0;)
		;
}

static void run_installer(int socket)
{
	const struct timeval silence = { .tv_sec = silence_sec };
	char line[text_max + 16];
	client = socket;
	fcntl(socket, F_SETFL, fcntl(socket, F_GETFL) & ~O_NONBLOCK);
	setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &silence, sizeof silence);
	errno = 0;
	if (nice(15) == -1 && errno != 0)
		say("installer: %s", strerror(errno));
	syscall(SYS_ioprio_set, IOPRIO_WHO_PROCESS, 0, IOPRIO_PRIO_VALUE(IOPRIO_CLASS_IDLE, 0));
	/* a mount that ends with this process, however it ends */
	if (unshare(CLONE_NEWNS) != 0 || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0)
		say("installer: %s", strerror(errno));
	const char *problem = write_slot(socket, image, tell);
	unmount_boot();
	say("image %s: %s", image, problem == NULL ? "written, and tried at the next start" : problem);
	snprintf(line, sizeof line, "%s%s\n", problem == NULL ? "installed" : "failed ", problem == NULL ? "" : problem);
	answer(socket, line);
	read_away(socket);
	_exit(problem == NULL ? slot_is_written : is_slot_emptied() ? slot_is_empty : slot_is_as_before);
}

static bool is_name(const char *name)
{
	size_t length = strlen(name);
	return length > 0 && length <= name_max &&
	       strspn(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-") == length;
}

bool begin_install(int socket, const char *name)
{
	if (process > 0 || !is_name(name)) {
		answer(socket, process > 0 ? "failed busy an image is being written\n" : "failed denied that is no name of an image\n");
		return false;
	}
	snprintf(image, sizeof image, "%s", name);
	process = fork();
	if (process == 0)
		run_installer(socket);
	if (process < 0)
		answer(socket, "failed io no process for it\n");
	return process > 0;
}

bool install_ended(pid_t pid, int status)
{
	if (process <= 0 || pid != process)
		return false;
	process = -1;
	int end = WIFEXITED(status) ? WEXITSTATUS(status) : slot_is_empty;
	if (WIFSIGNALED(status))
		say("installer: ended by signal %d", WTERMSIG(status));
	if (end == slot_is_written)
		slot_written(strncmp(image, "offhook-", 8) == 0 ? image + 8 : image);
	else if (end != slot_is_as_before)
		slot_written(NULL);
	return true;
}

void stop_install(void)
{
	if (process <= 0)
		return;
	kill(process, SIGKILL);
	waitpid(process, NULL, 0);
	process = -1;
}
