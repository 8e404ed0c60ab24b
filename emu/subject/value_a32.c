/* SPDX-License-Identifier: MIT */
/* What A32 and T32 instructions do to what is known of r0 to r14 (Arm ARM F5.1). */
#include "subject/flow_a32.h"

#include "subject/def_use.h"
#include "subject/walk.h"

/* AAPCS32: what a function may change besides its result; SMCCC: what carries results. */
#define SCRATCH       UINT32_C(0x500e)
#define SMCCC_RESULTS 4u
#define REGISTERS     15u
#define SP            13u
#define PC            15u

/* rd becomes a number, or (rn & ~drop | set) + plus. */
struct change {
	unsigned rd, rn; /* PC: of no register */
	bool address;    /* of the image */
	uint32_t drop, set, plus;
};

static struct change number(unsigned rd, uint32_t value)
{
	return (struct change){.rd = rd, .rn = PC, .set = value};
}

static struct change copy(unsigned rd, unsigned rn, uint32_t set, uint32_t plus)
{
	return (struct change){.rd = rd, .rn = rn, .set = set, .plus = plus};
}

static bool literal(const struct hvc_image *image, unsigned rd, uint64_t at, struct change *out)
{
	uint32_t value;

	if (!hvc_walk__word(image, at, &value))
		return false;
	*out = number(rd, value);
	return true;
}

static struct change place(unsigned rd, uint64_t at)
{
	struct change out = number(rd, (uint32_t)at);

	out.address = true;
	return out;
}

static bool a32(const struct hvc_image *image, uint64_t address, uint32_t word, struct change *out)
{
	uint32_t half = (word >> 4 & 0xf000) | (word & 0xfff), imm = hvc_a32__immediate(word);
	unsigned rd = word >> 12 & 15, rn = word >> 16 & 15;

	if ((word & 0x0fef0000) == 0x03a00000)
		*out = number(rd, imm);
	else if ((word & 0x0fef0000) == 0x03e00000)
		*out = number(rd, ~imm);
	else if ((word & 0x0ff00000) == 0x03000000)
		*out = number(rd, half);
	else if ((word & 0x0ff00000) == 0x03400000)
		*out = (struct change){rd, rd, false, 0xffff0000, half << 16, 0};
	else if ((word & 0x0fef0ff0) == 0x01a00000 && (word & 15) != PC)
		*out = copy(rd, word & 15, 0, 0);
	else if ((word & 0x0fef0000) == 0x028f0000 || (word & 0x0fef0000) == 0x024f0000)
		*out = place(rd, address + 8 + (word >> 23 & 1 ? imm : 0 - imm));
	else if ((word & 0x0fe00000) == 0x02800000 || (word & 0x0fe00000) == 0x02400000)
		*out = copy(rd, rn, 0, word >> 23 & 1 ? imm : 0 - imm);
	else if ((word & 0x0fe00000) == 0x03800000)
		*out = copy(rd, rn, imm, 0);
	else if ((word & 0x0f7f0000) == 0x051f0000)
		return literal(image, rd,
		               address + 8 + (word >> 23 & 1 ? half & 0xfff : 0 - (half & 0xfff)),
		               out);
	else
		return false;
	return true;
}

static bool t32_narrow(const struct hvc_image *image, uint64_t address, uint32_t word,
                       struct change *out)
{
	uint64_t pc = (address + 4) & ~UINT64_C(3);
	unsigned rd = word >> 8 & 7;

	if (word >> 11 == 4)
		*out = number(rd, word & 0xff);
	else if (word >> 8 == 0x46 && (word >> 3 & 15) != PC)
		*out = copy((word & 7) | (word >> 4 & 8), word >> 3 & 15, 0, 0);
	else if (word >> 6 == 0)
		*out = copy(word & 7, word >> 3 & 7, 0, 0);
	else if ((word & 0xfc00) == 0x1c00) /* ADDS, SUBS of three bits */
		*out = copy(word & 7, word >> 3 & 7, 0,
		            word >> 9 & 1 ? 0 - (word >> 6 & 7) : word >> 6 & 7);
	else if (word >> 8 == 0xb0)
		*out = copy(SP, SP, 0, word & 0x80 ? 0 - 4 * (word & 0x7f) : 4 * (word & 0x7f));
	else if (word >> 11 == 21)
		*out = copy(rd, SP, 0, 4 * (word & 0xff));
	else if (word >> 11 == 6 || word >> 11 == 7)
		*out = copy(rd, rd, 0, word >> 11 & 1 ? 0 - (word & 0xff) : word & 0xff);
	else if (word >> 11 == 9)
		return literal(image, rd, pc + 4 * (word & 0xff), out);
	else if (word >> 11 == 20)
		*out = place(rd, pc + 4 * (word & 0xff));
	else
		return false;
	return true;
}

