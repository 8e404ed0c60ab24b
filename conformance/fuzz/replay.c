/* SPDX-License-Identifier: MIT */
/*
 * A main for targets without a fuzzer, for any compiler: every file named, or in a folder named,
 * and then changes to them for some seconds. The same changes every time, as far as time lets.
 *
 *     fuzz_NAME [--seconds N] [--seed N] FILE|FOLDER...
 *
 * Status 1 when none of the files is a good input (the target would then see nothing but
 * refusals). An input that kills the process is left in `crash-TARGET`.
 */
#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#include "fuzz.h"

#define SIZE_MOST (1u << 20)
#define HANGS     60  /* seconds of CPU for one input; under a sanitizer */
#define SLEEPS    900 /* seconds of the clock, where it waits for something */

struct input {
	uint8_t *bytes;
	size_t size;
};

static struct input *inputs, now;
static size_t count;
static char crash[256];

/* Only what may be called in a handler of signals. */
static void on_death(int number)
{
	int file = open(crash, O_WRONLY | O_CREAT | O_TRUNC, 0666);

	if (file >= 0 && write(file, now.bytes, now.size) == (ssize_t)now.size)
		close(file);
	signal(number, SIG_DFL);
	raise(number);
}

static void run(uint8_t *bytes, size_t size)
{
	const struct itimerval on = {.it_value = {HANGS, 0}}, off = {.it_value = {0, 0}};

	now = (struct input){bytes, size};
	setitimer(ITIMER_PROF, &on, NULL);
	alarm(SLEEPS);
	LLVMFuzzerTestOneInput(bytes, size);
	alarm(0);
	setitimer(ITIMER_PROF, &off, NULL);
}

static void add_file(const char *path, const struct stat *info)
{
	FILE *file = fopen(path, "rb");
	struct input input = {malloc(SIZE_MOST), 0};

	inputs = realloc(inputs, (count + 1) * sizeof *inputs);
	if (!file || !input.bytes || !inputs || info->st_size > (off_t)SIZE_MOST) {
		fprintf(stderr, "%s: cannot be read\n", path);
		exit(2);
	}
	input.size = fread(input.bytes, 1, SIZE_MOST, file);
	fclose(file);
	inputs[count++] = input;
}

static void add(const char *path)
{
	struct stat info;
	struct dirent **entry;
	int entries;

	if (stat(path, &info)) {
		fprintf(stderr, "%s: not there\n", path);
		exit(2);
	}
	if (!S_ISDIR(info.st_mode)) {
		add_file(path, &info);
		return;
	}
	entries = scandir(path, &entry, NULL, alphasort);
	for (int i = 0; i < entries; i++) {
		char name[1024];

		snprintf(name, sizeof name, "%s/%s", path, entry[i]->d_name);
		if (entry[i]->d_name[0] != '.')
			add(name);
		free(entry[i]);
	}
	free(entry);
}

/* Some bytes changed, moved, left out or put in, in a copy; the new size. */
static size_t change(uint8_t *bytes, size_t size, uint64_t *seed)
{
	static const uint64_t wild[] = {0,      1,         0x7f,       0xff,
	                                0xffff, INT32_MAX, UINT32_MAX, UINT64_MAX};

	for (uint64_t times = fuzz_random(seed) % 6 + 1; times && size; times--) {
		const size_t at = fuzz_random(seed) % size, from = fuzz_random(seed) % size;
		size_t length = fuzz_random(seed) % 32 + 1;

		if (length > size - at)
			length = size - at;
		if (length > size - from)
			length = size - from;
		switch (fuzz_random(seed) % 6) {
		case 0:
			bytes[at] ^= (uint8_t)(1u << fuzz_random(seed) % 8);
			break;
		case 1:
			bytes[at] = (uint8_t)fuzz_random(seed);
			break;
		case 2:
			memcpy(bytes + at, &wild[fuzz_random(seed) % 8], length < 8 ? length : 8);
			break;
		case 3:
			memmove(bytes + at, bytes + from, length);
			break;
		case 4:
			memmove(bytes + at, bytes + at + length, size - at - length);
			size -= length;
			break;
		default:
			if (size + length > SIZE_MOST)
				break;
			memmove(bytes + at + length, bytes + at, size - at);
			size += length;
			break;
		}
	}
	return size;
}

static unsigned long mutate(double seconds, uint64_t seed)
{
	uint8_t *bytes = malloc(SIZE_MOST);
	struct timespec begin, end;
	unsigned long runs = 0;

	clock_gettime(CLOCK_MONOTONIC, &begin);
	for (end = begin; bytes && count; runs++) {
		const struct input *input = &inputs[fuzz_random(&seed) % count];

		clock_gettime(CLOCK_MONOTONIC, &end);
		if ((double)(end.tv_sec - begin.tv_sec) +
		            (double)(end.tv_nsec - begin.tv_nsec) / 1e9 >=
		    seconds)
			break;
		memcpy(bytes, input->bytes, input->size);
		run(bytes, change(bytes, input->size, &seed));
	}
	free(bytes);
	return runs;
}

int main(int argc, char **argv)
{
	const int deaths[] = {SIGABRT, SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGALRM, SIGPROF};
	const char *slash = strrchr(argv[0], '/');
	double seconds = 0;
	uint64_t seed = 1;
	unsigned long good, runs;

	if (LLVMFuzzerInitialize)
		LLVMFuzzerInitialize(&argc, &argv);
	snprintf(crash, sizeof crash, "crash-%s", slash ? slash + 1 : argv[0]);
	for (size_t i = 0; i < sizeof deaths / sizeof *deaths; i++)
		signal(deaths[i], on_death);
	for (int i = 1; i < argc; i++) {
		if (!strcmp(argv[i], "--seconds") && i + 1 < argc)
			seconds = strtod(argv[++i], NULL);
		else if (!strcmp(argv[i], "--seed") && i + 1 < argc)
			seed = strtoull(argv[++i], NULL, 0) | 1;
		else
			add(argv[i]);
	}
	for (size_t i = 0; i < count; i++)
		run(inputs[i].bytes, inputs[i].size);
	good = fuzz_taken;
	runs = mutate(seconds, seed);
	printf("%zu inputs, %lu of them good; %lu changed ones, %lu of them good\n", count, good,
	       runs, fuzz_taken - good);
	for (size_t i = 0; i < count; i++)
		free(inputs[i].bytes);
	free(inputs);
	return count && !good;
}
