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
#include <elf.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "hvcheck/arch.h"
#include "subject/a64.h"
#include "subject/audit.h"
#include "subject/function.h"
#include "subject/site.h"
#include "subject/value.h"
#include "subject/walk.h"

/*
 * Where EL2 is entered: may a branch land there, and is there a stack?
 *
 * A branch by register to a guarded page needs a landing pad (Arm ARM D5.4.4); an exception clears
 * PSTATE.BTYPE and needs none. So a slot is only accused beside slots that have one, which are
 * there because branches go to slots (Linux's __bp_harden_hyp_vecs: its vectors had none until
 * 6.4), and a branch where the code says to which address it goes.
 *
 * At reset SP_ELx is UNKNOWN (Arm ARM C5.2.20), and SP_EL0 is whoever's ran below: a handler that
 * selects it has the caller's.
 */

#define SLOTS (HVC_VECTOR_TABLE_SIZE / HVC_VECTOR_SLOT_SIZE)
#define PAD   8u /* instructions of a slot that a branch may go to */
#define BACK  8u /* and before a branch, that may say where it goes */

#define CALLS_DEEP 8u    /* calls within calls */
#define WORDS_MAX  256u  /* instructions of a function */
#define BUDGET     4096u /* and from one entry on */

enum stack {
	KNOWN_0 = 1 << 0, /* SP_EL0 is EL2's own */
	KNOWN_X = 1 << 1, /* SP_EL2 is */
	USES_0 = 1 << 2,  /* PSTATE.SP is 0 */
	STATES = 8,
};

static bool is_bti(uint32_t word)
{
	return (word & UINT32_C(0xffffff3f)) == UINT32_C(0xd503241f) && (word & 0xc0);
}

/* What a branch may land on: BTI, PACIASP and PACIBSP, BRK and HLT (Arm ARM D5.4.4). */
static bool is_landing(uint32_t word)
{
	return is_bti(word) || (word & UINT32_C(0xffffffbf)) == UINT32_C(0xd503233f) ||
	       (word & UINT32_C(0xffe0001f)) == UINT32_C(0xd4200000) ||
	       (word & UINT32_C(0xffe0001f)) == UINT32_C(0xd4400000);
}

/* Which of the first instructions of a slot is a landing pad; PAD: none is. */
static unsigned landing_of(const struct hvc_image *image, uint64_t slot)
{
	uint64_t target;
	uint32_t word;

	for (unsigned i = 0; i < PAD && hvc_walk__word(image, slot + i * 4, &word); i++) {
		if (is_bti(word))
			return i;
		if (hvc_a64__flow(slot + i * 4, word, &target) != HVC_FLOW_NEXT)
			break;
	}
	return PAD;
}

static enum hvc_status look_at_slots(struct hvc_scan *scan, const struct hvc_image *image,
                                     uint64_t table)
{
	unsigned offset = PAD;

	for (unsigned i = 0; i < SLOTS && offset == PAD; i++)
		offset = landing_of(image, table + (uint64_t)i * HVC_VECTOR_SLOT_SIZE);
	if (offset == PAD)
		return HVC_OK;
	for (unsigned i = 0; i < SLOTS; i++) {
		uint64_t slot = table + (uint64_t)i * HVC_VECTOR_SLOT_SIZE;

		if (!hvc_finder__is_dead(image, slot) && landing_of(image, slot) == PAD)
			HVC_TRY(hvc_scan__note(scan, HVC_AUDIT_LANDING, slot + offset * 4, NULL));
	}
	return HVC_OK;
}

/* Where a BR or BLR goes, as far as the instructions right before it say; false: they do not. */
static bool goes_to(const struct hvc_image *image, uint64_t address, unsigned reg, uint64_t *target)
{
	struct hvc_values values;
	uint32_t word;

	hvc_values__forget(&values);
	for (uint64_t at = address - BACK * 4; at < address; at += 4) {
		if (!hvc_walk__word(image, at, &word))
			continue;
		if (hvc_a64__flow(at, word, target) == HVC_FLOW_NEXT)
			hvc_values__step(&values, image, at, word);
		else
			hvc_values__forget(&values);
	}
	if (reg >= HVC_GPR_COUNT || !hvc_value_is_constant(&values.x[reg]) ||
	    values.x[reg].constants != 1)
		return false;
	*target = values.x[reg].constant[0];
	return true;
}

