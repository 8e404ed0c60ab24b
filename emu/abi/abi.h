/* SPDX-License-Identifier: MIT */
/** A loaded ABI, inside. */
#ifndef HVC_ABI_ABI_H
#define HVC_ABI_ABI_H

#include "abi/arena.h"
#include "abi/property.h"
#include "hvcheck/abi.h"
#include "hvcheck/arch.h"
#include "machine/outcome.h"
#include "machine/world.h"

/** Rules that can govern one class of immediates, best first: the first that matches wins. */
struct hvc_abi_candidates {
	const uint16_t *rule;
	unsigned rules;
};

/** What judging needs of one rule, worked out once. */
struct hvc_abi_plan {
	uint64_t preserve[HVC_REG_COUNT]; /**< bits that must not change; DAIF is apart */
	uint64_t daif;                    /**< the same for DAIF */
};

struct hvc_abi {
	struct hvc_arena arena; /**< owns everything below */
	struct hvc_abi *half;   /**< of a file for both widths the other half; owned */
	const char *name, *title, *source;
	const char
	        *until; /**< the last version that has it and any of its family; "": it goes on */
	unsigned levels, insns;
	struct hvc_abi_world *world;
	unsigned worlds;
	struct hvc_rule *rule;
	unsigned rules;
	const struct hvc_property *property;
	unsigned properties;
	const struct hvc_abi_plan *plan;             /**< one a rule */
	const struct hvc_abi_candidates *candidates; /**< one a class of immediates */
	uint16_t class_of[HVC_IMM_COUNT];            /**< index in candidates */
};

/** hvc_abi_load of a specification for a subject; about: NULL: for none (emu/abi/load.c). */
HVC_MUST_USE enum hvc_status hvc_abi__load_about(const char *path,
                                                 const struct hvc_abi_about *about,
                                                 struct hvc_diag *diag, struct hvc_abi **out);

/**
 * hvc_abi_parse of a shipped file; of one for both widths the half that is called `name`, or by
 * the file's name the one of the subject. about: NULL: for none.
 */
HVC_MUST_USE enum hvc_status hvc_abi__parse_shipped(const char *text, size_t size, const char *name,
                                                    const struct hvc_abi_about *about,
                                                    struct hvc_diag *diag, struct hvc_abi **out);

/** Group the immediates by the rules that may govern them. */
HVC_MUST_USE enum hvc_status hvc_abi__classify(struct hvc_abi *abi);

/* verdict.c: what judging an outcome and proving it share, besides the plans */
/** Where the call has to end. */
enum hvc_level hvc_abi__level(const struct hvc_rule *rule, enum hvc_level from);
/** Does it say at which address control goes on? */
bool hvc_abi__goes(const struct hvc_rule *rule);
/** May calls change this one? */
bool hvc_abi__spares(const struct hvc_rule *rule, hvc_other other);
/** Has DAIF to be all ones, as taking the exception left it, where the call ended there? */
bool hvc_abi__masks(const struct hvc_rule *rule, enum hvc_level ended);

/**
 * What is compared of DAIF and PSTATE after a call that ended at a level. An exception that is
 * injected into code of AArch64 state has what AArch64.TakeException gives one to EL1: it masks
 * everything, clears UAO, leaves a PAN that is set, and has SSBS as SCTLR_EL1.DSSBS says.
 */
uint64_t hvc_abi__compared(const struct hvc_rule *rule, const struct hvc_abi_plan *plan,
                           enum hvc_reg reg, enum hvc_level ended);

/** The bits of a result that its caller sees: of x0 to x30 in AArch32 state the lower half. */
uint64_t hvc_abi__seen(const struct hvc_result *result, enum hvc_level ended);
/** An interval of a result in those bits: one interval, or two where it wraps. Returns how many. */
unsigned hvc_abi__interval_seen(const struct hvc_interval *interval, uint64_t seen,
                                struct hvc_interval part[static 2]);

/** Is all of a range in memory that the rule lets the call write? entry: the state at the call. */
bool hvc_abi__may_write(const struct hvc_rule *rule, const struct hvc_state *entry,
                        const struct hvc_call *call, uint64_t address, uint64_t size);

/** Work out the plans (emu/abi/verdict.c). */
HVC_MUST_USE enum hvc_status hvc_abi__plan(struct hvc_abi *abi);

/** As hvc_abi_open; about: NULL: nothing in particular, symbols and owners have values that stand
 * for some. */
HVC_MUST_USE enum hvc_status hvc_abi__open_about(const char *name,
                                                 const struct hvc_abi_about *about,
                                                 struct hvc_diag *diag, struct hvc_abi **out);

/** Callers and instructions it covers, as bits; worlds (at least one). */
unsigned hvc_abi__levels(const struct hvc_abi *abi);
unsigned hvc_abi__insns(const struct hvc_abi *abi);
/** Are all its callers in AArch32 state? */
static inline bool hvc_abi__is_aarch32(const struct hvc_abi *abi)
{
	return !(hvc_abi__levels(abi) & ~HVC_LEVELS_AARCH32);
}

/**
 * Index of the rule that governs a call in world `world`; -1 when the call lies outside the
 * ABI's callers, instructions or worlds. x0..x30 are taken from the call.
 */
int hvc_abi__rule_of(const struct hvc_abi *abi, unsigned world, const struct hvc_call *call);

/** Is its EL2 Hyp mode? */
static inline bool hvc_abi__is_hyp(const struct hvc_abi *abi)
{
	return hvc_cpu__is_hyp(abi->world[0].world.cpu);
}

/* half.c: an ABI of 64 bits for callers of 32 */

/**
 * What a register of x0 to x30 is called where the bits of mask count: x, w, or r where all these
 * callers are in AArch32 state and it is one of r0 to r12.
 */
static inline char hvc_half__letter(unsigned levels, enum hvc_reg reg, uint64_t mask)
{
	return !(levels & ~HVC_LEVELS_AARCH32) && reg <= HVC_REG_X0 + 12 ? 'r'
	       : mask == UINT32_MAX                                      ? 'w'
	                                                                 : 'x';
}

/** The callers of one width of an ABI, as bits: those of AArch64 state, or of AArch32 state. */
static inline unsigned hvc_half__levels(const struct hvc_abi *abi, bool aarch32)
{
	return hvc_abi__levels(abi) & (aarch32 ? HVC_LEVELS_AARCH32 : ~HVC_LEVELS_AARCH32);
}

/**
 * An ABI as callers of 32 bits would read it: those of `levels` and no others, el1h and el1t as
 * el1-svc. hyp: EL2 is Hyp mode. It lives no longer than `abi`. Errors: HVC_E_NOMEM.
 */
HVC_MUST_USE enum hvc_status hvc_half__read_at_32(const struct hvc_abi *abi, unsigned levels,
                                                  bool hyp, struct hvc_diag *diag,
                                                  struct hvc_abi **out);

#endif
