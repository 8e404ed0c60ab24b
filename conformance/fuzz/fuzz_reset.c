/* SPDX-License-Identifier: MIT */
/* A call after another and a reset is the same call on a machine that made none. */
#include "code.h"

#define PIECE 0x1000u

static void hold_memory(struct hvc_machine *used, struct hvc_machine *fresh, uint64_t at)
{
	static uint8_t a[PIECE], b[PIECE];

	FUZZ_HOLD(hvc_machine_read(used, at, a, PIECE) == HVC_OK, "0x%" PRIx64, at);
	FUZZ_HOLD(hvc_machine_read(fresh, at, b, PIECE) == HVC_OK, "0x%" PRIx64, at);
	FUZZ_HOLD(!memcmp(a, b, PIECE), "memory at 0x%" PRIx64, at);
}

FUZZ_TARGET
{
	static struct code code;
	struct hvc_machine *used, *fresh;
	struct hvc_outcome before, after, alone;
	struct hvc_diag diag = {0};

	code_make(data, size, &code);
	used = code_open(&code);
	fresh = code_open(&code);
	code_make_call(used, &code.call[0], &before);
	FUZZ_HOLD(hvc_machine_reset(used, &diag) == HVC_OK, "%s", diag.message);
	if (code_make_call(fresh, &code.call[1], &alone)) {
		FUZZ_HOLD(code_make_call(used, &code.call[1], &after), "only when alone");
		code_hold_equal(used, &alone, &after, true, "alone, and after another");
		for (uint64_t at = CODE_BASE; at < CODE_BASE + CODE_SIZE; at += PIECE)
			hold_memory(used, fresh, at);
		for (uint64_t at = HVC_EL2_DATA; at < HVC_EL2_DATA + HVC_EL2_DATA_SIZE; at += PIECE)
			hold_memory(used, fresh, at);
		fuzz_taken++;
	}
	hvc_machine_close(used);
	hvc_machine_close(fresh);
	return 0;
}
