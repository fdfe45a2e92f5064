/* The two image slots, and slot.txt on the boot partition: which one the boot loader starts. flash-image/README.md has the
   file's lines. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>
#include "update.h"

#define mount_point "/boot"

static bool is_confirmed;
static bool is_mounted;
/* Of the slot that does not run. */
static char other_state[16];
static char other_version[text_max / 4];

char running_slot(void)
{
	return setting("slot", "A")[0] == 'B' ? 'B' : 'A';
}

char other_slot(void)
{
	return running_slot() == 'A' ? 'B' : 'A';
}

bool is_on_trial(void)
{
	return !is_confirmed;
}

/* As the other slot's settings.txt has it; nobody has verified that: it is for telling, never for deciding what runs. */
static void read_other_version(const char *boot)
{
	char path[text_max], text[4 * text_max], *version;
	snprintf(path, sizeof path, "%s/%c/settings.txt", boot, other_slot());
	int file = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t length = file < 0 ? -1 : read(file, text, sizeof text - 1);
	if (file >= 0)
		close(file);
	text[length < 0 ? 0 : length] = '\0';
	if ((version = strstr(text, "offhook.version=")) == NULL)
		return;
	version += strlen("offhook.version=");
	version[strspn(version, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._+-")] = '\0'; /* it goes into JSON */
	snprintf(other_version, sizeof other_version, "%.*s", (int)sizeof other_version - 1, version);
}

void begin_slots(void)
{
	const char *problem;
	is_confirmed = strcmp(setting("confirmed", "1"), "1") == 0;
	snprintf(other_state, sizeof other_state, "%s", setting("other", "bad"));
	if (strcmp(other_state, "bad") == 0 || setting("boot", NULL) == NULL)
		return;
	const char *boot = mount_boot(&problem);
	if (boot == NULL)
		say("slot %c: %s", other_slot(), problem);
	else
		read_other_version(boot);
	unmount_boot();
}

void slot_written(const char *version)
{
	snprintf(other_state, sizeof other_state, "%s", version == NULL ? "bad" : "trying");
	snprintf(other_version, sizeof other_version, "%s", version == NULL ? "" : version);
}

const char *slots_json(void)
{
	static char text[text_max];
	char version[text_max / 4 + 16] = "";
	if (other_version[0] != '\0')
		snprintf(version, sizeof version, "\"version\":\"%s\",", other_version);
	snprintf(text, sizeof text,
		 "[{\"name\":\"%c\",\"version\":\"%s\",\"state\":\"%s\",\"isRunning\":true},"
		 "{\"name\":\"%c\",%s\"state\":\"%s\",\"isRunning\":false}]",
		 running_slot(), setting("version", ""), is_confirmed ? "good" : "trying", other_slot(), version, other_state);
	return text;
}

const char *mount_boot(const char **problem)
{
	struct stat state;
	const char *device = setting("boot", NULL);
	if (device == NULL)
		*problem = because("unsupported the phone was started without a boot partition");
	else if (stat(device, &state) == 0 && S_ISDIR(state.st_mode))
		return device;
	else if (mount(device, mount_point, "vfat", MS_NOSUID | MS_NODEV | MS_NOEXEC, "errors=remount-ro") != 0)
		*problem = because("io %s: %s", device, strerror(errno));
	else
		return is_mounted = true, mount_point;
	return NULL;
}

void unmount_boot(void)
{
	if (is_mounted)
		umount(mount_point);
	is_mounted = false;
}

/* Written whole and renamed: the boot loader reads the old one or the new one. */
const char *write_slot_file(const char *boot, char slot, int tries, const char *other)
{
	char text[text_max], fresh[text_max], path[text_max];
	snprintf(text, sizeof text, "slot=%c\ntries=%d\ntrial=%d\nother=%s\n", slot, tries, tries > 0, other);
	snprintf(fresh, sizeof fresh, "%s/slot.new", boot);
	snprintf(path, sizeof path, "%s/slot.txt", boot);
	int file = open(fresh, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
	if (file < 0)
		return because("io slot.txt: %s", strerror(errno));
	/* everything of the file system: the parts, and their names, are there before slot.txt says so */
	bool is_written = write(file, text, strlen(text)) == (ssize_t)strlen(text) && fsync(file) == 0 && syncfs(file) == 0 &&
			  rename(fresh, path) == 0 && fsync(file) == 0 && syncfs(file) == 0;
	const char *problem = is_written ? NULL : because("io slot.txt: %s", strerror(errno));
	close(file);
	return problem;
}

const char *confirm_slot(void)
{
	const char *problem = NULL;
	if (is_confirmed)
		return NULL; /* and slot.txt may name the other slot by now */
	if (setting("boot", NULL) == NULL) {
		is_confirmed = true; /* started without a boot loader: there is nothing to go back to */
		return NULL;
	}
	const char *boot = mount_boot(&problem);
	if (boot == NULL)
		return problem;
	problem = write_slot_file(boot, running_slot(), 0, other_state);
	unmount_boot();
	is_confirmed = problem == NULL;
	return problem;
}
