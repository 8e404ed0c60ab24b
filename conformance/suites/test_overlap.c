/* SPDX-License-Identifier: MIT */
/*
 * Overlaps found by search against the same found by trying every call. The specifications here
 * look at few bits, so that trying their calls is exhaustive; the search knows nothing of that.
 */
#include <stdio.h>
#include <string.h>

#include "abi/abi.h"
#include "abi/overlap.h"
#include "suite.h"

#define RULES 5u
#define IMMS  8u /* rules name 0 to 6; 7 stands for all others */
#define TEXT  4096u

static uint64_t seed;

static unsigned random_below(unsigned limit)
{
	seed = seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return (unsigned)(seed >> 33) % limit;
}

/*
 * Values of x0 that tell every condition below apart: bits 3:0, whether there are others below 32,
 * and which are above.
 */
#define X0S 96u

static uint64_t x0_at(unsigned i)
{
	return (uint64_t)(i / 32) << 32 | i % 32;
}

static const uint64_t x1s[] = {0, 1, 2, 3};

#define COUNT(array) (sizeof(array) / sizeof *(array))

static const char *const conditions[] = {
        "x0: 0-2",         "x0: \"1, 3\"",   "w0: 1-2",          "w0: 5",        "x0: 1 mask 3",
        "x0: 0x100000001", "w0: \"0, 4-7\"", "w0: 0-8 mask 0xf", "x0: 2 mask 6",
};
static const char *const others[] = {"x1: 1 mask 3", "x1: \"0, 2\" mask 3", "x1: 2-3 mask 3"};
static const char *const imms[] = {"0", "1-3", "\"2, 5\"", "0-6", "4"};

/* A specification of random rules with priorities and a default. */
static struct hvc_abi *make(const char *worlds)
{
	char text[TEXT];
	struct hvc_abi *abi = NULL;

	do {
		size_t n = (size_t)snprintf(text, sizeof text,
		                            "abi: a\ntitle: t\nsource: s\n%srules:\n", worlds);

		for (unsigned i = 0; i < RULES; i++) {
			const char *imm = imms[random_below(COUNT(imms))];
			const char *first = conditions[random_below(COUNT(conditions))];
			const char *second = others[random_below(COUNT(others))];
			unsigned shape = random_below(8);

			n += (size_t)snprintf(
			        text + n, sizeof text - n,
			        "- { name: r%u, priority: %u, outcome: return, when: {", i, i);
			n += (size_t)snprintf(
			        text + n, sizeof text - n, "%s%s%s%s%s%s%s}}\n",
			        random_below(4) ? "" : "from: el1h, ",
			        shape & 1 || !shape ? "imm: " : "", shape & 1 || !shape ? imm : "",
			        shape & 1 && shape > 1 ? ", " : "", shape & 2 ? first : "",
			        shape & 2 && shape & 4 ? ", " : "", shape & 4 ? second : "");
		}
		snprintf(text + n, sizeof text - n,
		         "- { name: rest, default: true, outcome: return }\n");
		/* Rules that are hidden by others are refused; another draw then. */
	} while (hvc_abi_parse(text, strlen(text), "a", NULL, &abi) != HVC_OK);
	return abi;
}

static bool is_in(const struct hvc_interval *interval, unsigned count, uint64_t value)
{
	for (unsigned i = 0; i < count; i++)
		if (interval[i].lo <= value && value <= interval[i].hi)
			return true;
	return false;
}

static const struct hvc_overlap *find(const struct hvc_overlaps *overlaps, unsigned a, unsigned b)
{
	for (unsigned i = 0; i < overlaps->count; i++)
		if (overlaps->overlap[i].rule[0] == a && overlaps->overlap[i].rule[1] == b)
			return &overlaps->overlap[i];
	return NULL;
}

static bool holds(const struct hvc_overlap *overlap, const struct hvc_call *call)
{
	for (unsigned i = 0; i < overlap->conditions; i++) {
		const struct hvc_condition *c = &overlap->condition[i];

		if (!is_in(c->interval, c->intervals, call->x[c->reg] & c->mask))
			return false;
	}
	return is_in(overlap->imm, overlap->imms, call->imm);
}

/* seen[a][b]: immediates that some call of both rules has, as bits. */
struct tally {
	unsigned seen[RULES + 1][RULES + 1];
};

