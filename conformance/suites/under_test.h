/* SPDX-License-Identifier: MIT */
/** What the suites share that run subjects: opening things, and how to say what went wrong. */
#ifndef UNDER_TEST_H
#define UNDER_TEST_H

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "engine/call.h"
#include "engine/exact.h"
#include "hvcheck/check.h"
#include "suite.h"

static inline struct hvc_subject *open_subject(const char *spec)
{
	struct hvc_subject *subject = NULL;
	struct hvc_diag diag = {0};
	enum hvc_status status = hvc_subject_open(spec, &diag, &subject);

	ck_assert_msg(status == HVC_OK, "%s: %s", spec, diag.message);
	return subject;
}

/** A specification that is written in the test. */
static inline struct hvc_abi *parse_abi(const char *text)
{
	struct hvc_diag diag = {0};
	struct hvc_abi *abi = NULL;

	ck_assert_msg(hvc_abi_parse(text, strlen(text), "a", &diag, &abi) == HVC_OK, "%u:%u: %s",
	              diag.line, diag.column, diag.message);
	return abi;
}

static inline struct hvc_abi *open_abi(const char *name)
{
	struct hvc_abi *abi = NULL;
	struct hvc_diag diag = {0};
	enum hvc_status status = hvc_abi_open(name, &diag, &abi);

	ck_assert_msg(status == HVC_OK, "%s:%u: %s", diag.file, diag.line, diag.message);
	return abi;
}

static inline struct hvc_machine *open_machine(const struct hvc_subject *subject,
                                               const struct hvc_world *world)
{
	struct hvc_machine_config config = {.image = *hvc_subject_image(subject), .world = world};
	struct hvc_machine *machine = NULL;
	struct hvc_diag diag = {0};
	enum hvc_status status = hvc_machine_open(&config, &diag, &machine);

	ck_assert_msg(status == HVC_OK, "%s: %s", hvc_subject_name(subject), diag.message);
	return machine;
}

/** One call in the machine's present state. */
static inline struct hvc_outcome make_call(struct hvc_machine *machine, const struct hvc_call *call)
{
	struct hvc_outcome outcome;
	struct hvc_diag diag = {0};
	enum hvc_status status = hvc_machine_call(machine, call, &diag, &outcome);

	ck_assert_msg(status == HVC_OK, "%s #0x%x: %s", hvc_insn_name(call->insn), call->imm,
	              diag.message);
	return outcome;
}

/**
 * A caller in AArch32 state gets the same from each mode of EL1 as from Supervisor mode: how the
 * call ends, and what is in r0 to r7, which all modes share. step: between the immediates.
 */
static inline void assert_modes_alike(struct hvc_machine *machine, const struct hvc_call *from_svc,
                                      unsigned step)
{
	for (unsigned imm = 0; imm < HVC_IMM_COUNT; imm += step) {
		struct hvc_call call = *from_svc;
		struct hvc_outcome svc, other;
		struct hvc_diag diag = {0};

		call.imm = (uint16_t)imm;
		for (enum hvc_level from = HVC_LEVEL_EL1_FIQ; from <= HVC_LEVEL_EL1_SYS; from++) {
			call.from = HVC_LEVEL_EL1_SVC;
			ck_assert_int_eq(hvc_machine_reset(machine, &diag), HVC_OK);
			svc = make_call(machine, &call);
			call.from = from;
			ck_assert_int_eq(hvc_machine_reset(machine, &diag), HVC_OK);
			other = make_call(machine, &call);
			ck_assert_msg(other.kind == svc.kind &&
			                      other.level == (svc.level == HVC_LEVEL_EL1_SVC
			                                              ? from
			                                              : svc.level) &&
			                      !memcmp(other.state.v, svc.state.v,
			                              8 * sizeof *svc.state.v),
			              "%s #0x%x from %s: %s at %s, not %s",
			              hvc_insn_name(call.insn), imm, hvc_level_name(from),
			              hvc_outcome_name(other.kind), hvc_level_name(other.level),
			              hvc_outcome_name(svc.kind));
		}
	}
}

