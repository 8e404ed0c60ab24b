/* SPDX-License-Identifier: MIT */
/** Register contracts: what becomes of each register, measured, against what the ABI promises. */
#include "engine/contract.h"

#include "engine/exact.h"
#include "hvcheck/arch.h"
#include "under_test.h"

static struct hvc_contract *measure(const char *name, const struct hvc_abi *abi, unsigned insns)
{
	struct hvc_subject *subject = open_subject(name);
	const struct hvc_contract_config config = {
	        .subject = subject,
	        .abi = abi,
	        .levels = 1u << HVC_LEVEL_EL1H,
	        .insns = insns,
	};
	struct hvc_contract *contract = NULL;
	struct hvc_diag diag = {0};

	ck_assert_msg(hvc_contract__measure(&config, &diag, &contract) == HVC_OK, "%s: %s", name,
	              diag.message);
	hvc_subject_close(subject);
	return contract;
}

static const struct hvc_contract_class *class_of(const struct hvc_contract *contract,
                                                 const char *rule)
{
	for (unsigned i = 0; i < contract->classes; i++)
		if (!strcmp(hvc_abi_rule_at(contract->abi, (unsigned)contract->class_[i].rule)
		                    ->name,
		            rule))
			return &contract->class_[i];
	ck_abort_msg("no class %s", rule);
	return NULL;
}

/* "x17 x18": what comes back clobbered, in any class. */
static void join(const struct hvc_contract *contract, bool allowed, char *text, size_t size)
{
	size_t used = 0;

	text[0] = '\0';
	for (unsigned place = 0; place < HVC_PLACES; place++) {
		bool found = false;

		for (unsigned i = 0; i < contract->findings; i++)
			found |= contract->finding[i].place == place &&
			         contract->finding[i].allowed == allowed;
		if (found)
			used += (size_t)snprintf(text + used, size - used, "%s%s", used ? " " : "",
			                         hvc_place__name(place));
	}
}

TEST(findings_are_what_the_history_says)
{
	static const struct {
		const char *subject, *abi, *allowed, *broken;
	} rows[] = {
	        /* what a call leaves of its own working */
	        {"linux-stub-imm", "linux-stub-imm", "x1 x2 x17 x18", ""},
	        {"linux-stub-3.8", "linux-stub-3.8", "x1", ""},
	        {"linux-stub-4.7", "linux-stub-4.7", "x30", ""},
	        /* FINALISE_EL2 works in x1 and x2 and sets traps up as it sees fit */
	        {"linux-stub-6.19", "linux-stub-6.19", "x1 x2 cptr_el2 zcr_el2", ""},
	        /* restores what it uses */
	        {"linux-stub-4.12", "linux-stub-4.12", "", ""},
	        {"genode-stub", "genode-stub", "", ""},
	        /* wrong on purpose */
	        {"broken-leak-el2", "linux-stub-4.12", "", "x19"},
	        {"broken-leak-simd", "linux-stub-4.12", "x2", "q7"},
	        {"broken-leak-thread", "linux-stub-4.12", "x3", ""},
	        {"broken-leak-flags", "linux-stub-4.12", "x2", "nzcv"},
	        {"broken-daif", "linux-stub-4.12", "", "daif"},
	        {"broken-nzcv", "linux-stub-4.7", "x30", "nzcv"},
	        {"broken-set-ignored", "linux-stub-4.12", "", ""},
	};

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct hvc_abi *abi = open_abi(rows[i].abi);
		struct hvc_contract *contract = measure(rows[i].subject, abi, 1u << HVC_INSN_HVC);
		char text[256];

		join(contract, true, text, sizeof text);
		ck_assert_msg(!strcmp(text, rows[i].allowed), "%s: %s, not %s", rows[i].subject,
		              text, rows[i].allowed);
		join(contract, false, text, sizeof text);
		ck_assert_msg(!strcmp(text, rows[i].broken), "%s breaks %s, not %s",
		              rows[i].subject, text, rows[i].broken);
		ck_assert_int_eq(contract->broken > 0, rows[i].broken[0] != '\0');
		hvc_contract__free(contract);
		hvc_abi_free(abi);
	}
}

/* The table of one class, register by register. */
TEST(every_register_has_a_fate)
{
	struct hvc_abi *abi = open_abi("linux-stub-imm");
	struct hvc_contract *contract = measure("linux-stub-imm", abi, 1u << HVC_INSN_HVC);
	const struct hvc_contract_class *get = class_of(contract, "get_vectors");

	ck_assert_uint_eq(get->strays, 0);
	ck_assert_uint_ge(get->calls, contract->seeds);
	for (unsigned place = 0; place < HVC_PLACES; place++) {
		enum hvc_fate fate = place == HVC_REG_X0          ? HVC_FATE_RESULT
		                     : place == 17 || place == 18 ? HVC_FATE_CLOBBERED
		                                                  : HVC_FATE_PRESERVED;

		ck_assert_msg(get->place[place].fate == fate, "%s is %s", hvc_place__name(place),
		              hvc_fate__name(get->place[place].fate));
	}
	ck_assert(get->place[17].told && get->place[18].told);
	ck_assert_int_eq(get->place[17].value.kind, HVC_TERM_CONST);
	ck_assert_uint_eq(get->place[17].value.value, HVC_EC_HVC64);
	ck_assert_int_eq(get->place[18].value.kind, HVC_TERM_CONST); /* of the one immediate */
	ck_assert_uint_eq(get->place[18].value.value, 1);
	ck_assert_int_eq(class_of(contract, "unknown")->place[18].value.kind, HVC_TERM_IMM);
	ck_assert(contract->proved);
	ck_assert(get->place[17].allowed && !get->place[19].allowed);
	ck_assert(get->place[HVC_REG_COUNT + 31].measured);
	ck_assert(!get->place[HVC_REG_ESR_EL2].measured);
	hvc_contract__free(contract);
	hvc_abi_free(abi);
}

