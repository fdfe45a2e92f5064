/* Terminals that are the phone's console: bytes go to and from its socket. A connection is made at the first byte typed and
   made anew when the firmware was; nothing typed is understood here. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <termios.h>
#include <unistd.h>
#include "init.h"

enum { relay_max = 4, request_mark = 0x01 };
struct relay {
	int terminal;
	int socket; /* -1: nobody types */
};

static struct relay relays[relay_max];
static int relay_count;

static void open_relay(const char *name)
{
	char path[text_max];
	struct termios modes;
	snprintf(path, sizeof path, "/dev/%s", name);
	int terminal = open(path, O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
	if (terminal < 0 || relay_count == relay_max) {
		say("console on %s: %s", path, strerror(errno));
		return;
	}
	if (tcgetattr(terminal, &modes) == 0) {
		cfmakeraw(&modes);
		tcsetattr(terminal, TCSANOW, &modes);
	}
	relays[relay_count++] = (struct relay){ .terminal = terminal, .socket = -1 };
}

/* `offhook.consoles=ttyAMA0,hvc1` */
void open_relays(void)
{
	char names[text_max];
	snprintf(names, sizeof names, "%s", setting("consoles", ""));
	for (char *rest = names, *name; (name = strsep(&rest, ",")) != NULL;)
		if (*name != '\0')
			open_relay(name);
}

static int connect_console(void)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX, .sun_path = console_socket };
	int socket_ = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (connect(socket_, (struct sockaddr *)&address, sizeof address) == 0)
		return socket_;
	close(socket_);
	return -1;
}

int relay_polls(struct pollfd *polls, int room)
{
	int count = 0;
	for (int at = 0; at < relay_count && count + 2 <= room; at++) {
		polls[count++] = (struct pollfd){ .fd = relays[at].terminal, .events = POLLIN };
		if (relays[at].socket >= 0)
			polls[count++] = (struct pollfd){ .fd = relays[at].socket, .events = POLLIN };
	}
	return count;
}

/* A terminal may take sixteen bytes at a time: it is given up only when nothing moves. */
static void write_all(int to, const char *bytes, ssize_t length)
{
	for (int64_t end = now_ms() + 2000; length > 0 && now_ms() < end;) {
		ssize_t written = write(to, bytes, length);
		if (written > 0) {
			end = now_ms() + 2000;
			bytes += written;
			length -= written;
		} else if (errno == EAGAIN) {
			struct pollfd wait = { .fd = to, .events = POLLOUT };
			poll(&wait, 1, 50);
		} else {
			return; /* it went away: the next read says so */
		}
	}
}

static void from_terminal(struct relay *relay)
{
	static const char nobody[] = "the firmware is starting; try again in a moment\r\n";
	char chunk[1024];
	ssize_t length = read(relay->terminal, chunk, sizeof chunk);
	if (length <= 0)
		return;
	if (chunk[0] == request_mark && relay->socket >= 0) {
		close(relay->socket); /* a request for one command is a connection of its own */
		relay->socket = -1;
	}
	if (relay->socket < 0)
		relay->socket = connect_console();
	if (relay->socket < 0)
		write_all(relay->terminal, nobody, sizeof nobody - 1);
	else
		write_all(relay->socket, chunk, length);
}

static void from_socket(struct relay *relay)
{
	char chunk[4096];
	ssize_t length = read(relay->socket, chunk, sizeof chunk);
	if (length > 0) {
		write_all(relay->terminal, chunk, length);
	} else if (length == 0 || errno != EAGAIN) { /* EAGAIN: its number was told for a connection that is gone already */
		close(relay->socket);
		relay->socket = -1;
	}
}

void relay_ready(const struct pollfd *polls, int count)
{
	for (int at = 0; at < count; at++)
		for (int which = 0; polls[at].revents != 0 && which < relay_count; which++) {
			if (polls[at].fd == relays[which].terminal && (polls[at].revents & POLLIN) != 0)
				from_terminal(&relays[which]);
			else if (polls[at].fd == relays[which].socket)
				from_socket(&relays[which]);
		}
}
