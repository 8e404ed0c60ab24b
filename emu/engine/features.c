/* SPDX-License-Identifier: MIT */
/*
 * What a subject says that it has, held to what it does: each function of a standard range is
 * asked after, and called. Only ABIs that name the question are held to the answers; and where an
 * ABI says nothing of unallocated calls, those of its ranges that are answered otherwise than a
 * number that nobody has are told.
 */
#include "engine/features.h"

#include <stdbool.h>
#include <stdint.h>
#include <sys/mman.h>

#include "abi/abi.h"
#include "engine/prover.h"
#include "engine/scene.h"

/*
 * The functions that a subject may be asked after. Sources: Arm DEN0022 5.1.14 and 5.2
 * (PSCI_FEATURES), DEN0028 7.3 (SMCCC_ARCH_FEATURES), DEN0077 13.3 (FFA_FEATURES), DEN0098 2.2
 * (TRNG_FEATURES), DEN0057 3.3 (PV_TIME_FEATURES), Linux Documentation/virt/kvm/arm/hypercalls.rst
 * (the vendor's features, a bitmap in w0 to w3).
 */
enum family {
	PSCI,
	ARCH,
	FFA,
	TRNG,
	PV_TIME,
	KVM, /* where the vendor's UID is KVM's */
	FAMILIES,
};

enum {
	BOTH = 1,    /* has a 64-bit form, too */
	ALONE = 2,   /* may be called without being told of */
	REFUSES = 4, /* says NOT_SUPPORTED to say something else */
	EITHER = 8,  /* has one form, of 32 or 64 bits */
	MAYBE = 16,  /* may have a 64-bit form */
	NOBODYS = 32 /* no specification gives it a meaning */
};

struct question {
	uint32_t id;
	const char *name;
	uint32_t first, last; /* identifiers that it may be asked after, 64-bit forms apart */
};

struct function {
	enum family family;
	uint32_t id;
	const char *name;
	unsigned is;
};

#define FUNCTIONS_MAX 320u

#define SMC64 UINT32_C(0x40000000)

static const struct question questions[FAMILIES] = {
        [PSCI] = {0x8400000a, "PSCI_FEATURES", 0x84000000, 0x8400001f},
        [ARCH] = {0x80000001, "SMCCC_ARCH_FEATURES", 0x80000000, 0x8000000f},
        [FFA] = {0x84000064, "FFA_FEATURES", 0x84000060, 0x8400009f},
        [TRNG] = {0x84000051, "TRNG_FEATURES", 0x84000050, 0x8400005f},
        [PV_TIME] = {0xc5000020, "PV_TIME_FEATURES", 0xc5000020, 0xc500002f},
        [KVM] = {0x86000000, "the vendor's features call", 0x86000001, 0x8600007f},
};