/* Does a BR or BLR go to where no landing pad is? */
static enum hvc_status look_at_branch(struct hvc_scan *scan, const struct hvc_image *image,
                                      uint64_t address, uint32_t word)
{
	uint64_t target;
	uint32_t there;

	if (!goes_to(image, address, word >> 5 & 31, &target) ||
	    !hvc_walk__word(image, target, &there) || is_landing(there) ||
	    !hvc_functions__executable(scan->loaded, target))
		return HVC_OK;
	return hvc_scan__note(scan, HVC_AUDIT_LANDING, target, NULL);
}

/* Has its code landing pads? Those of functions that sign their return address are no sign of it.
 */
static bool uses_bti(const struct hvc_loaded *loaded)
{
	for (unsigned i = 0; i < loaded->segments; i++) {
		const struct hvc_segment *segment = &loaded->segment[i];
		uint64_t at = (0 - segment->address) & 3;

		for (; at + 4 <= segment->data_size; at += 4) {
			const uint8_t *byte = segment->data + at;

			if (byte[3] == 0xd5 && byte[2] == 0x03 && byte[1] == 0x24 &&
			    is_bti(UINT32_C(0xd5032400) | byte[0]) &&
			    hvc_functions__executable(loaded, segment->address + at))
				return true;
		}
	}
	return false;
}

/* From one entry on: what is left of the budget, and where the stack was met too early. */
struct look {
	struct hvc_scan *scan;
	const struct hvc_image *image;
	unsigned left;
	bool bti; /* the image has landing pads */
	enum hvc_status status;
};

/* SP becomes something that is not made of SP: ADD, SUB, AND, ORR or EOR with another operand. */
static bool sets_sp(uint32_t word)
{
	uint32_t plain = word & UINT32_C(0xff80001f), extended = word & UINT32_C(0xffe0001f);

	if ((word >> 5 & 31) == 31)
		return false;
	return plain == UINT32_C(0x9100001f) || plain == UINT32_C(0xd100001f) ||
	       plain == UINT32_C(0x9200001f) || plain == UINT32_C(0xb200001f) ||
	       plain == UINT32_C(0xd200001f) || extended == UINT32_C(0x8b20001f) ||
	       extended == UINT32_C(0xcb20001f);
}

static unsigned step(uint32_t word, unsigned state)
{
	if ((word & UINT32_C(0xfffff0ff)) == UINT32_C(0xd50040bf)) /* MSR SPSel, #imm */
		return word & 0x100 ? state & ~(unsigned)USES_0 : state | USES_0;
	if ((word & ~UINT32_C(31)) == UINT32_C(0xd5184200)) /* MSR SPSel, Xt: either */
		return state | KNOWN_0 | KNOWN_X;
	if ((word & ~UINT32_C(31)) == UINT32_C(0xd5184100)) /* MSR SP_EL0, Xt */
		return state | KNOWN_0;
	if (sets_sp(word))
		return state | (state & USES_0 ? KNOWN_0 : KNOWN_X);
	return state;
}

static bool is_unknown(unsigned state)
{
	return !(state & (state & USES_0 ? KNOWN_0 : KNOWN_X));
}

static bool uses_sp(uint32_t word)
{
	struct hvc_a64_access access;

	return hvc_a64__access(word, &access) && access.base == HVC_A64_SP;
}

/* Instructions of one function that are to be looked at, each in the states that it is met in. */
struct queue {
	struct {
		uint64_t at;
		unsigned state;
	} entry[WORDS_MAX];
	unsigned count;
};

static void push(struct queue *queue, uint64_t at, unsigned state)
{
	for (unsigned i = 0; i < queue->count; i++)
		if (queue->entry[i].at == at && queue->entry[i].state == state)
			return;
	if (queue->count < WORDS_MAX) {
		queue->entry[queue->count].at = at;
		queue->entry[queue->count++].state = state;
	}
}