static inline void reset(struct hvc_machine *machine)
{
	struct hvc_diag diag = {0};
	enum hvc_status status = hvc_machine_reset(machine, &diag);

	ck_assert_msg(status == HVC_OK, "%s", diag.message);
}

static inline struct hvc_check *run_config(const struct hvc_check_config *config)
{
	struct hvc_check *check = NULL;
	struct hvc_diag diag = {0};
	enum hvc_status status = hvc_check_run(config, &diag, &check);

	ck_assert_msg(status == HVC_OK, "%s against %s: %s", hvc_subject_name(config->subject),
	              hvc_abi_name(config->abi), diag.message);
	return check;
}

static inline struct hvc_check *run_check_with(const struct hvc_subject *subject,
                                               const struct hvc_abi *abi, unsigned randoms,
                                               bool brief)
{
	const struct hvc_check_config config = {
	        .subject = subject,
	        .abi = abi,
	        .randoms = randoms,
	        .brief = brief,
	        .sweep = true,
	        .jobs = 2,
	};

	return run_config(&config);
}

static inline struct hvc_check *run_check(const struct hvc_subject *subject,
                                          const struct hvc_abi *abi, unsigned randoms)
{
	return run_check_with(subject, abi, randoms, false);
}

/** The command that repeats one call. */
static inline void print_command(const char *subject, const struct hvc_world *world,
                                 const struct hvc_call *call, uint64_t seed, char *text,
                                 size_t size)
{
	struct hvc_probe probe = {.call = *call, .seed = seed, .reg = HVC_REG_NONE};

	hvc_call__command(subject, world, &probe, call->imm, text, size);
}

/** Everything a check found, each finding with its witness and the command that repeats it. */
static inline void print_findings(const struct hvc_check *check, char *text, size_t size)
{
	size_t used = 0;

	text[0] = '\0';
	for (unsigned i = 0; i < check->findings && used < size; i++) {
		const struct hvc_finding *finding = &check->finding[i];
		const struct hvc_rule *rule =
		        hvc_abi_rule_at(check->abi, (unsigned)finding->verdict.rule);
		const struct hvc_world *world =
		        &hvc_abi_world_at(check->abi, finding->world)->world;
		char what[128], command[512];
		int n;

		hvc_finding_print(check, finding, what, sizeof what);
		hvc_call__command(check->subject, world, &finding->probe, finding->imm, command,
		                  sizeof command);
		n = snprintf(text + used, size - used,
		             "\n  %s, %s: immediate 0x%x: %s\n"
		             "    %" PRIu64 " calls fail, on %" PRIu32 " immediates\n"
		             "    promised by: %s\n    reproduce: %s --abi %s",
		             rule->name, hvc_clause_name(finding->verdict.clause), finding->imm,
		             what, finding->calls, finding->immediates, rule->source, command,
		             hvc_abi_name(check->abi));
		used += n > 0 ? (size_t)n : 0;
	}
}

/** The built-in of a name; NULL when there is none. */
static inline const struct hvc_builtin *find_builtin(const char *name)
{
	const struct hvc_builtin *builtin;

	for (size_t i = 0; (builtin = hvc_builtin_at(i)); i++)
		if (!strcmp(builtin->name, name))
			return builtin;
	return NULL;
}

/**
 * Has the specification a built-in subject of its name that callers in AArch64 state can be proved
 * and swept of? Others have none, or one for Hyp mode. subjects_and_abis_match of test_dispatch.c
 * counts them.
 */
static inline bool has_subject(const char *abi)
{
	const struct hvc_builtin *builtin = find_builtin(abi);

	return builtin && !hvc_builtin_is_aarch32(builtin);
}

/** The exact map of a subject in a world: the terms and the machine agree, a call a path. */
static inline void hold_exact(const char *spec, const struct hvc_world *world, const char *what)
{
	struct hvc_exact_config config = {.world = world, .brief = true};
	struct hvc_exact *exact = NULL;
	struct hvc_subject *subject = open_subject(spec);
	struct hvc_diag diag = {0};

	config.subject = subject;
	ck_assert_msg(hvc_exact__make(&config, &diag, &exact) == HVC_OK, "%s: %s", what,
	              diag.message);
	hvc_exact__free(exact);
	hvc_subject_close(subject);
}

#endif
