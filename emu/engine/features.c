/* SPDX-License-Identifier: MIT */
/*
 * What a subject says that it has, held to what it does: each function of a standard range is
 * asked after, and called. Sources: Arm DEN0022 5.1.14 and 5.2 (PSCI_FEATURES), DEN0028 7.3
 * (SMCCC_ARCH_FEATURES), DEN0077 13.3 (FFA_FEATURES). Only ABIs that name the question are held to
 * the answers.
 */
#include "engine/features.h"

#include <stdio.h>
#include <string.h>
#include <sys/mman.h>

#include "engine/prove.h"
#include "hvcheck/overlap.h"

#define NOT_SUPPORTED UINT32_MAX
#define SMC64         UINT32_C(0x40000000)
#define FFA_ERROR     UINT32_C(0x84000060)
#define FFA_SUCCESS   UINT32_C(0x84000061)

enum family { PSCI, ARCH, FFA, FAMILIES };

static const struct {
	uint32_t id;
	const char *name;
} question[FAMILIES] = {
        {0x8400000a, "PSCI_FEATURES"},
        {0x80000001, "SMCCC_ARCH_FEATURES"},
        {0x84000064, "FFA_FEATURES"},
};

enum {
	BOTH = 1,   /* has a 64-bit form, too */
	ALONE = 2,  /* may be called without being told of */
	REFUSES = 4 /* says NOT_SUPPORTED to say something else */
};

static const struct {
	enum family family;
	uint32_t id;
	const char *name;
	unsigned is;
} functions[] = {
        {PSCI, 0x84000000, "PSCI_VERSION", 0},
        {PSCI, 0x84000001, "CPU_SUSPEND", BOTH},
        {PSCI, 0x84000002, "CPU_OFF", 0},
        {PSCI, 0x84000003, "CPU_ON", BOTH},
        {PSCI, 0x84000004, "AFFINITY_INFO", BOTH},
        {PSCI, 0x84000005, "MIGRATE", BOTH | REFUSES},
        {PSCI, 0x84000006, "MIGRATE_INFO_TYPE", REFUSES},
        {PSCI, 0x84000007, "MIGRATE_INFO_UP_CPU", BOTH | REFUSES},
        {PSCI, 0x84000008, "SYSTEM_OFF", 0},
        {PSCI, 0x84000009, "SYSTEM_RESET", 0},
        {PSCI, 0x8400000b, "CPU_FREEZE", 0},
        {PSCI, 0x8400000c, "CPU_DEFAULT_SUSPEND", BOTH},
        {PSCI, 0x8400000d, "NODE_HW_STATE", BOTH},
        {PSCI, 0x8400000e, "SYSTEM_SUSPEND", BOTH},
        {PSCI, 0x8400000f, "PSCI_SET_SUSPEND_MODE", 0},
        {PSCI, 0x84000010, "PSCI_STAT_RESIDENCY", BOTH},
        {PSCI, 0x84000011, "PSCI_STAT_COUNT", BOTH},
        {PSCI, 0x84000012, "SYSTEM_RESET2", BOTH},
        {PSCI, 0x84000013, "MEM_PROTECT", 0},
        {PSCI, 0x84000014, "MEM_PROTECT_CHECK_RANGE", BOTH},
        {PSCI, 0x80000000, "SMCCC_VERSION", ALONE},
        {ARCH, 0x80000002, "SMCCC_ARCH_SOC_ID", 0},
        {ARCH, 0x80008000, "SMCCC_ARCH_WORKAROUND_1", ALONE},
        {ARCH, 0x80007fff, "SMCCC_ARCH_WORKAROUND_2", ALONE},
        {ARCH, 0x80003fff, "SMCCC_ARCH_WORKAROUND_3", ALONE},
        {FFA, 0x84000063, "FFA_VERSION", 0},
        {FFA, 0x84000065, "FFA_RX_RELEASE", 0},
        {FFA, 0x84000067, "FFA_RXTX_UNMAP", 0},
        {FFA, 0x84000068, "FFA_PARTITION_INFO_GET", 0},
        {FFA, 0x84000069, "FFA_ID_GET", 0},
        {FFA, 0x8400006b, "FFA_MSG_WAIT", 0},
        {FFA, 0x8400006c, "FFA_YIELD", 0},
        {FFA, 0x8400006d, "FFA_RUN", 0},
        {FFA, 0x8400006f, "FFA_MSG_SEND_DIRECT_REQ", 0},
        {FFA, 0x84000070, "FFA_MSG_SEND_DIRECT_RESP", 0},
        {FFA, 0x84000071, "FFA_MEM_DONATE", 0},
        {FFA, 0x84000072, "FFA_MEM_LEND", 0},
        {FFA, 0x84000073, "FFA_MEM_SHARE", 0},
        {FFA, 0x84000074, "FFA_MEM_RETRIEVE_REQ", 0},
        {FFA, 0x84000076, "FFA_MEM_RELINQUISH", 0},
        {FFA, 0x84000077, "FFA_MEM_RECLAIM", 0},
        {FFA, 0x8400007a, "FFA_MEM_FRAG_RX", 0},
        {FFA, 0x8400007b, "FFA_MEM_FRAG_TX", 0},
};

