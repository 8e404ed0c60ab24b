/* SPDX-License-Identifier: MIT */
#include "hvcheck/expr.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "abi/expr.h"
#include "abi/spec.h"
#include "base/number.h"
#include "hvcheck/aarch32.h"
#include "hvcheck/arch.h"
#include "machine/outcome.h"

uint64_t hvc_function__result(uint64_t a, uint64_t b, uint64_t c)
{
	return 3 * a + 5 * b + 7 * c;
}

/** Where the caller would take a synchronous exception to EL1. */
static uint64_t caller_vector(const struct hvc_context *context)
{
	enum hvc_level from = context->call->from;
	enum hvc_vector_group group = from == HVC_LEVEL_EL0    ? HVC_GROUP_LOWER_A64
	                              : from == HVC_LEVEL_EL1T ? HVC_GROUP_CURRENT_SP0
	                                                       : HVC_GROUP_CURRENT_SPX;

	if (hvc_level_is_aarch32(from))
		return hvc_aarch32_vectors(context->entry->v[HVC_REG_VBAR_EL1],
		                           context->entry->v[HVC_REG_SCTLR_EL1]) +
		       HVC_AARCH32_UNDEFINED;
	return (context->entry->v[HVC_REG_VBAR_EL1] & HVC_MASK_VBAR) + hvc_arch_vector(group);
}

static uint64_t term_value(const struct hvc_term *term, const struct hvc_context *context)
{
	const struct hvc_call *call = context->call;

	switch (term->kind) {
	case HVC_TERM_CONST:
		return term->value;
	case HVC_TERM_REG:
		return context->entry->v[term->reg];
	case HVC_TERM_IMM:
		return hvc_call__imm(call);
	case HVC_TERM_ESR:
		return call->insn == HVC_INSN_TRAP
		               ? (context->entry->v[HVC_REG_ESR_EL2] & ~UINT64_C(0xffff)) |
		                         call->imm
		               : hvc_call__esr(call);
	case HVC_TERM_RETURN:
		return hvc_call__address(call) + 4;
	case HVC_TERM_SELF:
		return hvc_call__address(call);
	case HVC_TERM_SPSR:
		return hvc_call__spsr(call, context->entry);
	case HVC_TERM_VECTOR:
		return caller_vector(context);
	default:
		return 0;
	}
}

static uint64_t apply_binary(enum hvc_term_kind kind, uint64_t a, uint64_t b)
{
	switch (kind) {
	case HVC_TERM_AND:
		return a & b;
	case HVC_TERM_OR:
		return a | b;
	case HVC_TERM_XOR:
		return a ^ b;
	case HVC_TERM_ADD:
		return a + b;
	case HVC_TERM_SUB:
		return a - b;
	case HVC_TERM_SHL:
		return b < 64 ? a << b : 0;
	case HVC_TERM_SHR:
		return b < 64 ? a >> b : 0;
	default:
		return 0;
	}
}

unsigned hvc_expr__arity(enum hvc_term_kind kind)
{
	switch (kind) {
	case HVC_TERM_AND:
	case HVC_TERM_OR:
	case HVC_TERM_XOR:
	case HVC_TERM_ADD:
	case HVC_TERM_SUB:
	case HVC_TERM_SHL:
	case HVC_TERM_SHR:
		return 2;
	case HVC_TERM_NOT:
	case HVC_TERM_NEG:
		return 1;
	case HVC_TERM_FUNCTION:
		return 3;
	default:
		return 0;
	}
}

uint64_t hvc_expr__eval(const struct hvc_expr *expr, const struct hvc_context *context)
{
	uint64_t stack[HVC_EXPR_MAX];
	unsigned top = 0;

	/* Nearly every promise is one constant or one register. */
	if (expr->count == 1)
		return term_value(expr->term, context);
	for (unsigned i = 0; i < expr->count; i++) {
		const struct hvc_term *term = &expr->term[i];

		switch (hvc_expr__arity(term->kind)) {
		case 0:
			stack[top++] = term_value(term, context);
			break;
		case 1:
			stack[top - 1] =
			        term->kind == HVC_TERM_NOT ? ~stack[top - 1] : -stack[top - 1];
			break;
		case 2:
			top--;
			stack[top - 1] = apply_binary(term->kind, stack[top - 1], stack[top]);
			break;
		default:
			top -= 2;
			stack[top - 1] =
			        hvc_function__result(stack[top - 1], stack[top], stack[top + 1]);
		}
	}
	return stack[0];
}

