/* In the initramfs: the modules of the disk, the verified root file system, then its init takes over. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>
#include "init.h"

/* A block device appears when its driver has found it. */
static void wait_for(const char *device)
{
	struct stat state;
	for (int64_t end = now_ms() + device_wait_ms; stat(device, &state) != 0; usleep(look_again_us))
		if (now_ms() > end)
			give_up("%s did not appear in %d ms", device, device_wait_ms);
}

void run_early(char *const arguments[])
{
	mount("dev", "/dev", "devtmpfs", MS_NOSUID, "mode=0755");
	mount("proc", "/proc", "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL);
	mount("sys", "/sys", "sysfs", MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL);
	load_modules("/modules.list");
	const char *device = setting("root", "/dev/vda2");
	const char *root_hash = setting("roothash", NULL);
	wait_for(device);
	if (root_hash == NULL)
		give_up("offhook.roothash is missing: an unverified root is not started");
	const char *root =
		open_verity(device, root_hash, setting("salt", "-"), strtoull(setting("rootbytes", "0"), NULL, 10));
	if (root == NULL)
		give_up("no verified root on %s", device);
	if (mount(root, "/root", "squashfs", MS_RDONLY, NULL) != 0)
		give_up("root file system on %s: %s", device, strerror(errno));
	mount("/dev", "/root/dev", NULL, MS_MOVE, NULL);
	mount("/proc", "/root/proc", NULL, MS_MOVE, NULL);
	mount("/sys", "/root/sys", NULL, MS_MOVE, NULL);
	if (chdir("/root") != 0 || mount(".", "/", NULL, MS_MOVE, NULL) != 0 || chroot(".") != 0 || chdir("/") != 0)
		give_up("changing to the root file system: %s", strerror(errno));
	execv("/sbin/init", arguments);
	give_up("/sbin/init: %s", strerror(errno));
}
