/* SPDX-License-Identifier: MIT */
/** What holds on a way, and what its memory holds: bytes stored and loaded in every overlap. */
#include <string.h>

#include "base/random.h"
#include "suite.h"
#include "symbolic/scene.h"

#define BYTES 64u

struct fixture {
	struct hvc_image image;
	struct hvc_scene scene;
	struct hvc_way *way;
};

static void open_fixture(struct fixture *f)
{
	memset(f, 0, sizeof *f);
	f->scene = (struct hvc_scene){.image = &f->image, .addresses = 16};
	ck_assert_int_eq(hvc_bv__open(0, &f->scene.terms), HVC_OK);
	ck_assert_int_eq(hvc_solver__open(f->scene.terms, 0, 0, &f->scene.solver), HVC_OK);
	f->way = hvc_way__open(&f->scene);
	ck_assert_ptr_nonnull(f->way);
}

static void close_fixture(struct fixture *f)
{
	hvc_way__free(f->way);
	hvc_solver__close(f->scene.solver);
	hvc_bv__close(f->scene.terms);
}

static uint64_t next_random(void)
{
	static uint64_t state = UINT64_C(0x2545f4914f6cdd1d);

	return hvc_random(&state);
}

TEST(memory_is_what_was_stored_last)
{
	for (unsigned round = 0; round < 200; round++) {
		struct hvc_bvs *t;
		struct fixture f;
		uint8_t bytes[BYTES] = {0};
		hvc_ref base, value;

		open_fixture(&f);
		t = f.scene.terms;
		/* A pointer that is a number, and one that is not. */
		base = round & 1 ? f.way->x[1] : hvc_bv__num(t, 64, 0x50000000);
		for (unsigned i = 0; i < BYTES; i += 8)
			ck_assert_int_eq(
			        hvc_memory__store(&f.scene, f.way,
			                          hvc_bv__add(t, base, hvc_bv__num(t, 64, i)), 8,
			                          hvc_bv__num(t, 64, 0), NULL),
			        HVC_ACCESS_OK);
		for (unsigned i = 0; i < 40; i++) {
			unsigned size = 1u << next_random() % 4, at = next_random() % (BYTES - 8);
			hvc_ref address = hvc_bv__add(t, base, hvc_bv__num(t, 64, at));
			uint64_t number = next_random(), wanted = 0;

			if (i & 1) {
				ck_assert_int_eq(hvc_memory__store(&f.scene, f.way, address, size,
				                                   hvc_bv__num(t, 8 * size, number),
				                                   NULL),
				                 HVC_ACCESS_OK);
				memcpy(bytes + at, &number, size);
				continue;
			}
			ck_assert_int_eq(hvc_memory__load(&f.scene, f.way, address, size, &value),
			                 HVC_ACCESS_OK);
			memcpy(&wanted, bytes + at, size);
			ck_assert(hvc_bv__is(value, wanted));
		}
		close_fixture(&f);
	}
}

TEST(first_reads_are_the_same_whatever_their_size)
{
	struct fixture f;
	hvc_ref whole, part, at;
	char text[64];

	open_fixture(&f);
	at = hvc_bv__add(f.scene.terms, f.way->x[1], hvc_bv__num(f.scene.terms, 64, 0x18));
	ck_assert_int_eq(hvc_memory__load(&f.scene, f.way, at, 8, &whole), HVC_ACCESS_OK);
	hvc_bv__print(f.scene.terms, whole, text, sizeof text);
	ck_assert_str_eq(text, "[x1 + 0x18]");
	at = hvc_bv__add(f.scene.terms, f.way->x[1], hvc_bv__num(f.scene.terms, 64, 0x1c));
	ck_assert_int_eq(hvc_memory__load(&f.scene, f.way, at, 4, &part), HVC_ACCESS_OK);
	ck_assert_ptr_eq(part, hvc_bv__extract(f.scene.terms, whole, 63, 32));
	/* And the stack is taken to be elsewhere, which is noted. */
	ck_assert_int_eq(
	        hvc_memory__store(&f.scene, f.way, f.way->sys[HVC_REG_SP_EL2], 8, whole, NULL),
	        HVC_ACCESS_OK);
	ck_assert_int_eq(hvc_memory__load(&f.scene, f.way, at, 4, &part), HVC_ACCESS_OK);
	ck_assert_uint_eq(f.scene.aparts, 1);
	close_fixture(&f);
}

TEST(facts_that_share_an_input_decide_together)
{
	struct hvc_bvs *t;
	struct fixture f;
	hvc_ref x0, x1, sum;

	open_fixture(&f);
	t = f.scene.terms;
	x0 = f.way->x[0];
	x1 = f.way->x[1];
	sum = hvc_bv__eq(t, hvc_bv__add(t, x0, x1), hvc_bv__num(t, 64, 10));
	ck_assert_int_eq(hvc_facts__decide(&f.scene, &f.way->facts, sum), HVC_FACT_OPEN);
	ck_assert_int_eq(hvc_facts__assume(&f.scene, &f.way->facts, sum), HVC_OK);
	ck_assert_int_eq(hvc_facts__assume(&f.scene, &f.way->facts,
	                                   hvc_bv__eq(t, x1, hvc_bv__num(t, 64, 3))),
	                 HVC_OK);
	ck_assert_int_eq(hvc_facts__decide(&f.scene, &f.way->facts,
	                                   hvc_bv__eq(t, x0, hvc_bv__num(t, 64, 8))),
	                 HVC_FACT_FALSE);
	ck_assert_int_eq(hvc_facts__decide(&f.scene, &f.way->facts,
	                                   hvc_bv__eq(t, x0, hvc_bv__num(t, 64, 7))),
	                 HVC_FACT_TRUE);
	ck_assert_int_eq(hvc_facts__decide(&f.scene, &f.way->facts,
	                                   hvc_bv__eq(t, f.way->x[2], hvc_bv__num(t, 64, 7))),
	                 HVC_FACT_OPEN);
	ck_assert(!f.way->facts.guess);
	close_fixture(&f);
}

TEST(few_values_are_found_and_many_are_not)
{
	uint64_t value[16];
	struct hvc_bvs *t;
	struct fixture f;
	hvc_ref index;

	open_fixture(&f);
	t = f.scene.terms;
	index = hvc_bv__shl(t, f.way->x[0], hvc_bv__num(t, 64, 3));
	ck_assert_uint_eq(hvc_facts__values(&f.scene, &f.way->facts, index, value, 16), 0);
	ck_assert_int_eq(hvc_facts__assume(&f.scene, &f.way->facts,
	                                   hvc_bv__ult(t, f.way->x[0], hvc_bv__num(t, 64, 5))),
	                 HVC_OK);
	ck_assert_uint_eq(hvc_facts__values(&f.scene, &f.way->facts, index, value, 16), 5);
	for (unsigned i = 0; i < 5; i++)
		ck_assert_uint_eq(value[i], 8 * i);
	ck_assert_uint_eq(hvc_facts__values(&f.scene, &f.way->facts, index, value, 4), 0);
	close_fixture(&f);
}

SUITE_MAIN("facts")
