/* Init's slot code on files, for slots.test.ts: `install NAME` with the bundle on standard input, or `confirm`. Settings are in
   the environment (`offhook_slot=A` …). With `stop_at=N` the N-th call that changes a file is the last: of a write half of
   the bytes are written, everything else is not done, and the process is gone. */
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "../../../flash-image/init/update.h"

static int calls;

static bool is_last(void)
{
	const char *stop = getenv("stop_at");
	return ++calls == (stop == NULL ? -1 : atoi(stop));
}

#define or_stop(call) return is_last() ? (_exit(99), 0) : (call)
ssize_t __real_write(int file, const void *bytes, size_t length);
ssize_t __wrap_write(int file, const void *bytes, size_t length)
{
	if (is_last()) {
		__real_write(file, bytes, length / 2);
		_exit(99);
	}
	return __real_write(file, bytes, length);
}
int __real_open(const char *path, int flags, ...);
int __wrap_open(const char *path, int flags, ...)
{
	or_stop(__real_open(path, flags, 0600));
}
int __real_rename(const char *from, const char *to);
int __wrap_rename(const char *from, const char *to)
{
	or_stop(__real_rename(from, to));
}
int __real_unlink(const char *path);
int __wrap_unlink(const char *path)
{
	or_stop(__real_unlink(path));
}
int __real_mkdir(const char *path, mode_t mode);
int __wrap_mkdir(const char *path, mode_t mode)
{
	or_stop(__real_mkdir(path, mode));
}
int __real_fsync(int file);
int __wrap_fsync(int file)
{
	or_stop(__real_fsync(file));
}

const char *setting(const char *name, const char *otherwise)
{
	char key[64];
	snprintf(key, sizeof key, "offhook_%s", name);
	const char *value = getenv(key);
	return value == NULL ? otherwise : value;
}

void say(const char *format, ...)
{
	va_list list;
	va_start(list, format);
	vfprintf(stderr, format, list);
	va_end(list);
}

static void tell(int percent)
{
	if (percent == 0 || percent == 100)
		printf("progress %d\n", percent);
}

/* Of this program: what getrusage has includes that of whoever started it. */
static int most_memory_kib(void)
{
	char line[128];
	int kib = 0;
	FILE *status = fopen("/proc/self/status", "re");
	while (status != NULL && fgets(line, sizeof line, status) != NULL)
		sscanf(line, "VmHWM: %d", &kib);
	fclose(status);
	return kib;
}

int main(int count, char *words[])
{
	begin_slots();
	const char *problem = count == 3 ? write_slot(0, words[2], tell) : confirm_slot();
	printf("%s%s\n", problem == NULL ? "done" : "failed ", problem == NULL ? "" : problem);
	printf("calls %d\nmemory %d\n", calls, most_memory_kib());
	return 0;
}
