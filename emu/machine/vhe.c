/* SPDX-License-Identifier: MIT */
/*
 * Sources: Arm ARM (DDI 0487) D8.1, "Effect of HCR_EL2.E2H on access to System registers at
 * EL2", for the names; D24 ZCR_EL2 and CPTR_EL2 for SVE. Rows for registers that no CPU model
 * has are left out: their names are UNDEFINED here as they should be.
 */
#include "machine/vhe.h"

#include <string.h>

#include "hvcheck/arch.h"
#include "machine/mapping.h"
#include "machine/trap.h"

#define ZCR_LEN UINT64_C(0xf) /* bits 8:4 are RAZ/WI, the rest is RES0 */

#define OP1_EL1  0
#define OP1_EL2  4
#define OP1_EL12 5

/* CRn, CRm, op2 of the EL1 register, and of the EL2 register that takes its place. */
static const uint8_t rows[][2][3] = {
        {{1, 0, 0}, {1, 0, 0}},   /* SCTLR */
        {{1, 0, 2}, {1, 1, 2}},   /* CPACR_EL1, CPTR_EL2 */
        {{1, 2, 0}, {1, 2, 0}},   /* ZCR */
        {{2, 0, 0}, {2, 0, 0}},   /* TTBR0 */
        {{2, 0, 1}, {2, 0, 1}},   /* TTBR1 */
        {{2, 0, 2}, {2, 0, 2}},   /* TCR */
        {{4, 0, 0}, {4, 0, 0}},   /* SPSR */
        {{4, 0, 1}, {4, 0, 1}},   /* ELR */
        {{5, 1, 0}, {5, 1, 0}},   /* AFSR0 */
        {{5, 1, 1}, {5, 1, 1}},   /* AFSR1 */
        {{5, 2, 0}, {5, 2, 0}},   /* ESR */
        {{6, 0, 0}, {6, 0, 0}},   /* FAR */
        {{10, 2, 0}, {10, 2, 0}}, /* MAIR */
        {{10, 3, 0}, {10, 3, 0}}, /* AMAIR */
        {{12, 0, 0}, {12, 0, 0}}, /* VBAR */
        {{13, 0, 1}, {13, 0, 1}}, /* CONTEXTIDR */
        {{14, 1, 0}, {14, 1, 0}}, /* CNTKCTL_EL1, CNTHCTL_EL2 */
};

/* Bits 31:22 1101010100, L, 1, o0, op1, CRn, CRm, op2, Rt (Arm ARM C6.2, MRS and MSR). */
bool hvc_vhe__decode(uint32_t word, struct hvc_vhe_access *out)
{
	if ((word & UINT32_C(0xffd00000)) != UINT32_C(0xd5100000))
		return false;
	*out = (struct hvc_vhe_access){
	        .read = word >> 21 & 1,
	        .rt = (uint8_t)(word & 31),
	        .name = {(uint8_t)(2 + (word >> 19 & 1)), (uint8_t)(word >> 16 & 7),
	                 (uint8_t)(word >> 12 & 15), (uint8_t)(word >> 8 & 15),
	                 (uint8_t)(word >> 5 & 7)},
	};
	return true;
}

bool hvc_vhe__target(const uint8_t name[static 5], uint8_t out[static 5])
{
	bool alias = name[1] == OP1_EL12;

	if (name[0] != 3 || (name[1] != OP1_EL1 && !alias))
		return false;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		if (memcmp(name + 2, rows[i][0], 3) != 0)
			continue;
		out[0] = 3;
		out[1] = alias ? OP1_EL1 : OP1_EL2;
		memcpy(out + 2, rows[i][!alias], 3);
		return true;
	}
	return false;
}

bool hvc_vhe__is_host(struct hvc_engine *engine)
{
	uint64_t hcr = 0;

	return hvc_arch_el(hvc_engine__pstate(engine)) == 2 &&
	       hvc_engine__get(engine, HVC_REG_HCR_EL2, &hcr) && hcr & HVC_HCR_E2H;
}

static bool is_zcr(const uint8_t name[static 5])
{
	return name[0] == 3 && name[2] == 1 && name[3] == 2 && name[4] == 0;
}

uint64_t hvc_vhe__writes(const uint8_t name[static 5])
{
	return is_zcr(name) ? ZCR_LEN : UINT64_MAX;
}

