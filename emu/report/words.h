/* SPDX-License-Identifier: MIT */
/** Numbers, intervals, addresses and calls in words, for text reports. */
#ifndef HVC_REPORT_WORDS_H
#define HVC_REPORT_WORDS_H

#include "report/report.h"

/** A string that grows. Zero-initialise. A failure sticks. */
struct hvc_words {
	char *data;
	size_t length;
	bool failed;
};

void hvc_words__add(struct hvc_words *words, const char *format, ...) HVC_PRINTF(2, 3);
/** The text, "" for none; valid until the next change. */
const char *hvc_words__text(const struct hvc_words *words);
/** Add a word as shells take it. */
void hvc_words__shell(struct hvc_words *words, const char *word);
/** Free, and zero again. */
void hvc_words__free(struct hvc_words *words);

#define HVC_NUMBER_SIZE 28u
/** "65,536". Returns text. */
const char *hvc_words__number(uint64_t number, char text[HVC_NUMBER_SIZE]);

/** "0x0000-0xffff", "0x0001, 0x0003", "all but 0x0001". */
void hvc_words__imms(struct hvc_words *words, const struct hvc_interval *imm, unsigned imms);
/** "hvc #0, x0 = 0x1": the instruction, and the registers that the probe varies. */
void hvc_words__call(struct hvc_words *words, const struct hvc_probe *probe, uint16_t imm);
/** "hvc from el1t, el1h; smc from el1h", of HVC_CALLER_BIT. */
void hvc_words__callers(struct hvc_words *words, uint64_t callers);
/** "w0 = 0x1, 0x4-0x5; x1 & 0x3 = 0x0; x2 not 0x0-0x2"; "any" for none. */
void hvc_words__conditions(struct hvc_words *words, const struct hvc_condition *condition,
                           unsigned conditions, enum hvc_level from);
/** "hvc #0, x0 = 0x1": registers that hvc_call_init fills otherwise, from EL1h unless said. */
void hvc_words__witness(struct hvc_words *words, const struct hvc_call *call);
/** "return, x0 := 0, vbar_el2 := x1", "jump to x1 at el2h"; clobbers are left out. */
void hvc_words__promise(struct hvc_words *words, const struct hvc_rule *rule);
/** "x1-x18, nzcv", as specifications write it; "none" for the empty set. */
void hvc_words__ranges(struct hvc_words *words, const struct hvc_regset *set);
/** "x0 x1 vbar_el2"; "none" for the empty set. */
void hvc_words__regset(struct hvc_words *words, const struct hvc_regset *set);
/** Where an address is: "symbol+0x10" of the subject, or a piece of the harness; "" else. */
void hvc_words__place(struct hvc_words *words, const struct hvc_subject *subject, uint64_t address);

/** Calls of a check that the engine died of, in all worlds; *one names one of them, "" for none. */
uint64_t hvc_words__failed(const struct hvc_check *check, const char **one);
/** A line on these, where there are some. */
void hvc_words__put_failed(const struct hvc_page *page, uint64_t calls, const char *one);
/** A line on constants of the code that are not tried, where there are some. */
void hvc_words__put_left_out(const struct hvc_page *page, unsigned constants);
/** The command that repeats what a check found, with --abi, which is the word given for it. */
void hvc_words__check_command(struct hvc_words *words, const struct hvc_check *check,
                              const struct hvc_finding *finding, const char *abi);
/**
 * Where a value may come from: the name of a register that held it at the call; "" for none, and
 * for numbers that any register may hold by chance.
 */
const char *hvc_words__origin(uint64_t value, const struct hvc_state *before);
/** Why a call violates its rule, as hvc_finding_print says it. */
void hvc_words__verdict(const struct hvc_call_report *report, char *text, size_t size);

#define HVC_RESTING_SIZE 40
/** ", on 2 assumptions", or "": for the headline. */
const char *hvc_words__resting(const struct hvc_doubt *doubt, char text[HVC_RESTING_SIZE]);
/** The first line of a report that rests on faults of the assumed world; of others nothing. */
void hvc_words__put_doubt(const struct hvc_page *page, const struct hvc_doubt *doubt);

#endif
