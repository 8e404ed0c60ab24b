/* SPDX-License-Identifier: MIT */
/*
 * The harness of an AArch32 CPU: callers of both instruction sets, each in a line of its own, and
 * pads that trap in either.
 */
#include <stdlib.h>

#include "hvcheck/aarch32.h"
#include "hvcheck/arch.h"
#include "machine/internal.h"
#include "machine/outcome.h"

/* svc #0xdf00; of T32 the first halfword is svc #0. */
#define WORD_SVC UINT32_C(0xef00df00)

const uint32_t hvc_machine__function32[6] = {
        0xe0800080, /* add r0, r0, r0, lsl #1 */
        0xe0800001, /* add r0, r0, r1 */
        0xe0800101, /* add r0, r0, r1, lsl #2 */
        0xe0400002, /* sub r0, r0, r2 */
        0xe0800182, /* add r0, r0, r2, lsl #3 */
        0xe12fff1e, /* bx lr */
};

/* A line of callers, an SVC behind the last. */
static bool load_line(struct hvc_engine *engine, enum hvc_insn insn, uint32_t *words)
{
	struct hvc_call call = {.insn = insn, .from = HVC_LEVEL_EL1_SVC};
	uint64_t first = hvc_call__address(&call);

	for (unsigned imm = 0; imm < HVC_IMM_COUNT; imm++) {
		call.imm = (uint16_t)imm;
		words[imm] = hvc_call__word(&call);
		if (hvc_insn_is_t32(insn))
			words[imm] = hvc_aarch32_swap_t32(words[imm]);
	}
	words[HVC_IMM_COUNT] = WORD_SVC;
	return hvc_engine__write(engine, first, words, HVC_CALLS_SIZE);
}

bool hvc_harness__load_hyp(struct hvc_engine *engine)
{
	uint32_t *words = malloc(HVC_CALLS_SIZE);
	bool ok = words && hvc_engine__map(engine, HVC_AARCH32_CALLS, HVC_AARCH32_CALLS_SIZE);

	for (enum hvc_insn insn = HVC_INSN_HVC_A32; ok && insn < HVC_INSN_COUNT; insn++)
		ok = load_line(engine, insn, words);
	for (size_t i = 0; ok && i < HVC_LANDING_SIZE / sizeof *words; i++)
		words[i] = WORD_SVC;
	ok = ok &&
	     hvc_engine__write(engine, hvc_harness32(HVC_CALLER_VECTORS), words,
	                       HVC_VECTOR_TABLE_SIZE) &&
	     hvc_engine__write(engine, hvc_harness32(HVC_NEW_VECTORS), words,
	                       HVC_VECTOR_TABLE_SIZE) &&
	     hvc_engine__write(engine, hvc_harness32(HVC_LANDING), words, HVC_LANDING_SIZE) &&
	     hvc_engine__write(engine, hvc_harness32(HVC_FUNCTION), hvc_machine__function32,
	                       sizeof hvc_machine__function32);
	free(words);
	return ok;
}
