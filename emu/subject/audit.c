/* SPDX-License-Identifier: MIT */
/*
 * What code at EL2 should have and does not, told by looking at it: no instruction is run.
 *
 * Straight-line speculation past ERET: CVE-2020-13844, and what Linux 679db70801da, TF-A, OP-TEE
 * and Hafnium did about it; a barrier behind the instruction is what the Arm ARM gives for that
 * (SB, or DSB and ISB). A write to VBAR_EL2, SCTLR_EL2 or TTBRn_EL2 is only sure to matter to what
 * comes after a context synchronization event (Arm ARM B2.3.4, D13.1.2): ISB, or an exception entry
 * or return.
 */
#include <stdlib.h>

#include "subject/a64.h"
#include "subject/function.h"
#include "subject/site.h"
#include "subject/walk.h"

#define LOOK 32u /* instructions in which a write of a register is followed */

static bool is_sb(uint32_t word)
{
	return word == UINT32_C(0xd50330ff);
}

static bool is_dsb(uint32_t word)
{
	return (word & UINT32_C(0xfffff0ff)) == UINT32_C(0xd503309f) ||
	       (word & UINT32_C(0xfffff3ff)) == UINT32_C(0xd503323f); /* DSB nXS */
}

static bool is_isb(uint32_t word)
{
	return (word & UINT32_C(0xfffff0ff)) == UINT32_C(0xd50330df);
}

static bool is_eret(uint32_t word)
{
	return (word & UINT32_C(0xfffff3ff)) == UINT32_C(0xd69f03e0) && (word >> 10 & 3) != 1;
}

static bool is_stopped(const struct hvc_image *image, uint64_t address)
{
	uint32_t first, second;

	if (!hvc_walk__word(image, address + 4, &first))
		return true; /* nothing to speculate into */
	if (is_sb(first))
		return true;
	return is_dsb(first) && hvc_walk__word(image, address + 8, &second) && is_isb(second);
}

/* Of EL2's controls, those whose change other instructions wait for. */
static const char *control(uint32_t word)
{
	struct hvc_sysop op;

	if (!hvc_a64__sysop(word, &op) || !op.write || op.op0 != 3 || op.op1 != 4)
		return NULL;
	if (op.crn == 12 && op.crm == 0 && op.op2 == 0)
		return "vbar_el2";
	if (op.crn == 1 && op.crm == 0 && op.op2 == 0)
		return "sctlr_el2";
	if (op.crn == 2 && op.crm == 0 && op.op2 < 2)
		return op.op2 ? "ttbr1_el2" : "ttbr0_el2";
	return NULL;
}

/* Does control leave the function, or wait for an exception, before the write is sure to matter? */
static bool is_unsynchronized(const struct hvc_image *image, uint64_t address)
{
	uint64_t at = address + 4, target = 0;
	uint32_t word;

	for (unsigned i = 0; i < LOOK && hvc_walk__word(image, at, &word); i++) {
		if (is_isb(word) || is_eret(word))
			return false;
		switch (hvc_a64__flow(at, word, &target)) {
		case HVC_FLOW_BRANCH:
			if (target == at)
				return false;
			at = target;
			continue;
		case HVC_FLOW_INDIRECT:
			return true;
		case HVC_FLOW_NEXT:
			break;
		default:
			return false; /* not a straight line: nothing is said */
		}
		if ((word & UINT32_C(0xffe0001f)) == UINT32_C(0xd4000002)) /* HVC */
			return true;
		at += 4;
	}
	return false;
}

static enum hvc_status add(struct hvc_scan *scan, enum hvc_audit_kind kind, uint64_t address,
                           const char *reg)
{
	const struct hvc_loaded *loaded = scan->loaded;
	const struct hvc_symbol *symbol = hvc_symbols__cover(&loaded->symbols, address);
	struct hvc_audit *grown;

	if (scan->audits == HVC_SITES_MAX)
		return HVC_OK;
	if (!(scan->audits & (scan->audits - 1))) {
		size_t room = scan->audits ? 2 * scan->audits : 1;

		grown = realloc(scan->audit, room * sizeof(*grown));
		if (!grown)
			return HVC_E_NOMEM;
		scan->audit = grown;
	}
	scan->audit[scan->audits++] = (struct hvc_audit){
	        .kind = kind,
	        .address = address,
	        .symbol = symbol ? symbol->name : NULL,
	        .offset = symbol ? address - symbol->address : 0,
	        .reg = reg,
	};
	return HVC_OK;
}

static enum hvc_status look(struct hvc_scan *scan, const struct hvc_image *image, uint64_t address,
                            uint32_t word)
{
	const char *reg = control(word);

	if (!is_eret(word) && !reg)
		return HVC_OK;
	if (!hvc_functions__executable(scan->loaded, address))
		return HVC_OK;
	if (is_eret(word) && !is_stopped(image, address))
		return add(scan, HVC_AUDIT_ERET, address, NULL);
	if (reg && is_unsynchronized(image, address))
		return add(scan, HVC_AUDIT_CONTROL, address, reg);
	return HVC_OK;
}

enum hvc_status hvc_scan__audit(struct hvc_scan *scan, struct hvc_diag *diag)
{
	const struct hvc_image image = {
	        .segment = scan->loaded->segment,
	        .segments = scan->loaded->segments,
	};
	enum hvc_status status = HVC_OK;

	scan->audited = true;
	for (unsigned i = 0; i < image.segments && status == HVC_OK; i++) {
		const struct hvc_segment *segment = &image.segment[i];
		uint64_t at = (0 - segment->address) & 3;

		for (; at + 4 <= segment->data_size && status == HVC_OK; at += 4) {
			const uint8_t *byte = segment->data + at;

			/* ERET and MSR; most words are ruled out by this alone. */
			if (byte[3] != 0xd6 && byte[3] != 0xd5)
				continue;
			status = look(scan, &image, segment->address + at,
			              (uint32_t)byte[0] | (uint32_t)byte[1] << 8 |
			                      (uint32_t)byte[2] << 16 | (uint32_t)byte[3] << 24);
		}
	}
	return status == HVC_OK ? status
	                        : hvc_diag_set(diag, status, scan->path, 0, 0, "no memory");
}

const char *hvc_audit__name(enum hvc_audit_kind kind)
{
	static const char *const names[HVC_AUDIT_COUNT] = {"eret without barrier",
	                                                   "control without isb"};

	return (unsigned)kind < HVC_AUDIT_COUNT ? names[kind] : "?";
}