#define FUNCTIONS (sizeof functions / sizeof *functions)

/* What is made of one call. */
enum answer {
	UNKNOWN, /* the engine died of it, or EL2 faulted for want of what boot would have set */
	ABSENT,
	PRESENT,
};

/* Shared with the process that makes the calls: of each form told, and done. */
struct bench {
	struct hvc_flight flight;
	struct hvc_diag diag;
	volatile unsigned at;
	uint8_t answer[FUNCTIONS][2][2];
};

struct work {
	const struct hvc_features_config *config;
	struct bench *bench;
};

static void make_call(const struct work *work, uint32_t id, uint32_t argument, bool asks,
                      struct hvc_call *out)
{
	hvc_call_init(out, 0);
	out->from = work->config->from;
	out->insn = work->config->insn;
	out->x[0] = id;
	if (asks)
		out->x[1] = argument;
}

static enum answer judge(const struct hvc_outcome *o, enum family family, bool asks)
{
	uint32_t x0 = (uint32_t)o->state.v[0], x2 = (uint32_t)o->state.v[2];

	switch (o->kind) {
	case HVC_OUTCOME_RETURN:
		break;
	case HVC_OUTCOME_FAULT:
	case HVC_OUTCOME_LIMIT:
		return UNKNOWN;
	case HVC_OUTCOME_INJECT:
	case HVC_OUTCOME_UNDEFINED:
	case HVC_OUTCOME_RETRY:
		return ABSENT;
	default:
		return PRESENT;
	}
	if (family == FFA && asks)
		return x0 == FFA_SUCCESS ? PRESENT : ABSENT;
	if (family == FFA)
		return x0 == NOT_SUPPORTED || (x0 == FFA_ERROR && x2 == NOT_SUPPORTED) ? ABSENT
		                                                                       : PRESENT;
	if (asks)
		return x0 >> 31 ? ABSENT : PRESENT;
	return x0 == NOT_SUPPORTED ? ABSENT : PRESENT;
}

static enum hvc_status make_one(struct work *work, struct hvc_machine *machine, unsigned at)
{
	unsigned index = at / 4, wide = at / 2 % 2, asks = at % 2;
	uint32_t id = functions[index].id | (wide ? SMC64 : 0);
	enum family family = functions[index].family;
	struct hvc_outcome outcome;
	struct hvc_call call;

	if (wide && !(functions[index].is & BOTH))
		return HVC_OK;
	make_call(work, asks ? question[family].id : id, id, asks, &call);
	HVC_TRY(hvc_machine_reset(machine, &work->bench->diag));
	HVC_TRY(hvc_machine_call(machine, &call, &work->bench->diag, &outcome));
	work->bench->answer[index][wide][asks] = (uint8_t)judge(&outcome, family, asks);
	return HVC_OK;
}

static enum hvc_status make_all(void *ctx)
{
	struct work *work = ctx;
	const struct hvc_machine_config config = {
	        .image = *hvc_subject_image(work->config->subject),
	        .world = work->config->world,
	        .budget = work->config->budget,
	};
	struct hvc_machine *machine;
	enum hvc_status status = hvc_machine_open(&config, &work->bench->diag, &machine);

	if (status != HVC_OK)
		return status;
	for (; status == HVC_OK && work->bench->at < 4 * FUNCTIONS; work->bench->at++)
		status = make_one(work, machine, work->bench->at);
	hvc_machine_close(machine);
	return status;
}

/* Does a rule of the ABI name the call, and promise something of it? */
static int rule_of(const struct work *work, uint32_t id, uint32_t argument)
{
	const struct hvc_features_config *c = work->config;
	struct hvc_call call;
	int rule;

	make_call(work, id, argument, true, &call);
	rule = hvc_abi_rule_of(c->abi, c->index, &call);
	if (rule < 0 || hvc_abi_rule_at(c->abi, (unsigned)rule)->role != HVC_ROLE_CALL ||
	    !hvc_abi_rule_at(c->abi, (unsigned)rule)->specified)
		return -1;
	return rule;
}

