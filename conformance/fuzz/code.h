/* SPDX-License-Identifier: MIT */
/**
 * Random vector code, as an image with its world and a call. An input is a head of 16 bytes and
 * then words: the first 30 in the slot where calls arrive, the rest behind the table, where the
 * slot's last two go.
 */
#ifndef FUZZ_CODE_H
#define FUZZ_CODE_H

#include "fuzz.h"
#include "hvcheck/arch.h"
#include "hvcheck/machine.h"
#include "machine/outcome.h"
#include "machine/world.h"

#define CODE_SIZE   0x2000u
#define CODE_BEHIND 0x1000u
#define CODE_SLOT   30u
#define CODE_BASE   UINT64_C(0x40000000)
#define CODE_BUDGET 500u
#define CODE_BRANCH UINT32_C(0x14000000)
#define CODE_ERET   UINT32_C(0xd69f03e0)

struct code {
	uint8_t bytes[CODE_SIZE];
	struct hvc_segment segment;
	struct hvc_world world;
	struct hvc_machine_config config;
	struct hvc_call call[2];
	uint8_t options; /* for what a target does besides */
};

static inline void code_put(struct code *code, uint32_t at, uint32_t word)
{
	memcpy(code->bytes + at, &word, 4);
}

static inline void code_call(struct fuzz_bytes *bytes, struct hvc_call *call)
{
	const uint8_t how = (uint8_t)fuzz_take(bytes, 1);

	hvc_call_init(call, how >> 4);
	call->from = (enum hvc_level)(how % 8 < HVC_LEVEL_COUNT ? how % 8 : HVC_LEVEL_EL1H);
	call->insn = how & 8 && hvc_level__el(call->from) == 1 && call->from != HVC_LEVEL_EL1T
	                     ? HVC_INSN_SMC
	                     : HVC_INSN_HVC;
	call->insn = hvc_insn__at(call->insn, call->from);
	call->imm = (uint16_t)fuzz_take(bytes, 2);
	call->x[0] = fuzz_take(bytes, 1);
	call->x[1] = call->x[0] & 0x80 ? CODE_BASE + call->imm % CODE_SIZE : call->x[1];
}

static inline void code_make(const uint8_t *data, size_t size, struct code *code)
{
	struct fuzz_bytes bytes = {data, size};
	uint32_t word, at;

	memset(code, 0, sizeof *code);
	code->options = (uint8_t)fuzz_take(&bytes, 1);
	code_call(&bytes, &code->call[0]);
	code_call(&bytes, &code->call[1]);
	fuzz_take(&bytes, 7);
	for (unsigned slot = 0; slot < HVC_VECTOR_TABLE_SIZE; slot += HVC_VECTOR_SLOT_SIZE)
		code_put(code, slot, CODE_BRANCH);
	for (at = 0x400; bytes.left >= 4 && at < 0x400 + 4 * CODE_SLOT; at += 4)
		code_put(code, at, (uint32_t)fuzz_take(&bytes, 4));
	word = bytes.left >= 4 ? CODE_BRANCH | (CODE_BEHIND - at) / 4 : CODE_ERET;
	code_put(code, at, word);
	for (unsigned slot = 0; slot < 0x400; slot += 0x200) /* callers at EL2 arrive there */
		code_put(code, slot, CODE_BRANCH | (0x400 - slot) / 4);
	for (at = CODE_BEHIND; bytes.left >= 4 && at + 8 <= CODE_SIZE; at += 4)
		code_put(code, at, (uint32_t)fuzz_take(&bytes, 4));
	code_put(code, at, CODE_ERET);
	hvc_world_init(&code->world, code->options & 1 ? HVC_CPU_MAX : HVC_CPU_A72);
	code->segment = (struct hvc_segment){CODE_BASE, CODE_SIZE, code->bytes, CODE_SIZE};
	code->config = (struct hvc_machine_config){
	        .image = {.segment = &code->segment, .segments = 1, .vectors = CODE_BASE},
	        .world = &code->world,
	        .budget = CODE_BUDGET,
	};
}

static inline struct hvc_machine *code_open(const struct code *code)
{
	struct hvc_machine *machine = NULL;
	struct hvc_diag diag = {0};
	enum hvc_status status = hvc_machine_open(&code->config, &diag, &machine);

	FUZZ_HOLD(status == HVC_OK && machine, "%s", diag.message);
	return machine;
}

/**
 * A call has exactly one outcome, within its budget and the block in which that ran out. False:
 * the machine cannot make the call, and says why.
 */
static inline bool code_make_call(struct hvc_machine *machine, const struct hvc_call *call,
                                  struct hvc_outcome *out)
{
	struct hvc_outcome mark;
	struct hvc_diag diag = {0};
	enum hvc_status status;

	memset(out, 0x5a, sizeof *out);
	mark = *out;
	status = hvc_machine_call(machine, call, &diag, out);
	if (status != HVC_OK) {
		fuzz_refused(status, &diag, NULL, NULL);
		FUZZ_HOLD(!memcmp(out, &mark, sizeof mark), "%s", diag.message);
		return false;
	}
	FUZZ_HOLD(out->kind < HVC_OUTCOME_COUNT, "%d", (int)out->kind);
	FUZZ_HOLD(out->level < HVC_LEVEL_COUNT, "%d", (int)out->level);
	FUZZ_HOLD(out->instructions <= CODE_BUDGET + CODE_SIZE / 4, "%" PRIu64, out->instructions);
	FUZZ_HOLD(out->kind != HVC_OUTCOME_RETURN || out->pc == hvc_call__address(call) + 4,
	          "0x%" PRIx64, out->pc);
	FUZZ_HOLD(out->kind != HVC_OUTCOME_RETRY || out->pc == hvc_call__address(call),
	          "0x%" PRIx64, out->pc);
	return true;
}

/** Two accounts of one call say the same; of exception registers only where all are to. */
static inline void code_hold_equal(const struct hvc_machine *machine, const struct hvc_outcome *a,
                                   const struct hvc_outcome *b, bool all, const char *what)
{
	const struct hvc_regset *present = hvc_machine_present(machine);
	const unsigned stores = a->stores < HVC_STORE_MAX ? a->stores : HVC_STORE_MAX;

	FUZZ_HOLD(a->kind == b->kind && a->level == b->level && a->pc == b->pc,
	          "%s: %s at %s 0x%" PRIx64 ", %s at %s 0x%" PRIx64, what,
	          hvc_outcome_name(a->kind), hvc_level_name(a->level), a->pc,
	          hvc_outcome_name(b->kind), hvc_level_name(b->level), b->pc);
	FUZZ_HOLD(a->esr == b->esr && a->far == b->far, "%s: syndrome", what);
	FUZZ_HOLD(a->stores == b->stores && a->untracked == b->untracked, "%s: stores", what);
	for (unsigned i = 0; i < stores; i++)
		FUZZ_HOLD(a->store[i].address == b->store[i].address &&
		                  a->store[i].value == b->store[i].value &&
		                  a->store[i].size == b->store[i].size,
		          "%s: store %u", what, i);
	for (enum hvc_reg reg = HVC_REG_X0; reg < HVC_REG_COUNT; reg++)
		FUZZ_HOLD((!all && hvc_reg_info(reg)->class_ == HVC_CLASS_EXCEPTION) ||
		                  !hvc_regset_has(present, reg) ||
		                  !((a->state.v[reg] ^ b->state.v[reg]) & hvc_reg_info(reg)->mask),
		          "%s: %s: 0x%" PRIx64 ", 0x%" PRIx64, what, hvc_reg_name(reg),
		          a->state.v[reg], b->state.v[reg]);
}

#endif
