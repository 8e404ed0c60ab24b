/* SPDX-License-Identifier: MIT */
/* Calls one after the other in one machine, and what they leave behind. */
#include <stdlib.h>
#include <string.h>

#include "abi/abi.h"
#include "engine/doubt.h"
#include "engine/sequence.h"
#include "hvcheck/arch.h"
#include "machine/supplied.h"
#include "symbolic/scene.h"

#define TABLE_SIZE UINT64_C(0x800)
#define SLOT_SIZE  UINT64_C(0x80)
#define ROOM       UINT64_C(0x10000)   /* the tables lie so far from other memory, at the least */
#define REACH      UINT64_C(0x7f00000) /* of a branch, a little less than 128 MiB */
#define B          UINT32_C(0x14000000)

#define REACH_32 UINT64_C(0xf00000) /* of one of T32, a little less than 16 MiB */

static bool reaches(const struct hvc_player *player, uint64_t from)
{
	uint64_t to = player->own;

	return (from > to ? from - to : to - from) < (player->aarch32 ? REACH_32 : REACH);
}

/* B.W of T32, encoding T4, as it is in memory. */
static uint32_t branch_t32(uint64_t offset)
{
	uint32_t s = offset >> 24 & 1, j1 = !(offset >> 23 & 1) ^ s, j2 = !(offset >> 22 & 1) ^ s;

	return (0x9000 | j1 << 13 | j2 << 11 | (uint32_t)(offset >> 1 & 0x7ff)) << 16 | 0xf000 |
	       s << 10 | (uint32_t)(offset >> 12 & 0x3ff);
}

/* A branch over `offset` bytes, the same from each slot of a table. */
static uint32_t branch(const struct hvc_player *player, uint64_t offset)
{
	if (!player->aarch32)
		return B | ((uint32_t)(offset >> 2) & 0x3ffffff);
	return player->t32 ? branch_t32(offset - 4)
	                   : UINT32_C(0xea000000) | ((uint32_t)((offset - 8) >> 2) & 0xffffff);
}

/* Behind the image, else before it; 0 where neither is near enough to branch from. */
static uint64_t find_room(const struct hvc_player *player)
{
	uint64_t behind = (player->image_hi + 2 * ROOM - 1) & ~(ROOM - 1);
	uint64_t before = (player->image_lo - ROOM) & ~(ROOM - 1);

	if (behind > player->image_hi && reaches(player, behind))
		return behind;
	if (player->image_lo >= 2 * ROOM && reaches(player, before))
		return before;
	return 0;
}

/* Each slot of each table branches to the same slot of the subject's. */
static bool make_tables(struct hvc_player *player, struct hvc_segment *segment)
{
	uint64_t base = find_room(player);
	uint64_t table = player->aarch32 ? 32 : TABLE_SIZE;
	size_t size = HVC_SEQUENCE_TABLES * TABLE_SIZE;

	player->code = calloc(1, size);
	if (!player->code)
		return false;
	for (unsigned i = 0; base && i < HVC_SEQUENCE_TABLES; i++) {
		player->table[i] = base + i * TABLE_SIZE;
		for (uint64_t slot = 0; slot < table; slot += player->aarch32 ? 4 : SLOT_SIZE)
			player->code[(i * TABLE_SIZE + slot) / 4] =
			        branch(player, player->own - player->table[i]);
	}
	if (base + size > player->image_hi)
		player->image_hi = base + size;
	if (base && base < player->image_lo)
		player->image_lo = base;
	*segment = (struct hvc_segment){base, size, (const uint8_t *)player->code, size};
	return true;
}

static void measure(const struct hvc_image *image, const struct hvc_world *world,
                    struct hvc_player *player)
{
	const struct hvc_extent all = hvc_extent__of_image(image);

	player->aarch32 = image->aarch32;
	player->t32 = image->aarch32 && world->state.v[HVC_REG_SCTLR_EL2] & HVC_HSCTLR_TE;
	player->own = image->vectors;
	player->image_lo = all.lo;
	player->image_hi = all.hi;
}

enum hvc_status hvc_player__open(const struct hvc_sequence_config *config,
                                 const struct hvc_world *world, unsigned index,
                                 struct hvc_diag *diag, struct hvc_player *out)
{
	const struct hvc_image *image = hvc_subject_image(config->subject);
	struct hvc_segment *segment = calloc(image->segments + 1, sizeof *segment);
	struct hvc_player player = {
	        .abi = config->abi,
	        .world = index,
	        .setting = world,
	        .levels = config->levels ? config->levels : hvc_abi__levels(config->abi),
	        .insns = config->insns ? config->insns : hvc_abi__insns(config->abi),
	};
	struct hvc_machine_config machine = {
	        .image = *image, .world = world, .budget = config->budget, .smc_as_it_is = true};
	enum hvc_status status;

	measure(image, world, &player);
	if (!segment || !make_tables(&player, &segment[image->segments])) {
		free(segment);
		return hvc_diag_set(diag, HVC_E_NOMEM, NULL, 0, 0, "out of memory");
	}
	memcpy(segment, image->segment, image->segments * sizeof *segment);
	machine.image.segment = segment;
	machine.image.segments += player.table[0] != 0;
	status = hvc_machine_open(&machine, diag, &player.machine);
	free(segment);
	if (status != HVC_OK) {
		free(player.code);
		return status;
	}
	*out = player;
	return HVC_OK;
}

