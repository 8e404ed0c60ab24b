/* SPDX-License-Identifier: MIT */
/**
 * Where code is followed: the image and what is known of the machine around it, shared by all
 * ways through it; and a way, the machine's state at one point of one of them. Internal.
 */
#ifndef SYMBOLIC_SCENE_H
#define SYMBOLIC_SCENE_H

#include "hvcheck/machine.h"
#include "hvcheck/subject.h"
#include "symbolic/set.h"
#include "symbolic/solver.h"

/** Two pointers that were taken to point to different memory. */
struct hvc_apart {
	hvc_ref a, b; /**< bases; NULL: addresses that are constants */
};

#define HVC_SCENE_APARTS 256u

/** Addresses from lo to hi - 1. */
struct hvc_extent {
	uint64_t lo, hi;
};

#define HVC_SCENE_EXTENTS 32u

/** What a system register is before anything has been done to it. */
enum hvc_knowledge {
	HVC_KNOWN_INPUT,  /**< may be anything; the value is what it is where nothing asks for more
	                   */
	HVC_KNOWN_VALUE,  /**< that value */
	HVC_KNOWN_ABSENT, /**< the CPU has none: its name is UNDEFINED */
};

/** Bits that a CPU keeps of what is written to a system register, and bits that are 1 there. */
struct hvc_kept {
	uint64_t writable[HVC_REG_COUNT];
	uint64_t ones[HVC_REG_COUNT];
};

/** What an exact exploration takes for inputs, though the machine has a value for it. */
struct hvc_secrets {
	uint64_t reg[HVC_REG_COUNT];    /**< bits of each register */
	const struct hvc_range *memory; /**< bytes, of the image too: ascending, disjoint */
	size_t memories;
};

struct hvc_scene {
	struct hvc_bvs *terms;
	struct hvc_solver *solver;
	const struct hvc_image *image;
	bool unset_is_input; /**< image->unset may hold anything; else what it holds here */
	unsigned pieces;     /**< first segments of the image, which a world sets over it */
	const struct hvc_subject *subject; /**< for names; NULL: there is none */
	/** What a system register is; *value is set where it is fixed, and may be where it is not.
	 */
	enum hvc_knowledge (*known)(void *ctx, const uint8_t encoding[5], uint64_t *value);
	void *known_ctx;
	const struct hvc_kept *kept; /**< NULL: registers keep all */
	/** The same of a register without a row; false: it does more than hold what is written. */
	bool (*kept_other)(void *ctx, const uint8_t encoding[5], uint64_t *writable,
	                   uint64_t *ones);
	/**
	 * Of memory outside the image, the doubleword at an address that is a multiple of 8; NULL:
	 * each is an input.
	 */
	enum hvc_knowledge (*memory)(void *ctx, uint64_t address, uint64_t *value);
	void *memory_ctx;
	/**
	 * The address by which another subject has the same data, in a room that both share; false:
	 * it has none. NULL: no room is shared.
	 */
	bool (*same_data)(void *ctx, uint64_t address, uint64_t *there);
	void *same_data_ctx;
	const struct hvc_secrets *secrets; /**< NULL: none */
	/** All memory there is, ascending and apart; none: an unknown address is taken to be good.
	 */
	struct hvc_extent extent[HVC_SCENE_EXTENTS];
	unsigned extents;
	bool aliases;        /**< pointers of the caller's may be one; else never, which is noted */
	bool many_aliases;   /**< in more ways than are followed */
	hvc_ref asked;       /**< of HVC_ACCESS_ASK */
	unsigned undecided;  /**< questions that the solver gave up */
	unsigned addresses;  /**< most that an access or branch is taken apart into */
	bool pointer_auth;   /**< as a function without a body; else as what it does when off */
	hvc_ref instruction; /**< the caller's own, 32 bits; NULL: not known */
	const uint32_t *function; /**< code at HVC_FUNCTION, which callers may name; NULL: none */
	struct hvc_apart apart[HVC_SCENE_APARTS];
	unsigned aparts;
	hvc_other read[HVC_READS_MAX]; /**< system registers that the code reads, the first so
	                                  many */
	unsigned reads;
};

