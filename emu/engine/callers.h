/* SPDX-License-Identifier: MIT */
/** How callers are judged: by rules (caller_rules.c), or by running vectors (caller_runs.c). */
#ifndef ENGINE_CALLERS_H
#define ENGINE_CALLERS_H

#include "hvcheck/callers.h"

/** Add to a caller. False: out of memory. */
bool hvc_caller__answer(struct hvc_caller *caller, const struct hvc_rule *rule, const char *text,
                        bool unknown);
HVC_PRINTF(5, 6)
bool hvc_caller__issue(struct hvc_caller *caller, enum hvc_caller_issue_kind kind, enum hvc_reg reg,
                       uint64_t at, const char *format, ...);
/** The registers of `set` that the caller goes on using though the call may change them. */
bool hvc_caller__clobbers(struct hvc_caller *caller, uint32_t set);
/** A result in reg that nobody looks at. */
bool hvc_caller__result(struct hvc_caller *caller, enum hvc_reg reg);
/** The selector `reg` was not set for this call. */
bool hvc_caller__chance(struct hvc_caller *caller, enum hvc_reg reg);

/**
 * Values come in kinds that ABIs do not mix: small numbers and pointers, and SMCCC identifiers of
 * one owning entity each.
 */
unsigned hvc_caller__kind_of(uint64_t value);

/** named: the user says that the site is a call of this ABI. */
HVC_MUST_USE enum hvc_status hvc_caller__hold_to_rules(const struct hvc_callers_config *config,
                                                       bool named, struct hvc_caller *caller);

struct hvc_caller_bench;
HVC_MUST_USE enum hvc_status hvc_caller__open_bench(const struct hvc_callers_config *config,
                                                    struct hvc_diag *diag,
                                                    struct hvc_caller_bench **out);
void hvc_caller__close_bench(struct hvc_caller_bench *bench);
HVC_MUST_USE enum hvc_status hvc_caller__hold_to_runs(struct hvc_caller_bench *bench, bool named,
                                                      struct hvc_diag *diag,
                                                      struct hvc_caller *caller);

/** Whose call it is by its immediate, or by the identifier in x0; "" when nobody is known. */
const char *hvc_caller__owner_of_imm(const struct hvc_registry *registry, uint16_t imm);
const char *hvc_caller__owner_of_fid(const struct hvc_registry *registry, uint64_t value);

#endif