bool hvc_expr__equal(const struct hvc_expr *a, const struct hvc_expr *b)
{
	if (a->count != b->count)
		return false;
	for (unsigned i = 0; i < a->count; i++) {
		const struct hvc_term *s = &a->term[i], *t = &b->term[i];

		if (s->kind != t->kind || (s->kind == HVC_TERM_REG && s->reg != t->reg) ||
		    (s->kind == HVC_TERM_CONST && s->value != t->value))
			return false;
	}
	return true;
}

struct hvc_expr hvc_expr__term(enum hvc_term_kind kind)
{
	struct hvc_expr expr = {.count = 1, .term = {{.kind = kind, .reg = HVC_REG_NONE}}};

	return expr;
}

struct hvc_expr hvc_expr__const(uint64_t value)
{
	struct hvc_expr expr = hvc_expr__term(HVC_TERM_CONST);

	expr.term[0].value = value;
	return expr;
}

struct hvc_expr hvc_expr__reg(enum hvc_reg reg)
{
	struct hvc_expr expr = hvc_expr__term(HVC_TERM_REG);

	expr.term[0].reg = reg;
	return expr;
}

/* Expressions as text: a recursive descent into postfix, and back. */

/** Values, parentheses and unary operators that may be open at once. */
#define NESTING_MAX 64u

/** Binary operators by level of precedence; every level groups from the left. */
static const struct infix {
	const char *text;
	enum hvc_term_kind kind;
	unsigned level;
} operators[] = {
        {"&", HVC_TERM_AND, 0},  {"|", HVC_TERM_OR, 0},  {"^", HVC_TERM_XOR, 0},
        {"+", HVC_TERM_ADD, 1},  {"-", HVC_TERM_SUB, 1}, {"<<", HVC_TERM_SHL, 2},
        {">>", HVC_TERM_SHR, 2},
};

#define OPERATORS (sizeof operators / sizeof *operators)
#define LEVELS    3u

/** Values that are words but not registers. */
static const struct word {
	const char *name;
	enum hvc_term_kind kind;
} words[] = {
        {"imm", HVC_TERM_IMM},   {"esr", HVC_TERM_ESR},   {"return", HVC_TERM_RETURN},
        {"self", HVC_TERM_SELF}, {"spsr", HVC_TERM_SPSR}, {"vector", HVC_TERM_VECTOR},
};

#define WORDS (sizeof words / sizeof *words)

/**
 * Numbers that specifications have a name for. The return codes of SMCCC (DEN0028, "Return codes")
 * and of PSCI (DEN0022, "Return error codes"), HVC_STUB_ERR of Linux
 * (arch/arm64/include/asm/virt.h), and the errno that hypervisors return negated
 * (asm-generic/errno.h).
 */
static const struct number {
	const char *name;
	int64_t value;
} numbers[] = {
        {"NOT_SUPPORTED", -1},
        {"NOT_REQUIRED", -2},
        {"INVALID_PARAMETER", -3},
        {"INVALID_PARAMETERS", -2},
        {"DENIED", -3},
        {"ALREADY_ON", -4},
        {"ON_PENDING", -5},
        {"INTERNAL_FAILURE", -6},
        {"NOT_PRESENT", -7},
        {"DISABLED", -8},
        {"INVALID_ADDRESS", -9},
        {"HVC_STUB_ERR", 0xbadca11},
        {"EPERM", 1},
        {"ENOENT", 2},
        {"E2BIG", 7},
        {"ENOMEM", 12},
        {"EBUSY", 16},
        {"EEXIST", 17},
        {"EINVAL", 22},
        {"ERANGE", 34},
        {"ENOSYS", 38},
};

#define NUMBERS (sizeof numbers / sizeof *numbers)

struct parser {
	const char *text;
	const char *const *variable;
	unsigned variables;
	size_t at;
	unsigned depth;
	struct hvc_expr expr;
	size_t position;
	const char *message; /* NULL while all is well */
};

static bool refuse(struct parser *p, size_t position, const char *message)
{
	p->position = position;
	p->message = message;
	return false;
}

static char peek(struct parser *p)
{
	while (p->text[p->at] == ' ' || p->text[p->at] == '\t')
		p->at++;
	return p->text[p->at];
}

static bool push(struct parser *p, size_t position, struct hvc_term term)
{
	if (p->expr.count == HVC_EXPR_MAX)
		return refuse(p, position, "expression has too many terms");
	p->expr.term[p->expr.count++] = term;
	return true;
}

static bool push_kind(struct parser *p, size_t position, enum hvc_term_kind kind)
{
	return push(p, position, hvc_expr__term(kind).term[0]);
}

