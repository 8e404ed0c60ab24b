/* SPDX-License-Identifier: MIT */
#include "cli/world.h"

#include <stdio.h>
#include <string.h>

#include "abi/world_file.h"
#include "cli/value.h"
#include "hvcheck/aarch32.h"
#include "machine/outcome.h"
#include "machine/world.h"
#include "subject/subject.h"

static bool belongs_to_call(enum hvc_reg reg)
{
	return reg < HVC_GPR_COUNT || reg == HVC_REG_NZCV || reg == HVC_REG_DAIF;
}

bool hvc_cli_world__sets_call(const struct hvc_options *options, enum hvc_reg *reg)
{
	for (enum hvc_reg each = HVC_REG_X0; each < HVC_REG_COUNT; each++) {
		bool named = hvc_regset_has(&options->set, each) ||
		             (each < HVC_REG_X0 + 15 && options->r_set >> each & 1) ||
		             (each == HVC_REG_NZCV && options->psr_set);

		if (named && belongs_to_call(each)) {
			*reg = each;
			return true;
		}
	}
	return false;
}

bool hvc_cli_world__sets_registers(const struct hvc_options *options)
{
	for (enum hvc_reg reg = HVC_REG_X0; reg < HVC_REG_COUNT; reg++) {
		if (hvc_regset_has(&options->set, reg) && !belongs_to_call(reg))
			return true;
	}
	return options->extras > 0;
}

bool hvc_cli_world__is_file(const struct hvc_options *options)
{
	const char *name = options->world;
	size_t length = name ? strlen(name) : 0;

	return name && (strchr(name, '/') || (length > 5 && !strcmp(name + length - 5, ".yaml")));
}

static enum hvc_status find_place(void *ctx, const char *text, struct hvc_diag *diag,
                                  uint64_t *address)
{
	return hvc_subject__place(ctx, text, diag, address);
}

static enum hvc_status find_option(const struct hvc_subject *subject, const char *option,
                                   const char *text, struct hvc_diag *diag, uint64_t *address)
{
	struct hvc_diag why = {0};
	enum hvc_status status = hvc_subject__place(subject, text, &why, address);

	if (status == HVC_OK)
		return HVC_OK;
	return hvc_diag_set(diag, status, NULL, 0, 0, "--%s: %s", option, why.message);
}

enum hvc_status hvc_cli_world__value(const struct hvc_options *options,
                                     const struct hvc_subject *subject, enum hvc_reg reg,
                                     struct hvc_diag *diag, uint64_t *value)
{
	if (options->place[reg])
		return find_option(subject, "set", options->place[reg], diag, value);
	*value = options->value[reg];
	return HVC_OK;
}

static enum hvc_status bad_setting(struct hvc_diag *diag, const char *value, const char *wanted)
{
	return hvc_diag_set(diag, HVC_E_ARG, NULL, 0, 0, "--set: '%s' is not %s", value, wanted);
}

/* r0 to r14 and psr are of callers in AArch32 state. */
static enum hvc_status take_aarch32(struct hvc_options *options, const char *value, unsigned n,
                                    struct hvc_diag *diag)
{
	const uint64_t bits = HVC_PSR_Q | HVC_PSR_GE | HVC_PSR_DIT | HVC_PSR_IT_LO | HVC_PSR_IT_HI;
	uint64_t number;

	if (!hvc_value__signed(strchr(value, '=') + 1, UINT32_MAX, &number))
		return bad_setting(diag, value, "a register of 32 bits and its value");
	if (n < 15) {
		options->r_set |= 1u << n;
		options->r[n] = (uint32_t)number;
		return HVC_OK;
	}
	if (number & ~bits)
		return bad_setting(diag, value, "Q, GE and IT of a PSR (0xf0ffc00 at most)");
	options->psr_set = true;
	options->psr = (uint32_t)number;
	return HVC_OK;
}

enum hvc_status hvc_cli_world__take_set(struct hvc_options *options, const char *value,
                                        struct hvc_diag *diag)
{
	struct hvc_setting setting;
	unsigned n = 15;

	if (hvc_value__is_r(value, &n) || !strncmp(value, "psr=", 4))
		return take_aarch32(options, value, n, diag);
	HVC_TRY(hvc_value__setting(value, diag, &setting));
	if (setting.reg == HVC_REG_NONE) {
		if (options->extras == HVC_EXTRAS_MAX)
			return bad_setting(diag, value, "one of the first sixteen by encoding");
		options->extra[options->extras++] = setting.extra;
		return HVC_OK;
	}
	hvc_regset_add(&options->set, setting.reg);
	options->value[setting.reg] = setting.extra.value;
	options->place[setting.reg] = setting.place;
	return HVC_OK;
}

