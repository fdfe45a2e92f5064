/* A root shell on a terminal of its own: in the development variant alone, which has a /bin/sh. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>
#include "init.h"

static pid_t process = -1;

void start_shell(void)
{
	char path[text_max];
	char *const words[] = { "sh", NULL };
	char *const environment[] = { "HOME=/run", "PATH=/bin:/sbin:/usr/bin:/tools/bin:/tools/sbin", "TERM=dumb", "PS1=", NULL };
	const char *name = setting("shell", NULL);
	if (name == NULL || access("/bin/sh", X_OK) != 0)
		return;
	snprintf(path, sizeof path, "/dev/%s", name);
	process = fork();
	if (process != 0)
		return;
	sigset_t none;
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	setsid();
	int terminal = open(path, O_RDWR);
	if (terminal < 0)
		_exit(126);
	ioctl(terminal, TIOCSCTTY, 0);
	for (int at = 0; at < 3; at++)
		dup2(terminal, at);
	execve("/bin/sh", words, environment);
	_exit(127);
}

bool shell_ended(pid_t pid)
{
	return process > 0 && pid == process;
}