void hvc_player__close(struct hvc_player *player)
{
	hvc_machine_close(player->machine);
	free(player->code);
	memset(player, 0, sizeof *player);
}

enum hvc_status hvc_player__begin(struct hvc_player *player, struct hvc_diag *diag)
{
	HVC_TRY(hvc_machine_reset(player->machine, diag));
	player->state = *hvc_machine_entry(player->machine);
	return HVC_OK;
}

bool hvc_player__is_in_place(const struct hvc_player *player)
{
	uint64_t vectors = player->state.v[HVC_REG_VBAR_EL2] &
	                   (player->aarch32 ? ~UINT64_C(31) : HVC_MASK_VBAR);
	bool found = vectors == player->own;

	for (unsigned i = 0; i < HVC_SEQUENCE_TABLES; i++)
		found |= player->table[i] && vectors == player->table[i];
	return found;
}

bool hvc_player__traps_smc(const struct hvc_player *player)
{
	return player->state.v[HVC_REG_HCR_EL2] & HVC_HCR_TSC;
}

enum hvc_status hvc_player__supplied(const struct hvc_player *player, struct hvc_supplied *out)
{
	return hvc_machine_supplied(player->machine, out);
}

/* A fault that only the assumed world may be to blame for breaks no promise. */
static enum hvc_status doubt(struct hvc_player *player, const struct hvc_state *entry,
                             const struct hvc_outcome *outcome, struct hvc_verdict *verdict)
{
	struct hvc_supplied met = {0};
	enum hvc_status status;

	if (verdict->kind != HVC_VERDICT_VIOLATES)
		return HVC_OK;
	status = hvc_machine_supplied(player->machine, &met);
	if (status == HVC_OK &&
	    hvc_fault__is_assumed(player->setting, entry, &met, outcome,
	                          player->doubt.faults ? NULL : player->doubt.why)) {
		player->doubt.faults++;
		verdict->kind = HVC_VERDICT_UNDECIDED;
	}
	hvc_supplied__free(&met);
	return status;
}

/* Does whoever made the call, or the caller's own vectors, go on at the end of it? */
static bool goes_on(enum hvc_outcome_kind kind)
{
	return kind == HVC_OUTCOME_RETURN || kind == HVC_OUTCOME_RETRY ||
	       kind == HVC_OUTCOME_INJECT || kind == HVC_OUTCOME_UNDEFINED;
}

enum hvc_status hvc_player__call(struct hvc_player *player, const struct hvc_call *call,
                                 struct hvc_diag *diag, struct hvc_played *out)
{
	bool in_place = hvc_player__is_in_place(player);
	bool untrapped = hvc_insn_is_smc(call->insn) && !hvc_player__traps_smc(player);
	struct hvc_outcome outcome;
	struct hvc_state entry;
	enum hvc_status status;

	*out = (struct hvc_played){.step = {.call = *call, .rule = -1}};
	out->verdict = (struct hvc_verdict){
	        .kind = HVC_VERDICT_UNDECIDED, .rule = -1, .reg = HVC_REG_NONE};
	status = hvc_machine_call(player->machine, call, diag, &outcome);
	if (status == HVC_E_ARG) {
		out->refused = true;
		return HVC_OK;
	}
	if (status != HVC_OK)
		return status;
	player->calls++;
	/* What goes to EL3 is not EL2's to answer. */
	out->untrapped = untrapped && outcome.kind == HVC_OUTCOME_FORWARD;
	if (out->untrapped)
		out->step.rule = hvc_abi__rule_of(player->abi, player->world, call);
	else if (in_place) {
		hvc_entry_state(&player->state, call, &entry);
		hvc_verdict_judge(player->abi, player->world, &entry,
		                  hvc_machine_present(player->machine), call, &outcome,
		                  &out->verdict);
		out->step.rule = out->verdict.rule;
		status = doubt(player, &entry, &outcome, &out->verdict);
		if (status != HVC_OK)
			return hvc_diag_set(diag, status, NULL, 0, 0, "out of memory");
	}
	out->step.outcome = outcome.kind;
	out->step.level = outcome.level;
	out->step.pc = outcome.pc;
	out->step.x0 = outcome.state.v[HVC_REG_X0];
	out->state = player->state = outcome.state;
	/* The next caller's own. */
	player->state.v[HVC_REG_PSTATE] = hvc_machine_entry(player->machine)->v[HVC_REG_PSTATE];
	out->over = !goes_on(outcome.kind) || !hvc_player__is_in_place(player);
	return HVC_OK;
}

enum hvc_reg hvc_player__differs(const struct hvc_player *player, const struct hvc_state *a,
                                 const struct hvc_state *b)
{
	const struct hvc_regset *present = hvc_machine_present(player->machine);

	for (enum hvc_reg reg = HVC_REG_SP_EL0; reg < HVC_REG_COUNT; reg++) {
		const struct hvc_reg_info *info = hvc_reg_info(reg);

		if (hvc_regset_has(present, reg) && info->class_ != HVC_CLASS_EXCEPTION &&
		    reg != HVC_REG_SCR_EL3 && (a->v[reg] ^ b->v[reg]) & info->mask)
			return reg;
	}
	return HVC_REG_NONE;
}
