/* The two image slots. The boot loader counts tries in a file of the boot partition; a slot that proved itself has its
   counter taken away, see flash-image/layout. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>
#include "init.h"

static char running[2] = "A";
static bool is_confirmed;

void begin_slots(void)
{
	running[0] = setting("slot", "A")[0] == 'B' ? 'B' : 'A';
	is_confirmed = strcmp(setting("confirmed", "1"), "1") == 0;
}

const char *slots_json(void)
{
	static char text[text_max];
	const char *version = setting("version", "");
	const char *other = running[0] == 'A' ? "B" : "A";
	snprintf(text, sizeof text,
		 "[{\"name\":\"%s\",\"version\":\"%s\",\"state\":\"%s\",\"isRunning\":true},"
		 "{\"name\":\"%s\",\"state\":\"%s\",\"isRunning\":false}]",
		 running, version, is_confirmed ? "good" : "trying", other, setting("other", "bad"));
	return text;
}

/* One file, written whole and renamed: the boot loader reads the old one or the new one. */
const char *confirm_slot(void)
{
	static char reason[text_max];
	const char *device = setting("boot", NULL);
	char text[text_max];
	if (device == NULL) {
		is_confirmed = true; /* started without a boot loader: there is nothing to go back to */
		return NULL;
	}
	if (mount(device, "/boot", "vfat", MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL) != 0) {
		snprintf(reason, sizeof reason, "%s: %s", device, strerror(errno));
		return reason;
	}
	snprintf(text, sizeof text, "slot=%s\ntries=0\n", running);
	int file = open("/boot/slot.new", O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
	bool is_written = file >= 0 && write(file, text, strlen(text)) == (ssize_t)strlen(text) && fsync(file) == 0;
	if (!is_written || rename("/boot/slot.new", "/boot/slot.txt") != 0)
		snprintf(reason, sizeof reason, "slot.txt: %s", strerror(errno));
	else
		is_confirmed = true;
	if (file >= 0)
		close(file);
	umount("/boot");
	sync();
	return is_confirmed ? NULL : reason;
}