static const struct function functions[] = {
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
        {PSCI, 0x84000015, "SYSTEM_OFF2", BOTH},
        {PSCI, 0x80000000, "SMCCC_VERSION", ALONE},
        {ARCH, 0x80000002, "SMCCC_ARCH_SOC_ID", 0},
        {ARCH, 0x80008000, "SMCCC_ARCH_WORKAROUND_1", ALONE},
        {ARCH, 0x80007fff, "SMCCC_ARCH_WORKAROUND_2", ALONE},
        {ARCH, 0x80003ffe, "SMCCC_ARCH_WORKAROUND_4", ALONE},
        {ARCH, 0x80003fff, "SMCCC_ARCH_WORKAROUND_3", ALONE},
        {FFA, 0x84000063, "FFA_VERSION", 0},
        {FFA, 0x84000065, "FFA_RX_RELEASE", 0},
        {FFA, 0x84000066, "FFA_RXTX_MAP", MAYBE},
        {FFA, 0x84000067, "FFA_RXTX_UNMAP", 0},
        {FFA, 0x84000068, "FFA_PARTITION_INFO_GET", 0},
        {FFA, 0x84000069, "FFA_ID_GET", 0},
        {FFA, 0x8400006b, "FFA_MSG_WAIT", 0},
        {FFA, 0x8400006c, "FFA_YIELD", 0},
        {FFA, 0x8400006d, "FFA_RUN", 0},
        {FFA, 0x8400006f, "FFA_MSG_SEND_DIRECT_REQ", MAYBE},
        {FFA, 0x84000070, "FFA_MSG_SEND_DIRECT_RESP", MAYBE},
        {FFA, 0x84000071, "FFA_MEM_DONATE", MAYBE},
        {FFA, 0x84000072, "FFA_MEM_LEND", MAYBE},
        {FFA, 0x84000073, "FFA_MEM_SHARE", MAYBE},
        {FFA, 0x84000074, "FFA_MEM_RETRIEVE_REQ", MAYBE},
        {FFA, 0x84000076, "FFA_MEM_RELINQUISH", 0},
        {FFA, 0x84000077, "FFA_MEM_RECLAIM", 0},
        {FFA, 0x8400007a, "FFA_MEM_FRAG_RX", 0},
        {FFA, 0x8400007b, "FFA_MEM_FRAG_TX", 0},
        {FFA, 0x84000082, "FFA_NOTIFICATION_GET", 0},
        {FFA, 0x84000085, "FFA_SPM_ID_GET", 0},
        {FFA, 0x84000086, "FFA_MSG_SEND2", 0},
        {FFA, 0x8400008a, "FFA_CONSOLE_LOG", MAYBE},
        {TRNG, 0x84000050, "TRNG_VERSION", ALONE},
        {TRNG, 0x84000052, "TRNG_GET_UUID", 0},
        {TRNG, 0x84000053, "TRNG_RND", BOTH},
        {PV_TIME, 0xc5000021, "PV_TIME_ST", 0},
        {KVM, 0x86000001, "KVM's PTP", EITHER},
        {KVM, 0x86000002, "KVM's HYP_MEMINFO", EITHER},
        {KVM, 0x86000003, "KVM's MEM_SHARE", EITHER},
        {KVM, 0x86000004, "KVM's MEM_UNSHARE", EITHER},
        {KVM, 0x86000005, "KVM's MMIO_GUARD_INFO", EITHER},
        {KVM, 0x86000006, "KVM's MMIO_GUARD_ENROLL", EITHER},
        {KVM, 0x86000007, "KVM's MMIO_GUARD_MAP", EITHER},
        {KVM, 0x86000040, "KVM's DISCOVER_IMPL_VER", EITHER},
        {KVM, 0x86000041, "KVM's DISCOVER_IMPL_CPUS", EITHER},
};

#define FUNCTIONS (sizeof functions / sizeof *functions)

static bool has(uint32_t id)
{
	for (unsigned i = 0; i < FUNCTIONS; i++)
		if (functions[i].id == id)
			return true;
	return false;
}

/* All of them, as 32-bit forms where there are two, those without a meaning last: how many. */
static unsigned list_functions(struct function out[static FUNCTIONS_MAX])
{
	unsigned count = 0;

	for (; count < FUNCTIONS; count++)
		out[count] = functions[count];
	for (unsigned f = 0; f < FAMILIES; f++) {
		const struct question *q = &questions[f];

		for (uint32_t id = q->first; id <= q->last && count < FUNCTIONS_MAX; id++)
			if (!has(id) && id != q->id)
				out[count++] = (struct function){(enum family)f, id, NULL, NOBODYS};
	}
	return count;
}

bool hvc_features__is_question(uint32_t id)
{
	for (unsigned f = 0; f < FAMILIES; f++)
		if (questions[f].id == id)
			return true;
	return false;
}

const char *hvc_features__name(uint32_t id, const char **asked)
{
	for (unsigned i = 0; i < FUNCTIONS; i++)
		if (functions[i].id == id || (functions[i].id | SMC64) == id) {
			*asked = questions[functions[i].family].name;
			return functions[i].name;
		}
	*asked = "?";
	for (unsigned f = 0; f < FAMILIES; f++)
		if ((id & ~SMC64) >= (questions[f].first & ~SMC64) &&
		    (id & ~SMC64) <= (questions[f].last & ~SMC64))
			*asked = questions[f].name;
	return "a function that no specification names";
}