/* CPTR_EL2 traps accesses to ZCR_ELx at EL2; its layout follows E2H. */
static bool sve_is_trapped(struct hvc_engine *engine, bool host)
{
	uint64_t cptr = 0;

	if (!hvc_engine__get(engine, HVC_REG_CPTR_EL2, &cptr))
		return true;
	return hvc_trap__sve(cptr, host);
}

static bool move(struct hvc_engine *engine, const struct hvc_vhe_access *access,
                 const uint8_t name[static 5], uint64_t x[static HVC_GPR_COUNT])
{
	uint64_t value = access->rt < HVC_GPR_COUNT ? x[access->rt] : 0;

	if (!access->read)
		return hvc_engine__set_sys(engine, name, value & hvc_vhe__writes(name));
	if (!hvc_engine__get_sys(engine, name, &value))
		return false;
	if (access->rt < HVC_GPR_COUNT) {
		x[access->rt] = value;
		hvc_engine__set_gprs(engine, x);
	}
	return true;
}

bool hvc_vhe__redirect(struct hvc_engine *engine, uint64_t pc)
{
	struct hvc_engine_frame frame;
	struct hvc_vhe_access access;
	uint8_t target[5];
	uint32_t word;
	bool moved;

	if (!hvc_engine__read(engine, pc, &word, sizeof word) || !hvc_vhe__decode(word, &access))
		return false;
	/* EL12 names and ZCR are undefined to the engine: hvc_vhe__repair has them. */
	if (access.name[1] == OP1_EL12 || is_zcr(access.name) ||
	    hvc_arch_el(hvc_engine__pstate(engine)) != 2)
		return false;
	moved = hvc_vhe__is_host(engine) && hvc_vhe__target(access.name, target);
	if (!moved)
		memcpy(target, access.name, sizeof target);
	if (!moved && !hvc_engine__stands_in(engine, target) &&
	    (access.read || !hvc_mapping__is_control(target)))
		return false;
	hvc_engine__frame(engine, &frame);
	/* Of a host with E2H the tables are its own in any case. */
	if (!access.read && !hvc_vhe__is_host(engine) && access.rt < HVC_GPR_COUNT)
		moved |= hvc_mapping__stand_in(engine, target, frame.x[access.rt]);
	if (!moved && !hvc_engine__stands_in(engine, target))
		return false;
	return move(engine, &access, target, frame.x);
}

/* False: UNDEFINED, or trapped, which at EL2 is an exception as well. */
static bool emulate(struct hvc_engine *engine, const struct hvc_vhe_access *access,
                    uint64_t x[static HVC_GPR_COUNT])
{
	bool host = hvc_vhe__is_host(engine);
	bool zcr = is_zcr(access->name);
	uint8_t target[5];

	if (access->name[1] > OP1_EL12 || (access->name[1] == OP1_EL12 ? !host : !zcr))
		return false;
	if (zcr && sve_is_trapped(engine, host))
		return false;
	if (!host || !hvc_vhe__target(access->name, target))
		memcpy(target, access->name, sizeof target);
	return move(engine, access, target, x);
}

bool hvc_vhe__repair(struct hvc_engine *engine, uint64_t pc)
{
	struct hvc_engine_frame frame;
	struct hvc_vhe_access access;
	uint32_t word;

	hvc_engine__frame(engine, &frame);
	if (hvc_arch_el(frame.pstate) != 2 || frame.pstate & HVC_PSTATE_IL)
		return false;
	if (!hvc_engine__read(engine, pc, &word, sizeof word) || !hvc_vhe__decode(word, &access))
		return false;
	if (!emulate(engine, &access, frame.x))
		return false;
	hvc_engine__move(engine, pc + 4, frame.pstate & ~HVC_PSTATE_BTYPE);
	return true;
}

enum hvc_ec hvc_vhe__class(struct hvc_engine *engine, uint64_t pc)
{
	struct hvc_vhe_access access;
	uint32_t word;

	if (hvc_arch_el(hvc_engine__pstate(engine)) != 2 ||
	    !hvc_engine__read(engine, pc, &word, sizeof word) || !hvc_vhe__decode(word, &access) ||
	    !is_zcr(access.name))
		return HVC_EC_UNKNOWN;
	return sve_is_trapped(engine, hvc_vhe__is_host(engine)) ? HVC_EC_SVE : HVC_EC_UNKNOWN;
}
