/* SPDX-License-Identifier: MIT */
/*
 * Z3 by its C API. Each node is translated once and kept. An opaque function is an unknown of its
 * own for each node: nothing is known of it but that equal terms are equal.
 */
#include "symbolic/solver.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <z3.h>

/** What Z3 does not count: in steps of its own, which take about as long. */
#define QUERY_STEPS   4000u
#define REQUIRE_STEPS 400u

struct hvc_solver {
	struct hvc_bvs *terms;
	Z3_context context;
	Z3_solver solver;
	Z3_model model;
	Z3_ast *ast; /* by id of the node */
	size_t asts;
	hvc_ref stands_for; /* in the innermost scope, or NULL; and what stands for it: */
	Z3_ast stand_in;
	bool named; /* constants have the names of inputs, for others to read */
	uint64_t queries;
	unsigned counted; /* by Z3, which counts modulo 2^32 */
	uint64_t steps, allowed;
	enum hvc_status status;
	char message[200];
};

/* Z3's handler gets no pointer of ours; a thread asks one solver at a time. */
static _Thread_local struct hvc_solver *asking;

/* An allocation that failed may be an exception of any kind by the time it is told. */
static bool is_of_memory(const char *text)
{
	return strstr(text, "out of memory") || strstr(text, "bad_alloc");
}

static void on_error(Z3_context context, Z3_error_code code)
{
	struct hvc_solver *solver = asking;

	if (!solver || solver->status != HVC_OK)
		return;
	snprintf(solver->message, sizeof solver->message, "%s", Z3_get_error_msg(context, code));
	solver->status = code == Z3_MEMOUT_FAIL || is_of_memory(solver->message) ? HVC_E_NOMEM
	                                                                         : HVC_E_ENGINE;
}

static Z3_context make_context(void)
{
	Z3_config config = Z3_mk_config();
	Z3_context context;

	if (!config)
		return NULL;
	Z3_set_param_value(config, "model", "true");
	context = Z3_mk_context(config);
	Z3_del_config(config);
	return context;
}

enum hvc_status hvc_solver__open(struct hvc_bvs *terms, unsigned steps, unsigned timeout,
                                 struct hvc_solver **out)
{
	struct hvc_solver *solver = calloc(1, sizeof *solver);
	Z3_params params;
	enum hvc_status status;

	if (!solver)
		return HVC_E_NOMEM;
	solver->terms = terms;
	solver->allowed = HVC_SOLVER_STEPS_ALL;
	solver->context = make_context();
	if (!solver->context) {
		free(solver);
		return HVC_E_NOMEM;
	}
	asking = solver;
	Z3_set_error_handler(solver->context, on_error);
	solver->solver = Z3_mk_simple_solver(solver->context);
	if (solver->solver) {
		Z3_solver_inc_ref(solver->context, solver->solver);
		params = Z3_mk_params(solver->context);
		Z3_params_inc_ref(solver->context, params);
		Z3_params_set_uint(solver->context, params,
		                   Z3_mk_string_symbol(solver->context, "rlimit"),
		                   steps ? steps : HVC_SOLVER_STEPS);
		/* A time limit costs a thread for each query. */
		if (timeout)
			Z3_params_set_uint(solver->context, params,
			                   Z3_mk_string_symbol(solver->context, "timeout"),
			                   timeout);
		Z3_solver_set_params(solver->context, solver->solver, params);
		Z3_params_dec_ref(solver->context, params);
	}
	status = solver->status;
	if (status != HVC_OK) {
		hvc_solver__close(solver);
		return status;
	}
	*out = solver;
	return HVC_OK;
}

static void forget_model(struct hvc_solver *solver)
{
	if (solver->model)
		Z3_model_dec_ref(solver->context, solver->model);
	solver->model = NULL;
}

void hvc_solver__close(struct hvc_solver *solver)
{
	if (!solver)
		return;
	asking = solver;
	forget_model(solver);
	if (solver->solver)
		Z3_solver_dec_ref(solver->context, solver->solver);
	Z3_del_context(solver->context);
	free(solver->ast);
	free(solver);
	asking = NULL;
}

static Z3_ast number(Z3_context z, unsigned width, uint64_t value)
{
	return Z3_mk_unsigned_int64(z, value, Z3_mk_bv_sort(z, width));
}

static Z3_ast truth(Z3_context z, Z3_ast condition)
{
	return Z3_mk_ite(z, condition, number(z, 1, 1), number(z, 1, 0));
}

