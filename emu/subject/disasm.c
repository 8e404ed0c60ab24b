/* SPDX-License-Identifier: MIT */
/* The one door to Capstone. Its memory is lent, so that no instruction costs an allocation. */
#include <inttypes.h>
#include <pthread.h>
#include <stdalign.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <capstone/capstone.h>

#include "hvcheck/aarch32.h"
#include "subject/a64.h"
#include "subject/def_use.h"
#include "subject/subject.h"

/*
 * Capstone does not look whether it got the memory that it asks for when it is opened, and when it
 * first decodes. It gets it: where malloc has none, from a reserve that is as large as it needs for
 * one word, and is empty again before the next.
 */
static struct {
	pthread_mutex_t lock;
	unsigned lent; /* pieces that are not given back */
	size_t used;
	alignas(max_align_t) unsigned char bytes[256 << 10];
} reserve = {.lock = PTHREAD_MUTEX_INITIALIZER};

static bool is_lent(const void *at)
{
	const uintptr_t begin = (uintptr_t)reserve.bytes;

	return (uintptr_t)at >= begin && (uintptr_t)at < begin + sizeof reserve.bytes;
}

static void *lend(size_t size)
{
	const size_t whole =
	        (size + sizeof(max_align_t) - 1) / sizeof(max_align_t) * sizeof(max_align_t);
	void *at = NULL;

	pthread_mutex_lock(&reserve.lock);
	if (whole >= size && whole <= sizeof reserve.bytes - reserve.used) {
		at = reserve.bytes + reserve.used;
		reserve.used += whole;
		reserve.lent++;
	}
	pthread_mutex_unlock(&reserve.lock);
	return at;
}

static void *take(size_t size)
{
	void *at = malloc(size);

	return at ? at : lend(size);
}

static void *take_zeroed(size_t count, size_t size)
{
	void *at = calloc(count, size);

	if (!at && !(size && count > sizeof reserve.bytes / size) && (at = lend(count * size)))
		memset(at, 0, count * size);
	return at;
}

static void give(void *at)
{
	if (!is_lent(at)) {
		free(at);
		return;
	}
	pthread_mutex_lock(&reserve.lock);
	if (!--reserve.lent)
		reserve.used = 0;
	pthread_mutex_unlock(&reserve.lock);
}

/* What was lent is not made larger: nothing that is lent here is. */
static void *resize(void *at, size_t size)
{
	if (at && is_lent(at))
		return NULL;
	return at ? realloc(at, size) : take(size);
}

static void set_memory(void)
{
	cs_opt_mem memory = {take, take_zeroed, resize, give, vsnprintf};

	cs_option(0, CS_OPT_MEM, (size_t)(uintptr_t)&memory);
}

static bool open_capstone(cs_arch arch, cs_mode mode, csh *out)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;

	pthread_once(&once, set_memory);
	return cs_open(arch, mode, out) == CS_ERR_OK;
}

/* One word by Capstone; false when it does not know it. */
static bool decode(cs_arch arch, cs_mode mode, uint64_t address, uint32_t word, char *text,
                   size_t size)
{
	const uint8_t bytes[4] = {(uint8_t)word, (uint8_t)(word >> 8), (uint8_t)(word >> 16),
	                          (uint8_t)(word >> 24)};
	const uint8_t *at = bytes;
	size_t left = sizeof bytes;
	cs_insn *insn;
	csh handle;
	bool known;

	if (!open_capstone(arch, mode, &handle))
		return false;
	insn = cs_malloc(handle);
	known = insn && cs_disasm_iter(handle, &at, &left, &address, insn);
	if (known)
		snprintf(text, size, "%s%s%s", insn->mnemonic, insn->op_str[0] ? " " : "",
		         insn->op_str);
	if (insn)
		cs_free(insn, 1);
	cs_close(&handle);
	return known;
}

/* A constant into a register, for which Capstone 4 and 5 have different names. */
static bool move(uint64_t address, uint32_t word, char *text, size_t size)
{
	struct hvc_a64 insn;
	bool wide = (word & 0x1f800000) == 0x12800000; /* MOVZ, MOVN; else ORR */

	hvc_a64__decode(address, word, &insn);
	/* Register 31 is zr in one and sp in the other; 32 bits are not shifted by 32. */
	if (insn.move != HVC_MOVE_CONST || insn.rd == 31 ||
	    (wide ? insn.word && word & 0x400000 : !insn.imm))
		return false;
	snprintf(text, size, "mov %c%u, #%s%" PRIx64, insn.word ? 'w' : 'x', insn.rd,
	         insn.imm < 10 ? "" : "0x", insn.imm);
	return true;
}

void hvc_disasm(uint64_t address, uint32_t word, char *text, size_t size)
{
	/* Capstone 4 does not know UDF, and 5 spells it otherwise. */
	if (word <= 0xffff)
		snprintf(text, size, "udf #%" PRIu32, word);
	else if (!move(address, word, text, size) &&
	         !decode(CS_ARCH_ARM64, CS_MODE_LITTLE_ENDIAN, address, word, text, size))
		snprintf(text, size, ".word 0x%08" PRIx32, word);
}

