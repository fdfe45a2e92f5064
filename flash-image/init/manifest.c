/* What an update says of itself: a few lines of text, signed (flash-image/README.md has the format). They are read into
   memory of a fixed size, and nothing of them is believed before the signature holds. */
#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "update.h"

static const char first_line[] = "offhook-image 1\n";
static const char signature_word[] = "signature ";
static const char *const part_names[part_count] = { "kernel", "initramfs", "root", "settings" };

/* Exactly so many bytes from hexadecimal digits; false for anything else. */
static bool from_hex(unsigned char *bytes, size_t count, const char *text, size_t length)
{
	size_t made;
	return length == 2 * count && sodium_hex2bin(bytes, count, text, length, NULL, &made, NULL) == 0 && made == count;
}

static bool read_key(unsigned char key[crypto_sign_ed25519_PUBLICKEYBYTES])
{
	char text[2 * crypto_sign_ed25519_PUBLICKEYBYTES];
	int file = open(image_key_path, O_RDONLY | O_CLOEXEC);
	ssize_t length = file < 0 ? -1 : read(file, text, sizeof text);
	if (file >= 0)
		close(file);
	return length == (ssize_t)sizeof text && from_hex(key, crypto_sign_ed25519_PUBLICKEYBYTES, text, sizeof text);
}

/* Reads up to the end of the signature's line, one byte after the other: what follows belongs to the parts. */
static const char *read_text(int from, char text[manifest_max + 1], size_t *length, size_t *signed_length)
{
	size_t line = 0;
	for (*length = 0; *length < manifest_max;) {
		ssize_t got = read(from, text + *length, 1);
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return because("io the bundle: %s", errno == EAGAIN ? "nothing came for too long" : strerror(errno));
		if (got == 0)
			return because("denied is no bundle: it ends after %zu bytes, inside its manifest", *length);
		if (*length < sizeof first_line - 1 && text[*length] != first_line[*length])
			return because("denied is no bundle: \"offhook-image 1\" belongs at its beginning");
		if (text[(*length)++] != '\n')
			continue;
		if (strncmp(text + line, signature_word, sizeof signature_word - 1) == 0) {
			*signed_length = line;
			text[*length] = '\0';
			return NULL;
		}
		line = *length;
	}
	return because("denied is no bundle: no signature in its first %d bytes", manifest_max);
}

/* The value of the line that begins with this word, as a string; the text goes on behind it. */
static char *take_line(char **text, const char *word)
{
	size_t length = strlen(word);
	char *value = *text + length + 1;
	char *end = strchr(*text, '\n');
	if (end == NULL || strncmp(*text, word, length) != 0 || (*text)[length] != ' ' || end < value)
		return NULL;
	*end = '\0';
	*text = end + 1;
	return value;
}

static bool take_part(char **text, struct part *part)
{
	char *value = take_line(text, part->name);
	char *hash;
	if (value == NULL || value[0] < '0' || value[0] > '9') /* strtoull takes signs and blanks */
		return false;
	errno = 0;
	part->bytes = strtoull(value, &hash, 10);
	return errno == 0 && part->bytes > 0 && part->bytes <= part_bytes_max && *hash == ' ' &&
	       from_hex(part->hash, sizeof part->hash, hash + 1, strlen(hash + 1));
}

static const char *parse(struct manifest *manifest, char *text)
{
	text += sizeof first_line - 1;
	manifest->name = take_line(&text, "name");
	manifest->version = manifest->name == NULL ? NULL : take_line(&text, "version");
	manifest->boards = manifest->version == NULL ? NULL : take_line(&text, "boards");
	if (manifest->boards == NULL)
		return because("denied the manifest: name, version and boards belong after its first line");
	for (int at = 0; at < part_count; at++) {
		manifest->parts[at].name = part_names[at];
		if (!take_part(&text, &manifest->parts[at]))
			return because("denied the manifest: a line \"%s BYTES SHA-256\" belongs", part_names[at]);
	}
	return *text == '\0' ? NULL : because("denied the manifest: nothing belongs between settings and signature");
}

const char *read_manifest(struct manifest *manifest, int from)
{
	unsigned char key[crypto_sign_ed25519_PUBLICKEYBYTES], signature[crypto_sign_ed25519_BYTES];
	size_t length = 0, signed_length = 0;
	if (sodium_init() < 0 || !read_key(key))
		return because("io %s: a public key belongs there", image_key_path);
	const char *problem = read_text(from, manifest->text, &length, &signed_length);
	if (problem != NULL)
		return problem;
	size_t hex = signed_length + sizeof signature_word - 1;
	if (!from_hex(signature, sizeof signature, manifest->text + hex, length - 1 - hex) ||
	    crypto_sign_ed25519_verify_detached(signature, (unsigned char *)manifest->text, signed_length, key) != 0)
		return because("denied the signature does not hold");
	manifest->text[signed_length] = '\0';
	return parse(manifest, manifest->text);
}

bool is_for_board(const struct manifest *manifest, const char *board)
{
	size_t length = strlen(board);
	for (const char *at = manifest->boards; at != NULL; at = strchr(at, ' ')) {
		at += strspn(at, " ");
		if (length > 0 && strncmp(at, board, length) == 0 && (at[length] == ' ' || at[length] == '\0'))
			return true;
	}
	return false;
}
