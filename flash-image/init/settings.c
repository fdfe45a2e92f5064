/* Settings from the kernel's command line, and one-line writes to the kernel's files. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include "init.h"

static char command_line[4096];
static ssize_t command_line_length;

static void read_command_line(void)
{
	int file = open("/proc/cmdline", O_RDONLY | O_CLOEXEC);
	ssize_t length = file < 0 ? 0 : read(file, command_line, sizeof command_line - 1);
	if (file >= 0)
		close(file);
	command_line_length = length < 0 ? 0 : length;
	for (ssize_t at = 0; at < length; at++)
		if (command_line[at] == ' ' || command_line[at] == '\n')
			command_line[at] = '\0'; /* words become strings of their own; the rest stays zero */
}

const char *setting(const char *name, const char *otherwise)
{
	if (command_line[0] == '\0')
		read_command_line();
	size_t name_length = strlen(name);
	/* between two spaces there is an empty word */
	for (const char *word = command_line; word < command_line + command_line_length; word += strlen(word) + 1)
		if (strncmp(word, "offhook.", 8) == 0 && strncmp(word + 8, name, name_length) == 0 &&
		    word[8 + name_length] == '=')
			return word + 8 + name_length + 1;
	return otherwise;
}

bool write_file(const char *path, const char *text)
{
	int file = open(path, O_WRONLY | O_CLOEXEC);
	if (file < 0)
		return false;
	ssize_t written = write(file, text, strlen(text));
	int problem = errno;
	close(file);
	errno = problem;
	return written == (ssize_t)strlen(text);
}