static bool t32_wide(const struct hvc_image *image, uint64_t address, uint32_t word,
                     struct change *out)
{
	uint32_t imm = hvc_t32__immediate(word);
	uint32_t half =
	        (word >> 4 & 0xf000) | (word >> 15 & 0x800) | (word >> 4 & 0x700) | (word & 0xff);
	unsigned rd = word >> 8 & 15, rn = word >> 16 & 15;

	if ((word & 0xfbef8000) == 0xf04f0000)
		*out = number(rd, imm);
	else if ((word & 0xfbef8000) == 0xf06f0000)
		*out = number(rd, ~imm);
	else if ((word & 0xfbf08000) == 0xf2400000)
		*out = number(rd, half);
	else if ((word & 0xfbf08000) == 0xf2c00000)
		*out = (struct change){rd, rd, false, 0xffff0000, half << 16, 0};
	else if ((word & 0xfb5f8000) == 0xf20f0000) /* ADR */
		*out = place(rd, ((address + 4) & ~UINT64_C(3)) +
		                         (word >> 23 & 1 ? 0 - (half & 0xfff) : half & 0xfff));
	else if ((word & 0xfbe08000) == 0xf1000000 || (word & 0xfbe08000) == 0xf1a00000)
		*out = copy(rd, rn, 0, word >> 24 & 1 && word >> 23 & 1 ? 0 - imm : imm);
	else if ((word & 0xfbe08000) == 0xf0400000)
		*out = copy(rd, rn, imm, 0);
	else if ((word & 0xffeff0f0) == 0xea4f0000)
		*out = copy(rd, word & 15, 0, 0);
	else if ((word & 0xff7f0000) == 0xf85f0000)
		return literal(image, word >> 12 & 15,
		               ((address + 4) & ~UINT64_C(3)) +
		                       (word >> 23 & 1 ? word & 0xfff : 0 - (word & 0xfff)),
		               out);
	else
		return false;
	return true;
}

static struct hvc_value made(enum hvc_value_kind kind, uint64_t address)
{
	return (struct hvc_value){
	        .kind = kind, .kinds = 1u << kind, .reg = HVC_REG_NONE, .at = address};
}

static struct hvc_value changed(const struct hvc_values *values, const struct change *change,
                                uint64_t address)
{
	struct hvc_value out =
	        made(change->address ? HVC_VALUE_ADDRESS : HVC_VALUE_CONSTANT, address);

	if (change->rn == PC) {
		out.constants = 1;
		out.constant[0] = change->set;
		return out;
	}
	out = hvc_value__change(&values->x[change->rn], change->drop, change->set, change->plus,
	                        hvc_value_is_constant(&values->x[change->rn]), address);
	if (!(change->drop | change->set | change->plus) && !out.constants)
		out = values->x[change->rn];
	return out;
}

/* rd := rn op operand; of a register shifted by a number, or a number. */
struct operation {
	enum { AND, BIC, ORR, ORN, EOR, ADD, SUB, RSB, NONE } op;
	unsigned rd, rn, rm, type, by; /* rn PC: 0; rm PC: `imm`; type: LSL, LSR, ASR, ROR */
	uint32_t imm;
};

