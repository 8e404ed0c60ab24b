/* SPDX-License-Identifier: MIT */
#include <inttypes.h>
#include <stdio.h>

#include <capstone/capstone.h>

#include "hvcheck/subject.h"
#include "subject/a64.h"

/* One word by Capstone; false when it does not know it. */
static bool decode(uint64_t address, uint32_t word, char *text, size_t size)
{
	const uint8_t bytes[4] = {(uint8_t)word, (uint8_t)(word >> 8), (uint8_t)(word >> 16),
	                          (uint8_t)(word >> 24)};
	cs_insn *insn;
	csh handle;
	size_t count;

	if (cs_open(CS_ARCH_ARM64, CS_MODE_LITTLE_ENDIAN, &handle) != CS_ERR_OK)
		return false;
	count = cs_disasm(handle, bytes, sizeof bytes, address, 1, &insn);
	if (count) {
		snprintf(text, size, "%s%s%s", insn->mnemonic, insn->op_str[0] ? " " : "",
		         insn->op_str);
		cs_free(insn, count);
	}
	cs_close(&handle);
	return count;
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
	else if (!move(address, word, text, size) && !decode(address, word, text, size))
		snprintf(text, size, ".word 0x%08" PRIx32, word);
}
