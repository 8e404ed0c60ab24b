/* SPDX-License-Identifier: MIT */
/** What the driver and the preloaded library share: a file that both have mapped. */
#ifndef FAULTS_H
#define FAULTS_H

#include <stdbool.h>
#include <stdint.h>

#define FAULTS_SITES 8192u

/* A close of this descriptor, which is never open, says that the program's own code begins, or goes
 * on after it has written what it covered; of the other, that this begins. */
#define FAULTS_BEGIN 0x4856
#define FAULTS_PAUSE 0x4857

struct faults {
	uint64_t fail;   /* the number of the allocation to fail, from 1 on; 0: none */
	uint64_t on;     /* and all after it */
	uint64_t record; /* fill in the sites */
	uint64_t trace;  /* tell who called for the one that fails */
	uint64_t count;  /* seen so far, by all processes */
	uint64_t failed;
	uint64_t loses; /* what failed was asked for by a library that loses memory then */
	uint64_t live;  /* not freed when the first process came to its end */
	uint64_t sites;
	/* Allocations by what called for them, as a hash: the first and the last of each. */
	struct {
		uint64_t hash, first, last;
	} site[FAULTS_SITES];
};

/** The library's: nothing fails, and nothing is counted, while a program writes what it covered. */
void faults_pause(bool paused);

#endif
