/* SPDX-License-Identifier: MIT */
/** How callers are judged: by rules (caller_rules.c), or by the rows of vectors (caller_rows.c). */
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
/** A result in reg that nobody looks at, or only when something else is there. */
bool hvc_caller__result(struct hvc_caller *caller, enum hvc_reg reg);
/** Of `data`, which a caller may leave alone: what is overwritten between readings of the rest. */
bool hvc_caller__data(struct hvc_caller *caller, uint32_t data);
/** The selector `reg` was not set for this call. */
bool hvc_caller__chance(struct hvc_caller *caller, enum hvc_reg reg);

/**
 * Values come in kinds that ABIs do not mix: small numbers and pointers, and SMCCC identifiers of
 * one owning entity each.
 */
unsigned hvc_caller__kind_of(uint64_t value);

/**
 * Hold a site to caller->abi. named: the user says that it is a call of it. either: it is right by
 * HVC as by SMC.
 */
HVC_MUST_USE enum hvc_status hvc_caller__hold_to_rules(const struct hvc_callers_config *config,
                                                       bool named, bool either,
                                                       struct hvc_caller *caller);
/**
 * A call that the ABI answers by the other instruction only: is it the wrong one? Not where the
 * image makes the call by both, as code that is told at boot does.
 */
bool hvc_caller__conduit(const struct hvc_scan *scan, struct hvc_caller *caller);
/** Parts of the call that are 32 bits wide and have bits above them (caller_width.c). */
bool hvc_caller__width(const struct hvc_registry *registry, struct hvc_caller *caller);
/** A 64-bit x0 that is an identifier of 32 bits, sign-extended; else the value as it is. */
uint64_t hvc_caller__identifier(const struct hvc_registry *registry, uint64_t value);

struct hvc_caller_bench;
HVC_MUST_USE enum hvc_status hvc_caller__open_bench(const struct hvc_callers_config *config,
                                                    struct hvc_diag *diag,
                                                    struct hvc_caller_bench **out);
void hvc_caller__close_bench(struct hvc_caller_bench *bench);
HVC_MUST_USE enum hvc_status hvc_caller__hold_to_rows(struct hvc_caller_bench *bench, bool named,
                                                      struct hvc_caller *caller);

/** Whose call it is by its immediate, or by the identifier in x0; "" when nobody is known. */
const char *hvc_caller__owner_of_imm(const struct hvc_registry *registry, uint16_t imm);
const char *hvc_caller__owner_of_fid(const struct hvc_registry *registry, uint64_t value);

#endif
