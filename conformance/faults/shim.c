/* SPDX-License-Identifier: MIT */
/*
 * Preloaded by the driver: counts the allocations that hvcheck and its libraries make, fails one,
 * or all from one on, counts what is never freed, and spoils what is new or freed, so that a use of
 * it shows. The engine is left out: it ends the process when an allocation fails, by design of
 * glib, and what hvcheck makes of that is another trial.
 */
#include <errno.h>
#include <execinfo.h>
#include <fcntl.h>
#include <link.h>
#include <malloc.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "faults.h"

#define RANGES 64u
#define LIVE   (UINT32_C(1) << 18)
#define DEPTH  24
#define POISON 0xa5

/* NOLINTBEGIN: the C library's own names, and the functions that stand in for its. */
void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *old, size_t size);
void __libc_free(void *old);

static struct faults *faults;
static pid_t first;
static bool busy; /* within backtrace */
static uintptr_t live[LIVE];
static struct range {
	uintptr_t low, high;
	enum kind {
		SPARED,  /* what it asks for is not counted */
		BETWEEN, /* asks for others: whoever called it counts */
		LOSES,   /* counted; it does not free what it has when it fails */
	} kind;
} ranges[RANGES];
static unsigned known;

static const struct {
	const char *name;
	enum kind kind;
} libraries[] = {{"libunicorn", SPARED}, {"libglib", SPARED},  {"ld-linux", SPARED},
                 {"libfaults", BETWEEN}, {"libc.so", BETWEEN}, {"libsmartcols", LOSES},
                 {"libseccomp", LOSES},  {"libz3", LOSES}};

static int learn(struct dl_phdr_info *info, size_t size, void *ctx)
{
	(void)size;
	(void)ctx;
	for (size_t i = 0; i < sizeof libraries / sizeof *libraries; i++)
		for (unsigned p = 0;
		     strstr(info->dlpi_name, libraries[i].name) && p < info->dlpi_phnum; p++) {
			const ElfW(Phdr) *segment = &info->dlpi_phdr[p];
			uintptr_t low = info->dlpi_addr + segment->p_vaddr;

			if (segment->p_type == PT_LOAD && segment->p_flags & PF_X && known < RANGES)
				ranges[known++] = (struct range){low, low + segment->p_memsz,
				                                 libraries[i].kind};
		}
	return 0;
}

static const struct range *range_of(const void *address)
{
	for (unsigned i = 0; i < known; i++)
		if ((uintptr_t)address - ranges[i].low < ranges[i].high - ranges[i].low)
			return &ranges[i];
	return NULL;
}

/* Who asks? NULL: nobody of the above. */
static const struct range *asker(const void *caller)
{
	const struct range *range = range_of(caller);
	void *frame[DEPTH];
	int depth;

	if (!range || range->kind != BETWEEN)
		return range;
	busy = true;
	depth = backtrace(frame, DEPTH);
	busy = false;
	for (int i = 0; i < depth; i++) {
		range = range_of(frame[i]);
		if (!range || range->kind != BETWEEN)
			return range;
	}
	return NULL;
}