static Z3_ast high_half(Z3_context z, Z3_ast a, Z3_ast b, bool is_signed)
{
	Z3_ast x = is_signed ? Z3_mk_sign_ext(z, 64, a) : Z3_mk_zero_ext(z, 64, a);
	Z3_ast y = is_signed ? Z3_mk_sign_ext(z, 64, b) : Z3_mk_zero_ext(z, 64, b);

	return Z3_mk_extract(z, 127, 64, Z3_mk_bvmul(z, x, y));
}

static Z3_ast divide(Z3_context z, const struct hvc_bv *n, Z3_ast a, Z3_ast b)
{
	Z3_ast zero = number(z, n->width, 0);

	return Z3_mk_ite(z, Z3_mk_eq(z, b, zero), zero,
	                 n->op == HVC_OP_UDIV ? Z3_mk_bvudiv(z, a, b) : Z3_mk_bvsdiv(z, a, b));
}

static Z3_ast count_zeros(Z3_context z, const struct hvc_bv *n, Z3_ast a)
{
	Z3_ast count = number(z, n->width, n->width);

	for (unsigned bit = 0; bit < n->width; bit++)
		count = Z3_mk_ite(z, Z3_mk_eq(z, Z3_mk_extract(z, bit, bit, a), number(z, 1, 1)),
		                  number(z, n->width, n->width - 1u - bit), count);
	return count;
}

static Z3_ast reverse(Z3_context z, const struct hvc_bv *n, Z3_ast a)
{
	Z3_ast all = Z3_mk_extract(z, 0, 0, a);

	for (unsigned bit = 1; bit < n->width; bit++)
		all = Z3_mk_concat(z, all, Z3_mk_extract(z, bit, bit, a));
	return all;
}

/* A symbol in bars may hold anything that can be printed but these and backslashes. */
static bool is_symbol(const char *name)
{
	size_t length = strcspn(name, "|\\");

	for (size_t i = 0; i < length; i++)
		if (!isprint((unsigned char)name[i]))
			return false;
	return !name[length];
}

static Z3_ast unknown(struct hvc_solver *solver, const struct hvc_bv *n)
{
	const struct hvc_input *input = hvc_bv__input_of(solver->terms, n);
	Z3_context z = solver->context;
	char name[512];

	if (solver->named && input && is_symbol(input->name))
		snprintf(name, sizeof name, "%s", input->name);
	else
		snprintf(name, sizeof name, "%s!%u",
		         input || !solver->named ? "i" : hvc_bv__opaque_name(n), (unsigned)n->id);
	return Z3_mk_const(z, Z3_mk_string_symbol(z, name), Z3_mk_bv_sort(z, n->width));
}

static Z3_ast translate(struct hvc_solver *solver, const struct hvc_bv *n, const Z3_ast *arg)
{
	static Z3_ast (*const plain[HVC_OP_COUNT])(Z3_context, Z3_ast, Z3_ast) = {
	        [HVC_OP_ADD] = Z3_mk_bvadd,   [HVC_OP_SUB] = Z3_mk_bvsub,
	        [HVC_OP_MUL] = Z3_mk_bvmul,   [HVC_OP_AND] = Z3_mk_bvand,
	        [HVC_OP_OR] = Z3_mk_bvor,     [HVC_OP_XOR] = Z3_mk_bvxor,
	        [HVC_OP_SHL] = Z3_mk_bvshl,   [HVC_OP_LSHR] = Z3_mk_bvlshr,
	        [HVC_OP_ASHR] = Z3_mk_bvashr, [HVC_OP_CONCAT] = Z3_mk_concat,
	        [HVC_OP_EQ] = Z3_mk_eq,       [HVC_OP_ULT] = Z3_mk_bvult,
	        [HVC_OP_SLT] = Z3_mk_bvslt,
	};
	Z3_context z = solver->context;
	Z3_ast made;

	switch (n->op) {
	case HVC_OP_CONST:
		return number(z, n->width, n->value);
	case HVC_OP_INPUT:
	case HVC_OP_OPAQUE:
		return unknown(solver, n);
	case HVC_OP_NEG:
		return Z3_mk_bvneg(z, arg[0]);
	case HVC_OP_NOT:
		return Z3_mk_bvnot(z, arg[0]);
	case HVC_OP_UMULH:
	case HVC_OP_SMULH:
		return high_half(z, arg[0], arg[1], n->op == HVC_OP_SMULH);
	case HVC_OP_UDIV:
	case HVC_OP_SDIV:
		return divide(z, n, arg[0], arg[1]);
	case HVC_OP_EXTRACT:
		return Z3_mk_extract(z, (unsigned)n->value + n->width - 1, (unsigned)n->value,
		                     arg[0]);
	case HVC_OP_SEXT:
		return Z3_mk_sign_ext(z, (unsigned)n->width - n->arg[0]->width, arg[0]);
	case HVC_OP_ITE:
		return Z3_mk_ite(z, Z3_mk_eq(z, arg[0], number(z, 1, 1)), arg[1], arg[2]);
	case HVC_OP_CLZ:
		return count_zeros(z, n, arg[0]);
	case HVC_OP_RBIT:
		return reverse(z, n, arg[0]);
	default:
		made = plain[n->op](z, arg[0], arg[1]);
		return n->op < HVC_OP_EQ ? made : truth(z, made);
	}
}

