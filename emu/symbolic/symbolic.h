/* SPDX-License-Identifier: MIT */
/**
 * What a subject does for every call, as paths: each with the condition on the inputs under which
 * it is taken, and what comes of it as terms over the inputs. Conditions of different paths
 * exclude each other, and one of them always holds: control forks on a condition and its
 * opposite. Internal; this is what the engine includes of this room.
 *
 * Inputs: imm, x0..x30, nzcv, daif, self (the address of the instruction), the system registers
 * that are not fixed, and memory that nothing has stored to ("[sp_el2 - 0x10]").
 */
#ifndef SYMBOLIC_SYMBOLIC_H
#define SYMBOLIC_SYMBOLIC_H

#include "hvcheck/arch.h"
#include "hvcheck/exception.h"
#include "symbolic/scene.h"

/** How a path ended. */
enum hvc_end {
	HVC_END_OUTCOME,  /**< as `kind` says */
	HVC_END_UNLIFTED, /**< at an instruction that is not lifted: `why` */
	HVC_END_BOUND,    /**< at a bound of ours, a loop's or the exploration's: `why` */
	HVC_END_COUNT,
};

struct hvc_sympath {
	enum hvc_end end;
	enum hvc_outcome_kind kind;
	enum hvc_level level; /**< where the PE is */
	uint64_t pc;          /**< of the last instruction; of what was to be fetched */
	uint32_t word;        /**< UNLIFTED: the instruction */
	hvc_ref target;       /**< where control goes, of 64 bits; NULL: nowhere */
	enum hvc_ec ec;       /**< FAULT */
	const char *why;      /**< constant text */
	bool waits; /**< SPIN: until another CPU, or a device, changes what it reads again and again
	             */
	bool undecided;      /**< the solver could not say whether the path can be taken */
	struct hvc_way *way; /**< registers and memory as they are then, and what holds */
	/** BOUND: at the door of a handler that was not followed to its end, or where that takes
	 * too long. */
	bool handler;
	bool entered;          /**< it went through the door of a handler, and came to its end */
	struct hvc_door *door; /**< while exploring: see explore.h */
	struct hvc_walker *behind; /**< the same: what goes on behind the door where it ends */
};

/**
 * Where a path ends, as `handoff`, though the code goes on. Boundaries of the world end one
 * everywhere. A function that a table chose by the inputs is a handler; so is one that was called
 * after the call's registers had decided for the last time, and then goes by what EL2 knows (its
 * memory, its registers) again and again.
 */
enum hvc_doors {
	HVC_DOORS_NONE,
	HVC_DOORS_CHOSEN,  /**< at functions that a table chose */
	HVC_DOORS_HANDLER, /**< and at the others */
};

/** Questions with which most handlers of shipped kernels come to their end. */
#define HVC_HANDLER_QUERIES 100u

struct hvc_symbolic_config {
	const struct hvc_image *image;
	const struct hvc_subject *subject; /**< for names; NULL: none */
	/** In its world: values of what is not an input, and which registers there are. */
	struct hvc_machine *machine;
	const struct hvc_world *world; /**< for its boundaries; NULL: none */
	enum hvc_level from;
	enum hvc_insn insn;
	const struct hvc_regset *fixed; /**< as the machine has them; NULL: hvc_symbolic__fixed() */
	bool closed; /**< memory that the machine has not is a fault, not an input */
	/**
	 * Closed, each register and all memory as the machine has it, and callers may name the
	 * function at HVC_FUNCTION: what every call does in this very machine. What a path leaves
	 * open nevertheless hvc_symbolic__loose says.
	 */
	bool exact;
	const struct hvc_secrets *secrets; /**< exact: but for these; NULL: none */
	enum hvc_doors doors;
	bool pointer_auth;
	/** Where terms are made and asked of, with those of others; NULL, both: a room of its own.
	 */
	struct hvc_bvs *terms;
	struct hvc_solver *solver;
	/** Where another subject of that room has the same data; NULL: everything is its own. */
	bool (*same_data)(void *ctx, uint64_t address, uint64_t *there);
	void *same_data_ctx;
	/* Bounds; 0: the default. */
	unsigned paths;      /**< all of them: 4096 */
	unsigned steps;      /**< instructions of a path: HVC_BUDGET_DEFAULT */
	unsigned rounds;     /**< times that a path chooses at the same instruction: 80 */
	unsigned addresses;  /**< that an access or a branch is taken apart into: 1024 */
	unsigned door_forks; /**< choices by what EL2 knows before HANDLER is taken to be one: 2 */
	unsigned undecided;  /**< questions that the solver may give up: 16 */
	uint64_t total;      /**< instructions of all paths: 20,000,000 */
	uint64_t queries;    /**< questions of all paths to the solver; 0: no bound */
	/** Questions with which each handler is followed, once all doors are found; 0: none is. */
	uint64_t behind;
	/** One that does not come to its end with these is a handoff; else its path has none. */
	bool stays;
};

/** What is known of a register without a row that paths write. */
struct hvc_kept_other {
	hvc_other which;
	bool plain;
	uint64_t writable, ones;
};

struct hvc_symbolic {
	struct hvc_scene scene;
	struct hvc_symbolic_config config;
	struct hvc_sympath *path;
	unsigned paths;
	size_t paths_max;
	bool complete;  /**< every path ended with an outcome, and none is undecided */
	uint64_t steps; /**< instructions lifted */
	hvc_ref self;
	hvc_ref before[HVC_REG_COUNT]; /**< registers at the call; NZCV and DAIF of 4 bits, NULL:
	                                  none */
	struct hvc_kept kept;
	struct hvc_kept_other kept_other[HVC_OTHERS_MAX];
	unsigned kept_others;
};