static void try_call(const struct hvc_abi *a, const struct hvc_abi *b, const struct hvc_call *call,
                     const struct hvc_overlaps *overlaps, struct tally *tally)
{
	int x = hvc_abi__rule_of(a, 0, call), y = hvc_abi__rule_of(b, 0, call);
	const struct hvc_overlap *overlap;

	ck_assert_int_ge(x, 0);
	ck_assert_int_ge(y, 0);
	tally->seen[x][y] |= 1u << call->imm;
	overlap = find(overlaps, (unsigned)x, (unsigned)y);
	if (!overlap || !holds(overlap, call))
		ck_abort_msg("rules %d and %d share a call that their overlap leaves out", x, y);
	/* Where no other rule has a part, conditions and immediates hold for these calls only. */
	for (unsigned i = 0; i < overlaps->count; i++) {
		overlap = &overlaps->overlap[i];
		if (!(a->rule[overlap->rule[0]].levels & b->rule[overlap->rule[1]].levels &
		      1u << call->from))
			continue;
		if (holds(overlap, call) && !overlap->partly &&
		    (overlap->rule[0] != (unsigned)x || overlap->rule[1] != (unsigned)y))
			ck_abort_msg("the overlap of %u and %u is said to be whole, and is not",
			             overlap->rule[0], overlap->rule[1]);
	}
}

static void try_all(const struct hvc_abi *a, const struct hvc_abi *b)
{
	static const enum hvc_level levels[] = {HVC_LEVEL_EL1H, HVC_LEVEL_EL1T};
	struct hvc_overlaps overlaps = {0};
	struct tally tally = {0};

	ck_assert_int_eq(hvc_overlap__find(a, b, NULL, NULL, &overlaps), HVC_OK);
	for (unsigned l = 0; l < 2; l++)
		for (unsigned imm = 0; imm < IMMS; imm++)
			for (unsigned i = 0; i < X0S; i++)
				for (unsigned k = 0; k < COUNT(x1s); k++) {
					struct hvc_call call;

					hvc_call_init(&call, 0);
					call.from = levels[l];
					call.imm = (uint16_t)imm;
					call.x[0] = x0_at(i);
					call.x[1] = x1s[k];
					try_call(a, b, &call, &overlaps, &tally);
				}
	for (unsigned i = 0; i < overlaps.count; i++) {
		const struct hvc_overlap *overlap = &overlaps.overlap[i];
		const unsigned *rule = overlap->rule;

		for (unsigned imm = 0; imm < IMMS; imm++)
			ck_assert_uint_eq(tally.seen[rule[0]][rule[1]] >> imm & 1,
			                  is_in(overlap->imm, overlap->imms, imm));
		/* What is like no named immediate is like all of those. */
		ck_assert_uint_eq(is_in(overlap->imm, overlap->imms, IMMS - 1),
		                  is_in(overlap->imm, overlap->imms, UINT16_MAX));
		ck_assert_int_eq(hvc_abi__rule_of(a, overlap->world[0], &overlap->witness),
		                 (int)rule[0]);
		ck_assert_int_eq(hvc_abi__rule_of(b, overlap->world[1], &overlap->witness),
		                 (int)rule[1]);
		ck_assert(holds(overlap, &overlap->witness));
		ck_assert(!i || rule[0] > overlap[-1].rule[0] || rule[1] > overlap[-1].rule[1]);
	}
	hvc_overlaps__free(&overlaps);
}

TEST(as_found_by_trying_every_call)
{
	for (seed = 1; seed < 200; seed += 2) {
		uint64_t kept = seed;
		struct hvc_abi *a = make(""), *b = make("");

		try_all(a, b);
		hvc_abi_free(a);
		hvc_abi_free(b);
		seed = kept;
	}
}

static struct hvc_abi *parse(const char *text)
{
	struct hvc_abi *abi = NULL;
	struct hvc_diag diag = {0};

	ck_assert_msg(hvc_abi_parse(text, strlen(text), "a", &diag, &abi) == HVC_OK, "%u:%u: %s",
	              diag.line, diag.column, diag.message);
	return abi;
}

#define HEAD "abi: a\ntitle: t\nsource: s\n"
#define REST "- { name: rest, default: true, outcome: return }\n"