enum hvc_status hvc_cli_world__take_memory(struct hvc_options *options, const char *value,
                                           struct hvc_diag *diag)
{
	const char *equals = strchr(value, '=');

	if (!equals || equals == value || !equals[1] || options->mems == HVC_MEMORY_MAX)
		return hvc_diag_set(diag, HVC_E_ARG, NULL, 0, 0,
		                    "--mem: '%s' is not PLACE=VALUE, or one of more than %u", value,
		                    HVC_MEMORY_MAX);
	options->mem[options->mems++] = value;
	return HVC_OK;
}

static enum hvc_status add_memory(const struct hvc_options *options,
                                  const struct hvc_subject *subject, struct hvc_diag *diag,
                                  struct hvc_world *world)
{
	struct hvc_diag why = {0};
	enum hvc_status status;

	for (unsigned i = 0; i < options->mems; i++) {
		const char *equals = strchr(options->mem[i], '=');
		char place[HVC_MEMORY_TEXT];

		snprintf(place, sizeof(place), "%.*s", (int)(equals - options->mem[i]),
		         options->mem[i]);
		if ((size_t)(equals - options->mem[i]) >= sizeof(place) ||
		    hvc_world_set_memory(world, place, equals + 1) != HVC_OK)
			return hvc_diag_set(diag, HVC_E_RANGE, NULL, 0, 0,
			                    "--mem: '%.40s' cannot be set: at most %u pieces, each "
			                    "of at most %u characters",
			                    options->mem[i], HVC_MEMORY_MAX, HVC_MEMORY_TEXT - 1);
	}
	status = hvc_subject__resolve(subject, world, &why);
	if (status == HVC_OK)
		return HVC_OK;
	return hvc_diag_set(diag, status, why.file[0] ? why.file : NULL, why.line, why.column, "%s",
	                    why.message);
}

static enum hvc_status add_boundaries(const struct hvc_options *options,
                                      const struct hvc_subject *subject, struct hvc_diag *diag,
                                      struct hvc_world *world)
{
	for (unsigned i = 0; i < options->stops; i++) {
		const struct hvc_stop *boundary = &options->stop[i];
		const char *option = boundary->stub ? "stub" : "stop-at";
		enum hvc_status status;
		uint64_t address;

		HVC_TRY(find_option(subject, option, boundary->name, diag, &address));
		status = boundary->stub
		                 ? hvc_world_stub(world, address, boundary->value, boundary->name)
		                 : hvc_world_stop_at(world, address, boundary->name);
		if (status != HVC_OK)
			return hvc_diag_set(diag, status, NULL, 0, 0,
			                    "--%s: '%s' cannot be a boundary: at most %u, at "
			                    "addresses that are multiples of 4",
			                    option, boundary->name, HVC_STOPS_MAX);
	}
	return HVC_OK;
}

enum hvc_status hvc_cli_world__lay(const struct hvc_options *options,
                                   const struct hvc_subject *subject, struct hvc_diag *diag,
                                   struct hvc_world *world)
{
	uint64_t value;

	for (enum hvc_reg reg = HVC_REG_X0; reg < HVC_REG_COUNT; reg++) {
		if (!hvc_regset_has(&options->set, reg) || belongs_to_call(reg))
			continue;
		HVC_TRY(hvc_cli_world__value(options, subject, reg, diag, &value));
		if (hvc_world_set(world, reg, value) != HVC_OK)
			return hvc_diag_set(diag, HVC_E_ARG, NULL, 0, 0, "--set: %s cannot be set",
			                    hvc_reg_name(reg));
	}
	for (unsigned i = 0; i < options->extras; i++) {
		if (hvc_world_set_sys(world, options->extra[i].encoding, options->extra[i].value) !=
		    HVC_OK)
			return hvc_diag_set(diag, HVC_E_RANGE, NULL, 0, 0,
			                    "--set: more than %u registers by encoding",
			                    HVC_EXTRAS_MAX);
	}
	if (hvc_options__has(options, HVC_OPTION_MAP_ON_DEMAND))
		world->zero_pages = options->zero_pages;
	if (hvc_options__has(options, HVC_OPTION_UPPER))
		world->upper_zero = options->upper_zero;
	if (hvc_options__has(options, HVC_OPTION_ESR) &&
	    hvc_world_trap(world, options->esr) != HVC_OK)
		return hvc_diag_set(diag, HVC_E_ARG, NULL, 0, 0, "--esr: no trap has it");
	HVC_TRY(add_memory(options, subject, diag, world));
	return add_boundaries(options, subject, diag, world);
}

