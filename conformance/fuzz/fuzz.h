/* SPDX-License-Identifier: MIT */
/**
 * What the fuzz targets share. A target is one file with LLVMFuzzerTestOneInput, the entry that
 * libFuzzer, AFL++ and replay.c call; see README.md.
 */
#ifndef FUZZ_H
#define FUZZ_H

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "hvcheck/hvc.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/** Called first where a target has it; ends the process where that cannot run, saying why. */
extern int LLVMFuzzerInitialize(int *argc, char ***argv) __attribute__((weak));

/** Inputs that were good ones: replay.c fails when none of its seeds is. */
extern unsigned long fuzz_taken __attribute__((weak));

#define FUZZ_TARGET               \
	unsigned long fuzz_taken; \
	int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)

/** Say what does not hold, and die: that is how fuzzers are told. */
#define FUZZ_HOLD(claim, ...)                                                                      \
	do {                                                                                       \
		if (!(claim)) {                                                                    \
			fprintf(stderr, "%s:%d: does not hold: %s: ", __FILE__, __LINE__, #claim); \
			fprintf(stderr, __VA_ARGS__);                                              \
			fputc('\n', stderr);                                                       \
			abort();                                                                   \
		}                                                                                  \
	} while (0)

/** A failure says why, and leaves what would have been made as it was. */
static inline void fuzz_refused(enum hvc_status status, const struct hvc_diag *diag,
                                const void *out, const void *mark)
{
	FUZZ_HOLD(diag->status == status, "%d", (int)status);
	FUZZ_HOLD(memchr(diag->message, '\0', sizeof diag->message) && diag->message[0], "no text");
	FUZZ_HOLD(memchr(diag->file, '\0', sizeof diag->file), "file");
	FUZZ_HOLD(out == mark, "%s", diag->message);
}

/** Bytes of an input, taken one number after the other; zeros after its end. */
struct fuzz_bytes {
	const uint8_t *at;
	size_t left;
};

static inline uint64_t fuzz_take(struct fuzz_bytes *bytes, unsigned size)
{
	uint64_t value = 0;

	for (unsigned i = 0; i < size && bytes->left; i++, bytes->left--)
		value |= (uint64_t)*bytes->at++ << 8 * i;
	return value;
}

/* xorshift64* (Vigna 2016); a seed is not 0. */
static inline uint64_t fuzz_random(uint64_t *seed)
{
	*seed ^= *seed >> 12;
	*seed ^= *seed << 25;
	*seed ^= *seed >> 27;
	return *seed * UINT64_C(0x2545f4914f6cdd1d);
}

/** A number that depends on all of an input (FNV-1a), to draw from; never 0. */
static inline uint64_t fuzz_seed(const uint8_t *data, size_t size)
{
	uint64_t hash = UINT64_C(0xcbf29ce484222325);

	for (size_t i = 0; i < size; i++)
		hash = (hash ^ data[i]) * UINT64_C(0x100000001b3);
	return hash | 1;
}

#endif