/* Of a number it is another number, so that -1 and NOT_SUPPORTED are one value. */
static bool push_prefix(struct parser *p, size_t position, enum hvc_term_kind kind)
{
	struct hvc_term *last = &p->expr.term[p->expr.count - 1];

	if (last->kind != HVC_TERM_CONST)
		return push_kind(p, position, kind);
	last->value = kind == HVC_TERM_NEG ? -last->value : ~last->value;
	return true;
}

static bool parse_level(struct parser *p, unsigned level);

static bool parse_number(struct parser *p)
{
	const char *digit = p->text + p->at;
	size_t start = p->at;
	unsigned base = 10, digits = 0;
	uint64_t value = 0;

	if (digit[0] == '0' && (digit[1] == 'x' || digit[1] == 'X')) {
		base = 16;
		digit += 2;
	}
	for (; isalnum((unsigned char)*digit) || *digit == '_'; digit++, digits++) {
		unsigned c = (unsigned)tolower((unsigned char)*digit);
		unsigned d = isdigit((int)c)    ? c - (unsigned)'0'
		             : isxdigit((int)c) ? c - (unsigned)'a' + 10
		                                : 16;

		if (d >= base)
			return refuse(p, start, "malformed number");
		if (value > (UINT64_MAX - d) / base)
			return refuse(p, start, "number does not fit in 64 bits");
		value = value * base + d;
	}
	if (!digits)
		return refuse(p, start, "malformed number");
	p->at = (size_t)(digit - p->text);
	return push(p, start, hvc_expr__const(value).term[0]);
}

static bool expect(struct parser *p, char c, const char *message)
{
	if (peek(p) != c)
		return refuse(p, p->at, message);
	p->at++;
	return true;
}

static bool parse_function(struct parser *p, size_t start)
{
	return expect(p, '(', "expected ( after function") && parse_level(p, 0) &&
	       expect(p, ',', "function takes three arguments: expected ,") && parse_level(p, 0) &&
	       expect(p, ',', "function takes three arguments: expected ,") && parse_level(p, 0) &&
	       expect(p, ')', "function takes three arguments: expected )") &&
	       push_kind(p, start, HVC_TERM_FUNCTION);
}

static bool parse_name(struct parser *p)
{
	char name[24];
	size_t start = p->at, length = 0;
	enum hvc_reg reg;

	while (isalnum((unsigned char)p->text[p->at]) || p->text[p->at] == '_')
		p->at++;
	length = p->at - start;
	if (length >= sizeof name)
		return refuse(p, start, "unknown name");
	memcpy(name, p->text + start, length);
	name[length] = '\0';
	for (unsigned i = 0; i < WORDS; i++)
		if (!strcasecmp(name, words[i].name))
			return push_kind(p, start, words[i].kind);
	for (unsigned i = 0; i < NUMBERS; i++)
		if (!strcmp(name, numbers[i].name))
			return push(p, start, hvc_expr__const((uint64_t)numbers[i].value).term[0]);
	if (!strcasecmp(name, "function"))
		return parse_function(p, start);
	reg = hvc_reg_find(name);
	if (reg != HVC_REG_NONE)
		return push(p, start, hvc_expr__reg(reg).term[0]);
	/* r0 to r12 are w0 to w12; the others are banked. */
	if (name[0] == 'w' || name[0] == 'W' ||
	    (tolower((unsigned char)name[0]) == 'r' && strtoul(name + 1, NULL, 10) < HVC_SPEC_R)) {
		name[0] = 'x';
		reg = hvc_reg_find(name);
		if (reg <= HVC_REG_X30)
			return push(p, start, hvc_expr__reg(reg).term[0]) &&
			       push(p, start, hvc_expr__const(UINT32_MAX).term[0]) &&
			       push_kind(p, start, HVC_TERM_AND);
	}
	for (unsigned i = 0; i < p->variables; i++) {
		struct hvc_term term = {HVC_TERM_VARIABLE, HVC_REG_NONE, i};

		if (!strncmp(p->text + start, p->variable[i], length) && !p->variable[i][length])
			return push(p, start, term);
	}
	return refuse(p, start, "unknown name");
}

static bool parse_unary(struct parser *p)
{
	char c = peek(p);
	size_t start = p->at;
	bool ok;

	if (p->depth == NESTING_MAX)
		return refuse(p, start, "expression is nested too deeply");
	p->depth++;
	if (isdigit((unsigned char)c)) {
		ok = parse_number(p);
	} else if (isalpha((unsigned char)c) || c == '_') {
		ok = parse_name(p);
	} else if (c == '(') {
		p->at++;
		ok = parse_level(p, 0) && expect(p, ')', "expected )");
	} else if (c == '-' || c == '~') {
		p->at++;
		ok = parse_unary(p) &&
		     push_prefix(p, start, c == '-' ? HVC_TERM_NEG : HVC_TERM_NOT);
	} else {
		ok = refuse(p, start, "expected a number, a name or (");
	}
	p->depth--;
	return ok;
}

