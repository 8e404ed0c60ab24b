/* SPDX-License-Identifier: MIT */
/* Which instructions a CPU may lack, by its ID registers (Arm ARM D24.2). */
#include "machine/access.h"

#include <stddef.h>

/* What a CPU may lack: an ID register (op0 3, op1 0, CRn 0), a field, and its least value. */
static const struct {
	uint32_t mask, value;
	uint8_t crm, op2, shift, least;
} features[] = {
        {0x3fa07c00, 0x08a07c00, 6, 0, 20, 2}, /* CAS: ID_AA64ISAR0_EL1.Atomic */
        {0xbfa07c00, 0x08207c00, 6, 0, 20, 2}, /* CASP */
        {0x3f20fc00, 0x3820c000, 6, 1, 20, 1}, /* LDAPR: ID_AA64ISAR1_EL1.LRCPC */
        {0x3fa08000, 0x08800000, 7, 1, 16, 1}, /* LDLAR: ID_AA64MMFR1_EL1.LO */
        {0x3f200c00, 0x38200000, 6, 0, 20, 2}, /* LDADD, SWP */
        {0x3f200c00, 0x19000000, 6, 1, 20, 2}, /* LDAPUR, STLUR */
        {0x7fe0e000, 0x1ac04000, 6, 0, 16, 1}, /* CRC32 */
        {0xfffff0ff, 0xd500401f, 6, 0, 52, 1}, /* CFINV: TS */
        {0xfffff0ff, 0xd500409f, 7, 1, 20, 1}, /* MSR PAN: ID_AA64MMFR1_EL1.PAN */
        {0xffdfffe0, 0xd5184260, 7, 1, 20, 1}, /* the same by a register */
        {0xfffff0ff, 0xd500407f, 7, 2, 4, 1},  /* MSR UAO: ID_AA64MMFR2_EL1.UAO */
        {0xffdfffe0, 0xd5184280, 7, 2, 4, 1},
        {0xfffff0ff, 0xd503405f, 4, 0, 48, 1}, /* MSR DIT: ID_AA64PFR0_EL1.DIT */
        {0xffdfffe0, 0xd51b42a0, 4, 0, 48, 1},
        {0xfffff0ff, 0xd503403f, 4, 1, 4, 2}, /* MSR SSBS: ID_AA64PFR1_EL1.SSBS */
        {0xffdfffe0, 0xd51b42c0, 4, 1, 4, 2},
        {0xfffff0ff, 0xd503409f, 4, 1, 8, 1}, /* MSR TCO: MTE */
        {0xffdfffe0, 0xd51b42e0, 4, 1, 8, 1},
        {0xfffff0ff, 0xd50330ff, 6, 1, 36, 1}, /* SB */
        {0xffff0000, 0xdac10000, 6, 1, 4, 1},  /* PACIA and so on: APA or API */
        {0xffe0fc00, 0x9ac03000, 6, 1, 4, 1},  /* PACGA */
        {0xff200400, 0xf8200400, 6, 1, 4, 1},  /* LDRAA */
        {0xfe000800, 0xd6000800, 6, 1, 4, 1},  /* BRAA, RETAA, ERETAA */
};

bool hvc_feature__lacks(uint32_t word,
                        bool (*read)(void *ctx, const uint8_t name[5], uint64_t *value), void *ctx)
{
	for (size_t i = 0; i < sizeof features / sizeof *features; i++) {
		const uint8_t name[5] = {3, 0, 0, features[i].crm, features[i].op2};
		uint64_t value = 0;

		if ((word & features[i].mask) != features[i].value)
			continue;
		if (!read(ctx, name, &value))
			return false;
		/* API, the next field, says the same of another algorithm than APA. */
		if (features[i].op2 == 1 && features[i].shift == 4 && features[i].crm == 6)
			value |= value >> 4 & 0xf0;
		return (value >> features[i].shift & 15) < features[i].least;
	}
	return false;
}
