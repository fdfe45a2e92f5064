/* A dm-verity device by the device mapper's ioctls: Documentation/admin-guide/device-mapper/verity.rst, version 1. */
#include <errno.h>
#include <fcntl.h>
#include <linux/dm-ioctl.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>
#include "init.h"

enum { block_bytes = 4096, sector_bytes = 512 };
#define mapped "/dev/offhook-root"

struct request {
	struct dm_ioctl head;
	struct dm_target_spec target;
	char parameters[1024];
};

static void begin(struct request *request, uint32_t flags)
{
	memset(request, 0, sizeof *request);
	request->head.version[0] = DM_VERSION_MAJOR;
	request->head.data_size = sizeof *request;
	request->head.data_start = offsetof(struct request, target);
	request->head.flags = flags;
	snprintf(request->head.name, sizeof request->head.name, "offhook-root");
}

const char *open_verity(const char *device, const char *root_hash, const char *salt, uint64_t data_bytes)
{
	struct request request;
	int control = open("/dev/mapper/control", O_RDWR | O_CLOEXEC);
	if (control < 0) {
		say("device mapper: %s", strerror(errno));
		return NULL;
	}
	uint64_t blocks = data_bytes / block_bytes;
	begin(&request, 0);
	if (ioctl(control, DM_DEV_CREATE, &request) != 0)
		goto failed;
	uint64_t number = request.head.dev;
	begin(&request, DM_READONLY_FLAG);
	request.head.target_count = 1;
	request.target.length = blocks * (block_bytes / sector_bytes);
	snprintf(request.target.target_type, sizeof request.target.target_type, "verity");
	/* the hash tree begins one block after the data: that block is veritysetup's header */
	snprintf(request.parameters, sizeof request.parameters, "1 %s %s %d %d %llu %llu sha256 %s %s 1 restart_on_corruption",
		 device, device, block_bytes, block_bytes, (unsigned long long)blocks,
		 (unsigned long long)blocks + 1, root_hash, salt);
	request.target.next = sizeof request - offsetof(struct request, target);
	if (ioctl(control, DM_TABLE_LOAD, &request) != 0)
		goto failed;
	begin(&request, 0);
	if (ioctl(control, DM_DEV_SUSPEND, &request) != 0) /* without its flag: resume */
		goto failed;
	close(control);
	unlink(mapped);
	if (mknod(mapped, S_IFBLK | 0400, makedev(major(number), minor(number))) != 0 && errno != EEXIST)
		say("%s: %s", mapped, strerror(errno));
	return mapped;
failed:
	say("verity of %s: %s", device, strerror(errno));
	close(control);
	return NULL;
}
