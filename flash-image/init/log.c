/* Lines on the kernel's log, and the clock. */
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <sys/reboot.h>
#include <time.h>
#include <unistd.h>
#include "init.h"

static void say_list(const char *format, va_list list)
{
	static int log = -1;
	char line[text_max];
	if (log < 0)
		log = open("/dev/kmsg", O_WRONLY | O_CLOEXEC);
	int length = snprintf(line, sizeof line, "<5>init: ");
	length += vsnprintf(line + length, sizeof line - length, format, list);
	if (length >= (int)sizeof line)
		length = sizeof line - 1;
	line[length++] = '\n'; /* a line without its end waits in the kernel for the next one */
	if (write(log < 0 ? 2 : log, line, length) < 0)
		return; /* there is nowhere left to say it */
}

void say(const char *format, ...)
{
	va_list list;
	va_start(list, format);
	say_list(format, list);
	va_end(list);
}

void give_up(const char *format, ...)
{
	va_list list;
	va_start(list, format);
	say_list(format, list);
	va_end(list);
	sleep(5);
	sync();
	reboot(RB_AUTOBOOT);
	_exit(1);
}

int64_t now_ms(void)
{
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}
