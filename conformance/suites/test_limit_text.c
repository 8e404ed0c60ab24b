/* SPDX-License-Identifier: MIT */
/* Limits of what is text: specifications and a System.map; see test_limit.c. */
#define BOUNDED_FOLDER HVC_BINARY_DIR "/limit_text.files"

#include "limit.h"
#include "suite.h"

TEST(lines_of_a_system_map)
{
	char image[] = HVC_BINARY_DIR "/vectors/m1n1.elf";
	char *const scan[] = {"hvcheck", "scan", image, "--symbols", limit_path, NULL};
	struct limit_text text = {0};

	for (unsigned i = 0; i <= HVC_LIMIT_SYMBOLS; i++)
		limit_say(&text, "40000800 T %c\n", 'a' + i % 26);
	limit_put_text(&text);
	limit_refused("lines", scan, "has more than 4194304 symbols");
	limit_say(&text, "x");
	limit_put_text(&text);
	ck_assert_int_eq(truncate(limit_path, (off_t)HVC_LIMIT_SYSTEM_MAP + 1), 0);
	limit_refused("size", scan, "is larger than 64 MiB");
}

#define RULES_BEGIN "abi: input\ntitle: t\nsource: s\nrules:\n"
#define RULES_END   "  - { name: other, default: true, outcome: spin }\n"

static void check_refused(const char *what, struct limit_text *text, const char *words)
{
	char spec[] = BOUNDED_FOLDER "/input.yaml";
	char *const check[] = {"hvcheck", "check", "m1n1", "--abi", spec, NULL};

	limit_put_text(text);
	ck_assert_int_eq(rename(limit_path, spec), 0);
	limit_refused(what, check, words);
}

TEST(yaml)
{
	struct limit_text text = {0};

	limit_say(&text, "a: &a [x, x]\nb: &b [*a, *a, *a]\nc: [*b, *b, *b]\n");
	check_refused("aliases", &text, "aliases are not allowed");
	for (unsigned i = 0; i < 100000; i++)
		limit_say(&text, "[");
	check_refused("depth", &text, "nested too deeply");
	for (unsigned i = 0; i < 100000; i++)
		limit_say(&text, "- ");
	check_refused("depth", &text, "nested too deeply");
	for (unsigned i = 0; i <= HVC_LIMIT_KEYS; i++)
		limit_say(&text, "k%u: v\n", i);
	check_refused("keys", &text, "too many keys");
	limit_say(&text, "abi: input\ntitle: ");
	for (unsigned i = 0; i < 10000; i++)
		limit_say(&text, "long and longer ");
	limit_say(&text, "\nsource: s\nrules:\n" RULES_END);
	check_refused("value", &text, "the text is too long");
	limit_say(&text, RULES_BEGIN);
	for (unsigned i = 0; i <= HVC_LIMIT_RULES; i++)
		limit_say(&text, "  - { name: r%u, when: { imm: %u }, outcome: spin }\n", i, i);
	check_refused("rules", &text, "the list is too long");
	limit_say(&text, RULES_BEGIN "  - { name: r, when: { x0: 1");
	for (unsigned i = 0; i < 3000; i++)
		limit_say(&text, "0");
	limit_say(&text, " }, outcome: spin }\n" RULES_END);
	check_refused("number", &text, "input.yaml:5:");
	limit_say(&text, RULES_BEGIN "  - { name: r, outcome: spin, results: { x0: \"");
	for (unsigned i = 0; i < 1900; i++)
		limit_say(&text, "(~");
	limit_say(&text, "\" } }\n" RULES_END);
	check_refused("expression", &text, "input.yaml:5:");
	for (size_t i = 0; i <= HVC_LIMIT_YAML; i += 64)
		limit_say(&text, "%063u\n", 0u);
	check_refused("size", &text, "is larger than 1 MiB");
}

/* Rules that spell out a hard problem. */
TEST(proofs)
{
	struct limit_text text = {0};
	uint32_t random = 7;

	limit_say(&text, RULES_BEGIN);
	for (unsigned i = 0; i < 400; i++) {
		limit_say(&text, "  - { name: r%u, priority: %u, outcome: spin, when: { ", i,
		          999 - i);
		for (unsigned k = 0; k < 3; k++) {
			random = random * 1664525 + 1013904223;
			limit_say(&text, "%sx%u: \"%u mask 1\"", k ? ", " : "",
			          k * 10 + random / 65536 % 10, random >> 31);
		}
		limit_say(&text, " } }\n");
	}
	limit_say(&text, RULES_END);
	check_refused("proof", &text, "is too entangled with others to check");
}

SUITE_MAIN("limit_text")
