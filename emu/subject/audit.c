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
#include "subject/audit.h"
#include "subject/function.h"
#include "subject/site.h"
#include "subject/walk.h"

#define LOOK 64u /* instructions, of all ways, on which a write of a register is followed */

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

/*
 * Does control leave the function, or ask for an exception, before the write is sure to matter, on
 * some way? A function that is called may have the ISB; nothing is said behind it.
 */
static bool is_unsynchronized(const struct hvc_image *image, uint64_t at, unsigned *left)
{
	uint64_t target = 0;
	uint32_t word;

	for (; *left && hvc_walk__word(image, at, &word); at = target) {
		--*left;
		if (is_isb(word) || is_eret(word))
			return false;
		if ((word & UINT32_C(0xffe0001f)) == UINT32_C(0xd4000002)) /* HVC */
			return true;
		switch (hvc_a64__flow(at, word, &target)) {
		case HVC_FLOW_BRANCH:
			break;
		case HVC_FLOW_INDIRECT:
			return true;
		case HVC_FLOW_COND:
			if (is_unsynchronized(image, target, left))
				return true;
			target = at + 4;
			break;
		case HVC_FLOW_NEXT:
			target = at + 4;
			break;
		default:
			return false;
		}
	}
	return false;
}

static enum hvc_status look(struct hvc_scan *scan, const struct hvc_image *image, uint64_t address,
                            uint32_t word)
{
	const char *reg = control(word);
	unsigned left = LOOK;

	if (!is_eret(word) && !reg)
		return HVC_OK;
	if (!hvc_functions__executable(scan->loaded, address))
		return HVC_OK;
	if (is_eret(word) && !is_stopped(image, address))
		return hvc_scan__note(scan, HVC_AUDIT_ERET, address, NULL);
	if (reg && is_unsynchronized(image, address + 4, &left))
		return hvc_scan__note(scan, HVC_AUDIT_CONTROL, address, reg);
	return HVC_OK;
}

static int by_address(const void *a, const void *b)
{
	const struct hvc_audit *left = a, *right = b;

	if (left->address != right->address)
		return left->address < right->address ? -1 : 1;
	return (int)left->kind - (int)right->kind;
}

/* Each once: several entries may lead to one place. */
static void put_in_order(struct hvc_scan *scan)
{
	size_t kept = 0;

	if (scan->audits)
		qsort(scan->audit, scan->audits, sizeof(*scan->audit), by_address);
	for (size_t i = 0; i < scan->audits; i++)
		if (!kept || by_address(&scan->audit[kept - 1], &scan->audit[i]))
			scan->audit[kept++] = scan->audit[i];
	scan->audits = kept;
}

static enum hvc_status look_at_all(struct hvc_scan *scan, const struct hvc_image *image)
{
	for (unsigned i = 0; i < image->segments; i++) {
		const struct hvc_segment *segment = &image->segment[i];
		uint64_t at = (0 - segment->address) & 3;

		for (; at + 4 <= segment->data_size; at += 4) {
			const uint8_t *byte = segment->data + at;

			/* ERET and MSR; most words are ruled out by this alone. */
			if (byte[3] != 0xd6 && byte[3] != 0xd5)
				continue;
			HVC_TRY(look(scan, image, segment->address + at,
			             (uint32_t)byte[0] | (uint32_t)byte[1] << 8 |
			                     (uint32_t)byte[2] << 16 | (uint32_t)byte[3] << 24));
		}
	}
	return hvc_audit__entries(scan, image);
}

enum hvc_status hvc_scan__audit(struct hvc_scan *scan, struct hvc_diag *diag)
{
	const struct hvc_image image = {
	        .segment = scan->loaded->segment,
	        .segments = scan->loaded->segments,
	};
	enum hvc_status status = HVC_OK;

	scan->audited = true;
	if (!scan->aarch32)
		status = look_at_all(scan, &image);
	put_in_order(scan);
	return status == HVC_OK ? status
	                        : hvc_diag_set(diag, status, scan->path, 0, 0, "no memory");
}

const char *hvc_audit__name(enum hvc_audit_kind kind)
{
	static const char *const names[HVC_AUDIT_COUNT] = {
	        [HVC_AUDIT_ERET] = "eret without barrier",
	        [HVC_AUDIT_CONTROL] = "control without isb",
	        [HVC_AUDIT_LANDING] = "no landing pad",
	        [HVC_AUDIT_STACK] = "stack before it is set",
	};

	return (unsigned)kind < HVC_AUDIT_COUNT ? names[kind] : "?";
}