TEST(conditions_are_as_few_as_it_takes)
{
	struct hvc_abi *a = parse(HEAD "rules:\n- { name: a, outcome: return, when: "
	                               "{ x0: \"1, 0x100000001\", x1: 0 mask 7 } }\n" REST);
	struct hvc_abi *b = parse(HEAD "rules:\n- { name: b, outcome: return, when: "
	                               "{ w0: 1-3, x1: 0 mask 3, imm: 7 } }\n" REST);
	struct hvc_overlaps found = {0};
	const struct hvc_condition *c;

	ck_assert_int_eq(hvc_overlap__find(a, b, hvc_rule__claims, NULL, &found), HVC_OK);
	ck_assert_uint_eq(found.count, 1);
	c = found.overlap[0].condition;
	/* w0 = 1-3 follows from x0, and the lower two bits of x1 from the lower three. */
	ck_assert_uint_eq(found.overlap[0].conditions, 2);
	ck_assert_int_eq(c[0].reg, HVC_REG_X0);
	ck_assert_uint_eq(c[0].mask, UINT64_MAX);
	ck_assert_uint_eq(c[0].intervals, 2);
	ck_assert_uint_eq(c[1].mask, 7);
	ck_assert_uint_eq(found.overlap[0].witness.imm, 7);
	ck_assert_uint_eq(found.overlap[0].witness.x[0], 1);
	/* An aligned address: the usual value will do. */
	ck_assert_uint_eq(found.overlap[0].witness.x[1], HVC_LANDING + 0x800);
	hvc_overlaps__free(&found);
	hvc_abi_free(a);
	hvc_abi_free(b);
}

#define WORLD(name) "- { name: " name " }\n"
#define IN(w, value) \
	"- { name: in_" w ", outcome: return, when: { world: " w ", x0: " value " } }\n"

TEST(worlds_go_by_name)
{
	struct hvc_abi *two = parse(HEAD "worlds:\n" WORLD("host") WORLD("guest") "rules:\n" IN(
	        "host", "1") IN("guest", "2") REST);
	struct hvc_abi *host = parse(HEAD "rules:\n" IN("host", "1-2") REST);
	struct hvc_abi *cold =
	        parse(HEAD "worlds:\n" WORLD("cold") "rules:\n" IN("cold", "1-2") REST);
	struct hvc_overlaps found = {0};

	ck_assert_int_eq(hvc_overlap__find(two, host, hvc_rule__claims, NULL, &found), HVC_OK);
	ck_assert_uint_eq(found.count, 1);
	ck_assert_str_eq(hvc_abi_rule_at(two, found.overlap[0].rule[0])->name, "in_host");
	hvc_overlaps__free(&found);
	/* No name in common: every world may be meant. */
	ck_assert_int_eq(hvc_overlap__find(two, cold, hvc_rule__claims, NULL, &found), HVC_OK);
	ck_assert_uint_eq(found.count, 2);
	ck_assert_uint_eq(found.overlap[1].world[0], 1);
	hvc_overlaps__free(&found);
	hvc_abi_free(two);
	hvc_abi_free(host);
	hvc_abi_free(cold);
}

TEST(other_callers_are_refused)
{
	struct hvc_abi *el2 = parse(HEAD "callers: el2h\nrules:\n" REST),
	               *el1 = parse(HEAD "rules:\n" REST);
	struct hvc_overlaps found = {0};
	struct hvc_diag diag;

	ck_assert_int_eq(hvc_overlap__find(el1, el2, NULL, &diag, &found), HVC_E_UNSUPPORTED);
	ck_assert_ptr_null(found.overlap);
	ck_assert_str_eq(diag.message, "no caller at EL1 is of this ABI and of a, and calls of "
	                               "others are not compared");
	hvc_abi_free(el1);
	hvc_abi_free(el2);
}

TEST(what_claims)
{
	static const struct {
		const char *rule;
		bool claims, unknown;
	} rows[] = {
	        {"- { name: get, outcome: return }\n", true, false},
	        {"- { name: get, outcome: unspecified }\n", false, false},
	        {"- { name: get, role: call, outcome: return }\n", true, false},
	        {"- { name: get, role: unknown, outcome: return }\n", false, true},
	        {"- { name: get, role: exception, outcome: spin }\n", false, false},
	        {"- { name: get, default: true, outcome: return }\n", false, true},
	        {"- { name: get, default: true, role: call, outcome: return }\n", true, false},
	        /* Names mean nothing. */
	        {"- { name: unknown, outcome: return }\n", true, false},
	        {"- { name: unknown_imm, outcome: inject }\n", true, false},
	        {"- { name: smccc_unknown, outcome: return }\n", true, false},
	        {"- { name: not_hvc, outcome: retry }\n", true, false},
	        {"- { name: current_el, outcome: spin }\n", true, false},
	};

	for (unsigned i = 0; i < COUNT(rows); i++) {
		char text[256];
		struct hvc_abi *abi;

		snprintf(text, sizeof text, HEAD "rules:\n%s", rows[i].rule);
		abi = parse(text);
		ck_assert_msg(hvc_rule__claims(hvc_abi_rule_at(abi, 0)) == rows[i].claims, "%s",
		              rows[i].rule);
		ck_assert((hvc_abi_rule_at(abi, 0)->role == HVC_ROLE_UNKNOWN) == rows[i].unknown);
		hvc_abi_free(abi);
	}
}

SUITE_MAIN("overlap")