enum hvc_cpu hvc_cli_world__cpu(const struct hvc_options *options,
                                const struct hvc_subject *subject)
{
	if (!hvc_options__has(options, HVC_OPTION_CPU) && hvc_subject_image(subject)->aarch32)
		return HVC_CPU_A15;
	return options->cpu;
}

/* Is there such a caller, where EL2 is what the CPU has it? */
static enum hvc_status check_caller(const struct hvc_options *options,
                                    const struct hvc_subject *subject,
                                    const struct hvc_world *world, struct hvc_diag *diag)
{
	bool from = hvc_options__has(options, HVC_OPTION_FROM);
	bool hyp = hvc_cpu__is_hyp(world->cpu);
	const char *who = hvc_level_name(options->from);

	if (hyp != hvc_subject_image(subject)->aarch32)
		return HVC_OK; /* which is said of the CPU */
	if (from && !(hvc_cpu__levels(world->cpu) >> options->from & 1))
		return hvc_diag_set(diag, HVC_E_ARG, NULL, 0, 0, "--from %s: %s is %s", who,
		                    hvc_subject_name(subject),
		                    hyp ? "32-bit code, whose callers are el1-svc and the other "
		                          "modes, and el2-hyp"
		                        : "AArch64 code, whose EL2 has no Hyp mode");
	if (hyp && hvc_options__has(options, HVC_OPTION_INSN) && options->insn == HVC_INSN_TRAP)
		return hvc_diag_set(diag, HVC_E_ARG, NULL, 0, 0,
		                    "--insn trap: %s is 32-bit code, of which only HVC and SMC are "
		                    "asked",
		                    hvc_subject_name(subject));
	if (hyp && world->esr)
		return hvc_diag_set(diag, HVC_E_ARG, NULL, 0, 0,
		                    "--esr: %s is 32-bit code, of which only HVC and SMC are asked",
		                    hvc_subject_name(subject));
	return HVC_OK;
}

enum hvc_status hvc_cli_world__open(const struct hvc_options *options,
                                    const struct hvc_subject *subject, struct hvc_diag *diag,
                                    struct hvc_world *out)
{
	struct hvc_world world;

	if (options->world && !hvc_cli_world__is_file(options))
		return hvc_diag_set(diag, HVC_E_ARG, NULL, 0, 0,
		                    "--world: '%s' is not a file: its name has a '/' or ends in "
		                    ".yaml",
		                    options->world);
	hvc_world_init(&world, hvc_cli_world__cpu(options, subject));
	hvc_subject__enter(subject, &world);
	if (options->world) {
		/* The callback only reads. */
		HVC_TRY(hvc_world__load(options->world, find_place, (void *)(uintptr_t)subject,
		                        diag, &world));
		if (hvc_options__has(options, HVC_OPTION_CPU))
			world.cpu = options->cpu;
	}
	HVC_TRY(hvc_cli_world__lay(options, subject, diag, &world));
	HVC_TRY(check_caller(options, subject, &world, diag));
	if (hvc_options__has(options, HVC_OPTION_INSN) && options->insn == HVC_INSN_TRAP &&
	    !world.esr && !options->abi)
		return hvc_diag_set(diag, HVC_E_ARG, NULL, 0, 0,
		                    "--insn: of a trap --esr, or a world, says which it is");
	*out = world;
	return HVC_OK;
}

bool hvc_cli_world__is_given(const struct hvc_options *options)
{
	return options->world || options->stops || options->mems ||
	       hvc_options__has(options, HVC_OPTION_UPPER) ||
	       hvc_options__has(options, HVC_OPTION_ESR) ||
	       hvc_cli_world__sets_registers(options) ||
	       hvc_options__has(options, HVC_OPTION_MAP_ON_DEMAND);
}

/* What --set says of r0 to r14 and the PSR. */
static enum hvc_status add_aarch32(const struct hvc_options *options, bool hyp,
                                   struct hvc_diag *diag, struct hvc_call *call)
{
	unsigned mode = hvc_level__mode(call->from);

