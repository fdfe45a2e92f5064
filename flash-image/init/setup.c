/* What a board wants from the kernel before the firmware starts, as lines of a file in the image. */
#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "init.h"

/* Devices the firmware's user may open. */
static void own(const char *pattern)
{
	glob_t found;
	if (glob(pattern, 0, NULL, &found) == 0)
		for (size_t at = 0; at < found.gl_pathc; at++)
			if (chown(found.gl_pathv[at], 0, firmware_group) != 0 || chmod(found.gl_pathv[at], 0660) != 0)
				say("own %s: %s", found.gl_pathv[at], strerror(errno));
	globfree(&found);
}

/* A device behind a slow bus appears when its driver has found it; without it the firmware says what is missing. */
static void wait_until_there(const char *path)
{
	struct stat state;
	for (int64_t end = now_ms() + device_wait_ms; stat(path, &state) != 0; usleep(look_again_us))
		if (now_ms() > end) {
			say("%s did not appear in %d ms", path, device_wait_ms);
			return;
		}
}

static void run_line(const char *file, char *line)
{
	char *path = strchr(line, ' ');
	if (path == NULL)
		return;
	*path++ = '\0';
	if (strcmp(line, "own") == 0) {
		own(path);
	} else if (strcmp(line, "wait") == 0) {
		wait_until_there(path);
	} else if (strcmp(line, "mkdir") == 0) {
		if (mkdir(path, 0755) != 0 && errno != EEXIST)
			say("%s: mkdir %s: %s", file, path, strerror(errno));
	} else if (strcmp(line, "write") == 0) {
		char *text = strchr(path, ' ');
		if (text == NULL)
			return;
		*text++ = '\0';
		if (!write_file(path, text))
			say("%s: write %s: %s", file, path, strerror(errno));
	} else {
		say("%s: %s: mkdir, write, wait or own belongs", file, line);
	}
}

void run_setup(const char *path)
{
	FILE *file = fopen(path, "re");
	char line[text_max];
	if (file == NULL)
		return; /* this board needs nothing */
	while (fgets(line, sizeof line, file) != NULL) {
		line[strcspn(line, "\n")] = '\0';
		if (line[0] != '\0' && line[0] != '#')
			run_line(path, line);
	}
	fclose(file);
}
