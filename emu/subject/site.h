/* SPDX-License-Identifier: MIT */
/**
 * Call sites: every HVC and SMC instruction of an image, and what its function does with the
 * registers before and after it. Found without running anything and without symbols, so a value
 * that the code alone does not give is said to be unknown.
 */
#ifndef HVC_SUBJECT_SITE_H
#define HVC_SUBJECT_SITE_H

#include "hvcheck/outcome.h"
#include "hvcheck/subject.h"

/** Where the value of a register comes from, as far as its function tells. */
enum hvc_value_kind {
	HVC_VALUE_UNKNOWN,   /**< not followed, or it differs between the ways that lead here */
	HVC_VALUE_CONSTANT,  /**< one of a few constants */
	HVC_VALUE_ADDRESS,   /**< one of a few addresses in the image (ADR, ADRP) */
	HVC_VALUE_ARGUMENT,  /**< what a register held when the function began */
	HVC_VALUE_LOADED,    /**< read from memory */
	HVC_VALUE_SYSTEM,    /**< read from a system register */
	HVC_VALUE_RESULT,    /**< x0 (after HVC and SMC x0 to x3) of a call made before */
	HVC_VALUE_CLOBBERED, /**< what a call made before happened to leave in a scratch register */
	HVC_VALUE_COMPUTED,  /**< from other values */
	HVC_VALUE_COUNT,
};

/** "unknown", "constant", "address", "argument", "loaded", "system", "result", ... */
const char *hvc_value_kind__name(enum hvc_value_kind kind);

#define HVC_VALUE_MAX 4u

/** The value of one general register at one place. */
struct hvc_value {
	enum hvc_value_kind kind;
	unsigned kinds; /**< bits 1 << kind: one a way that leads here, unknown apart */
	unsigned constants;
	uint64_t constant[HVC_VALUE_MAX]; /**< CONSTANT, ADDRESS: sorted */
	enum hvc_reg reg;                 /**< ARGUMENT: of which register */
	bool word; /**< ARGUMENT: its low 32 bits, above them zeros on one way at least */
	bool sign; /**< ARGUMENT: its low 32 bits, above them bit 31 */
	uint64_t drop, set, plus; /**< ARGUMENT, before word and sign: (x & ~drop | set) + plus */
	/**
	 * On some way, memory was accessed through the register since it was last set: it is a
	 * pointer, and left over.
	 */
	bool pointer;
	uint64_t at;         /**< instruction that made it; 0: several, or none */
	uint64_t pointer_at; /**< the access */
};

/** What becomes of registers after an instruction: as they are there, on any way onwards. */
struct hvc_after {
	uint32_t read;              /**< bit n: xn is read before it is written again */
	uint32_t based;             /**< of these, memory is accessed through it there */
	uint32_t saved;             /**< a wrapper of any call reads it, as what may be a result */
	uint32_t stored;            /**< it is put into a variable of the frame */
	uint32_t passed;            /**< it may be an argument of a call or jump out */
	uint32_t returned;          /**< it is there when the function returns, for its caller */
	uint32_t left;              /**< it is there when the function returns, if for nobody */
	uint32_t again;             /**< it is there when control comes to the same site again */
	uint64_t at[HVC_GPR_COUNT]; /**< of `read`: the nearest instruction that does */
	/** The nearest instruction that overwrites it before it is read; 0: none does. */
	uint64_t lost_at[HVC_GPR_COUNT];
	/** One that reads it after a function has been called, which may have changed it; 0: none.
	 */
	uint64_t late_at[HVC_GPR_COUNT];
	bool goes_on; /**< something is reached besides loops that do not end and traps */
};

/**
 * One HVC or SMC instruction, or a word of data that looks like one; or a call of a function that
 * makes an HVC or SMC of its arguments: with the registers that such a call gives the instruction.
 */
struct hvc_site {
	uint64_t address; /**< as FILE@ADDRESS takes it, as all addresses here */
	uint64_t through; /**< a call of a function: its HVC or SMC; 0: it is the instruction */
	enum hvc_isa isa; /**< of the instruction at `address` */
	enum hvc_insn insn;
	uint16_t imm;
	bool has_function;
	uint64_t function;  /**< where its function begins */
	const char *symbol; /**< the name of the function; NULL: none */
	/** NULL: an instruction. Else why it looks like data: constant text. */
	const char *data;
	/** The rest is of instructions only. */
	struct hvc_value x[HVC_GPR_COUNT]; /**< before it */
	struct hvc_after after;
	enum hvc_reg guard; /**< CBZ or CBNZ of this register skips it; HVC_REG_NONE: none does */
	bool guard_nonzero; /**< it is executed where guard is not zero */
	bool analysed;      /**< false: x and after are unknown, there being too many sites */
};

/** What a table probably is, by what its code does. */
struct hvc_likely {
	const char *name;   /**< "Linux hyp stub"; NULL: nothing known */
	const char *abi;    /**< the shipped specification that code of its kind has; NULL: none */
	char evidence[160]; /**< "compares x0 with 0x0, 0x1; answers 0xbadca11" */
};

