/* Process 1: in the initramfs the early part, in the root file system everything else, for ever. */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include "init.h"

enum { tick_ms = 1000, poll_max = 24 };

static void mount_or_say(const char *what, const char *where, const char *kind, const char *options)
{
	if (mount(what, where, kind, MS_NOSUID | MS_NODEV, options) != 0 && errno != EBUSY)
		say("mount %s: %s", where, strerror(errno));
}

static void prepare(void)
{
	char path[text_max];
	mount_or_say("run", "/run", "tmpfs", "mode=0755,size=64m");
	mount_or_say("tmp", "/tmp", "tmpfs", "mode=1777,size=32m");
	mkdir("/dev/pts", 0755);
	mount_or_say("pts", "/dev/pts", "devpts", "mode=0620");
	mkdir("/dev/shm", 01777);
	mount_or_say("shm", "/dev/shm", "tmpfs", "mode=1777,size=16m");
	mkdir("/run/offhook", 0700);
	if (chown("/run/offhook", firmware_user, firmware_group) != 0)
		say("/run/offhook: %s", strerror(errno));
	snprintf(path, sizeof path, "/etc/offhook/%s.modules", setting("board", "qemu-virt"));
	load_modules(path);
	mount_or_say("config", "/sys/kernel/config", "configfs", NULL);
	run_setup("/etc/offhook/every-board.setup");
	snprintf(path, sizeof path, "/etc/offhook/%s.setup", setting("board", "qemu-virt"));
	run_setup(path);
}

void restart_board(void)
{
	say("the board restarts");
	stop_firmware();
	stop_install();
	umount("/data");
	sync();
	reboot(RB_AUTOBOOT);
	_exit(1);
}

static void children_ended(void)
{
	int status;
	for (pid_t pid; (pid = waitpid(-1, &status, WNOHANG)) > 0;)
		if (!firmware_ended(pid, status) && !install_ended(pid, status) && shell_ended(pid))
			start_shell();
}

static void run_for_ever(int signals)
{
	for (;;) {
		struct pollfd polls[poll_max];
		int count = 0;
		polls[count++] = (struct pollfd){ .fd = signals, .events = POLLIN };
		polls[count++] = (struct pollfd){ .fd = firmware_output(), .events = POLLIN }; /* -1 is skipped */
		int supervisors = supervisor_polls(polls + count, poll_max - count);
		int relays = relay_polls(polls + count + supervisors, poll_max - count - supervisors);
		int64_t wait = firmware_due_ms() < 0 ? tick_ms : firmware_due_ms() - now_ms();
		poll(polls, count + supervisors + relays, wait < 0 ? 0 : wait > tick_ms ? tick_ms : wait);
		if (polls[1].revents != 0)
			read_firmware_output();
		supervisor_ready(polls + count, supervisors);
		relay_ready(polls + count + supervisors, relays);
		struct signalfd_siginfo told;
		while (read(signals, &told, sizeof told) == sizeof told)
			if (told.ssi_signo == SIGINT || told.ssi_signo == SIGTERM)
				restart_board();
		children_ended();
		if (firmware_due_ms() >= 0 && now_ms() >= firmware_due_ms())
			start_firmware();
		if (firmware_is_alive())
			feed_kernel();
	}
}

int main(int count, char *const arguments[])
{
	(void)count;
	if (access("/modules.list", F_OK) == 0)
		run_early(arguments);
	say("root file system verified, version %s", setting("version", "unknown"));
	sigset_t wanted;
	sigemptyset(&wanted);
	sigaddset(&wanted, SIGCHLD);
	sigaddset(&wanted, SIGINT);
	sigaddset(&wanted, SIGTERM);
	sigprocmask(SIG_BLOCK, &wanted, NULL);
	signal(SIGPIPE, SIG_IGN);
	int signals = signalfd(-1, &wanted, SFD_CLOEXEC | SFD_NONBLOCK);
	reboot(RB_DISABLE_CAD);
	prepare();
	begin_slots();
	open_watchdog();
	const char *data = mount_data();
	say("data partition %s", data);
	open_supervisor(data);
	open_relays();
	start_shell();
	start_firmware();
	run_for_ever(signals);
}
