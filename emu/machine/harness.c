/* SPDX-License-Identifier: MIT */
/*
 * The code around a subject: where calls are made from, the function that they may name, the
 * caller's vectors.
 */
#include <stdlib.h>

#include "hvcheck/arch.h"
#include "machine/internal.h"
#include "machine/outcome.h"

#define WORD_SVC UINT32_C(0xd4000001)
#define PAGE     UINT64_C(0x1000)

const uint32_t hvc_machine__function[6] = {
        0x8b000400, /* add x0, x0, x0, lsl #1 */
        0x8b010000, /* add x0, x0, x1 */
        0x8b010800, /* add x0, x0, x1, lsl #2 */
        0xcb020000, /* sub x0, x0, x2 */
        0x8b020c00, /* add x0, x0, x2, lsl #3 */
        0xd65f03c0, /* ret */
};

/* Callers, landing pads and the function: see world.h for the map. */
bool hvc_harness__load(struct hvc_engine *engine)
{
	size_t size = HVC_LANDING_SIZE > HVC_CALLS_SIZE ? HVC_LANDING_SIZE : HVC_CALLS_SIZE;
	uint32_t *words = malloc(size);
	bool ok;

	if (!words)
		return false;
	for (size_t i = 0; i < size / sizeof *words; i++)
		words[i] = WORD_SVC;
	ok = hvc_engine__write(engine, HVC_CALLER_VECTORS, words, HVC_VECTOR_TABLE_SIZE);
	ok &= hvc_engine__write(engine, HVC_NEW_VECTORS, words, HVC_VECTOR_TABLE_SIZE);
	ok &= hvc_engine__write(engine, HVC_LANDING, words, HVC_LANDING_SIZE);
	for (size_t imm = 0; imm < HVC_IMM_COUNT; imm++)
		words[imm] = hvc_arch_encode((uint16_t)imm);
	ok &= hvc_engine__write(engine, HVC_CALLS, words, HVC_CALLS_SIZE);
	for (size_t imm = 0; imm < HVC_IMM_COUNT; imm++)
		words[imm] = hvc_arch_encode_smc((uint16_t)imm);
	ok &= hvc_engine__write(engine, HVC_SMC_CALLS, words, HVC_CALLS_SIZE);
	ok &= hvc_engine__write(engine, HVC_FUNCTION, hvc_machine__function,
	                        sizeof hvc_machine__function);
	free(words);
	return ok;
}

bool hvc_harness__is_caller(const struct hvc_machine *machine, uint64_t address)
{
	if (machine->hyp)
		return address - HVC_AARCH32_CALLS < HVC_AARCH32_CALLS_SIZE;
	return address - HVC_CALLS < HVC_CALLS_SIZE || address - HVC_SMC_CALLS < HVC_CALLS_SIZE;
}

bool hvc_harness__has(const struct hvc_machine *machine, uint64_t address)
{
	static const struct {
		uint64_t address, size;
	} code[] = {
	        {HVC_LANDING, HVC_LANDING_SIZE},
	        {HVC_CALLER_VECTORS, HVC_VECTOR_TABLE_SIZE},
	        {HVC_NEW_VECTORS, HVC_VECTOR_TABLE_SIZE},
	        {HVC_FUNCTION, sizeof hvc_machine__function},
	};

	uint64_t place = hvc_harness__place(machine, address);

	if (hvc_harness__is_caller(machine, address)) /* most go there */
		return true;
	for (size_t i = 0; i < sizeof code / sizeof *code; i++)
		if (place - code[i].address < code[i].size)
			return true;
	return false;
}

/* Page by page: a subject that stored near it may have stored to it. */
bool hvc_harness__owns(const struct hvc_machine *machine, uint64_t address)
{
	uint64_t page = address & ~(PAGE - 1);

	return hvc_harness__has(machine, address) && !hvc_machine__translates(machine) &&
	       (!machine->harness_dirty || !hvc_undo__touches(&machine->undo, page, page + PAGE));
}

bool hvc_harness__mend(struct hvc_machine *machine)
{
	uint32_t word = hvc_call__word(&machine->call);

	if (hvc_level_is_aarch32(machine->call.from) && !machine->hyp)
		return true; /* not in memory */
	if (hvc_insn_is_t32(machine->call.insn))
		word = hvc_aarch32_swap_t32(word);
	return hvc_engine__write(machine->engine, machine->call_pc, &word, sizeof word) &&
	       hvc_engine__forget(machine->engine, machine->call_pc, sizeof word);
}