/** What is known to hold on a way. */
struct hvc_facts {
	struct hvc_member *member; /**< one a key */
	size_t members, members_max;
	hvc_ref *rest; /**< what is no such member */
	size_t rests, rests_max;
	hvc_ref *clause; /**< all of it, in the order of being met */
	size_t clauses, clauses_max;
	uint64_t *value; /**< of inputs by index, of which all clauses hold */
	bool *given;
	size_t values;
	bool guess; /**< but for what the solver could not say */
};

/** One write to memory; the newest first. */
struct hvc_log {
	const struct hvc_log *before;
	hvc_ref base; /**< NULL: none; the address is base + offset */
	uint64_t offset;
	hvc_ref value; /**< of 8 * size bits */
	hvc_ref when;  /**< one bit; else nothing is stored, and value is what was there. NULL: 1 */
	uint64_t pc;
	uint8_t size;
	bool counts; /**< of one more than was there: EL2 counts something */
	bool stack;  /**< about where SP pointed to then */
};

/** A first read: of an input, or of the image as shipped. */
struct hvc_read {
	const struct hvc_read *before;
	hvc_ref address; /**< NULL: register, in `input` */
	hvc_ref value;
	uint64_t pc;
	uint8_t size;
};

/** Why control is where it is: an instruction that had a choice. */
struct hvc_choice {
	const struct hvc_choice *before;
	uint64_t pc;
	hvc_ref condition; /**< that held */
	unsigned number;   /**< of choices so far */
	size_t clauses;    /**< of the facts, this one's included */
};

/** NZCV as what it was computed from, so that conditions are comparisons again. */
enum hvc_flags_kind {
	HVC_FLAGS_BITS,
	HVC_FLAGS_SUB,  /**< of a - b */
	HVC_FLAGS_ADD,  /**< of a + b */
	HVC_FLAGS_TEST, /**< of the bits of a */
};

struct hvc_flags {
	enum hvc_flags_kind kind;
	hvc_ref a, b;
	hvc_ref guard;     /**< NULL, or: where it does not hold, the flags are `otherwise` */
	uint8_t otherwise; /**< N is bit 3 */
	hvc_ref bit[4];    /**< BITS: V, C, Z, N */
};

/** A system register without a row, once it was read or written. */
struct hvc_other_value {
	uint8_t encoding[5];
	bool written;
	bool moves; /**< written, and need not hold what was written */
	hvc_ref value;
	hvc_ref first; /**< at the call; NULL: not known */
};

#define HVC_OTHERS_MAX 48u

struct hvc_way {
	uint64_t pc;
	hvc_ref x[HVC_GPR_COUNT];
	hvc_ref sys[HVC_REG_COUNT]; /**< from SP_EL0 on; the others are elsewhere */
	struct hvc_flags flags;
	hvc_ref daif;   /**< 4 bits */
	hvc_ref pstate; /**< the rest of PSTATE, 64 bits, in place: PAN and so on */
	bool spx;
	hvc_ref q[HVC_SIMD_COUNT][2];
	struct hvc_other_value other[HVC_OTHERS_MAX];
	unsigned others;
	struct hvc_regset written; /**< system registers written by MSR */
	const struct hvc_log *log;
	struct hvc_extent stored; /**< at addresses that are constants */
	hvc_ref loaded;           /**< by the last load of those, */
	uint64_t loaded_at;       /**< here */
	const struct hvc_read *read;
	unsigned reads; /**< in that list */
	const struct hvc_choice *choice;
	struct hvc_facts facts;
	hvc_ref exclusive; /**< address of the exclusive monitor; NULL: open */
	uint8_t exclusive_size;
	uint64_t steps;
	unsigned depth;   /**< of calls */
	unsigned stores;  /**< in the log */
	unsigned aliases; /**< times that it was asked whether pointers of the caller's are one */
	uint32_t moved;   /**< general registers that were written, a bit each */
	unsigned effects; /**< TLBI, cache maintenance and the like */
	bool simd;        /**< an FP/SIMD register was written */
	bool askew;       /**< an access has just been found not to be aligned */
	bool trusts;      /**< that pointers which EL2 keeps are aligned */
	bool translates;  /**< EL2's own translation may be on, of which terms know nothing */
	bool partial; /**< an access was taken to fault though it does so for some values only */
	uint64_t changes; /**< of memory and system registers: counted */
};

