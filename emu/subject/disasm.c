/* SPDX-License-Identifier: MIT */
#include <inttypes.h>
#include <stdio.h>

#include <capstone/capstone.h>

#include "hvcheck/subject.h"

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

void hvc_disasm(uint64_t address, uint32_t word, char *text, size_t size)
{
	/* Capstone 4 does not know UDF, and 5 spells it otherwise. */
	if (word <= 0xffff)
		snprintf(text, size, "udf #%" PRIu32, word);
	else if (!decode(address, word, text, size))
		snprintf(text, size, ".word 0x%08" PRIx32, word);
}
