/* SPDX-License-Identifier: MIT */
/**
 * The exact map of a subject: for each caller (a level and an instruction), what it does for every
 * immediate and every value of every register, as classes. A class is a condition on the call and
 * on what is around it, and what calls do for which it holds. Conditions of one caller exclude each
 * other, and one of them always holds: each path of the code is followed, and a solver confirms it.
 * A call of each path, and every immediate, are also made in a machine, which has to agree.
 *
 * What the subject does not bring is an input with a name: sp_el2, [tpidr_el2 + 0x10], [x1 + 24].
 */
#ifndef HVC_ENGINE_EXACT_H
#define HVC_ENGINE_EXACT_H

#include "engine/call.h"
#include "hvcheck/certificate.h"
#include "hvcheck/subject.h"
#include "hvcheck/world.h"
#include "symbolic/symbolic.h"

struct hvc_exact;
struct hvc_bvs;
struct hvc_solver;

struct hvc_exact_config {
	const struct hvc_subject *subject; /**< must outlive the map */
	const struct hvc_world *world;     /**< NULL: the default; what it sets is fixed */
	unsigned levels, insns;            /**< a bit each; 0: EL1t and EL1h, HVC */
	/** Where both are 0: whoever can get there, by HVC from EL1 and EL2 and by SMC from EL1. */
	bool everyone;
	/** Past the doors of handlers, but for those that do not come to their end with what each
	 * may cost (HVC_HANDLER_QUERIES). */
	bool into;
	/**
	 * All registers and all memory are as the machine has them, and memory that it lacks
	 * faults: what calls do in this very world, and no other.
	 */
	bool exact;
	uint64_t budget;       /**< instructions of a path; 0: HVC_BUDGET_DEFAULT */
	unsigned paths;        /**< most of one caller, up to HVC_EXACT_PATHS; 0: that many */
	bool unconfirmed;      /**< the machine is not asked */
	bool brief;            /**< it takes a call a path, and not every immediate */
	struct hvc_bvs *terms; /**< the library's own: terms of several maps in one room; NULL */
	struct hvc_solver *solver;
	const struct hvc_exact *like; /**< in that room: its data is this one's, too; NULL */
};

/** Most paths of a caller. */
#define HVC_EXACT_PATHS 4096u

/**
 * Make one. A part that could not be followed to its end says so and is a map nevertheless.
 * HVC_E_NOMEM, HVC_E_ENGINE (the solver or the machine failed, or they do not agree, which is a
 * fault of this library), those of hvc_machine_open.
 */
HVC_MUST_USE enum hvc_status hvc_exact__make(const struct hvc_exact_config *config,
                                             struct hvc_diag *diag, struct hvc_exact **out);
void hvc_exact__free(struct hvc_exact *exact);
/** Is every class of every caller proved, and nothing left out? */
bool hvc_exact__is_complete(const struct hvc_exact *exact);

/*
 * The exact map: for each caller, what the subject does for every immediate and every value of
 * every register, as rows. A row is one behaviour and the condition on the inputs under which it
 * is met. Conditions of a caller's rows exclude each other, and one of them always holds, which
 * the solver is asked to confirm. Internal.
 *
 * Inputs have names: imm, x0..x30, nzcv, daif, system registers that the world does not fix, and
 * memory that the subject does not bring, "[tpidr_el2 + 0x10]". All terms of a map are in one
 * room, which several maps may share: then equal values are the same term.
 */

/** How it is known what a row says. */
enum hvc_row_known {
	HVC_ROW_PROVED,  /**< every path of the code was followed */
	HVC_ROW_SWEPT,   /**< seen of the machine: every immediate, with some registers */
	HVC_ROW_SAMPLED, /**< seen of the machine: some calls */
};

/** "proved", "swept", "sampled". */
const char *hvc_row_known_name(enum hvc_row_known known);

/** A register that is not as it was at the call. */
struct hvc_row_effect {
	enum hvc_reg reg; /**< HVC_REG_NONE: one without a row in reg.h */
	const char *name; /**< as MRS and MSR have it */
	hvc_ref value;    /**< of 64 bits, in place */
};

/** A store; the oldest first. */
struct hvc_row_store {
	hvc_ref address; /**< 64 bits */
	hvc_ref value;   /**< 8 * size bits */
	uint8_t size;    /**< bytes */
	bool own;    /**< to EL2's own memory; these come last, what they have overwritten not */
	uint64_t pc; /**< of the instruction */
};

/** One way in which the condition of a row can hold: all of these do. */
struct hvc_row_case {
	struct hvc_member *member; /**< one a key, in the order of the code */
	size_t members;
	hvc_ref *rest; /**< truth values that are no such member */
	size_t rests;
};