#define NOT_SUPPORTED UINT32_MAX
#define FFA_ERROR     UINT32_C(0x84000060)
#define FFA_SUCCESS   UINT32_C(0x84000061)
#define VENDOR_UID    UINT32_C(0x8600ff01)
#define OWNER         UINT32_C(0xff000000)
#define NOBODYS       UINT32_C(0x00001ff0) /* with an owner: a number that nobody has */

/* Linux, include/linux/arm-smccc.h: ARM_SMCCC_VENDOR_HYP_UID_KVM. */
static const uint32_t kvm_uid[4] = {0xb66fb428, 0xe911c52e, 0x564bcaa9, 0x743a004d};

/* What is made of one call. */
enum answer {
	UNKNOWN, /* the engine died of it, or EL2 faulted for want of what boot would have set */
	ABSENT,
	PRESENT,
};

/* One form of a function. */
struct form {
	uint8_t told, does;       /* enum answer */
	uint8_t kind, as_nobodys; /* how the call ends, and whether as one that is none */
	uint32_t x0;
};

/* Shared with the process that makes the calls. */
struct bench {
	struct hvc_flight flight;
	struct hvc_diag diag;
	volatile unsigned at;
	bool kvm;
	struct form form[FUNCTIONS_MAX][2];
};

struct work {
	const struct hvc_features_config *config;
	struct bench *bench;
	struct hvc_machine *machine;
	unsigned functions;
	struct function function[FUNCTIONS_MAX];
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

/* A question is asked of a bit of the answer, or by an argument. */
static bool tells_bit(const struct hvc_outcome *o, uint32_t id)
{
	unsigned bit = id & 127;

	return o->state.v[bit / 32] >> bit % 32 & 1;
}

static enum answer judge(const struct hvc_outcome *o, const struct function *f, bool asks)
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
	if (f->family == KVM && asks)
		return x0 != NOT_SUPPORTED && tells_bit(o, f->id) ? PRESENT : ABSENT;
	if (f->family == FFA && asks)
		return x0 == FFA_SUCCESS ? PRESENT : ABSENT;
	if (f->family == FFA)
		return x0 == NOT_SUPPORTED || (x0 == FFA_ERROR && x2 == NOT_SUPPORTED) ? ABSENT
		                                                                       : PRESENT;
	if (asks)
		return x0 >> 31 ? ABSENT : PRESENT;
	return x0 == NOT_SUPPORTED ? ABSENT : PRESENT;
}

static enum hvc_status call_one(struct work *work, uint32_t id, uint32_t argument, bool asks,
                                struct hvc_outcome *outcome)
{
	struct hvc_call call;

	make_call(work, id, argument, asks, &call);
	HVC_TRY(hvc_machine_reset(work->machine, &work->bench->diag));
	return hvc_machine_call(work->machine, &call, &work->bench->diag, outcome);
}

/* Has a function two identifiers? */
static bool has_wide(const struct function *f)
{
	return !(f->id & SMC64);
}

static enum hvc_status make_one(struct work *work, unsigned at)
{
	unsigned wide = at % 2;
	const struct function *f = &work->function[at / 2];
	struct form *form = &work->bench->form[at / 2][wide];
	uint32_t id = f->id | (wide ? SMC64 : 0);
	struct hvc_outcome outcome;

	if (wide && !has_wide(f))
		return HVC_OK;
	HVC_TRY(call_one(work, questions[f->family].id, id, true, &outcome));
	form->told = (uint8_t)judge(&outcome, f, true);
	HVC_TRY(call_one(work, id, 0, false, &outcome));
	form->does = (uint8_t)judge(&outcome, f, false);
	form->kind = (uint8_t)outcome.kind;
	form->x0 = (uint32_t)outcome.state.v[0];
	HVC_TRY(call_one(work, (id & OWNER) | NOBODYS, 0, false, &outcome));
	form->as_nobodys =
	        form->kind == (uint8_t)outcome.kind && form->x0 == (uint32_t)outcome.state.v[0];
	return HVC_OK;
}

