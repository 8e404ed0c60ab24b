/* SPDX-License-Identifier: MIT */
/**
 * What goes into the oracle's program and comes out of it; conformance/oracle/harness.S has the
 * same layout as numbers. All fields are little-endian, as every host is that this runs on.
 */
#ifndef ORACLE_WIRE_H
#define ORACLE_WIRE_H

#include <stdio.h>

#include "oracle/oracle.h"

#define WIRE_RANGES 8u
#define WIRE_CHUNKS 32u
#define WIRE_REGS   64u
#define WIRE_STUBS  0x4000u /* where the program's registers follow its code */
#define WIRE_WORLDS 16384u
/* What stands where calls end, as it is in memory: of A64, A32 and T32. The machine has SVC there.
 */
#define WIRE_SMC UINT32_C(0xd4000003)
#define WIRE_A32 UINT32_C(0xe1600070)
#define WIRE_T32 UINT32_C(0x8000f7f0)
/*
 * A landing pad of both A32 and T32: for the one a branch to where an SMC of its own stands, this
 * far from the pad, for the other a branch to the SMC of T32 in the next word.
 */
#define WIRE_PAD     UINT32_C(0xea01e000)
#define WIRE_PAD_A32 UINT64_C(0x78008)
#define WIRE_PAD_T32 UINT64_C(4)

/*
 * Memory shared with the program, where neither the machine nor the board has any: how it came to
 * an end, the input, the output. Each part of the input begins at a multiple of 16.
 */
#define WIRE_BASE  UINT64_C(0x4040000000)
#define WIRE_INPUT 0x1000
#define WIRE_PART  UINT64_C(16)
#define WIRE_ALIGN UINT64_C(0x200000) /* of a memory device's size */

enum wire_end { WIRE_END_NONE, WIRE_END_DONE, WIRE_END_LOST };

struct wire_span {
	uint64_t address, size;
};

struct wire_header {
	uint64_t regs, worlds, calls, ranges, budget, vectors, chunks, reads;
	uint64_t output;        /* where it begins, from WIRE_BASE on */
	uint64_t slots, stride; /* vectors, and bytes of one as a power of two */
	uint64_t unused[5];
	uint64_t slot[16];
	struct wire_span range[WIRE_RANGES];
	uint64_t unused2[16];
	struct wire_span chunk[WIRE_CHUNKS];
};

struct wire_world {
	uint64_t reg[WIRE_REGS];
};

struct wire_call {
	uint64_t x[HVC_GPR_COUNT];
	uint64_t spsr, pc, world, landing, ranges;
	uint64_t unused[4];
};

struct wire_result {
	uint64_t elr, spsr, esr, fiq;                                 /* how EL3 got control back */
	uint64_t entries, vector, pstate, esr_el2, elr_el2, spsr_el2; /* the entry to EL2 */
	uint64_t words, unused;
	uint64_t x[HVC_GPR_COUNT], unused2;
	uint64_t reg[WIRE_REGS];
	struct wire_span word[HVC_ORACLE_WORDS];
};

_Static_assert(sizeof(struct wire_header) == 0x400, "H_SIZE of harness.S");
_Static_assert(sizeof(struct wire_world) == 512, "WORLD_SIZE of harness.S");
_Static_assert(sizeof(struct wire_call) == 320, "CALL_SIZE of harness.S");
_Static_assert(sizeof(struct wire_result) == 1888, "RESULT_SIZE of harness.S");

/* harness.S as the build embeds it: an ELF file with one segment. */
extern const unsigned char *const hvc_oracle__harness;
extern const size_t hvc_oracle__harness_size;

/* The order of registers in worlds and results, and what else a run is made of. */
struct hvc_oracle_plan {
	const struct hvc_oracle_config *config;
	bool hyp; /* EL2 is Hyp mode, */
	bool t32; /* and its vectors are T32 */
	enum hvc_reg reg[WIRE_REGS];
	unsigned regs;
	struct wire_header header;
	unsigned shallow; /* ranges that every call looks through; the rest is for doubt */
	uint64_t ram;     /* bytes of RAM at the start of the board's */
	uint64_t room;    /* behind the image: the first instructions of the vectors */
	uint32_t moved[16][2];
};

/* Where a piece of the harness is. */
static inline uint64_t hvc_oracle__place(bool hyp, uint64_t address)
{
	return hyp ? hvc_harness32(address) : address;
}

/* vectors.c */
enum hvc_status hvc_oracle__plan_vectors(struct hvc_oracle_plan *plan, struct hvc_diag *diag);

/*
 * memory.c: memory as calls find it, apart from what is zero. Chunks are added to the header
 * and written behind it; false: no memory, or it could not be written.
 */
bool hvc_oracle__write_memory(const struct hvc_oracle_plan *plan, struct wire_header *header,
                              FILE *file);
/* At a multiple of 16, as each part of the input is. */
bool hvc_oracle__put(FILE *file, const void *data, size_t size);
/* The image's word at an address; 0 where it has none. */
uint32_t hvc_oracle__image_word(const struct hvc_image *image, uint64_t address);

/* input.c */
enum hvc_status hvc_oracle__plan(const struct hvc_oracle_config *config, struct hvc_diag *diag,
                                 struct hvc_oracle_plan *out);
bool hvc_oracle__write_firmware(const struct hvc_oracle_plan *plan, FILE *file);
/*
 * A look at each world without a call, then the calls, then a look at all of memory. Written from
 * WIRE_INPUT on; the answers will be at output.
 */
bool hvc_oracle__write_input(const struct hvc_oracle_plan *plan, const struct hvc_oracle_call *call,
                             size_t calls, bool deep, FILE *file, uint64_t *output);
/* Is the call an SMC for which HCR_EL2.TSC is set? */
static inline bool hvc_oracle__traps(const struct hvc_oracle_plan *plan,
                                     const struct hvc_call *call)
{
	return hvc_insn_is_smc(call->insn) && !plan->config->smc_as_it_is;
}
/* Worlds as the program counts them: each with HCR_EL2.TSC as it is, and set. */
static inline unsigned hvc_oracle__worlds(const struct hvc_oracle_plan *plan)
{
	return 2 * plan->config->worlds;
}

/*
 * qemu.c. A file that is memory, and a process that has none but these of ours: no other
 * descriptor, no environment, no network, and it ends when we do. log gets its first line.
 */
int hvc_oracle__memory(const char *name);
enum hvc_status hvc_oracle__execute(char *const *argv, const int *keep, size_t kept,
                                    unsigned seconds, struct hvc_diag *diag, char *log,
                                    size_t size);

/* answer.c: world is the result of the look at the call's world */
void hvc_oracle__answer(const struct hvc_oracle_plan *plan, const struct hvc_oracle_call *call,
                        const struct wire_result *world, const struct wire_result *result,
                        struct hvc_oracle_answer *out);

#endif
