/* Loads kernel modules in the order the build found; nothing is searched for at run time. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>
#include "init.h"

/* `PATH [PARAMETERS]` */
static void load_module(char *line)
{
	char *parameters = strchr(line, ' ');
	if (parameters != NULL)
		*parameters++ = '\0';
	int file = open(line, O_RDONLY | O_CLOEXEC);
	if (file < 0) {
		say("module %s: %s", line, strerror(errno));
		return;
	}
	if (syscall(SYS_finit_module, file, parameters == NULL ? "" : parameters, 0) != 0 && errno != EEXIST)
		say("module %s: %s", line, strerror(errno));
	close(file);
}

void load_modules(const char *list)
{
	FILE *file = fopen(list, "re");
	char line[text_max];
	if (file == NULL)
		return; /* this board needs none */
	while (fgets(line, sizeof line, file) != NULL) {
		line[strcspn(line, "\n")] = '\0';
		if (line[0] != '\0' && line[0] != '#')
			load_module(line);
	}
	fclose(file);
}