/* Data processing (F4.1.3, F3.1.3): bits 24:21 of A32, of T32 instructions of four bytes. */
static bool operates(uint32_t word, unsigned size, bool t32, struct operation *out)
{
	static const unsigned char a32_op[16] = {AND,  EOR,  SUB,  RSB,  ADD, NONE, NONE, NONE,
	                                         NONE, NONE, NONE, NONE, ORR, ORR,  BIC,  ORN};
	static const unsigned char t32_op[16] = {AND, BIC,  ORR,  ORN,  EOR,  NONE, NONE, NONE,
	                                         ADD, NONE, NONE, NONE, NONE, SUB,  RSB,  NONE};
	static const unsigned char narrow_op[16] = {AND,  EOR,  NONE, NONE, NONE, NONE, NONE, NONE,
	                                            NONE, NONE, NONE, NONE, ORR,  NONE, BIC,  NONE};
	const unsigned op = word >> 21 & 15;

	*out = (struct operation){.op = NONE, .rn = word >> 16 & 15, .rm = PC};
	if (!t32 && (word & 0x0e000000) == 0x02000000) {
		out->op = a32_op[op];
		out->rd = word >> 12 & 15;
		out->imm = hvc_a32__immediate(word);
	} else if (!t32 && !(word & 0x0e000010)) {
		*out = (struct operation){.op = a32_op[op],
		                          .rd = word >> 12 & 15,
		                          .rn = word >> 16 & 15,
		                          .rm = word & 15,
		                          .type = word >> 5 & 3,
		                          .by = word >> 7 & 31};
	} else if (t32 && size == 4 && (word & 0xfa008000) == 0xf0000000) {
		out->op = t32_op[op];
		out->rd = word >> 8 & 15;
		out->imm = hvc_t32__immediate(word);
	} else if (t32 && size == 4 && (word & 0xfe008000) == 0xea000000) {
		*out = (struct operation){.op = t32_op[op],
		                          .rd = word >> 8 & 15,
		                          .rn = word >> 16 & 15,
		                          .rm = word & 15,
		                          .type = word >> 4 & 3,
		                          .by = (word >> 10 & 28) | (word >> 6 & 3)};
	} else if (t32 && size == 2 && word >> 13 == 0 && word >> 11 != 3) {
		*out = (struct operation){.op = ORR,
		                          .rd = word & 7,
		                          .rn = PC,
		                          .rm = word >> 3 & 7,
		                          .type = word >> 11,
		                          .by = word >> 6 & 31};
	} else if (t32 && size == 2 && word >> 10 == 6) {
		*out = (struct operation){.op = word >> 9 & 1 ? SUB : ADD,
		                          .rd = word & 7,
		                          .rn = word >> 3 & 7,
		                          .rm = word >> 6 & 7};
	} else if (t32 && size == 2 && word >> 10 == 16) {
		*out = (struct operation){.op = narrow_op[word >> 6 & 15],
		                          .rd = word & 7,
		                          .rn = word & 7,
		                          .rm = word >> 3 & 7};
	}
	/* MOV and MVN have no first operand, and pc is none here. */
	if (!t32 && (op == 13 || op == 15))
		out->rn = PC;
	else if (out->rn == PC && size == 4 && !(t32 && (out->op == ORR || out->op == ORN)))
		return false;
	if ((word & 15) == PC && out->rm == PC && !out->imm)
		return false;
	return out->op != NONE && out->rd < REGISTERS && (out->by || !out->type);
}

static bool is_number(const struct hvc_values *values, unsigned r, uint32_t *out)
{
	const struct hvc_value *value = r == PC ? NULL : &values->x[r];

	if (value && (value->kind != HVC_VALUE_CONSTANT || value->constants != 1))
		return false;
	*out = value ? (uint32_t)value->constant[0] : 0;
	return true;
}

static uint32_t calculate(unsigned op, uint32_t a, uint32_t b)
{
	const uint32_t result[] = {a & b, a & ~b, a | b, a | ~b, a ^ b, a + b, a - b, b - a};

	return result[op];
}

/* What it leaves in rd, where that is a number, or an argument with bits cleared, set, added. */
static bool computes(const struct hvc_values *values, const struct operation *o, uint64_t address,
                     struct hvc_value *out)
{
	uint32_t a, b = o->imm;
	bool left = is_number(values, o->rn, &a), right = o->rm == PC;

	if (!right && is_number(values, o->rm, &b)) {
		right = true;
		b = o->type == 0   ? b << o->by
		    : o->type == 1 ? b >> o->by
		    : o->type == 2 ? (b >> o->by) | (b >> 31 ? ~(UINT32_MAX >> o->by) : 0)
		                   : b >> o->by | b << (32 - o->by);
	}
	if (left && right) {
		*out = made(HVC_VALUE_CONSTANT, address);
		out->constants = 1;
		out->constant[0] = calculate(o->op, a, b);
		return true;
	}
	/* ORR and ADD may have the argument on either side. */
	if (left && !o->by && o->rm != PC && (o->op == ORR || o->op == ADD)) {
		b = a;
		right = true;
	}
	if (!right || o->op == EOR || o->op == RSB || o->op == ORN)
		return false;
	*out = hvc_value__change(&values->x[left ? o->rm : o->rn],
	                         o->op == AND   ? ~b
	                         : o->op == BIC ? b
	                                        : 0,
	                         o->op == ORR ? b : 0,
	                         o->op == ADD   ? b
	                         : o->op == SUB ? 0 - b
	                                        : 0,
	                         false, address);
	return true;
}

/* A call: what the other side may change. */
static void call(struct hvc_values *values, uint64_t address, bool function)
{
	for (unsigned i = 0; i < (function ? 1 : SMCCC_RESULTS); i++)
		values->x[i] = made(HVC_VALUE_RESULT, address);
	for (unsigned i = 1; function && i < REGISTERS; i++)
		if (SCRATCH >> i & 1)
			values->x[i] = made(HVC_VALUE_CLOBBERED, address);
}

