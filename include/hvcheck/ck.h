/* SPDX-License-Identifier: MIT */
/**
 * Assertions for Check (libcheck) on calls, outcomes and ABIs: suites of hypervisors' own, in C.
 *
 * For calls that no specification describes, sequences of them, and state that is the program's:
 *
 *   START_TEST(version_is_two)
 *   {
 *           struct hvc_ck t;
 *
 *           hvc_ck_open(&t, "build/el2.elf@vectors");
 *           t.call.x[0] = 0;
 *           hvc_ck_call(&t);
 *           hvc_ck_assert_outcome(&t, HVC_OUTCOME_RETURN);
 *           hvc_ck_assert_reg(&t, HVC_REG_X0, 0x20001);
 *           hvc_ck_assert_preserved(&t, HVC_REG_X0, HVC_REG_NONE);
 *           hvc_ck_close(&t);
 *   }
 *   END_TEST
 *
 * What fails says where, with both values, and never takes the program down outside a test. The
 * program links libcheck and libhvcheck.
 */
#ifndef HVCHECK_CK_H
#define HVCHECK_CK_H

#include <check.h>
#include <inttypes.h>
#include <stdio.h>

#include "hvcheck/check.h"

/** A subject in a machine, the call to make, and the last one made. */
struct hvc_ck {
	struct hvc_subject *subject;
	struct hvc_machine *machine;
	struct hvc_call call;       /**< hvc_call_init's, to be changed */
	bool called;                /**< since the reset */
	struct hvc_state entry;     /**< registers at the last call */
	struct hvc_outcome outcome; /**< of the last call */
};

/** Fail the test when the library says that it could not. */
#define hvc_ck_assert_ok(status, diag)                                            \
	do {                                                                      \
		enum hvc_status status_ = (status);                               \
		ck_assert_msg(status_ == HVC_OK, "%s: %s", hvc_strerror(status_), \
		              (diag)->message);                                   \
	} while (0)

/** Open a subject in a world; NULL: the default one. */
static inline void hvc_ck_open_in(struct hvc_ck *t, const char *subject,
                                  const struct hvc_world *world)
{
	struct hvc_machine_config config = {.world = world};
	struct hvc_diag diag = {.message = ""};

	t->subject = NULL;
	t->machine = NULL;
	hvc_ck_assert_ok(hvc_subject_open(subject, &diag, &t->subject), &diag);
	config.image = *hvc_subject_image(t->subject);
	hvc_ck_assert_ok(hvc_machine_open(&config, &diag, &t->machine), &diag);
	hvc_call_init(&t->call, 0);
	t->called = false;
}

static inline void hvc_ck_open(struct hvc_ck *t, const char *subject)
{
	hvc_ck_open_in(t, subject, NULL);
}

static inline void hvc_ck_close(struct hvc_ck *t)
{
	hvc_machine_close(t->machine);
	hvc_subject_close(t->subject);
}

/**
 * Make t->call, in the state that the calls before it left: system registers and memory. The
 * caller's registers are those of t->call.
 */
static inline void hvc_ck_call(struct hvc_ck *t)
{
	struct hvc_state now = t->called ? t->outcome.state : *hvc_machine_entry(t->machine);
	struct hvc_diag diag = {.message = ""};

	hvc_entry_state(&now, &t->call, &t->entry);
	t->called = true;
	hvc_ck_assert_ok(hvc_machine_call(t->machine, &t->call, &diag, &t->outcome), &diag);
}

/** Back to the world, for a call that none came before. */
static inline void hvc_ck_reset(struct hvc_ck *t)
{
	struct hvc_diag diag = {.message = ""};

	hvc_ck_assert_ok(hvc_machine_reset(t->machine, &diag), &diag);
	t->called = false;
}

/** The last call ended so. */
#define hvc_ck_assert_outcome(t, expected)                                                       \
	ck_assert_msg((t)->outcome.kind == (expected), "hvc #0x%x: %s at 0x%" PRIx64 ", not %s", \
	              (unsigned)(t)->call.imm, hvc_outcome_name((t)->outcome.kind),              \
	              (t)->outcome.pc, hvc_outcome_name(expected))

/** A register holds this after the last call. */
#define hvc_ck_assert_reg(t, reg, value)                                                       \
	do {                                                                                   \
		uint64_t is_ = (t)->outcome.state.v[reg], value_ = (value);                    \
		ck_assert_msg(is_ == value_, "hvc #0x%x: %s is 0x%" PRIx64 ", not 0x%" PRIx64, \
		              (unsigned)(t)->call.imm, hvc_reg_name(reg), is_, value_);        \
	} while (0)

/*
 * Tell the first register that the last call changed and that is not in the list; "" for none.
 * Of EL2's those that an exception writes anyway are left out.
 */
static inline const char *hvc_ck_changed(const struct hvc_ck *t, const enum hvc_reg *but,
                                         char *text, size_t size)
{
	struct hvc_regset set = {{0, 0}};

	text[0] = '\0';
	for (; *but != HVC_REG_NONE; but++)
		hvc_regset_add(&set, *but);
	for (unsigned i = 0; i < HVC_REG_COUNT && !text[0]; i++) {
		const struct hvc_reg_info *info = hvc_reg_info((enum hvc_reg)i);
		uint64_t was = t->entry.v[i], is = t->outcome.state.v[i];

		if ((was ^ is) & info->mask && info->class_ != HVC_CLASS_EXCEPTION &&
		    !hvc_regset_has(&set, (enum hvc_reg)i))
			snprintf(text, size, "%s was 0x%" PRIx64 ", is 0x%" PRIx64, info->name, was,
			         is);
	}
	return text;
}

/** The last call changed no register but these; the list ends in HVC_REG_NONE. */
#define hvc_ck_assert_preserved(t, ...)                                                           \
	do {                                                                                      \
		const enum hvc_reg but_[] = {__VA_ARGS__};                                        \
		char text_[96];                                                                   \
		ck_assert_msg(!*hvc_ck_changed((t), but_, text_, sizeof(text_)), "hvc #0x%x: %s", \
		              (unsigned)(t)->call.imm, text_);                                    \
	} while (0)

/* Check a subject as `hvcheck check --brief` does; the first finding as text, "" for none. */
static inline const char *hvc_ck_violation(const char *subject, const char *abi, char *text,
                                           size_t size)
{
	struct hvc_check_config config = {.brief = true, .jobs = 1};
	struct hvc_diag diag = {.message = ""};
	struct hvc_subject *opened = NULL;
	struct hvc_check *check = NULL;
	struct hvc_abi *loaded = NULL;
	enum hvc_status status = hvc_subject_open(subject, &diag, &opened);

	text[0] = '\0';
	if (status == HVC_OK)
		status = hvc_abi_open(abi, &diag, &loaded);
	config.subject = opened;
	config.abi = loaded;
	if (status == HVC_OK)
		status = hvc_check_run(&config, &diag, &check);
	if (status != HVC_OK)
		snprintf(text, size, "cannot tell: %s", diag.message);
	else if (check->findings)
		hvc_finding_print(check, &check->finding[0], text, size);
	hvc_check_free(check);
	hvc_abi_free(loaded);
	hvc_subject_close(opened);
	return text;
}

/** A subject keeps an ABI, a shipped one by name or a YAML file, for all 65,536 immediates. */
#define hvc_ck_assert_conforms(subject, abi)                                              \
	do {                                                                              \
		char text_[400];                                                          \
		ck_assert_msg(!*hvc_ck_violation((subject), (abi), text_, sizeof(text_)), \
		              "%s violates %s: %s", (subject), (abi), text_);             \
	} while (0)

#endif