/** Stores that text tells of; JSON and a saved map have all. */
#define HVC_ROW_STORES_TOLD 12u
#define HVC_ROW_OWN_TOLD    4u /**< of those to EL2's own memory */

struct hvc_row {
	hvc_ref condition; /**< a truth value */
	struct hvc_row_case *case_;
	unsigned cases;
	bool rest; /**< of several rows the one that people call "anything else" */
	enum hvc_row_known known;
	bool entered;    /**< a path of it went through the door of a handler */
	const char *why; /**< not PROVED: why not; constant text, else NULL */
	bool seen;       /**< not PROVED: effects and target are what calls did */
	enum hvc_outcome_kind kind;
	enum hvc_level level;
	bool level_kept;    /**< and it is the caller's */
	hvc_ref target;     /**< where control goes, 64 bits; NULL: nowhere */
	const char *symbol; /**< of a constant target: its name, in the terms' room; else NULL */
	uint64_t offset;    /**< bytes into it */
	uint64_t pc;        /**< of the instruction that ended the run */
	enum hvc_ec ec;     /**< FAULT */
	hvc_ref far;        /**< FAULT: the address; else NULL */
	struct hvc_row_effect *effect; /**< in register order; of HANDOFF arguments that were set */
	unsigned effects;
	struct hvc_row_store *store; /**< all but those to EL2's stack */
	unsigned stores;
	unsigned own_stores;     /**< of these, to EL2's own memory */
	bool stored;             /**< seen: to memory that is not EL2's own */
	struct hvc_call witness; /**< one that meets it, in the usual world where that can be */
	unsigned *path;          /**< indices of the part's paths that do this */
	unsigned paths;
};

/** What one caller meets: a level and an instruction. */
struct hvc_exact_part {
	enum hvc_level from;
	enum hvc_insn insn;
	struct hvc_row *row; /**< in the order of reports */
	unsigned rows;
	struct hvc_symbolic *symbolic; /**< the paths; NULL: the map was saved */
	hvc_ref before[HVC_REG_COUNT]; /**< registers at the call; NULL: there is none */
	struct hvc_symbolic_proof proof;
	bool complete;      /**< every row PROVED, disjoint and total */
	char why[256];      /**< not complete: why not */
	unsigned confirmed; /**< paths of which a call was made in the machine */
	unsigned unmade;    /**< paths of which none can be made: values that no world sets */
	unsigned taken;     /**< immediates that the machine has really taken */
	const struct hvc_exact_part *same; /**< an earlier one whose rows say the same; or NULL */
};

/** A symbol of a saved map. */
struct hvc_exact_symbol {
	uint64_t address;
	const char *name;
};

/** What a saved map keeps of its subject, which it has no more. */
struct hvc_exact_origin {
	uint64_t vectors;
	struct hvc_interval *inside; /**< addresses of the image */
	unsigned insides;
	struct hvc_exact_symbol *symbol; /**< those that its rows speak of, by address */
	unsigned symbols;
};

struct hvc_exact {
	const char *name;                  /**< of the subject */
	const struct hvc_subject *subject; /**< borrowed; NULL: the map was saved */
	struct hvc_exact_origin origin;    /**< then */
	const struct hvc_exact *like;      /**< whose data is this one's, too; or NULL */
	struct hvc_world world;
	struct hvc_machine *machine;
	struct hvc_bvs *terms;
	struct hvc_solver *solver;
	bool borrowed; /**< terms and solver are somebody else's */
	struct hvc_exact_part *part;
	unsigned parts;
	bool brief;        /**< not every immediate was taken, as asked */
	bool long_calls;   /**< nor without, as calls take long */
	uint64_t budget;   /**< of a call in the machine; 0: HVC_BUDGET_DEFAULT */
	uint64_t swept;    /**< calls of a sweep that were held to the rows */
	unsigned failed;   /**< calls that the engine died of */
	char failure[256]; /**< one of these; or "" */
};

/** The row that a call meets, in the world of the map; NULL: no part is of its caller. */
const struct hvc_row *hvc_exact__row_of(struct hvc_exact *exact, const struct hvc_call *call);

/* exact_place.c: where things are in the subject, or were when the map was saved */
/** The symbol that an address is in, and the bytes into it. */
bool hvc_exact__symbol(const struct hvc_exact *exact, uint64_t address, const char **name,
                       uint64_t *offset);
/** The address of a symbol. */
bool hvc_exact__find(const struct hvc_exact *exact, const char *name, uint64_t *address);
/** Is an address in the image? */
bool hvc_exact__is_inside(const struct hvc_exact *exact, uint64_t address);
uint64_t hvc_exact__vectors(const struct hvc_exact *exact);
/**
 * Where the image of another map has the same data: as far into the same symbol, or, without one,
 * as far into the image. False: nowhere. Two places have never the same there.
 */
