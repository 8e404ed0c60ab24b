/* SPDX-License-Identifier: MIT */
#include "hvcheck/safety.h"

#include <stdlib.h>
#include <string.h>

#include "engine/internal.h"
#include "engine/scene.h"

#define CONSTANTS_LIMIT 1000u
#define IMAGE_MAX       (UINT64_C(1) << 20) /* larger ones are not compared after calls */
#define BELOW_EL2       (1u << HVC_LEVEL_EL0 | 1u << HVC_LEVEL_EL1T | 1u << HVC_LEVEL_EL1H)

struct look {
	const struct hvc_safety_config *config;
	struct hvc_safety *safety;
	unsigned world, capacity;
	const struct hvc_map *map;
	struct hvc_machine *machine; /* for looking at the image; NULL: too large */
	uint8_t *image;              /* room for its largest segment */
	uint8_t met[HVC_IMM_COUNT / 8];
};

const char *hvc_hazard_name(enum hvc_hazard_kind kind)
{
	static const char *const names[HVC_HAZARD_COUNT] = {"control", "vectors", "state", "memory",
	                                                    "image",   "fault",   "stuck"};

	return kind < HVC_HAZARD_COUNT ? names[kind] : "?";
}

/* The answer to calls that are none. */
static bool is_unknown(const struct hvc_rule *rule)
{
	return rule->specified && (rule->is_default || !strcmp(rule->name, "unknown") ||
	                           !strncmp(rule->name, "unknown_", 8));
}

/* Registers of EL2 that hold between calls; the exception registers do not. */
static bool is_of_el2(enum hvc_reg reg)
{
	const struct hvc_reg_info *info = hvc_reg_info(reg);

	return reg == HVC_REG_SP_EL2 || (info->class_ == HVC_CLASS_SYS && info->encoding[1] >= 4);
}

static unsigned hazards_of(const struct hvc_class *class_)
{
	unsigned kinds = 0;

	for (unsigned i = 0; i < class_->effects; i++) {
		enum hvc_reg reg = class_->effect[i].reg;

		if (is_of_el2(reg))
			kinds |= 1u << (reg == HVC_REG_VBAR_EL2 ? HVC_HAZARD_VECTORS
			                                        : HVC_HAZARD_STATE);
	}
	if (class_->untracked)
		kinds |= 1u << HVC_HAZARD_STATE;
	if (class_->stores)
		kinds |= 1u << HVC_HAZARD_MEMORY;
	switch (class_->kind) {
	case HVC_OUTCOME_JUMP:
	case HVC_OUTCOME_HANDOFF:
		if (hvc_level_el(class_->level) == 2)
			kinds |= 1u << HVC_HAZARD_CONTROL;
		break;
	case HVC_OUTCOME_FAULT:
		kinds |= 1u << HVC_HAZARD_FAULT;
		break;
	case HVC_OUTCOME_SPIN:
	case HVC_OUTCOME_LIMIT:
	case HVC_OUTCOME_FORWARD:
		kinds |= 1u << HVC_HAZARD_STUCK;
		break;
	default:
		break;
	}
	return kinds;
}

/* Is the image after this call what it was? The stack and other memory of EL2 are not looked at. */
static enum hvc_status compare_image(struct look *look, const struct hvc_call *call,
                                     struct hvc_diag *diag, bool *same)
{
	const struct hvc_image *image = hvc_subject_image(look->config->subject);
	struct hvc_outcome outcome;

	*same = true;
	if (!look->machine)
		return HVC_OK;
	HVC_TRY(hvc_machine_reset(look->machine, diag));
	HVC_TRY(hvc_machine_call(look->machine, call, diag, &outcome));
	for (unsigned i = 0; outcome.el2_stores && i < image->segments; i++) {
		const struct hvc_segment *s = &image->segment[i];

		HVC_TRY(hvc_machine_read(look->machine, s->address, look->image, s->size));
		if (s->data && memcmp(look->image, s->data, s->data_size) != 0)
			*same = false;
		for (uint64_t at = s->data ? s->data_size : 0; *same && at < s->size; at++)
			*same = look->image[at] == 0;
	}
	return HVC_OK;
}

/* The hazard of this rule and this behaviour; a new one when it is not known yet. */
static struct hvc_hazard *find(struct look *look, unsigned rule, unsigned kinds,
                               const struct hvc_class *does)
{
	struct hvc_safety *safety = look->safety;
	struct hvc_hazard *hazard;

	for (unsigned i = 0; i < safety->hazards; i++) {
		hazard = &safety->hazard[i];
		if (hazard->rule == rule && hazard->kinds == kinds &&
		    hvc_class_equal(&hazard->does, does))
			return hazard;
	}
	if (safety->hazards == look->capacity) {
		unsigned capacity = look->capacity ? 2 * look->capacity : 8;
		void *grown = realloc(safety->hazard, capacity * sizeof *safety->hazard);

		if (!grown)
			return NULL;
		safety->hazard = grown;
		look->capacity = capacity;
	}
	hazard = &safety->hazard[safety->hazards++];
	memset(hazard, 0, sizeof *hazard);
	hazard->rule = rule;
	hazard->kinds = kinds;
	hazard->does = *does;
	return hazard;
}