/** What a fit goes by; the last are the weaker. */
enum hvc_fit_by {
	HVC_FIT_CALLS, /**< calls that were made, or the proof */
	HVC_FIT_LENT, /**< calls that faulted until zero memory was lent, as --map-on-demand does */
	HVC_FIT_CODE, /**< what the code looks like, which no call shows: boot would have set what
	                 it needs */
};

/** The shipped specification that a table keeps, or comes nearest to. */
struct hvc_fit {
	char abi[64];    /**< "": none is near, or the table was not held to any */
	unsigned rules;  /**< of it that promise something, and that calls were held to */
	unsigned differ; /**< of them, those that are broken */
	bool proved;     /**< for all calls; else by some calls of each rule */
	enum hvc_fit_by by;
};

/** A vector table candidate, and what was seen of it. */
struct hvc_scan_table {
	struct hvc_candidate candidate;
	const char *symbol; /**< the name at its address; NULL: none */
	struct hvc_likely likely;
	struct hvc_fit fit; /**< filled in by hvc_fit__scan */
};

/** What code at EL2 lacks, by a look at it. */
enum hvc_audit_kind {
	HVC_AUDIT_ERET,    /**< an ERET without SB, or DSB and ISB, behind it */
	HVC_AUDIT_CONTROL, /**< VBAR, SCTLR or TTBR of EL2 is written, and no ISB follows */
	HVC_AUDIT_LANDING, /**< a branch by register goes here, in code that uses BTI elsewhere */
	HVC_AUDIT_STACK,   /**< memory is accessed by SP before EL2 has set it */
	HVC_AUDIT_COUNT,
};

/** "eret without barrier", "control without isb", "no landing pad", ... */
const char *hvc_audit__name(enum hvc_audit_kind kind);

struct hvc_audit {
	enum hvc_audit_kind kind;
	uint64_t address;
	const char *symbol; /**< the function that it is in; NULL: none */
	uint64_t offset;    /**< in it */
	const char *reg;    /**< CONTROL, STACK: the register; constant text */
};

/** Sites that are listed, and those whose registers are followed, at most. */
#define HVC_SITES_MAX          HVC_LIMIT_SITES
#define HVC_SITES_ANALYSED_MAX 4096u

/** Everything in a file that has to do with HVC. */
struct hvc_scan {
	char *path;
	enum hvc_format format;
	uint64_t size;                /**< bytes of the image in memory */
	struct hvc_scan_table *table; /**< best first */
	size_t tables;
	size_t candidates;     /**< found; more than tables where there are very many */
	struct hvc_site *site; /**< by address, HVC and SMC */
	size_t sites;
	bool aarch32;          /**< A32 and T32 code */
	struct hvc_site *call; /**< calls of functions that pass their arguments on, by address */
	size_t calls;
	uint64_t dropped;        /**< sites past HVC_SITES_MAX, counted only */
	size_t symbols;          /**< that the file has */
	struct hvc_audit *audit; /**< by address; filled in by hvc_scan__audit */
	size_t audits;
	bool audited;
	struct hvc_loaded *loaded;
};

/**
 * Scan FILE[:MEMBER], or a built-in by its name; no table is named. symbols: the path of a
 * System.map, or NULL. Errors: those of hvc_subject_open_with for files.
 */
HVC_MUST_USE enum hvc_status hvc_scan__file(const char *path, const char *symbols,
                                            struct hvc_diag *diag, struct hvc_scan **out);
/**
 * Table i of a scan as a subject, which borrows from the scan. HVC_E_RANGE: it is not inside the
 * image; HVC_E_NOMEM.
 */
HVC_MUST_USE enum hvc_status hvc_scan__subject(const struct hvc_scan *scan, size_t i,
                                               struct hvc_subject **out);
/** Look at the code of EL2 as well, instruction by instruction. HVC_E_NOMEM. */
HVC_MUST_USE enum hvc_status hvc_scan__audit(struct hvc_scan *scan, struct hvc_diag *diag);
void hvc_scan__free(struct hvc_scan *scan);

/** Is the value certainly one of some constants (addresses included)? */
static inline bool hvc_value_is_constant(const struct hvc_value *value)
{
	return value->kind == HVC_VALUE_CONSTANT || value->kind == HVC_VALUE_ADDRESS;
}

/**
 * Is the register left to chance: on some way that leads here nobody set it for what follows?
 * That is what a call left in a scratch register, a scratch register (x9 to x17) of the caller's,
 * or a pointer that memory was accessed through.
 */
bool hvc_value__is_chance(const struct hvc_value *value);

/** "x0 = 0x1", "x0: argument x1", "x0: pointer left over ...", for people. Cut to size. */
void hvc_value__print(enum hvc_reg reg, const struct hvc_value *value, char *text, size_t size);

#endif
