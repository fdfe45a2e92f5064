/* The kernel's watchdog, fed as long as the firmware is alive. */
#include <errno.h>
#include <fcntl.h>
#include <linux/watchdog.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>
#include "init.h"

static int device = -1;
static int timeout_sec = 10;

void open_watchdog(void)
{
	device = open("/dev/watchdog", O_WRONLY | O_CLOEXEC);
	if (device < 0) {
		say("watchdog: %s; a firmware that hangs is killed and started again", strerror(errno));
		return;
	}
	ioctl(device, WDIOC_SETTIMEOUT, &timeout_sec); /* says what it could do in the same place */
	ioctl(device, WDIOC_GETTIMEOUT, &timeout_sec);
	say("watchdog: %d s", timeout_sec);
}

int watchdog_ms(void)
{
	return device < 0 ? 0 : timeout_sec * 1000;
}

void feed_kernel(void)
{
	if (device >= 0 && write(device, "", 1) < 0)
		say("watchdog: %s", strerror(errno));
}