static void count(struct look *look, unsigned lo, unsigned hi, bool specified, bool safe)
{
	struct hvc_safety *safety = look->safety;

	if (!specified) {
		safety->open += hi - lo + 1;
		return;
	}
	safety->calls += hi - lo + 1;
	safety->safe += safe ? hi - lo + 1 : 0;
	for (unsigned imm = lo; imm <= hi; imm++) {
		safety->immediates += !(look->met[imm / 8] >> (imm % 8) & 1);
		look->met[imm / 8] |= (uint8_t)(1u << imm % 8);
	}
}

/* Immediates lo..hi of a run, all under one rule. */
static enum hvc_status judge(struct look *look, const struct hvc_run *run, unsigned lo, unsigned hi,
                             unsigned rule, struct hvc_diag *diag)
{
	const struct hvc_class *does = &look->map->class_[run->class_];
	struct hvc_safety *safety = look->safety;
	unsigned kinds = hazards_of(does);
	struct hvc_hazard *hazard;
	struct hvc_call call;
	bool same;

	/* Neither safe nor a hazard: the map tells how many. */
	if (does->kind == HVC_OUTCOME_FAILED)
		return HVC_OK;
	hvc_map_call(look->map, run->probe, (uint16_t)lo, &call);
	HVC_TRY(compare_image(look, &call, diag, &same));
	if (!same)
		kinds |= 1u << HVC_HAZARD_IMAGE;
	count(look, lo, hi, hvc_abi_rule_at(safety->abi, rule)->specified, kinds == 0);
	if (!kinds)
		return HVC_OK;
	hazard = find(look, rule, kinds, does);
	if (!hazard)
		return hvc_diag_set(diag, HVC_E_NOMEM, NULL, 0, 0, "out of memory");
	if (hazard->calls == 0) {
		hazard->unspecified = !hvc_abi_rule_at(safety->abi, rule)->specified;
		hazard->world = look->world;
		hazard->probe = look->map->probes.probe[run->probe];
		hazard->imm = (uint16_t)lo;
	}
	hazard->calls += hi - lo + 1;
	return HVC_OK;
}

/* A run may cross rules: cut it where they change. */
static enum hvc_status judge_run(struct look *look, const struct hvc_run *run,
                                 struct hvc_diag *diag)
{
	const struct hvc_abi *abi = look->safety->abi;
	unsigned lo = run->lo;
	struct hvc_call call;

	hvc_map_call(look->map, run->probe, run->lo, &call);
	while (lo <= run->hi) {
		unsigned hi = lo;
		const struct hvc_rule *rule;
		int index;

		call.imm = (uint16_t)lo;
		index = hvc_abi_rule_of(abi, look->world, &call);
		for (; hi < run->hi; hi++) {
			call.imm = (uint16_t)(hi + 1);
			if (hvc_abi_rule_of(abi, look->world, &call) != index)
				break;
		}
		rule = index < 0 ? NULL : hvc_abi_rule_at(abi, (unsigned)index);
		if (rule && (is_unknown(rule) || !rule->specified))
			HVC_TRY(judge(look, run, lo, hi, (unsigned)index, diag));
		lo = hi + 1;
	}
	return HVC_OK;
}

static bool is_finding(const struct hvc_hazard *hazard)
{
	return !hazard->unspecified && hazard->kinds & ~(1u << HVC_HAZARD_STUCK);
}

/* Findings first; otherwise in order of rule and, as the sort keeps equals by witness, as met. */
static int by_weight(const void *a, const void *b)
{
	const struct hvc_hazard *x = a, *y = b;

	if (is_finding(x) != is_finding(y))
		return is_finding(x) ? -1 : 1;
	if (x->rule != y->rule)
		return x->rule < y->rule ? -1 : 1;
	if (x->calls != y->calls)
		return x->calls > y->calls ? -1 : 1;
	if (x->world != y->world)
		return x->world < y->world ? -1 : 1;
	return (x->imm > y->imm) - (x->imm < y->imm);
}

static enum hvc_status open_machine(struct look *look, const struct hvc_world *world,
                                    struct hvc_diag *diag)
{
	const struct hvc_image *image = hvc_subject_image(look->config->subject);
	struct hvc_machine_config config = {
	        .image = *image,
	        .world = world,
	        .budget = look->config->budget,
	};
	uint64_t largest = 0;