/** Bits of hvc_bv.uses: x0..x30, the immediate, the flags. */
#define HVC_USES_CALL ((UINT64_C(1) << (HVC_GPR_COUNT + 2)) - 1)
/**
 * Does an address hang on what the caller says: those, where its call is, or what it leaves in its
 * system registers?
 */
bool hvc_way__is_callers(struct hvc_bvs *terms, hvc_ref a);

/* facts.c */
/** Copy; false: memory ran out, and *to is empty. */
HVC_MUST_USE bool hvc_facts__copy(const struct hvc_facts *from, struct hvc_facts *to);
void hvc_facts__free(struct hvc_facts *facts);
/** What is known of a condition. */
enum hvc_verdict_of {
	HVC_FACT_FALSE,
	HVC_FACT_TRUE,
	HVC_FACT_OPEN,      /**< both can be */
	HVC_FACT_UNDECIDED, /**< the solver gave up */
};
enum hvc_verdict_of hvc_facts__decide(struct hvc_scene *scene, struct hvc_facts *facts,
                                      hvc_ref condition);
/** Add what holds from now on; it must be possible, which hvc_facts__decide has said last. */
HVC_MUST_USE enum hvc_status hvc_facts__assume(struct hvc_scene *scene, struct hvc_facts *facts,
                                               hvc_ref condition);
/**
 * Are all values of a term of 64 bits near each other, as places of one table are, however many?
 * Then *one is one of them.
 */
bool hvc_facts__confines(struct hvc_scene *scene, struct hvc_facts *facts, hvc_ref a,
                         uint64_t *one);
/**
 * All values that a term can have, ascending, at most `most` of them. Returns how many; 0 when
 * there are more, or the solver gave up.
 */
size_t hvc_facts__values(struct hvc_scene *scene, struct hvc_facts *facts, hvc_ref a,
                         uint64_t *value, size_t most);
/** The model of which all facts hold. */
struct hvc_model hvc_facts__model(const struct hvc_facts *facts);

/** A term as it is where the facts hold: inputs and choices that they decide are gone. */
hvc_ref hvc_facts__apply(struct hvc_scene *scene, struct hvc_facts *facts, hvc_ref a);

/* flags.c */
/** Of a sum with a number, the flags are those of subtracting its opposite, but for two. */
void hvc_flags__number(struct hvc_bvs *terms, struct hvc_flags *flags);
/** Does the condition of B.cond and the like hold? */
hvc_ref hvc_flags__holds(struct hvc_bvs *terms, const struct hvc_flags *flags, unsigned condition);
/** Computed from the same. */
bool hvc_flags__same(const struct hvc_flags *a, const struct hvc_flags *b);
/** N (3), Z, C, V (0). */
hvc_ref hvc_flags__bit(struct hvc_bvs *terms, const struct hvc_flags *flags, unsigned which);
/** All four as four bits. */
hvc_ref hvc_flags__all(struct hvc_bvs *terms, const struct hvc_flags *flags);

/* memory_image.c */
/** The image's byte at an address; false: it has none. */
bool hvc_memory__shipped(const struct hvc_image *image, uint64_t address, uint8_t *byte);
/** Is it a byte of the image that boot fills: what it holds here says nothing? */
bool hvc_memory__is_unset(const struct hvc_scene *scene, uint64_t address);

/* memory.c */
/** How an access went. */
enum hvc_access {
	HVC_ACCESS_OK,
	HVC_ACCESS_FAULT, /**< there is nothing there */
	HVC_ACCESS_ASK,   /**< it depends on scene->asked whether there is */
	HVC_ACCESS_VAST,  /**< it is to one of too many places of EL2's own */
	HVC_ACCESS_NONE,  /**< memory ran out, or the like: see the status */
};
/** From the first byte of an image to the last, what lies between its segments included. */
struct hvc_extent hvc_extent__of_image(const struct hvc_image *image);
/** Are all bytes of an access in it? */
hvc_ref hvc_extent__has(struct hvc_bvs *terms, const struct hvc_extent *extent, hvc_ref address,
                        unsigned size);
/**
 * size 1, 2, 4 or 8 bytes; *value has 8 * size bits. Where `when` (NULL: always) does not hold,
 * nothing is stored, and the value is what was there.
 */