/** Registers that decide how the machine enters and leaves EL2, and what traps there. */
const struct hvc_regset *hvc_symbolic__fixed(void);

/**
 * Follow every path. The machine must outlive the result. HVC_E_ARG (a level where nothing can
 * execute), HVC_E_NOMEM, HVC_E_RANGE (too many terms), HVC_E_ENGINE (the solver failed).
 */
HVC_MUST_USE enum hvc_status hvc_symbolic__explore(const struct hvc_symbolic_config *config,
                                                   struct hvc_diag *diag,
                                                   struct hvc_symbolic **out);
void hvc_symbolic__free(struct hvc_symbolic *symbolic);

/** The condition under which a path is taken, as one term. */
hvc_ref hvc_symbolic__condition(struct hvc_symbolic *symbolic, const struct hvc_sympath *path);
/** As people write it: "x0 = 2, imm != 0xea1"; "always". Cut to size. */
void hvc_symbolic__print_condition(struct hvc_symbolic *symbolic, const struct hvc_sympath *path,
                                   char *text, size_t size);
/** One line: how it ended, and where. Cut to size. */
void hvc_symbolic__print_end(struct hvc_symbolic *symbolic, const struct hvc_sympath *path,
                             char *text, size_t size);

/**
 * Of an exact exploration: why what the path says need not be what the machine does for each
 * call that takes it; NULL: it is. *where is the condition on the calls that are left out of it.
 * What is read at pointers that a caller chose may be anything. Constant text.
 */
const char *hvc_symbolic__loose(const struct hvc_symbolic *symbolic, const struct hvc_sympath *path,
                                hvc_ref *where);
/** What the machine's memory holds where a path reads it at such a pointer, as far as it is told.
 */
hvc_ref hvc_symbolic__memory(const struct hvc_symbolic *symbolic, const struct hvc_sympath *path);
/** Is memory read at an address that depends on the inputs, and more than a table is? */
bool hvc_symbolic__reads_callers(const struct hvc_sympath *path);

/** What the solver says of all conditions together; a NO is a fault of ours. */
struct hvc_symbolic_proof {
	enum hvc_answer disjoint; /**< no two hold at once */
	enum hvc_answer total;    /**< one holds always */
};
void hvc_symbolic__prove(struct hvc_symbolic *symbolic, struct hvc_symbolic_proof *out);

/**
 * Bits of HCR_EL2 that the machine changes for the call alone: an SMC is trapped, EL1 is in the
 * state of the caller; and HCR_EL2 as it gives it back.
 */
uint64_t hvc_symbolic__forced_hcr(const struct hvc_symbolic *symbolic);
hvc_ref hvc_symbolic__given_hcr(const struct hvc_symbolic *symbolic, hvc_ref value);

/** A term's low 32 bits, of 64: what a caller in AArch32 state sees of a register. */
hvc_ref hvc_symbolic__low(struct hvc_bvs *terms, hvc_ref a);
/** A field of PSTATE, as the register that has it in place has it. */
hvc_ref hvc_symbolic__in_place(struct hvc_bvs *terms, hvc_ref field, unsigned shift);
/** The least value that an input can have by what is required, which it is required to be then. */
bool hvc_symbolic__least(struct hvc_scene *scene, hvc_ref input, uint64_t *value);

/* witness.c */
/** A call that takes a path, and the world and memory that it needs. */
struct hvc_symbolic_witness {
	struct hvc_call call;
	struct hvc_world world;
	bool changed; /**< the world is another one than the machine's */
	bool as_is;   /**< memory is what the machine has */
	struct hvc_model model;
	bool *pointed; /**< of inputs by index: made to point to memory, though nothing asks for it
	                */
};

/**
 * Make one. Free with hvc_symbolic__free_witness. HVC_E_UNSUPPORTED: there is none that can be
 * run (values of registers that no world sets, or a condition on the call's own address).
 */
HVC_MUST_USE enum hvc_status hvc_symbolic__witness(struct hvc_symbolic *symbolic,
                                                   const struct hvc_sympath *path,
                                                   const struct hvc_world *world,
                                                   struct hvc_symbolic_witness *out);
void hvc_symbolic__free_witness(struct hvc_symbolic_witness *witness);
/**
 * Make the witness's call in a machine of its world and compare everything with the path. *differs
 * says whether there is a difference, and the text names the first.
 */
HVC_MUST_USE enum hvc_status
hvc_symbolic__confirm(struct hvc_symbolic *symbolic, const struct hvc_sympath *path,
                      struct hvc_symbolic_witness *witness, struct hvc_machine *machine,
                      struct hvc_diag *diag, bool *differs, char *text, size_t size);

/* entry.c: of the files of this room only */
/** The state at the vector; or a path that never got there, in *ended. */
HVC_MUST_USE enum hvc_status hvc_symbolic__enter(struct hvc_symbolic *symbolic,
                                                 struct hvc_way **out, bool *ended,
                                                 struct hvc_sympath *path);
/** The PE of the world at the call, for the pure functions of exceptions. */
struct hvc_pe hvc_symbolic__pe(const struct hvc_symbolic *symbolic);
/** May SPSR_EL2.M take the PE there, under HCR_EL2? */
bool hvc_symbolic__returns(const struct hvc_symbolic *symbolic, unsigned mode, uint64_t hcr);

#endif