static void write(struct hvc_values *values, const struct hvc_def_use *use, bool system,
                  uint64_t address)
{
	for (unsigned i = 0; i < REGISTERS; i++) {
		if (use->address >> i & 1 && i != 13 && !values->x[i].pointer) {
			values->x[i].pointer = true;
			values->x[i].pointer_at = address;
		}
		if (use->writes >> i & 1)
			values->x[i] = made(use->loaded >> i & 1 ? HVC_VALUE_LOADED
			                    : system             ? HVC_VALUE_SYSTEM
			                                         : HVC_VALUE_COMPUTED,
			                    address);
	}
}

/* What is known of the register that an instruction sets. False: another one. */
static bool sets(const struct hvc_values *values, const struct hvc_flow_graph *flow, unsigned i,
                 struct change *change, struct hvc_value *out)
{
	uint64_t address = hvc_flow__address(flow, i);
	struct operation operation;
	struct hvc_a32 insn;
	bool known;

	hvc_flow__decode_a32(flow, i, &insn);
	known = flow->isa == HVC_ISA_A32
	                ? insn.word >> 28 != 15 && a32(flow->image, address, insn.word, change)
	        : insn.size == 2 ? t32_narrow(flow->image, address, insn.word, change)
	                         : t32_wide(flow->image, address, insn.word, change);
	if (!known && (flow->isa == HVC_ISA_T32 || insn.word >> 28 != 15) &&
	    operates(insn.word, insn.size, flow->isa == HVC_ISA_T32, &operation) &&
	    operation.rd != SP && operation.rn != SP &&
	    computes(values, &operation, address, out)) {
		*change = (struct change){.rd = operation.rd};
		return true;
	}
	if (!known || change->rd >= REGISTERS)
		return false;
	*out = changed(values, change, address);
	return true;
}

static void step(struct hvc_values *values, const struct hvc_flow_graph *flow, unsigned i,
                 const struct hvc_a32 *insn)
{
	const struct hvc_stack_base base = {SP, flow->isa == HVC_ISA_T32 ? 7 : 11};
	uint64_t address = hvc_flow__address(flow, i);
	struct hvc_value found[HVC_GPR_COUNT];
	struct hvc_flow_insn control;
	struct hvc_def_use use;
	struct hvc_value value;
	struct change change;

	hvc_flow__insn_a32(flow, i, &control);
	if (control.calls || control.exception) {
		call(values, address, control.calls);
		if (control.calls)
			hvc_stack__call(&values->stack);
	} else if (sets(values, flow, i, &change, &value)) {
		if (change.rd == SP || change.rd == base.fp || change.rn == SP)
			hvc_stack__add(&values->stack, base, change.rd, change.rn,
			               (int32_t)change.plus);
		values->x[change.rd] = value;
	} else {
		for (unsigned n = 0; n < REGISTERS; n++)
			found[n].kind = HVC_VALUE_UNKNOWN;
		hvc_disasm__use_aarch32(address, flow->word[i], flow->isa == HVC_ISA_T32, &use);
		if (!hvc_stack__step_a32(&values->stack, values->x, insn->word, flow->isa, found) &&
		    use.writes >> SP & 1)
			hvc_stack__forget(&values->stack);
		values->stack.framed &= !(use.writes >> base.fp & 1);
		write(values, &use, insn->kind == HVC_A32_READ, address);
		for (unsigned n = 0; n < REGISTERS; n++)
			if (found[n].kind != HVC_VALUE_UNKNOWN)
				values->x[n] = found[n];
	}
}

/*
 * Does this one set a register to a number where the one before it, on the opposite condition, does
 * not, and that does where this does not? Then it is one of the two, and no more what it was.
 */
static bool completes(struct hvc_values *values, const struct hvc_flow_graph *flow, unsigned i)
{
	unsigned back = i && flow->length[i - 1] ? 1 : 2;
	struct hvc_values one = *values, other;
	struct change mine, theirs;
	struct hvc_value value;

	if (i < back || !flow->length[i - back] ||
	    (hvc_flow__condition(flow, i) ^ hvc_flow__condition(flow, i - back)) != 1 ||
	    !sets(values, flow, i - back, &theirs, &value) || theirs.rn != PC)
		return false;
	one.x[theirs.rd] = value;
	other = one;
	if (!sets(values, flow, i, &mine, &value) || mine.rn != PC || mine.rd != theirs.rd)
		return false;
	other.x[mine.rd] = value;
	(void)hvc_values__merge(&one, &other);
	*values = one;
	return true;
}

void hvc_values__step_a32(struct hvc_values *values, const struct hvc_flow_graph *flow, unsigned i)
{
	const struct hvc_values before = *values;
	struct hvc_a32 insn;

	hvc_flow__decode_a32(flow, i, &insn);
	if (insn.conditional && completes(values, flow, i))
		return;
	step(values, flow, i, &insn);
	if (insn.conditional)
		(void)hvc_values__merge(values, &before);
}