bool hvc_exact__counterpart(const struct hvc_exact *from, const struct hvc_exact *to,
                            uint64_t address, uint64_t *there);

/**
 * Of each caller that conditions exclude each other, and that one always holds, as far as that is
 * proved. HVC_E_NOMEM.
 */
HVC_MUST_USE enum hvc_status hvc_exact__certify(const struct hvc_exact *exact,
                                                struct hvc_certificates *out);

/** Is a row's end the slot of the caller's own vectors, which depends on who it is? */
bool hvc_exact__to_vector(const struct hvc_exact *exact, const struct hvc_row *row);

/* exact_print.c; each is cut to size */
/** "x0 = 2, imm != 0xea1"; "anything else"; "always". */
void hvc_exact__print_condition(const struct hvc_exact *exact, const struct hvc_row *row,
                                char *text, size_t size);
/** Where something is stored: "x1 + 8", "vcpu+0x10". */
void hvc_exact__print_place(const struct hvc_exact *exact, hvc_ref address, char *text,
                            size_t size);
/** "return, x0 := 0, vbar_el2 := x1"; "handoff to handle_call, x0 := ...". */
void hvc_exact__print_behaviour(const struct hvc_exact *exact, const struct hvc_row *row,
                                char *text, size_t size);
/** Of ESR_EL1 or ESR_EL2 with one value, what that stands for; false: it is no such effect. */
bool hvc_row_effect__syndrome(const struct hvc_row_effect *effect, char *text, size_t size);
/** "jump to x1 at el2h": how and where it ends alone. */
void hvc_exact__print_end(const struct hvc_exact *exact, const struct hvc_row *row, char *text,
                          size_t size);
/** A value, as `results` of a specification has it where it has words for it. */
void hvc_exact__print_value(const struct hvc_exact *exact, hvc_ref value, char *text, size_t size);

/* exact_unfollowed.c */
/** Ask the machine how calls end whose paths could not be followed, and split their rows by it. */
HVC_MUST_USE enum hvc_status hvc_exact__sweep_unfollowed(struct hvc_exact *exact,
                                                         struct hvc_diag *diag);

/* exact_decide.c */
/** An instruction that chose, and what it went by. */
struct hvc_exact_decision {
	uint64_t address;
	const char *symbol; /**< of the subject; NULL: none covers it */
	uint64_t offset;    /**< bytes into it */
	char text[128];     /**< "cmp x0, #2; b.eq" */
};
/**
 * The last choice before each path of a row, each once, at most `most`. Returns how many there
 * are, of which those past `most` may be counted more than once.
 */
unsigned hvc_exact__decisions(const struct hvc_exact *exact, const struct hvc_exact_part *part,
                              const struct hvc_row *row, struct hvc_exact_decision *out,
                              unsigned most);

/** What the instruction at an address went by, of a part's code. */
void hvc_exact__decision_at(const struct hvc_exact *exact, const struct hvc_exact_part *part,
                            uint64_t pc, struct hvc_exact_decision *out);

/* exact_confirm.c */
/** Ask the machine. HVC_E_ENGINE where it does something else than the map says: hvcheck's own
 * fault. */
HVC_MUST_USE enum hvc_status hvc_exact__confirm(struct hvc_exact *exact, struct hvc_diag *diag);

/* exact_sweep.c */
struct hvc_sweep_config;
/**
 * Make all calls of a sweep, of the map's subject and in its world, and hold each to its row; the
 * map counts them. HVC_E_ENGINE where one does something else; those of hvc_sweep__run.
 */
HVC_MUST_USE enum hvc_status hvc_exact__sweep(struct hvc_exact *exact,
                                              const struct hvc_sweep_config *config,
                                              struct hvc_diag *diag);

/* exact_sweep.c */
/** Ends of the ranges of register values that rows part. *out is malloc'ed. HVC_E_NOMEM. */
HVC_MUST_USE enum hvc_status hvc_exact__constants(const struct hvc_exact *exact,
                                                  struct hvc_constant **out, size_t *count);

/* exact_row.c */
/** A call that takes a path, in the usual world where that can be. */
void hvc_exact__path_call(const struct hvc_exact *exact, const struct hvc_exact_part *part,
                          unsigned path, struct hvc_call *call);
/** Rows of a part, of its paths. HVC_E_NOMEM. */
HVC_MUST_USE enum hvc_status hvc_exact__rows(struct hvc_exact *exact, struct hvc_exact_part *part);
/** Do both the same, of one part or of two? Conditions aside; by their terms alone. */
bool hvc_row__same(const struct hvc_row *a, const struct hvc_row *b);

#endif
