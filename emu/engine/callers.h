/* SPDX-License-Identifier: MIT */
/**
 * Callers meet vectors: do the HVC and SMC instructions of an image keep to an ABI, or to what
 * other vectors do?
 *
 * Where a function makes an HVC of its arguments, each call of the function is a site as well. An
 * ABI answers the instructions that it names (`instructions`): a call that it knows, made by the
 * other one alone, is made the wrong way. A kernel speaks several ABIs, so a site is only held to
 * this one when it is a call of it: when the immediate is one that the ABI has, and the selecting
 * register holds a value of the kind that the ABI selects by, or is left to chance. Sites that the
 * user names are always held to it. Nothing is found where a value is unknown.
 */
#ifndef HVC_ENGINE_CALLERS_H
#define HVC_ENGINE_CALLERS_H

#include "abi/known.h"
#include "engine/call.h"
#include "subject/site.h"

/** How a site stands to the ABI. */
enum hvc_caller_fit {
	HVC_CALLER_HELD,    /**< a call of this ABI: what selects the rule is known */
	HVC_CALLER_CHANCE,  /**< what selects the rule was not set for it */
	HVC_CALLER_UNKNOWN, /**< what selects the rule is not known: nothing can be said */
	HVC_CALLER_OTHER,   /**< by its immediate or its selector the call of another ABI */
	HVC_CALLER_DATA,    /**< no instruction */
	HVC_CALLER_COUNT,
};

/** "held", "chance", "unknown", "other", "data". */
const char *hvc_caller_fit__name(enum hvc_caller_fit fit);

/** Where caller and callee disagree. */
enum hvc_caller_issue_kind {
	HVC_CALLER_SELECTOR,  /**< what selects the call is left to chance */
	HVC_CALLER_NO_CALL,   /**< a call that the vectors do not know */
	HVC_CALLER_RESULT,    /**< a result that nothing reads */
	HVC_CALLER_CLOBBERED, /**< a register that the call may change is used after it */
	HVC_CALLER_CONDUIT,   /**< an SMC where the ABI answers HVC, or the reverse */
	HVC_CALLER_WIDENED,   /**< 32 bits of a call with a 32-bit identifier, sign-extended */
	HVC_CALLER_ISSUE_COUNT,
};

/**
 * "selector never set", "unknown call", "result never read", "clobbered register live", "wrong
 * conduit", "widened wrongly".
 */
const char *hvc_caller_issue__name(enum hvc_caller_issue_kind kind);

struct hvc_caller_issue {
	enum hvc_caller_issue_kind kind;
	enum hvc_reg reg; /**< HVC_REG_NONE: none in particular */
	uint64_t at;      /**< the instruction that shows it; 0: none */
	char text[200];   /**< one line for people */
};

/** What a site may get: a rule of the ABI, or what the vectors did when they ran. */
struct hvc_caller_answer {
	const struct hvc_rule *rule; /**< NULL: vectors were run */
	char *text;                  /**< the rule's name, or the behaviour */
	bool unknown;                /**< it is the answer to unallocated calls */
};

struct hvc_caller {
	const struct hvc_site *site;
	enum hvc_caller_fit fit;
	/** OTHER: whose immediate or identifier it is; constant text, may be "". */
	const char *owner;
	const struct hvc_abi *abi; /**< what it is held to; NULL: vectors, or nothing */
	/** More than one where a value that decides is not known. */
	struct hvc_caller_answer *answer;
	unsigned answers;
	struct hvc_caller_issue *issue;
	unsigned issues;
};

/** ABIs that the registry names, at most. */
#define HVC_CALLERS_ABIS_MAX 32u

struct hvc_callers {
	const struct hvc_scan *scan;
	struct hvc_caller *caller; /**< the sites that were asked about, by address */
	size_t callers;
	size_t made[2];              /**< HVC, and SMC, that are instructions; data too */
	size_t calls;                /**< those that are calls of functions */
	size_t of[HVC_CALLER_COUNT]; /**< how many of each fit */
	size_t finding[HVC_CALLER_ISSUE_COUNT];
	size_t findings; /**< issues of all callers */
	/** What they are held to where that is the registry's business: owned. */
	struct hvc_abi *abi[HVC_CALLERS_ABIS_MAX];
	unsigned abis;
};

/** Sites that the user names: any of what is set must hold. */
struct hvc_site_filter {
	const char *function; /**< NULL: by something else */
	bool by_address, by_imm;
	uint64_t address;
	uint16_t imm;
};

/**
 * One of abi and subject is set, or neither: then each site is held to the shipped ABI that the
 * registry names for its immediate or identifier, whichever way it is made. All is borrowed, and
 * must outlive the result.
 */
struct hvc_callers_config {
	const struct hvc_scan *scan;
	const struct hvc_abi *abi;
	const struct hvc_subject *subject;
	const struct hvc_registry *registry;
	const struct hvc_site_filter *filter; /**< any of them; none: all sites, as above */
	unsigned filters;
};

/**
 * Hold the callers to it. Errors: HVC_E_NOTFOUND (a filter matches no site), HVC_E_UNSUPPORTED
 * (the ABI does not speak of calls from EL1), those of hvc_machine_open, HVC_E_NOMEM.
 */
HVC_MUST_USE enum hvc_status hvc_callers__run(const struct hvc_callers_config *config,
                                              struct hvc_diag *diag, struct hvc_callers **out);
void hvc_callers__free(struct hvc_callers *callers);

/**
 * The image speaks another ABI as well, to which the same sites were held: a site whose call that
 * one knows is its call, and no unknown one here.
 */
void hvc_callers__excuse(struct hvc_callers *callers, const struct hvc_callers *other);

/* How callers are judged: by rules (caller_rules.c), or by the rows of vectors (caller_rows.c). */

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