static enum hvc_status find_vendor(struct work *work)
{
	struct hvc_outcome outcome;
	bool same = true;

	HVC_TRY(call_one(work, VENDOR_UID, 0, false, &outcome));
	for (unsigned i = 0; i < 4; i++)
		same &= (uint32_t)outcome.state.v[i] == kvm_uid[i];
	work->bench->kvm = same && outcome.kind == HVC_OUTCOME_RETURN;
	return HVC_OK;
}

static enum hvc_status make_all(void *ctx)
{
	struct work *work = ctx;
	enum hvc_status status =
	        hvc_scene__machine(work->config->subject, work->config->world, work->config->budget,
	                           &work->bench->diag, &work->machine);

	if (status != HVC_OK)
		return status;
	/* The first call; where the engine dies of it, the vendor stays unknown. */
	if (work->bench->at == 0) {
		work->bench->at++;
		status = find_vendor(work);
	}
	for (; status == HVC_OK && work->bench->at <= 2 * work->functions; work->bench->at++)
		status = make_one(work, work->bench->at - 1);
	hvc_machine_close(work->machine);
	return status;
}

static const struct hvc_rule *rule_at(const struct work *work, uint32_t id, uint32_t argument,
                                      int *index)
{
	const struct hvc_features_config *c = work->config;
	struct hvc_call call;

	make_call(work, id, argument, true, &call);
	*index = hvc_abi__rule_of(c->abi, c->index, &call);
	return *index < 0 ? NULL : hvc_abi_rule_at(c->abi, (unsigned)*index);
}

/* Does a rule of the ABI name the question, and say that x0 answers it? */
static int rule_of(const struct work *work, enum family family, uint32_t argument)
{
	const struct hvc_rule *rule;
	bool answers;
	int index;

	rule = rule_at(work, questions[family].id, argument, &index);
	if (!rule || rule->role != HVC_ROLE_CALL || !rule->specified)
		return -1;
	answers = rule->returns.bits[0] & 1;
	for (unsigned i = 0; i < rule->results; i++)
		answers |= rule->result[i].reg == HVC_REG_X0;
	return answers ? index : -1;
}

static bool lie(const struct work *work, int rule, uint32_t id, bool asks, unsigned index,
                enum hvc_lie kind)
{
	uint32_t question = questions[work->function[index].family].id;
	struct hvc_verdict verdict = {
	        .kind = HVC_VERDICT_VIOLATES,
	        .rule = rule,
	        .clause = HVC_CLAUSE_FEATURES,
	        .reg = HVC_REG_NONE,
	        .expected = id,
	        .actual = kind,
	};
	struct hvc_call call;

	make_call(work, asks ? question : id, id, asks, &call);
	return work->config->add(work->config->ctx, &verdict, &call);
}

/* Of a function that has one of two forms, they are one. */
static void unite(struct form form[2])
{
	if (form[1].does == PRESENT || form[0].does == UNKNOWN)
		form[0].does = form[1].does;
	form[1] = (struct form){0};
}

/* All that is told of one function. False: memory ran out. */
static bool hold(const struct work *work, unsigned index)
{
	const struct function *f = &work->function[index];
	struct form *form = work->bench->form[index];
	unsigned is = f->is, two = BOTH | MAYBE;
	int rule = rule_of(work, f->family, f->id);

	if (rule < 0)
		return true;
	for (unsigned wide = 0; wide < (has_wide(f) ? 2u : 1u); wide++) {
		uint32_t id = f->id | (wide ? SMC64 : 0);
		bool exists = !(is & NOBODYS) && (!wide || is & two);

		if (form[wide].told == PRESENT && form[wide].does == ABSENT && !(is & REFUSES) &&
		    !lie(work, rule, id, false, index, HVC_LIE_TOLD))
			return false;
		if (form[wide].told == ABSENT && form[wide].does == PRESENT && exists &&
		    !(is & (ALONE | REFUSES)) && !lie(work, rule, id, true, index, HVC_LIE_HIDDEN))
			return false;
	}
	if (is & BOTH && !(is & REFUSES) && form[0].told == PRESENT && form[1].told == ABSENT &&
	    form[1].does == ABSENT)
		return lie(work, rule, f->id | SMC64, true, index, HVC_LIE_HALF);
	return true;
}

