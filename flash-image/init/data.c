/* The data partition: everything the phone keeps. A damaged one is repaired, a hopeless one made anew, and the phone says
   so; without any the phone works and forgets. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include "init.h"

/* Runs a program of the image to its end; its exit code, or -1. */
static int run(char *const words[])
{
	int status;
	pid_t child = fork();
	if (child == 0) {
		execv(words[0], words);
		_exit(127);
	}
	return child > 0 && waitpid(child, &status, 0) == child && WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static bool mount_it(const char *device)
{
	return mount(device, "/data", "ext4", MS_NOSUID | MS_NODEV | MS_NOEXEC | MS_NOATIME, NULL) == 0;
}

const char *mount_data(void)
{
	static char words[text_max];
	struct stat state;
	const char *device = setting("data", NULL);
	if (device == NULL || stat(device, &state) != 0) {
		snprintf(words, sizeof words, "absent: %s", device == NULL ? "none is configured" : device);
		return words;
	}
	char *const check[] = { "/sbin/e2fsck", "-y", (char *)device, NULL };
	char *const make[] = { "/sbin/mkfs.ext4", "-q", "-F", "-L", "offhook-data", (char *)device, NULL };
	if (mount_it(device)) {
		snprintf(words, sizeof words, "mounted");
	} else {
		say("data partition %s: %s", device, strerror(errno));
		int code = run(check); /* 0 clean, 1 and 2 put right, more: not (e2fsck(8)) */
		if (code >= 0 && code < 4 && mount_it(device))
			snprintf(words, sizeof words, "repaired");
		else if (run(make) == 0 && mount_it(device))
			snprintf(words, sizeof words, "made anew: it could not be repaired");
		else {
			snprintf(words, sizeof words, "absent: %s cannot be made anew", device);
			return words;
		}
	}
	if (mkdir(state_folder, 0700) != 0 && errno != EEXIST)
		say("%s: %s", state_folder, strerror(errno));
	if (chown(state_folder, firmware_user, firmware_group) != 0)
		say("%s: %s", state_folder, strerror(errno));
	return words;
}