/* A result that is not what the rule says is a broken promise, and so is its register. */
TEST(a_wrong_result_is_no_result)
{
	struct hvc_abi *abi = open_abi("linux-stub-4.12");
	struct hvc_contract *contract = measure("broken-w0-compare", abi, 1u << HVC_INSN_HVC);
	const struct hvc_contract_class *set = class_of(contract, "set_vectors");

	ck_assert_int_eq(set->place[0].fate, HVC_FATE_RESULT);
	hvc_contract__free(contract);
	contract = measure("broken-restart-args", abi, 1u << HVC_INSN_HVC);
	set = class_of(contract, "soft_restart");
	ck_assert_int_eq(set->place[2].fate, HVC_FATE_CLOBBERED);
	ck_assert_int_eq(set->place[0].fate, HVC_FATE_RESULT);
	/* the new owner of EL2 has its masks from the exception, not from the handler */
	ck_assert(!set->place[HVC_REG_DAIF].measured);
	hvc_contract__free(contract);
	hvc_abi_free(abi);
}

/* By the classes of a map, without a specification. */
TEST(a_map_has_one_too)
{
	struct hvc_subject *subject = open_subject("linux-stub-imm");
	const struct hvc_exact_config config = {.subject = subject, .brief = true};
	struct hvc_contract *contract = NULL;
	struct hvc_exact *exact = NULL;
	struct hvc_diag diag = {0};
	unsigned jumps = 0;

	ck_assert_int_eq(hvc_exact__make(&config, &diag, &exact), HVC_OK);
	ck_assert_int_eq(hvc_contract__of_exact(exact, &diag, &contract), HVC_OK);
	ck_assert_uint_eq(contract->classes, 4); /* get, set, call, and the rest */
	ck_assert_uint_eq(contract->findings, 0);
	ck_assert(contract->proved);
	for (unsigned i = 0; i < contract->classes; i++) {
		const struct hvc_contract_class *class_ = &contract->class_[i];

		ck_assert_int_eq(class_->rule, -1);
		ck_assert_uint_eq(class_->class_, i);
		ck_assert_int_eq(class_->place[17].fate, HVC_FATE_CLOBBERED);
		ck_assert(class_->place[17].told && class_->place[17].allowed);
		ck_assert_uint_eq(class_->place[17].value.value, HVC_EC_HVC64);
		ck_assert_int_eq(class_->place[19].fate, HVC_FATE_PRESERVED);
		ck_assert(class_->place[HVC_REG_COUNT + 7].measured);
		ck_assert(!class_->place[HVC_REG_ESR_EL2].measured);
		jumps += class_->kind == HVC_OUTCOME_JUMP;
		/* The new owner of EL2 has its masks from the exception. */
		ck_assert_int_eq(class_->place[HVC_REG_DAIF].measured,
		                 class_->kind != HVC_OUTCOME_JUMP);
	}
	ck_assert_uint_eq(jumps, 1);
	hvc_contract__free(contract);
	hvc_exact__free(exact);
	hvc_subject_close(subject);
}

/* What is not followed, or only up to a handler's door, has registers of which nothing is known. */
TEST(a_handler_is_no_contract)
{
	struct hvc_subject *subject = open_subject("xen");
	const struct hvc_exact_config config = {.subject = subject, .brief = true};
	struct hvc_contract *contract = NULL;
	struct hvc_exact *exact = NULL;
	struct hvc_diag diag = {0};

	ck_assert_int_eq(hvc_exact__make(&config, &diag, &exact), HVC_OK);
	ck_assert_int_eq(hvc_contract__of_exact(exact, &diag, &contract), HVC_OK);
	for (unsigned i = 0; i < contract->classes; i++)
		if (contract->class_[i].kind == HVC_OUTCOME_HANDOFF)
			ck_assert(!contract->class_[i].place[19].measured);
	hvc_contract__free(contract);
	hvc_exact__free(exact);
	hvc_subject_close(subject);
}

/* Callers at EL2 that are sent into a loop: their masks, too, are the exception's. */
TEST(masks_of_an_exception_are_no_finding)
{
	struct hvc_subject *subject = open_subject("linux-stub-4.12");
	struct hvc_abi *abi = open_abi("linux-stub-4.12");
	const struct hvc_contract_config config = {
	        .subject = subject, .abi = abi, .levels = 1u << HVC_LEVEL_EL2H};
	struct hvc_contract *contract = NULL;
	struct hvc_diag diag = {0};

	ck_assert_int_eq(hvc_contract__measure(&config, &diag, &contract), HVC_OK);
	ck_assert_uint_eq(contract->classes, 1);
	for (unsigned place = 0; place < HVC_PLACES; place++)
		ck_assert_int_eq(contract->class_[0].place[place].fate, HVC_FATE_PRESERVED);
	hvc_contract__free(contract);
	hvc_abi_free(abi);
	hvc_subject_close(subject);
}

SUITE_MAIN("fate")