/* What no version of Capstone knows without being asked for it. */
static bool virtualization(uint32_t word, bool t32, char *text, size_t size)
{
	uint16_t imm;

	if (word == (t32 ? 0xf3de8f00 : 0xe160006e))
		snprintf(text, size, "eret");
	else if (t32 ? hvc_aarch32_decode_t32(word, &imm) : hvc_aarch32_decode_a32(word, &imm))
		snprintf(text, size, "hvc #0x%x", imm);
	else
		return false;
	return true;
}

void hvc_disasm__aarch32(uint64_t address, uint32_t word, bool t32, char *text, size_t size)
{
	cs_mode mode = (cs_mode)((t32 ? CS_MODE_THUMB : CS_MODE_ARM) | CS_MODE_V8);

	if (!virtualization(word, t32, text, size) &&
	    !decode(CS_ARCH_ARM, mode, address,
	            t32 && word > UINT16_MAX ? hvc_aarch32_swap_t32(word) : word, text, size))
		snprintf(text, size, ".inst 0x%08" PRIx32, word);
}

void hvc_disasm__in(enum hvc_isa isa, uint64_t address, uint32_t word, char *text, size_t size)
{
	if (isa == HVC_ISA_A64)
		hvc_disasm(address, word, text, size);
	else
		hvc_disasm__aarch32(address, word, isa == HVC_ISA_T32, text, size);
}

static uint32_t mask_of(unsigned reg)
{
	if (reg >= ARM_REG_R0 && reg <= ARM_REG_R12)
		return UINT32_C(1) << (reg - ARM_REG_R0);
	return reg == ARM_REG_SP ? 1u << 13 : reg == ARM_REG_LR ? 1u << 14 : 0;
}

/*
 * What Capstone 4 and 5 do not agree on: PUSH.W writes what it pushes in one, STMDB does not move
 * its base in the other, and extensions read nothing in the first.
 */
static void correct(const cs_insn *insn, struct hvc_def_use *out)
{
	const bool push = !strncmp(insn->mnemonic, "push", 4);
	const cs_arm_op *operand = insn->detail->arm.operands;

	if (push || !strncmp(insn->mnemonic, "stm", 3)) {
		out->address = push ? mask_of(ARM_REG_SP) : mask_of((unsigned)operand[0].reg);
		out->writes = push || strchr(insn->op_str, '!') ? out->address : 0;
	} else if (!strncmp(insn->mnemonic, "pop", 3) || !strncmp(insn->mnemonic, "ldm", 3)) {
		out->address = *insn->mnemonic == 'p' ? mask_of(ARM_REG_SP)
		                                      : mask_of((unsigned)operand[0].reg);
	} else if (!strncmp(insn->mnemonic + 1, "xt", 2)) {
		for (unsigned i = 1; i < insn->detail->arm.op_count; i++)
			if (operand[i].type == ARM_OP_REG)
				out->reads |= mask_of((unsigned)operand[i].reg);
	}
}

static void use_of(csh handle, const cs_insn *insn, struct hvc_def_use *out)
{
	cs_regs read, written;
	uint8_t reads = 0, writes = 0;
	bool load = false;

	if (cs_regs_access(handle, insn, read, &reads, written, &writes) != CS_ERR_OK)
		return;
	for (unsigned i = 0; i < reads; i++)
		out->reads |= mask_of(read[i]);
	for (unsigned i = 0; i < writes; i++)
		out->writes |= mask_of(written[i]);
	for (unsigned i = 0; i < insn->detail->arm.op_count; i++) {
		const cs_arm_op *op = &insn->detail->arm.operands[i];

		if (op->type == ARM_OP_MEM)
			out->address |=
			        mask_of((unsigned)op->mem.base) | mask_of((unsigned)op->mem.index);
	}
	correct(insn, out);
	load = !strncmp(insn->mnemonic, "ld", 2) || !strncmp(insn->mnemonic, "pop", 3);
	out->loaded = load ? out->writes & ~out->address : 0;
	out->moved = out->writes & out->address;
}

void hvc_disasm__use_aarch32(uint64_t address, uint32_t bits, bool t32, struct hvc_def_use *out)
{
	const uint8_t bytes[4] = {(uint8_t)bits, (uint8_t)(bits >> 8), (uint8_t)(bits >> 16),
	                          (uint8_t)(bits >> 24)};
	const uint8_t *at = bytes;
	size_t left = sizeof bytes;
	cs_insn *insn;
	csh handle;

	*out = (struct hvc_def_use){0};
	if (!open_capstone(CS_ARCH_ARM, (cs_mode)((t32 ? CS_MODE_THUMB : CS_MODE_ARM) | CS_MODE_V8),
	                   &handle))
		return;
	cs_option(handle, CS_OPT_DETAIL, CS_OPT_ON);
	insn = cs_malloc(handle);
	if (insn && cs_disasm_iter(handle, &at, &left, &address, insn))
		use_of(handle, insn, out);
	if (insn)
		cs_free(insn, 1);
	cs_close(&handle);
}

const char *hvc_disasm__name(void)
{
	static char name[32];
	int major, minor;

	cs_version(&major, &minor);
	snprintf(name, sizeof name, "Capstone %d.%d", major, minor);
	return name;
}