	if (!options->r_set && !options->psr_set)
		return HVC_OK;
	if (!hvc_level_is_aarch32(call->from))
		return hvc_diag_set(diag, HVC_E_ARG, NULL, 0, 0,
		                    "--set: r0 to r14 and psr are of callers in AArch32 state "
		                    "(--from el1-svc)");
	for (unsigned n = 0; n < 15; n++) {
		uint64_t *x = &call->x[hvc_aarch32_x(mode, n)];

		if (options->r_set >> n & 1)
			*x = (hyp ? 0 : *x & ~(uint64_t)UINT32_MAX) | options->r[n];
	}
	if (options->psr_set)
		call->psr = options->psr;
	if (!hvc_insn_is_t32(call->insn) && hvc_aarch32_it(call->psr))
		return hvc_diag_set(diag, HVC_E_ARG, NULL, 0, 0,
		                    "--set: there are no IT blocks in A32 (--insn hvc-t32)");
	return HVC_OK;
}

/* Of a world of traps the call is one. */
static enum hvc_status take_trap(const struct hvc_options *options, const struct hvc_world *world,
                                 struct hvc_diag *diag, struct hvc_call *call)
{
	bool has_insn = hvc_options__has(options, HVC_OPTION_INSN);

	if (hvc_options__has(options, HVC_OPTION_ESR) && hvc_options__has(options, HVC_OPTION_IMM))
		return hvc_diag_set(diag, HVC_E_ARG, NULL, 0, 0,
		                    "--imm: bits 15:0 of the syndrome are in --esr");
	if (world->esr && !has_insn) {
		call->insn = HVC_INSN_TRAP;
		if (!hvc_options__has(options, HVC_OPTION_IMM))
			call->imm = (uint16_t)world->esr;
	}
	if ((call->insn == HVC_INSN_TRAP) != (world->esr != 0))
		return hvc_diag_set(diag, HVC_E_ARG, NULL, 0, 0,
		                    "--insn: a trap needs --esr, or a world with a syndrome, and "
		                    "nothing else is called there");
	if (world->esr && !hvc_world__has_caller(world, call->insn, call->from))
		return hvc_diag_set(diag, HVC_E_ARG, NULL, 0, 0,
		                    "--esr: no exception from %s has this class",
		                    hvc_level_name(call->from));
	return HVC_OK;
}

enum hvc_status hvc_cli_world__call(const struct hvc_options *options,
                                    const struct hvc_subject *subject,
                                    const struct hvc_world *world, struct hvc_diag *diag,
                                    struct hvc_call *call)
{
	hvc_call_init(call, options->seed);
	call->imm = options->imm;
	call->from = options->from;
	call->insn = options->insn;
	if (hvc_subject_image(subject)->aarch32) {
		struct hvc_call fit = *call;

		hvc_call__fit(&fit, HVC_CPU_A15);
		call->from = fit.from;
		call->insn = fit.insn;
	}
	HVC_TRY(take_trap(options, world, diag, call));
	if (!hvc_options__has(options, HVC_OPTION_FROM) && options->insn >= HVC_INSN_HVC_A32)
		call->from = HVC_LEVEL_EL1_SVC;
	if (hvc_level_is_aarch32(call->from))
		call->insn = hvc_insn__at(call->insn, call->from);
	if (hvc_caller_index(call->insn, call->from) == HVC_CALLER_NONE)
		return hvc_diag_set(diag, HVC_E_ARG, NULL, 0, 0, "--insn: %s has no %s",
		                    hvc_level_name(call->from), hvc_insn_name(call->insn));
	if (hvc_call__imm(call) != call->imm)
		return hvc_diag_set(diag, HVC_E_ARG, NULL, 0, 0,
		                    "--imm: an SMC in AArch32 state has immediates 0 to 15");
	for (unsigned n = 0; n < HVC_GPR_COUNT; n++) {
		if (hvc_regset_has(&options->set, (enum hvc_reg)n))
			HVC_TRY(hvc_cli_world__value(options, subject, (enum hvc_reg)n, diag,
			                             &call->x[n]));
	}
	if (hvc_regset_has(&options->set, HVC_REG_NZCV))
		call->nzcv = options->value[HVC_REG_NZCV];
	if (hvc_regset_has(&options->set, HVC_REG_DAIF))
		call->daif = options->value[HVC_REG_DAIF];
	return add_aarch32(options, hvc_subject_image(subject)->aarch32, diag, call);
}