	for (unsigned i = 0; i < image->segments; i++)
		if (image->segment[i].size > largest)
			largest = image->segment[i].size;
	look->safety->image_compared = largest <= IMAGE_MAX;
	if (!look->safety->image_compared)
		return HVC_OK;
	if (!look->image && !(look->image = malloc(largest)))
		return hvc_diag_set(diag, HVC_E_NOMEM, NULL, 0, 0, "out of memory");
	return hvc_machine_open(&config, diag, &look->machine);
}

static enum hvc_status look_at_world(struct look *look, const struct hvc_probes *probes,
                                     struct hvc_diag *diag)
{
	struct hvc_safety *safety = look->safety;
	struct hvc_world world;
	struct hvc_map_config map = {
	        .subject = look->config->subject,
	        .world = &world,
	        .probes = probes,
	        .jobs = look->config->jobs,
	        .budget = look->config->budget,
	        .progress = look->config->progress,
	        .progress_ctx = look->config->progress_ctx,
	};
	enum hvc_status status;

	HVC_TRY(hvc_scene__world(look->config->subject, safety->abi, look->world,
	                         look->config->over, diag, &world));
	HVC_TRY(hvc_map_make(&map, diag, &safety->map[look->world]));
	look->map = safety->map[safety->maps++];
	status = open_machine(look, &world, diag);
	for (size_t i = 0; status == HVC_OK && i < look->map->runs; i++)
		status = judge_run(look, &look->map->run[i], diag);
	hvc_machine_close(look->machine);
	look->machine = NULL;
	return status;
}

static enum hvc_status look_at_all(struct look *look, struct hvc_diag *diag)
{
	const struct hvc_safety_config *config = look->config;
	struct hvc_safety *safety = look->safety;
	unsigned worlds = hvc_abi_world_count(config->abi);
	struct hvc_probe_config wanted = {
	        .abi = &config->abi,
	        .abis = 1,
	        .levels = hvc_abi_levels(config->abi) & BELOW_EL2 &
	                  (config->levels ? config->levels : ~0u),
	        .insns = hvc_abi_insns(config->abi) & (config->insns ? config->insns : ~0u),
	        .randoms = config->randoms,
	        .brief = config->brief,
	};
	struct hvc_constant *constant = NULL;
	struct hvc_probes probes = {0};
	enum hvc_status status;

	safety->subject = strdup(hvc_subject_name(config->subject));
	safety->abi = config->abi;
	safety->map = calloc(worlds, sizeof *safety->map);
	if (!safety->subject || !safety->map)
		return hvc_diag_set(diag, HVC_E_NOMEM, NULL, 0, 0, "out of memory");
	if (!wanted.levels || !wanted.insns)
		return hvc_diag_set(diag, HVC_E_ARG, NULL, 0, 0, "%s has no such caller below EL2",
		                    hvc_abi_name(config->abi));
	status = hvc_subject_constants(config->subject, CONSTANTS_LIMIT, &constant,
	                               &wanted.constants);
	wanted.constant = constant;
	if (status == HVC_OK)
		status = hvc_probes_make(&wanted, &probes);
	if (status != HVC_OK)
		hvc_diag_set(diag, status, NULL, 0, 0, "%s", hvc_strerror(status));
	for (; status == HVC_OK && look->world < worlds; look->world++)
		status = look_at_world(look, &probes, diag);
	hvc_probes_free(&probes);
	free(constant);
	return status;
}

enum hvc_status hvc_safety_look(const struct hvc_safety_config *config, struct hvc_diag *diag,
                                struct hvc_safety **out)
{
	struct hvc_safety *safety = calloc(1, sizeof *safety);
	struct look *look = calloc(1, sizeof *look);
	enum hvc_status status = HVC_E_NOMEM;

	if (safety && look) {
		look->config = config;
		look->safety = safety;
		status = look_at_all(look, diag);
	} else {
		hvc_diag_set(diag, status, NULL, 0, 0, "out of memory");
	}
	if (look)
		free(look->image);
	free(look);
	if (status != HVC_OK) {
		hvc_safety_free(safety);
		return status;
	}
	if (safety->hazards)
		qsort(safety->hazard, safety->hazards, sizeof *safety->hazard, by_weight);
	for (unsigned i = 0; i < safety->hazards; i++)
		safety->findings += is_finding(&safety->hazard[i]);
	*out = safety;
	return HVC_OK;
}

void hvc_safety_free(struct hvc_safety *safety)
{
	if (!safety)
		return;
	for (unsigned i = 0; i < safety->maps; i++)
		hvc_map_free(safety->map[i]);
	free(safety->map);
	free(safety->hazard);
	free(safety->subject);
	free(safety);
}
