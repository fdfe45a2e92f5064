/* Writing the slot that does not run. The order is what matters: slot.txt takes the old content of that slot out of use
   before the first byte of it is changed, and names the new one after the last byte was read back. Whenever the power
   goes, slot.txt names a slot that is whole. */
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>
#include "update.h"

/* Starts that a slot on trial has. */
enum { trial_tries = 3 };

/* Each file of a slot's folder on the boot partition; the root has a partition. */
static const char *const file_names[part_count] = { "vmlinuz", "initramfs", NULL, "settings.txt" };

static struct manifest manifest;
static uint64_t done_bytes, all_bytes;
static int told_percent;
static bool is_emptied;
static void (*listener)(int percent);

const char *because(const char *format, ...)
{
	static char reason[text_max];
	va_list list;
	va_start(list, format);
	vsnprintf(reason, sizeof reason, format, list);
	va_end(list);
	return reason;
}

static void count(size_t bytes)
{
	done_bytes += bytes;
	int percent = done_bytes * 100 / all_bytes;
	if (percent != told_percent)
		listener(told_percent = percent);
}

static bool name_path(char path[text_max], const char *boot, const char *name, const char *ending)
{
	return snprintf(path, text_max, "%s/%c/%s%s", boot, other_slot(), name, ending) < text_max;
}

/* The partition beside that of the running root: 2 is slot A's, 3 slot B's. */
static const char *find_partition(char path[text_max])
{
	const char *own = running_slot() == 'A' ? "2" : "3", *other = running_slot() == 'A' ? "3" : "2";
	const char *root = setting("root", "");
	size_t length = strlen(root);
	if (length == 0 || length >= text_max || strcmp(root + length - 1, own) != 0)
		return because("io offhook.root is %s: a partition %s belongs, slot %c runs", root, own, running_slot());
	memcpy(path, root, length + 1);
	path[length - 1] = other[0];
	return NULL;
}

/* Room on the boot partition once the files that the slot has now are gone. */
static const char *check_room(const char *boot, const char *partition)
{
	struct statvfs system;
	struct stat state;
	char path[text_max];
	const struct part *root = &manifest.parts[root_part];
	int file = open(partition, O_RDONLY | O_CLOEXEC);
	off_t size = file < 0 ? -1 : lseek(file, 0, SEEK_END);
	if (file >= 0)
		close(file);
	if (size < 0 || statvfs(boot, &system) != 0)
		return because("io %s: %s", size < 0 ? partition : boot, strerror(errno));
	if (root->bytes > (uint64_t)size)
		return because("io the image is too large: its root has %llu bytes, slot %c holds %llu",
			       (unsigned long long)root->bytes, other_slot(), (unsigned long long)size);
	uint64_t free_bytes = (uint64_t)system.f_bavail * system.f_frsize, needed = 0;
	for (int at = 0; at < part_count; at++) {
		if (file_names[at] == NULL)
			continue;
		needed += manifest.parts[at].bytes;
		if (name_path(path, boot, file_names[at], "") && stat(path, &state) == 0)
			free_bytes += state.st_size;
	}
	return needed <= free_bytes ? NULL :
				      because("io the image is too large: its kernel needs %llu bytes, the boot partition has %llu",
					      (unsigned long long)needed, (unsigned long long)free_bytes);
}

/* From here on the old content is gone. */
static const char *empty_slot(const char *boot)
{
	char path[text_max];
	const char *problem = write_slot_file(boot, running_slot(), 0, "bad");
	if (problem != NULL)
		return problem;
	is_emptied = true;
	listener(told_percent = 0);
	if (name_path(path, boot, "", "") && mkdir(path, 0700) != 0 && errno != EEXIST)
		return because("io %s: %s", path, strerror(errno));
	for (int at = 0; at < part_count; at++)
		for (int which = 0; file_names[at] != NULL && which < 2; which++)
			if (name_path(path, boot, file_names[at], which == 0 ? "" : ".new") && unlink(path) != 0 && errno != ENOENT)
				return because("io %s: %s", path, strerror(errno));
	return NULL;
}

static const char *take_parts(int from, const char *boot, const char *partition)
{
	char path[text_max], last[text_max];
	for (int at = 0; at < part_count; at++) {
		bool is_partition = file_names[at] == NULL;
		if (!is_partition && !name_path(path, boot, file_names[at], ".new"))
			return because("io %s: too long", boot);
		const char *problem = write_part(&manifest.parts[at], from, is_partition ? partition : path, is_partition, count);
		if (problem != NULL)
			return problem;
	}
	ssize_t got;
	while ((got = read(from, path, 1)) < 0 && errno == EINTR)
		;
	if (got != 0)
		return because("denied the bundle goes on after its last part");
	for (int at = 0; at < part_count; at++)
		if (file_names[at] != NULL && name_path(path, boot, file_names[at], ".new") &&
		    name_path(last, boot, file_names[at], "") && rename(path, last) != 0)
			return because("io %s: %s", last, strerror(errno));
	return NULL;
}

static const char *check_manifest(const char *name)
{
	const char *board = setting("board", "qemu-virt");
	if (!is_for_board(&manifest, board))
		return because("denied the image is for %.200s, this is %s", manifest.boards, board);
	if (strcmp(manifest.name, name) != 0)
		return because("denied the image calls itself %.128s, %.128s was wanted", manifest.name, name);
	all_bytes = done_bytes = 0;
	for (int at = 0; at < part_count; at++)
		all_bytes += 2 * manifest.parts[at].bytes; /* written, and read back */
	return NULL;
}

bool is_slot_emptied(void)
{
	return is_emptied;
}

const char *write_slot(int from, const char *name, void (*tell)(int percent))
{
	char partition[text_max];
	listener = tell;
	told_percent = -1;
	if (is_on_trial())
		return because("busy slot %c is on trial: until it is confirmed, slot %c is what the phone goes back to", running_slot(),
			       other_slot());
	const char *problem = find_partition(partition);
	const char *boot = problem == NULL ? mount_boot(&problem) : NULL;
	if (boot == NULL)
		return problem;
	tell(-1);
	problem = read_manifest(&manifest, from);
	if (problem == NULL)
		problem = check_manifest(name);
	if (problem == NULL)
		problem = check_room(boot, partition);
	if (problem == NULL)
		problem = empty_slot(boot);
	if (problem == NULL)
		problem = take_parts(from, boot, partition);
	return problem == NULL ? write_slot_file(boot, other_slot(), trial_tries, "good") : problem;
}