static const struct infix *find_operator(struct parser *p, unsigned level)
{
	peek(p);
	for (unsigned i = 0; i < OPERATORS; i++)
		if (operators[i].level == level &&
		    !strncmp(p->text + p->at, operators[i].text, strlen(operators[i].text)))
			return &operators[i];
	return NULL;
}

static bool parse_level(struct parser *p, unsigned level)
{
	const struct infix *found;

	if (level == LEVELS)
		return parse_unary(p);
	if (!parse_level(p, level + 1))
		return false;
	while ((found = find_operator(p, level)) != NULL) {
		size_t start = p->at;

		p->at += strlen(found->text);
		if (!parse_level(p, level + 1) || !push_kind(p, start, found->kind))
			return false;
	}
	return true;
}

enum hvc_status hvc_expr__parse_with(const char *text, const char *const *variable,
                                     unsigned variables, struct hvc_expr *out, size_t *position,
                                     const char **message)
{
	struct parser p = {.text = text, .variable = variable, .variables = variables};

	if (parse_level(&p, 0) && peek(&p) != '\0')
		refuse(&p, p.at, "unexpected text after the expression");
	if (!p.message) {
		*out = p.expr;
		return HVC_OK;
	}
	if (position)
		*position = p.position;
	if (message)
		*message = p.message;
	return HVC_E_FORMAT;
}

enum hvc_status hvc_expr__parse(const char *text, struct hvc_expr *out, size_t *position,
                                const char **message)
{
	return hvc_expr__parse_with(text, NULL, 0, out, position, message);
}

struct printer {
	const struct hvc_expr *expr;
	unsigned first[HVC_EXPR_MAX]; /* where the operands of the term at [i] begin */
	char *text;
	size_t size, length;
};

static void emit(struct printer *p, const char *text)
{
	for (; *text && p->length + 1 < p->size; text++)
		p->text[p->length++] = *text;
}

static void emit_operand(struct printer *p, const struct hvc_term *term)
{
	char number[HVC_U64_SIZE];

	switch (term->kind) {
	case HVC_TERM_REG:
		emit(p, hvc_reg_name(term->reg));
		break;
	case HVC_TERM_CONST:
		emit(p, hvc_u64_print(term->value, number));
		break;
	default:
		for (unsigned i = 0; i < WORDS; i++)
			if (words[i].kind == term->kind)
				emit(p, words[i].name);
	}
}

/** Print the expression that ends at term `end`; parenthesise what binds looser than level. */
static void emit_level(struct printer *p, unsigned end, unsigned level)
{
	const struct hvc_term *term = &p->expr->term[end];
	const struct infix *infix = NULL;

	for (unsigned i = 0; i < OPERATORS; i++)
		if (operators[i].kind == term->kind)
			infix = &operators[i];
	if (infix) {
		if (infix->level < level)
			emit(p, "(");
		emit_level(p, p->first[end - 1] - 1, infix->level);
		emit(p, " ");
		emit(p, infix->text);
		emit(p, " ");
		emit_level(p, end - 1, infix->level + 1);
		if (infix->level < level)
			emit(p, ")");
	} else if (term->kind == HVC_TERM_NOT || term->kind == HVC_TERM_NEG) {
		emit(p, term->kind == HVC_TERM_NOT ? "~" : "-");
		emit_level(p, end - 1, LEVELS);
	} else if (term->kind == HVC_TERM_FUNCTION) {
		unsigned c = end - 1, b = p->first[c] - 1, a = p->first[b] - 1;

		emit(p, "function(");
		emit_level(p, a, 0);
		emit(p, ", ");
		emit_level(p, b, 0);
		emit(p, ", ");
		emit_level(p, c, 0);
		emit(p, ")");
	} else {
		emit_operand(p, term);
	}
}

void hvc_expr__print(const struct hvc_expr *expr, char *text, size_t size)
{
	struct printer p = {.expr = expr, .text = text, .size = size};

	if (!size)
		return;
	for (unsigned i = 0; i < expr->count; i++) {
		p.first[i] = i;
		for (unsigned n = hvc_expr__arity(expr->term[i].kind); n; n--)
			p.first[i] = p.first[p.first[i] - 1];
	}
	emit_level(&p, expr->count - 1, 0);
	text[p.length] = '\0';
}
