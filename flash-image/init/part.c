/* One part of an update: written while it comes, compared with its hash, read back from the medium and compared again. */
#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <string.h>
#include <unistd.h>
#include "update.h"

enum { chunk_bytes = 65536, sync_every_bytes = 4 << 20 };
static unsigned char chunk[chunk_bytes];

/* So many bytes, fewer at the end of the file, or -1. */
static ssize_t read_fully(int from, unsigned char *bytes, size_t wanted)
{
	size_t length = 0;
	while (length < wanted) {
		ssize_t got = read(from, bytes + length, wanted - length);
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return -1;
		if (got == 0)
			break;
		length += got;
	}
	return length;
}

static bool write_fully(int to, const unsigned char *bytes, size_t length)
{
	for (size_t at = 0; at < length;) {
		ssize_t put = write(to, bytes + at, length - at);
		if (put < 0 && errno == EINTR)
			continue;
		if (put <= 0)
			return false;
		at += put;
	}
	return true;
}

static size_t next_chunk(const struct part *part, uint64_t done)
{
	return part->bytes - done < chunk_bytes ? part->bytes - done : chunk_bytes;
}

static bool is_hash(crypto_hash_sha256_state *state, const struct part *part)
{
	unsigned char hash[hash_bytes];
	crypto_hash_sha256_final(state, hash);
	return memcmp(hash, part->hash, sizeof hash) == 0;
}

static const char *copy_in(const struct part *part, int from, int to, void (*done)(size_t bytes))
{
	crypto_hash_sha256_state state;
	crypto_hash_sha256_init(&state);
	for (uint64_t at = 0; at < part->bytes;) {
		size_t wanted = next_chunk(part, at);
		ssize_t got = read_fully(from, chunk, wanted);
		if (got < 0)
			return because("io the bundle: %s", errno == EAGAIN ? "nothing came for too long" : strerror(errno));
		if ((size_t)got < wanted)
			return because("denied the bundle is cut short: %llu bytes of the %s came, %llu belong",
				       (unsigned long long)at + got, part->name, (unsigned long long)part->bytes);
		if (!write_fully(to, chunk, got))
			return because("io writing the %s: %s", part->name, strerror(errno));
		crypto_hash_sha256_update(&state, chunk, got);
		uint64_t before = at / sync_every_bytes;
		at += got;
		if (at / sync_every_bytes != before && fdatasync(to) != 0) /* else much waits in memory */
			return because("io writing the %s: %s", part->name, strerror(errno));
		done(got);
	}
	if (fsync(to) != 0)
		return because("io writing the %s: %s", part->name, strerror(errno));
	return is_hash(&state, part) ? NULL : because("denied the %s is not what the manifest says", part->name);
}

static const char *read_back(const struct part *part, int file, void (*done)(size_t bytes))
{
	crypto_hash_sha256_state state;
	crypto_hash_sha256_init(&state);
	posix_fadvise(file, 0, 0, POSIX_FADV_DONTNEED); /* from the medium, not from memory */
	if (lseek(file, 0, SEEK_SET) != 0)
		return because("io reading the %s back: %s", part->name, strerror(errno));
	for (uint64_t at = 0; at < part->bytes;) {
		size_t wanted = next_chunk(part, at);
		ssize_t got = read_fully(file, chunk, wanted);
		if (got != (ssize_t)wanted)
			return because("io reading the %s back: %s", part->name, got < 0 ? strerror(errno) : "it ends too early");
		crypto_hash_sha256_update(&state, chunk, got);
		at += got;
		done(got);
	}
	return is_hash(&state, part) ? NULL : because("io the %s read back is not what was written", part->name);
}

const char *write_part(const struct part *part, int from, const char *path, bool is_partition, void (*done)(size_t bytes))
{
	/* O_EXCL on a partition: one that is mounted or mapped, as the running root is, is not opened */
	int flags = is_partition ? O_RDWR | O_EXCL | O_CLOEXEC : O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC;
	int file = open(path, flags, 0600);
	if (file < 0)
		return because("io %s: %s", path, strerror(errno));
	const char *problem = copy_in(part, from, file, done);
	if (problem == NULL)
		problem = read_back(part, file, done);
	close(file);
	return problem;
}
