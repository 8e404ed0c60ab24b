/* SPDX-License-Identifier: MIT */
/*
 * Turns mutants on: HVC_MUTANTS=3,17 in the environment. Marks those whose place is reached in the
 * file that HVC_MUTANTS_REACHED names, which is there, and mapped before any jail is built.
 */
#include "machine/mutant_switch.h"

#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

unsigned char hvc_mutant_on[HVC_MUTANTS];
static unsigned char nowhere[HVC_MUTANTS];
unsigned char *hvc_mutant_reached = nowhere;

/* Before the constructors that patch tables. */
__attribute__((constructor(101))) static void hvc_mutant_read(void)
{
	const char *which = getenv("HVC_MUTANTS"), *path = getenv("HVC_MUTANTS_REACHED");
	int file = path ? open(path, O_RDWR | O_CLOEXEC) : -1;

	while (which && *which) {
		char *end;
		unsigned long k = strtoul(which, &end, 10);

		if (k < HVC_MUTANTS)
			hvc_mutant_on[k] = 1;
		which = *end == ',' ? end + 1 : "";
	}
	if (file >= 0) {
		void *map = mmap(NULL, HVC_MUTANTS, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);

		if (map != MAP_FAILED)
			hvc_mutant_reached = map;
		close(file);
	}
}

void hvc_mutant_patch(unsigned k, const void *there, const void *mutant, size_t size)
{
	const uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE);
	uintptr_t begin = (uintptr_t)there & ~(page - 1);

	if (!hvc_mutant_on[k])
		return;
	if (mprotect((void *)begin, (uintptr_t)there + size - begin, PROT_READ | PROT_WRITE))
		abort();
	memcpy((void *)(uintptr_t)there, mutant, size);
}
