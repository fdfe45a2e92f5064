/* The socket the firmware speaks to: a greeting in JSON, then `feed` and `confirm` lines, or one `install NAME` line: then the
   connection is the installer's. */
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>
#include "init.h"

enum { client_max = 4 };
struct client {
	int socket; /* -1: free */
	size_t length;
	char line[160]; /* a longer one is none */
};

static int listener = -1;
static const char *data_words;
static struct client clients[client_max];

void open_supervisor(const char *data_state)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX, .sun_path = supervisor_socket };
	for (int at = 0; at < client_max; at++)
		clients[at].socket = -1;
	data_words = data_state;
	listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (bind(listener, (struct sockaddr *)&address, sizeof address) != 0 || listen(listener, client_max) != 0)
		say("%s: %s", supervisor_socket, strerror(errno));
	if (chown(supervisor_socket, firmware_user, firmware_group) != 0)
		say("%s: %s", supervisor_socket, strerror(errno));
}

int supervisor_polls(struct pollfd *polls, int room)
{
	int count = 0;
	polls[count++] = (struct pollfd){ .fd = listener, .events = POLLIN };
	for (int at = 0; at < client_max && count < room; at++)
		if (clients[at].socket >= 0)
			polls[count++] = (struct pollfd){ .fd = clients[at].socket, .events = POLLIN };
	return count;
}

static void greet(void)
{
	char greeting[3 * text_max];
	snprintf(greeting, sizeof greeting, "{\"feedWithinMs\":%d,\"hasWatchdog\":%s,\"data\":\"%s\",\"slots\":%s}\n",
		 feed_limit_ms(), watchdog_ms() == 0 ? "false" : "true", data_words, slots_json());
	int socket = accept4(listener, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
	for (int at = 0; at < client_max; at++) {
		if (clients[at].socket >= 0)
			continue;
		clients[at] = (struct client){ .socket = socket };
		if (write(socket, greeting, strlen(greeting)) < 0)
			say("greeting: %s", strerror(errno));
		return;
	}
	close(socket);
}

static void forget(struct client *client)
{
	close(client->socket);
	client->socket = -1;
}

static void obey(struct client *client)
{
	char answer[2 * text_max] = "confirmed\n";
	if (strcmp(client->line, "feed") == 0) {
		firmware_fed();
	} else if (strcmp(client->line, "confirm") == 0) {
		const char *reason = confirm_slot();
		if (reason != NULL)
			snprintf(answer, sizeof answer, "failed %s\n", reason);
		if (write(client->socket, answer, strlen(answer)) < 0)
			say("answer: %s", strerror(errno));
	} else if (strncmp(client->line, "install ", 8) == 0) {
		if (begin_install(client->socket, client->line + 8))
			forget(client);
	} else {
		say("supervisor: %s: feed, confirm or install belongs", client->line);
	}
}

static void hear(struct client *client)
{
	char chunk[256];
	ssize_t length = read(client->socket, chunk, sizeof chunk);
	if (length <= 0) {
		forget(client);
		return;
	}
	for (ssize_t at = 0; at < length && client->socket >= 0; at++) {
		if (chunk[at] == '\n') {
			client->line[client->length < sizeof client->line ? client->length : 0] = '\0';
			obey(client);
			client->length = 0;
		} else if (client->length < sizeof client->line) {
			client->line[client->length++] = chunk[at];
		}
	}
}

void supervisor_ready(const struct pollfd *polls, int count)
{
	for (int at = 0; at < count; at++) {
		if (polls[at].revents == 0)
			continue;
		if (polls[at].fd == listener)
			greet();
		for (int which = 0; which < client_max; which++)
			if (clients[which].socket == polls[at].fd)
				hear(&clients[which]);
	}
}
