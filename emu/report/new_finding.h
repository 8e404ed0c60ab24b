/* SPDX-License-Identifier: MIT */
/** Making lists of findings. A failure sticks to the list, so that only its end returns it. */
#ifndef HVC_REPORT_NEW_FINDING_H
#define HVC_REPORT_NEW_FINDING_H

#include "report/finding.h"
#include "report/json.h"
#include "report/words.h"

/** A finding to be. Strings are copied; words are freed. Zero-initialise. */
struct hvc_new_finding {
	const char *rule;  /**< id */
	const char *about; /**< NULL: nothing */
	const char *file;  /**< NULL: none */
	unsigned line, column;
	const char *symbol; /**< NULL: none */
	uint64_t address;
	bool has_address;
	uint64_t calls;
	bool each; /**< findings that are alike are told one by one; else they are one */
	struct hvc_words key, summary, call, command;
};

/** Begin the list of a command. Names are copied. NULL when memory runs out. */
struct hvc_findings *hvc_findings__new(const char *command, const char *subject,
                                       const char *against);
/** The same of one subject, which is called by its identity. format: of the account. */
struct hvc_findings *hvc_findings__of(const char *command, const char *subject, const char *against,
                                      const char *format, ...) HVC_PRINTF(4, 5);
/**
 * Where to look: the subject's file, and for one without, the rule in the specification of --abi;
 * rule may be NULL.
 */
void hvc_new_finding__place(struct hvc_new_finding *draft, const struct hvc_rule *rule,
                            const char *abi, const struct hvc_findings *list);
/**
 * The command that shows what two ABIs make of one call: the built-in subject of the one judged by
 * the other, the second ABI's where there is one; or where `both`, and both have one, the two side
 * by side. Without a subject there is nothing to run, and no command. word: as --abi takes the ABI.
 */
void hvc_new_finding__run(struct hvc_new_finding *draft, const struct hvc_abi *const abi[2],
                          const char *const word[2], const struct hvc_world *world,
                          const struct hvc_call *call, bool both);
/** Add a finding, or add its calls to the one that is there already. */
void hvc_findings__add(struct hvc_findings *list, struct hvc_new_finding *draft);
/** Add a case. */
void hvc_findings__case(struct hvc_findings *list, const char *name, const char *title, bool open);
/** Add a case a rule of the command. */
void hvc_findings__cases(struct hvc_findings *list);
/** Add what there is to find about calls that the engine died of; one: one of them. */
void hvc_findings__failed(struct hvc_findings *list, uint64_t calls, const char *one);
/** Take the words as title or account. */
void hvc_findings__take(struct hvc_findings *list, char **text, struct hvc_words *words);
/**
 * Put into the account how many operations each rule of the command is found of, the most dangerous
 * first: "3 silent, 1 removed, 2 renumbered, 1 added"; `rest` where nothing is found.
 */
void hvc_findings__tally(struct hvc_findings *list, const char *rest);
/** Order and return it; frees it on failure. */
HVC_MUST_USE enum hvc_status hvc_findings__end(struct hvc_findings *list, struct hvc_diag *diag,
                                               struct hvc_findings **out);

/** Put errors first, and give each finding its fingerprint. */
void hvc_findings__number(struct hvc_findings *list);
/** The case that a finding belongs to: an index; `cases` when there is none. */
unsigned hvc_findings__case_of(const struct hvc_findings *list, const struct hvc_found *found);
/** How many findings of a severity; suppressed ones are not counted. */
unsigned hvc_findings__count(const struct hvc_findings *list, enum hvc_severity severity);

/**
 * What a subject is called whatever folder it is in and wherever its table lies: "vmlinux" of
 * "build/vmlinux@0x40008000", "el2.elf@vectors" of "./el2.elf@vectors".
 */
void hvc_identity__add(struct hvc_words *words, const char *subject);
/** The file of a subject, "" for built-in ones: "build/vmlinux". */
void hvc_identity__file(struct hvc_words *words, const char *subject);
/** The path, where --abi was given one; NULL for a shipped ABI. */
const char *hvc_identity__abi_file(const char *abi);

/** The member "results" of the open object: the findings; nothing for NULL. */
void hvc_json__findings(struct hvc_json *json, const struct hvc_findings *findings);

#endif