/* A bit for each state in which control comes back from a function. */
static unsigned follow(struct look *look, uint64_t function, unsigned entered, unsigned deep)
{
	struct queue queue = {.count = 0};
	unsigned back = 0;

	push(&queue, function, entered);
	for (unsigned i = 0; i < queue.count && look->left; i++, look->left--) {
		uint64_t at = queue.entry[i].at, target = 0;
		unsigned state = queue.entry[i].state, after = 0;
		uint32_t word;

		if (!hvc_walk__word(look->image, at, &word))
			continue;
		if (is_unknown(state) && uses_sp(word)) {
			if (look->status == HVC_OK)
				look->status = hvc_scan__note(look->scan, HVC_AUDIT_STACK, at,
				                              state & USES_0 ? "sp_el0" : "sp_el2");
			continue; /* once is enough */
		}
		state = step(word, state);
		if (look->bti && look->status == HVC_OK &&
		    (word & UINT32_C(0xffdffc1f)) == UINT32_C(0xd61f0000)) /* BR, BLR */
			look->status = look_at_branch(look->scan, look->image, at, word);
		switch (hvc_a64__flow(at, word, &target)) {
		case HVC_FLOW_COND:
			push(&queue, at + 4, state);
			push(&queue, target, state);
			break;
		case HVC_FLOW_BRANCH:
			push(&queue, target, state);
			break;
		case HVC_FLOW_CALL:
			after = deep < CALLS_DEEP ? follow(look, target, state, deep + 1) : 0;
			for (state = 0; state < STATES; state++)
				if (after >> state & 1)
					push(&queue, at + 4, state);
			break;
		case HVC_FLOW_INDIRECT:
			back |= (word & UINT32_C(0xfffffc1f)) == UINT32_C(0xd65f0000) ? 1u << state
			                                                              : 0;
			break;
		case HVC_FLOW_NEXT:
			push(&queue, at + 4, state);
			break;
		default:
			break;
		}
	}
	return back;
}

static enum hvc_status enter(const struct look *as, uint64_t at, unsigned state)
{
	struct look look = *as;

	if (hvc_functions__executable(look.scan->loaded, at))
		(void)follow(&look, at, state, 0);
	return look.status;
}

/* Where the first CPU comes from its loader: what the header says, outside all vectors. */
static bool starts_at(const struct hvc_scan *scan, uint64_t *entry)
{
	const struct hvc_loaded *loaded = scan->loaded;

	if (loaded->format == HVC_FORMAT_IMAGE && loaded->segments) {
		*entry = loaded->segment[0].address;
		return true;
	}
	if (loaded->format != HVC_FORMAT_ELF || loaded->size < sizeof(Elf64_Ehdr))
		return false;
	memcpy(entry, loaded->bytes + offsetof(Elf64_Ehdr, e_entry), sizeof(*entry));
	for (size_t i = 0; i < scan->tables; i++) {
		uint64_t table = scan->table[i].candidate.address;

		if (*entry >= table && *entry - table < HVC_VECTOR_TABLE_SIZE)
			return false;
	}
	return *entry != 0;
}

/* Is this site PSCI's CPU_ON, and the place where it starts the other CPU known? */
static bool starts_cpu(const struct hvc_site *site)
{
	return site->analysed && hvc_value_is_constant(&site->x[0]) &&
	       (site->x[0].constant[0] | UINT64_C(0x40000000)) == UINT64_C(0xc4000003) &&
	       hvc_value_is_constant(&site->x[2]);
}

/* Where the image starts, where it starts other CPUs, and the slots of its tables. */
static enum hvc_status look_at_entries(struct hvc_scan *scan, const struct hvc_image *image)
{
	const struct look look = {
	        .scan = scan,
	        .image = image,
	        .left = BUDGET,
	        .bti = uses_bti(scan->loaded),
	};
	uint64_t entry;

	/* A program that runs under an operating system has its stack from it. */
	if (scan->tables && starts_at(scan, &entry))
		HVC_TRY(enter(&look, entry, 0));
	for (size_t i = 0; i < scan->sites + scan->calls; i++) {
		const struct hvc_site *site =
		        i < scan->sites ? &scan->site[i] : &scan->call[i - scan->sites];

		if (starts_cpu(site))
			HVC_TRY(enter(&look, site->x[2].constant[0], 0));
	}
	for (size_t i = 0; i < scan->tables; i++) {
		uint64_t table = scan->table[i].candidate.address;

		HVC_TRY(look_at_slots(scan, image, table));
		for (unsigned slot = HVC_GROUP_CURRENT_SPX * 4; slot < SLOTS; slot++)
			HVC_TRY(enter(&look, table + (uint64_t)slot * HVC_VECTOR_SLOT_SIZE,
			              KNOWN_X));
	}
	return HVC_OK;
}

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

	/* At the end of a section what follows is whatever the loader puts there. */
	if (!hvc_walk__word(image, address + 4, &first))
		return false;
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
	return look_at_entries(scan, image);
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
