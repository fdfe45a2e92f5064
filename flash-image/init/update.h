/* An update on its way into the slot that does not run: what manifest.c, part.c, write-slot.c and slots.c share. They need
   nothing of process 1, so that a test runs them on files (test/qemu/slots.test.ts). */
#ifndef OFFHOOK_UPDATE_H
#define OFFHOOK_UPDATE_H
#include "init.h"

/* The public half of the key that images are signed with, 64 hexadecimal digits; in the verified root. */
#ifndef image_key_path
#define image_key_path "/etc/offhook/image-key"
#endif

/* A manifest is no longer, with its signature; a part is no larger: what the manifest says is compared with the room. */
enum { manifest_max = 2048, part_count = 4, hash_bytes = 32 };
#define part_bytes_max (UINT64_C(1) << 40)
enum part_kind { kernel_part, initramfs_part, root_part, settings_part };

struct part {
	const char *name;
	uint64_t bytes;
	unsigned char hash[hash_bytes];
};

/* Strings point into `text`. */
struct manifest {
	char text[manifest_max + 1];
	const char *name, *version, *boards;
	struct part parts[part_count]; /* in the order they come */
};

/* `CODE SENTENCE`, code as in HalErrorCode of hal/contract/errors.ts; in memory of its own until the next one. */
const char *because(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* manifest.c: reads it, up to the first byte of the first part, and verifies it; NULL, or why not. */
const char *read_manifest(struct manifest *manifest, int from);
bool is_for_board(const struct manifest *manifest, const char *board);

/* part.c: from the bundle to a file or a partition, compared with its hash, and once more as it is read back. */
const char *write_part(const struct part *part, int from, const char *path, bool is_partition, void (*done)(size_t bytes));

/* slots.c */
char running_slot(void);
char other_slot(void);
/* True while the slot that runs is on trial. */
bool is_on_trial(void);
/* The folder of the boot partition, mounted at /boot unless `offhook.boot` is a folder itself; NULL with `because`. */
const char *mount_boot(const char **problem);
void unmount_boot(void);
/* slot.txt, whole: the slot to start, and the state of the other one. `tries` 0: confirmed. NULL, or why not. */
const char *write_slot_file(const char *boot, char slot, int tries, const char *other);

/* write-slot.c: reads a bundle and writes the slot that does not run; NULL when it is tried at the next start, or why not:
   then the next start is that of the slot that runs. `tell` hears -1 when the bundle may come, percents from when the old
   content of the slot is gone. */
const char *write_slot(int from, const char *name, void (*tell)(int percent));
/* True once the old content of that slot is out of use. */
bool is_slot_emptied(void);
#endif