static bool make_room(struct hvc_solver *solver)
{
	size_t most = hvc_bv__nodes(solver->terms) + 1;
	Z3_ast *ast;

	if (solver->asts >= most)
		return true;
	most *= 2;
	ast = realloc(solver->ast, most * sizeof *ast);
	if (!ast) {
		solver->status = HVC_E_NOMEM;
		return false;
	}
	memset(ast + solver->asts, 0, (most - solver->asts) * sizeof *ast);
	solver->ast = ast;
	solver->asts = most;
	return true;
}

/* Arguments first; terms may be deep. */
static Z3_ast find(struct hvc_solver *solver, hvc_ref a)
{
	size_t depth = 1, most = 64;
	hvc_ref *stack = malloc(most * sizeof *stack);

	if (!stack || !make_room(solver)) {
		solver->status = HVC_E_NOMEM;
		free(stack);
		return NULL;
	}
	stack[0] = a;
	while (depth && solver->status == HVC_OK) {
		hvc_ref top = stack[depth - 1];
		Z3_ast arg[HVC_BV_ARGS] = {NULL};
		bool ready = true;

		for (unsigned i = 0; i < top->args; i++) {
			arg[i] = solver->ast[top->arg[i]->id];
			if (arg[i])
				continue;
			ready = false;
			if (depth == most) {
				hvc_ref *more = realloc(stack, 2 * most * sizeof *stack);

				if (!more) {
					solver->status = HVC_E_NOMEM;
					break;
				}
				stack = more;
				most *= 2;
			}
			stack[depth++] = top->arg[i];
		}
		if (!ready)
			continue;
		if (!solver->ast[top->id])
			solver->ast[top->id] = translate(solver, top, arg);
		depth--;
	}
	free(stack);
	return solver->status == HVC_OK ? solver->ast[a->id] : NULL;
}

void hvc_solver__push(struct hvc_solver *solver)
{
	asking = solver;
	if (solver->status == HVC_OK)
		Z3_solver_push(solver->context, solver->solver);
}

void hvc_solver__pop(struct hvc_solver *solver)
{
	asking = solver;
	forget_model(solver);
	solver->stands_for = NULL;
	if (solver->status == HVC_OK)
		Z3_solver_pop(solver->context, solver->solver, 1);
}

/* NULL: it failed. */
static Z3_ast holds(struct hvc_solver *solver, hvc_ref condition)
{
	Z3_ast ast = solver->status == HVC_OK ? find(solver, condition) : NULL;

	return ast ? Z3_mk_eq(solver->context, ast, number(solver->context, 1, 1)) : NULL;
}

void hvc_solver__require(struct hvc_solver *solver, hvc_ref condition)
{
	Z3_ast ast;

	asking = solver;
	ast = holds(solver, condition);
	if (!ast)
		return;
	Z3_solver_assert(solver->context, solver->solver, ast);
	solver->steps += REQUIRE_STEPS;
}

void hvc_solver__exclude(struct hvc_solver *solver, hvc_ref a, uint64_t value)
{
	Z3_context z = solver->context;
	Z3_ast ast;

	asking = solver;
	if (solver->stands_for != a) {
		ast = solver->status == HVC_OK ? find(solver, a) : NULL;
		if (!ast)
			return;
		solver->stands_for = a;
		solver->stand_in = Z3_mk_fresh_const(z, "value", Z3_get_sort(z, ast));
		Z3_solver_assert(z, solver->solver, Z3_mk_eq(z, solver->stand_in, ast));
	}
	ast = number(z, a->width, value);
	Z3_solver_assert(z, solver->solver, Z3_mk_not(z, Z3_mk_eq(z, solver->stand_in, ast)));
	solver->steps += REQUIRE_STEPS;
}