enum hvc_access hvc_memory__load(struct hvc_scene *scene, struct hvc_way *way, hvc_ref address,
                                 unsigned size, hvc_ref *value);
enum hvc_access hvc_memory__store(struct hvc_scene *scene, struct hvc_way *way, hvc_ref address,
                                  unsigned size, hvc_ref value, hvc_ref when);
/** Of data of the new of two subjects that the old one has not. */
#define HVC_OF_THE_NEW " of the new"
/** The input that the doubleword at an address is; `of`: a name for a subject's own, or "". */
hvc_ref hvc_memory__input(struct hvc_bvs *terms, hvc_ref address, const char *of, uint64_t usual);
/** A word of code; false: there is none. What the image holds as shipped, and the function. */
bool hvc_memory__fetch(const struct hvc_scene *scene, uint64_t address, uint32_t *word);
/** Is a byte one that the exploration takes for an input? */
bool hvc_memory__is_secret(const struct hvc_scene *scene, uint64_t address);
/** Has the word at base + offset been stored to, by the same base? NULL: there is none. */
bool hvc_memory__is_written(const struct hvc_way *way, hvc_ref base, uint64_t offset);

/* way.c */
/** Inputs that a call has, which are the first of any room: x0..x30 and these. */
enum {
	HVC_INPUT_IMM = HVC_GPR_COUNT,
	HVC_INPUT_NZCV,
	HVC_INPUT_DAIF,
	HVC_INPUT_SELF, /**< the address of the instruction, which follows from the others */
	HVC_INPUTS,
};

/** Make them the room's first. */
void hvc_way__inputs(struct hvc_bvs *terms);
/** The values that a call gives them: HVC_INPUTS. */
void hvc_way__values(const struct hvc_call *call, uint64_t *value);
/** The call of such values, whose address is theirs afterwards. */
void hvc_way__call(uint64_t *value, enum hvc_level from, enum hvc_insn insn, struct hvc_call *out);
/** The state before anything has been done; NULL: memory ran out. */
struct hvc_way *hvc_way__open(struct hvc_scene *scene);
/** Note what was read and is not known; once each. */
void hvc_way__note_read(struct hvc_scene *scene, struct hvc_way *way, hvc_ref address,
                        hvc_ref value, unsigned size);
/** A copy that goes on alone; NULL: memory ran out. */
struct hvc_way *hvc_way__copy(const struct hvc_way *way);
void hvc_way__free(struct hvc_way *way);
/**
 * The value of a system register, which becomes an input when nothing is known of it; NULL: the
 * CPU has none, or there is no room for one more.
 */
hvc_ref hvc_way__sys(struct hvc_scene *scene, struct hvc_way *way, const uint8_t encoding[5]);
/** False: there is no room for it. */
bool hvc_way__set_sys(struct hvc_scene *scene, struct hvc_way *way, const uint8_t encoding[5],
                      hvc_ref value);
/** Name of a system register without a row, as assemblers take it; in the terms' room. */
const char *hvc_way__other_name(struct hvc_bvs *terms, const uint8_t encoding[5]);
/** Half of an FP/SIMD register: 0 is the lower one. */
hvc_ref hvc_way__q(struct hvc_scene *scene, struct hvc_way *way, unsigned n, unsigned half);
/** Does it hold what it held at the call? As a truth value. */
hvc_ref hvc_way__keeps_q(struct hvc_bvs *terms, const struct hvc_way *way, unsigned n);

/** Require all facts that may have to do with these inputs (hvc_bv.uses). */
void hvc_facts__require(struct hvc_scene *scene, const struct hvc_facts *facts, uint64_t uses);
/** Can the condition hold? */
enum hvc_answer hvc_facts__ask(struct hvc_scene *scene, const struct hvc_facts *facts,
                               hvc_ref condition);
/** Room in the model for all inputs. False: memory ran out. */
bool hvc_facts__make_room(struct hvc_scene *scene, struct hvc_facts *facts);
/** The solver's model, of inputs that it was asked about. */
void hvc_facts__take_model(struct hvc_scene *scene, struct hvc_facts *facts);

/** Do they hang on the value of a function that has but a name: is there no call that meets them
 * for sure? */
bool hvc_facts__hang_on_opaque(const struct hvc_facts *facts);

#endif