/* A call that an ABI leaves open, with all that are none, and that is answered as none of them. */
static bool find_secret(const struct work *work, unsigned index)
{
	const struct function *f = &work->function[index];

	for (unsigned wide = 0; wide < (has_wide(f) ? 2u : 1u); wide++) {
		const struct form *form = &work->bench->form[index][wide];
		uint32_t id = f->id | (wide ? SMC64 : 0);
		const struct hvc_rule *rule;
		int at;

		/* Where control does not come back, the caller has no answer. */
		if (form->does != PRESENT || form->as_nobodys ||
		    (form->kind != HVC_OUTCOME_RETURN && form->kind != HVC_OUTCOME_HANDOFF))
			continue;
		rule = rule_at(work, id, 0, &at);
		if (rule && rule->is_default && rule->role == HVC_ROLE_UNKNOWN &&
		    !rule->specified && !lie(work, at, id, false, index, HVC_LIE_SECRET))
			return false;
	}
	return true;
}

/* Something must be told, or nothing is asked there. */
static bool tells(const struct work *work, enum family family)
{
	bool any = false;

	/* Its bitmap has a bit of the call's own. */
	if (family == KVM)
		return work->bench->kvm;
	for (unsigned i = 0; i < work->functions; i++)
		any |= work->function[i].family == family &&
		       (work->bench->form[i][0].told == PRESENT ||
		        work->bench->form[i][1].told == PRESENT);
	return any;
}

static bool hold_all(const struct work *work)
{
	bool told[FAMILIES], ok = true;

	for (unsigned f = 0; f < FAMILIES; f++)
		told[f] = tells(work, (enum family)f);
	for (unsigned i = 0; ok && i < work->functions; i++) {
		ok = find_secret(work, i);
		if (work->function[i].is & EITHER || work->function[i].family == KVM)
			unite(work->bench->form[i]);
		ok = ok && (!told[work->function[i].family] || hold(work, i));
	}
	return ok;
}

/* Is there something to hold: a question that is named, or fast calls that are left open? */
static bool applies(const struct work *work)
{
	const struct hvc_abi *abi = work->config->abi;
	bool any = false, smccc = hvc_width__is_smccc(abi);

	for (unsigned i = 0; smccc && i < hvc_abi_rule_count(abi); i++)
		any |= hvc_abi_rule_at(abi, i)->is_default && !hvc_abi_rule_at(abi, i)->specified;
	for (unsigned f = 0; f < FAMILIES; f++)
		any |= rule_of(work, (enum family)f, questions[f].first) >= 0;
	return any;
}

enum hvc_status hvc_features__check(const struct hvc_features_config *config, struct hvc_diag *diag)
{
	struct work work = {.config = config};
	enum hvc_status status = HVC_OK;
	bool ok = true;

	if (!applies(&work))
		return HVC_OK;
	work.functions = list_functions(work.function);
	work.bench = mmap(NULL, sizeof *work.bench, PROT_READ | PROT_WRITE,
	                  MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (work.bench == MAP_FAILED)
		return hvc_diag_set(diag, HVC_E_NOMEM, NULL, 0, 0, "out of memory");
	while (status == HVC_OK && work.bench->at <= 2 * work.functions) {
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
	if (status == HVC_OK)
		ok = hold_all(&work);
	munmap(work.bench, sizeof *work.bench);
	return ok ? status : hvc_diag_set(diag, HVC_E_NOMEM, NULL, 0, 0, "out of memory");
}