/* Add what a query has cost. */
static void count_steps(struct hvc_solver *solver)
{
	Z3_context z = solver->context;
	Z3_stats stats = Z3_solver_get_statistics(z, solver->solver);

	if (!stats)
		return;
	Z3_stats_inc_ref(z, stats);
	for (unsigned i = Z3_stats_size(z, stats); i-- > 0;) {
		unsigned now;

		if (strcmp(Z3_stats_get_key(z, stats, i), "rlimit count") != 0)
			continue;
		now = Z3_stats_get_uint_value(z, stats, i);
		solver->steps += now - solver->counted;
		solver->counted = now;
		break;
	}
	Z3_stats_dec_ref(z, stats);
}

void hvc_solver__allow(struct hvc_solver *solver, uint64_t steps)
{
	solver->allowed += steps;
}

enum hvc_answer hvc_solver__check(struct hvc_solver *solver)
{
	Z3_lbool answer;

	asking = solver;
	forget_model(solver);
	if (solver->status == HVC_OK && hvc_bv__status(solver->terms) != HVC_OK)
		solver->status = hvc_bv__status(solver->terms);
	if (solver->status != HVC_OK || solver->steps >= solver->allowed)
		return HVC_ANSWER_UNDECIDED;
	solver->queries++;
	solver->steps += QUERY_STEPS;
	answer = Z3_solver_check(solver->context, solver->solver);
	count_steps(solver);
	/* Not a limit of ours: an answer that another run would have. */
	if (answer == Z3_L_UNDEF && solver->status == HVC_OK &&
	    is_of_memory(Z3_solver_get_reason_unknown(solver->context, solver->solver)))
		solver->status = HVC_E_NOMEM;
	if (solver->status != HVC_OK || answer == Z3_L_UNDEF)
		return HVC_ANSWER_UNDECIDED;
	if (answer == Z3_L_FALSE)
		return HVC_ANSWER_NO;
	solver->model = Z3_solver_get_model(solver->context, solver->solver);
	if (!solver->model)
		return HVC_ANSWER_UNDECIDED;
	Z3_model_inc_ref(solver->context, solver->model);
	return HVC_ANSWER_YES;
}

bool hvc_solver__value(struct hvc_solver *solver, hvc_ref input, uint64_t *value)
{
	Z3_ast ast = NULL;

	asking = solver;
	if (!solver->model || input->id >= solver->asts || !solver->ast[input->id])
		return false;
	return Z3_model_eval(solver->context, solver->model, solver->ast[input->id], false, &ast) &&
	       ast && Z3_get_ast_kind(solver->context, ast) == Z3_NUMERAL_AST &&
	       Z3_get_numeral_uint64(solver->context, ast, value);
}

/* As it stands: what a solver is given it simplifies before it can be printed. */
char *hvc_solver__script(struct hvc_bvs *terms, const char *reason, const char *answer,
                         const hvc_ref *all, size_t count)
{
	struct hvc_solver *solver = NULL;
	Z3_ast *ast = calloc(count, sizeof *ast);
	char *text = NULL;

	if (!ast || hvc_solver__open(terms, 0, 0, &solver) != HVC_OK) {
		free(ast);
		return NULL;
	}
	solver->named = true;
	for (size_t i = 0; i < count; i++)
		ast[i] = holds(solver, all[i]);
	if (solver->status == HVC_OK)
		text = strdup(Z3_benchmark_to_smtlib_string(solver->context, reason, "QF_BV",
		                                            answer, "", (unsigned)count - 1, ast,
		                                            ast[count - 1]));
	if (solver->status != HVC_OK) {
		free(text);
		text = NULL;
	}
	hvc_solver__close(solver);
	free(ast);
	return text;
}

enum hvc_status hvc_solver__status(const struct hvc_solver *solver)
{
	return solver->status;
}

const char *hvc_solver__message(const struct hvc_solver *solver)
{
	return solver->message;
}

uint64_t hvc_solver__queries(const struct hvc_solver *solver)
{
	return solver->queries;
}

const char *hvc_solver__name(void)
{
	static char name[48];
	unsigned version[4];

	Z3_get_version(&version[0], &version[1], &version[2], &version[3]);
	snprintf(name, sizeof name, "Z3 %u.%u.%u", version[0], version[1], version[2]);
	return name;
}
