/* SPDX-License-Identifier: MIT */
/*
 * Reading thirty-four more registers after every call would cost more than the call. A block of
 * code either names an FP/SIMD register or does not (block.c), so only the calls that went
 * through one that does are read out, and only the call after such a one is given fresh values.
 */
#include "machine/outcome.h"

#include "base/random.h"
#include "machine/internal.h"

const char *hvc_simd_name(unsigned i)
{
	static const char *const names[] = {
	        "q0",  "q1",  "q2",  "q3",  "q4",  "q5",   "q6",   "q7",  "q8",
	        "q9",  "q10", "q11", "q12", "q13", "q14",  "q15",  "q16", "q17",
	        "q18", "q19", "q20", "q21", "q22", "q23",  "q24",  "q25", "q26",
	        "q27", "q28", "q29", "q30", "q31", "fpcr", "fpsr",
	};

	return i < HVC_SIMD_NAMES ? names[i] : "?";
}

bool hvc_simd__same(const struct hvc_simd *a, const struct hvc_simd *b, unsigned i)
{
	if (i < HVC_SIMD_COUNT)
		return a->q[i][0] == b->q[i][0] && a->q[i][1] == b->q[i][1];
	return i == HVC_SIMD_COUNT ? a->fpcr == b->fpcr : a->fpsr == b->fpsr;
}

void hvc_simd_init(struct hvc_simd *simd, uint64_t seed)
{
	uint64_t state = ~seed; /* not the sequence that fills x0..x30 */

	for (unsigned n = 0; n < HVC_SIMD_COUNT; n++) {
		uint64_t plain = (n + 1) * UINT64_C(0x0101010101010101);

		simd->q[n][0] = seed ? hvc_random(&state) : plain;
		simd->q[n][1] = seed ? hvc_random(&state) : ~plain;
	}
	simd->fpcr = 0;
	simd->fpsr = 0;
}

void hvc_simd__give(struct hvc_machine *machine)
{
	if (!machine->simd_dirty)
		return;
	hvc_engine__set_simd(machine->engine, &machine->simd_entry);
	machine->simd_now = machine->simd_entry;
	machine->simd_dirty = false;
}

void hvc_simd__take(struct hvc_machine *machine)
{
	if (machine->simd_dirty)
		hvc_engine__simd(machine->engine, &machine->simd_now);
}

void hvc_machine_simd(struct hvc_machine *machine, struct hvc_simd *out)
{
	if (machine->phase == PHASE_EL2)
		hvc_simd__take(machine);
	*out = machine->simd_now;
}

void hvc_machine_set_simd(struct hvc_machine *machine, const struct hvc_simd *simd)
{
	machine->simd_entry = machine->simd_now = *simd;
	machine->simd_dirty = true;
}