static bool lie(const struct work *work, int rule, uint32_t id, bool asks, unsigned index,
                enum hvc_lie kind)
{
	struct hvc_verdict verdict = {
	        .kind = HVC_VERDICT_VIOLATES,
	        .rule = rule,
	        .clause = HVC_CLAUSE_FEATURES,
	        .reg = HVC_REG_NONE,
	        .expected = id,
	        .actual = kind,
	};
	struct hvc_call call;

	make_call(work, asks ? question[functions[index].family].id : id, id, asks, &call);
	return work->config->add(work->config->ctx, &verdict, &call);
}

/* All that is told of one function. False: memory ran out. */
static bool hold(const struct work *work, unsigned index)
{
	enum family family = functions[index].family;
	uint8_t(*answer)[2] = work->bench->answer[index];
	unsigned is = functions[index].is;
	int rule = rule_of(work, question[family].id, functions[index].id);

	if (rule < 0)
		return true;
	for (unsigned wide = 0; wide < (is & BOTH ? 2u : 1u); wide++) {
		uint32_t id = functions[index].id | (wide ? SMC64 : 0);
		enum answer does = (enum answer)answer[wide][0];
		enum answer told = (enum answer)answer[wide][1];

		if (told == PRESENT && does == ABSENT && !(is & REFUSES) &&
		    !lie(work, rule, id, false, index, HVC_LIE_TOLD))
			return false;
		if (told == ABSENT && does == PRESENT && !(is & (ALONE | REFUSES)) &&
		    !lie(work, rule, id, true, index, HVC_LIE_HIDDEN))
			return false;
	}
	if (is & BOTH && !(is & REFUSES) && answer[0][1] == PRESENT && answer[1][1] == ABSENT &&
	    answer[1][0] == ABSENT)
		return lie(work, rule, functions[index].id | SMC64, true, index, HVC_LIE_HALF);
	return true;
}

const char *hvc_features__name(uint32_t id, const char **asked)
{
	for (unsigned i = 0; i < FUNCTIONS; i++)
		if (functions[i].id == (id & ~SMC64)) {
			*asked = question[functions[i].family].name;
			return functions[i].name;
		}
	*asked = "?";
	return "?";
}

bool hvc_features__is_question(uint32_t id)
{
	for (unsigned f = 0; f < FAMILIES; f++)
		if (question[f].id == id)
			return true;
	return false;
}

/* Something must be told, or nothing is asked there. */
static bool tells(const struct work *work, enum family family)
{
	bool any = false;

	for (unsigned i = 0; i < FUNCTIONS; i++)
		any |= functions[i].family == family && (work->bench->answer[i][0][1] == PRESENT ||
		                                         work->bench->answer[i][1][1] == PRESENT);
	return any;
}

enum hvc_status hvc_features__check(const struct hvc_features_config *config, struct hvc_diag *diag)
{
	struct work work = {.config = config};
	enum hvc_status status = HVC_OK;
	bool asked = false, ok = true;

	for (unsigned f = 0; f < FAMILIES; f++)
		asked |= rule_of(&work, question[f].id, functions[0].id) >= 0;
	if (!asked)
		return HVC_OK;
	work.bench = mmap(NULL, sizeof *work.bench, PROT_READ | PROT_WRITE,
	                  MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (work.bench == MAP_FAILED)
		return hvc_diag_set(diag, HVC_E_NOMEM, NULL, 0, 0, "out of memory");
	while (status == HVC_OK && work.bench->at < 4 * FUNCTIONS) {
		bool died = false;

		status = hvc_lost__apart(make_all, &work, &work.bench->flight, &died);
		if (died && work.bench->flight.open) {
			hvc_flight__lose(&work.bench->flight);
			work.bench->at++;
			status = HVC_OK;
		} else if (status != HVC_OK) {
			*diag = work.bench->diag;
		}
	}
	for (unsigned i = 0; status == HVC_OK && ok && i < FUNCTIONS; i++)
		ok = !tells(&work, functions[i].family) || hold(&work, i);
	munmap(work.bench, sizeof *work.bench);
	return ok ? status : hvc_diag_set(diag, HVC_E_NOMEM, NULL, 0, 0, "out of memory");
}