/* Constructors of the program's libraries have been called. */
__attribute__((constructor)) static void begin(void)
{
	const char *path = getenv("HVC_FAULTS");
	int fd = path ? open(path, O_RDWR | O_CLOEXEC) : -1;
	void *map, *frame;

	if (fd < 0)
		return;
	dl_iterate_phdr(learn, NULL);
	backtrace(&frame, 1); /* loads what it needs */
	map = mmap(NULL, sizeof *faults, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	close(fd);
	if (map == MAP_FAILED)
		_exit(99);
	first = getpid();
	close(FAULTS_BEGIN);
	faults = map;
}

static void count_live(void)
{
	for (unsigned i = 0; i < LIVE; i++)
		faults->live += live[i] != 0;
	faults = NULL;
}

/* The process that was started, and the one that it has do the work. */
__attribute__((destructor)) static void end(void)
{
	if (faults && (getpid() == first || getppid() == first))
		count_live();
}

/* By a program that counts what it executes (ci/cmake/gcov_exit.c), around the writing of it. */
void faults_pause(bool paused)
{
	static struct faults *held;

	if (!paused == !held)
		return;
	if (paused)
		held = faults;
	faults = paused ? NULL : held;
	held = paused ? held : NULL;
	close(paused ? FAULTS_PAUSE : FAULTS_BEGIN);
}

_Noreturn void _exit(int status)
{
	end();
	for (;;)
		syscall(SYS_exit_group, status);
}

static unsigned home(uintptr_t address)
{
	return (unsigned)((address * UINT64_C(0x9e3779b97f4a7c15)) >> 46);
}

/* Open addressing. */
static unsigned find(uintptr_t address)
{
	unsigned at = home(address);

	for (; live[at] && live[at] != address; at = (at + 1) % LIVE)
		;
	return at;
}

/* Take it out, and move up what its place has pushed on: marks would fill the table. */
static void forget(unsigned at)
{
	for (unsigned next = (at + 1) % LIVE; live[next]; next = (next + 1) % LIVE)
		if ((next - home(live[next])) % LIVE >= (next - at) % LIVE) {
			live[at] = live[next];
			at = next;
		}
	live[at] = 0;
}

static void *born(void *new, size_t size)
{
	(void)size;
	if (new)
		live[find((uintptr_t) new)] = (uintptr_t) new;
	return new;
}

static void record(uint64_t n)
{
	void *frame[DEPTH];
	uint64_t hash = 14695981039346656037u;
	unsigned at = 0;
	int depth;

	busy = true;
	depth = backtrace(frame, DEPTH);
	busy = false;
	for (int i = 0; i < depth; i++)
		hash = (hash ^ (uintptr_t)frame[i]) * 1099511628211u;
	while (at < faults->sites && faults->site[at].hash != hash)
		at++;
	if (at == FAULTS_SITES)
		return;
	if (at == faults->sites) {
		faults->sites++;
		faults->site[at].hash = hash;
		faults->site[at].first = n;
	}
	faults->site[at].last = n;
}

static void trace(void)
{
	void *frame[DEPTH];

	busy = true;
	backtrace_symbols_fd(frame, backtrace(frame, DEPTH), 2);
	busy = false;
}

/* Is it counted? Then, does it fail? */
static bool counts(const void *caller, bool *fails)
{
	const struct range *range;
	uint64_t n;

	*fails = false;
	if (!faults || busy)
		return false;
	range = asker(caller);
	if (range && range->kind == SPARED)
		return false;
	n = __atomic_add_fetch(&faults->count, 1, __ATOMIC_RELAXED);
	if (faults->record)
		record(n);
	*fails = faults->fail && (faults->on ? n >= faults->fail : n == faults->fail);
	if (*fails) {
		if (faults->trace && !faults->failed)
			trace();
		faults->failed++;
		faults->loses += range != NULL;
		errno = ENOMEM;
	}
	return true;
}

void *malloc(size_t size)
{
	bool fails, counted = counts(__builtin_return_address(0), &fails);
	void *new = fails ? NULL : __libc_malloc(size);

	if (counted && new)
		memset(new, POISON, size);
	return counted ? born(new, size) : new;
}

void *calloc(size_t count, size_t size)
{
	bool fails, counted = counts(__builtin_return_address(0), &fails);
	void *new = fails ? NULL : __libc_calloc(count, size);

	return counted ? born(new, size) : new;
}

static void *grow(const void *caller, void *old, size_t size)
{
	bool fails, counted = counts(caller, &fails);
	unsigned at = old && faults ? find((uintptr_t)old) : 0;
	void *new = fails ? NULL : __libc_realloc(old, size);

	if (new &&old && faults &&live[at])
		forget(at);
	return counted ? born(new, size) : new;
}

void *realloc(void *old, size_t size)
{
	return grow(__builtin_return_address(0), old, size);
}

void *reallocarray(void *old, size_t count, size_t size)
{
	size_t bytes;

	if (__builtin_mul_overflow(count, size, &bytes)) {
		errno = ENOMEM;
		return NULL;
	}
	return grow(__builtin_return_address(0), old, bytes);
}

void free(void *old)
{
	int error = errno;

	if (old && faults) {
		unsigned at = find((uintptr_t)old);

		if (live[at])
			forget(at);
		memset(old, POISON, malloc_usable_size(old));
	}
	__libc_free(old);
	errno = error;
}
/* NOLINTEND */
