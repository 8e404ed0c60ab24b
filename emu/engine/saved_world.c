/* SPDX-License-Identifier: MIT */
/* The head of a saved map: who was asked, in which world, and where things are in it. */
#include <stdlib.h>
#include <string.h>

#include "engine/saved.h"
#include "machine/world.h"

/* One by one, not looked for among the others. */
static const char *keep(struct hvc_bvs *terms, const char *name)
{
	char *kept = hvc_bv__take(terms, strlen(name) + 1);

	return kept ? strcpy(kept, name) : "";
}

static bool take_subject(struct hvc_reader *reader, struct hvc_exact *exact)
{
	char *name;

	if (exact->name)
		return hvc_reader__complain(reader, "a second subject");
	if (!hvc_reader__name(reader, &name))
		return false;
	exact->name = keep(exact->terms, name);
	free(name);
	return true;
}

static bool take_cpu(struct hvc_reader *reader, struct hvc_exact *exact)
{
	char word[32];
	enum hvc_cpu cpu = hvc_cpu_find(hvc_reader__word(reader, word, sizeof word));

	if (cpu == HVC_CPU_COUNT)
		return hvc_reader__complain(reader, "'%s' is not a CPU model", word);
	hvc_world_init(&exact->world, cpu);
	return true;
}

static bool take_el3(struct hvc_reader *reader, struct hvc_exact *exact)
{
	char word[32];

	if (strcmp(hvc_reader__word(reader, word, sizeof word), "no") != 0)
		return hvc_reader__complain(reader, "'%s' is not 'no'", word);
	exact->world.el3 = false;
	return true;
}

static bool take_upper(struct hvc_reader *reader, struct hvc_exact *exact)
{
	char word[32];

	if (strcmp(hvc_reader__word(reader, word, sizeof word), "zero") != 0)
		return hvc_reader__complain(reader, "'%s' is not 'zero'", word);
	exact->world.upper_zero = true;
	return true;
}

static bool take_trap(struct hvc_reader *reader, struct hvc_exact *exact)
{
	uint64_t esr;

	if (!hvc_reader__number(reader, UINT32_MAX, &esr))
		return false;
	return hvc_world_trap(&exact->world, esr) == HVC_OK ||
	       hvc_reader__complain(reader, "not the syndrome of a trap");
}

static bool take_zero_pages(struct hvc_reader *reader, struct hvc_exact *exact)
{
	uint64_t pages;

	if (!hvc_reader__number(reader, HVC_ZERO_PAGES_MAX, &pages))
		return false;
	exact->world.zero_pages = (unsigned)pages;
	return true;
}

static bool take_set(struct hvc_reader *reader, struct hvc_exact *exact)
{
	char word[32];
	enum hvc_reg reg = hvc_reg_find(hvc_reader__word(reader, word, sizeof word));
	size_t place = reader->word;
	uint8_t encoding[5];
	uint64_t value;

	if (!hvc_reader__number(reader, UINT64_MAX, &value))
		return false;
	if (reg != HVC_REG_NONE && hvc_world_set(&exact->world, reg, value) == HVC_OK)
		return true;
	if (reg == HVC_REG_NONE && hvc_world__sys_name(word, encoding) &&
	    hvc_world_set_sys(&exact->world, encoding, value) == HVC_OK)
		return true;
	reader->word = place;
	return hvc_reader__complain(reader, "'%s' is not a register of a world", word);
}

static bool take_boundary(struct hvc_reader *reader, struct hvc_exact *exact, bool stub)
{
	char *name;
	uint64_t address, value = 0;
	enum hvc_status status;

	if (!hvc_reader__number(reader, UINT64_MAX, &address) ||
	    (stub && !hvc_reader__number(reader, UINT64_MAX, &value)))
		return false;
	if (!hvc_reader__name(reader, &name))
		return false;
	status = stub ? hvc_world_stub(&exact->world, address, value, name)
	              : hvc_world_stop_at(&exact->world, address, name);
	if (status != HVC_OK)
		hvc_reader__complain(reader, "'%s' is not a boundary", name);
	free(name);
	return status == HVC_OK;
}

static bool take_stop(struct hvc_reader *reader, struct hvc_exact *exact)
{
	return take_boundary(reader, exact, false);
}

static bool take_stub(struct hvc_reader *reader, struct hvc_exact *exact)
{
	return take_boundary(reader, exact, true);
}

/* Only to be compared: a saved map is not run. */
static bool take_memory(struct hvc_reader *reader, struct hvc_exact *exact)
{
	struct hvc_memory memory = {.place = ""};
	char *name, *equals;
	bool ok;

	if (!hvc_reader__number(reader, UINT64_MAX, &memory.address) ||
	    !hvc_reader__number(reader, UINT64_MAX, &memory.size) ||
	    !hvc_reader__number(reader, UINT64_MAX, &memory.digest) ||
	    !hvc_reader__name(reader, &name))
		return false;
	equals = strchr(name, '=');
	if (equals)
		*equals = '\0';
	ok = equals && hvc_world_set_memory(&exact->world, name, equals + 1) == HVC_OK;
	if (ok) {
		struct hvc_memory *last = &exact->world.memory[exact->world.memories - 1];

		last->address = memory.address;
		last->size = memory.size;
		last->digest = memory.digest;
	} else {
		hvc_reader__complain(reader, "'%s' is not memory of a world", name);
	}
	free(name);
	return ok;
}

static bool take_failed(struct hvc_reader *reader, struct hvc_exact *exact)
{
	uint64_t count;
	char *name;

	if (!hvc_reader__number(reader, UINT32_MAX, &count) || !hvc_reader__name(reader, &name))
		return false;
	exact->failed = (unsigned)count;
	snprintf(exact->failure, sizeof exact->failure, "%s", name);
	free(name);
	return true;
}

static bool take_vectors(struct hvc_reader *reader, struct hvc_exact *exact)
{
	return hvc_reader__number(reader, UINT64_MAX, &exact->origin.vectors);
}

static bool take_inside(struct hvc_reader *reader, struct hvc_exact *exact)
{
	struct hvc_interval *grown, *last;
	uint64_t lo, hi;

	if (!hvc_reader__number(reader, UINT64_MAX, &lo) ||
	    !hvc_reader__number(reader, UINT64_MAX, &hi))
		return false;
	if (exact->origin.insides == HVC_LIMIT_SEGMENTS)
		return hvc_reader__complain(reader, "more than %u segments", HVC_LIMIT_SEGMENTS);
	grown = realloc(exact->origin.inside, (exact->origin.insides + 1) * sizeof *grown);
	if (!grown)
		return hvc_reader__no_memory(reader);
	exact->origin.inside = grown;
	last = &grown[exact->origin.insides++];
	*last = (struct hvc_interval){lo, hi};
	return lo <= hi || hvc_reader__complain(reader, "an image of no bytes");
}

/* By address, which they are found by. */
static bool take_symbol(struct hvc_reader *reader, struct hvc_exact *exact)
{
	struct hvc_exact_origin *origin = &exact->origin;
	struct hvc_exact_symbol *grown;
	uint64_t address;
	char *name;

	if (!hvc_reader__number(reader, UINT64_MAX, &address))
		return false;
	if (origin->symbols && origin->symbol[origin->symbols - 1].address >= address)
		return hvc_reader__complain(reader, "0x%llx is out of order",
		                            (unsigned long long)address);
	if (origin->symbols == HVC_LIMIT_SAVED_SYMBOLS)
		return hvc_reader__complain(reader, "more than %u symbols",
		                            HVC_LIMIT_SAVED_SYMBOLS);
	if ((origin->symbols & (origin->symbols - 1)) == 0) {
		/* room for a power of two of them */
		size_t room = origin->symbols ? 2 * (size_t)origin->symbols : 1;

		grown = realloc(origin->symbol, room * sizeof *grown);
		if (!grown)
			return hvc_reader__no_memory(reader);
		origin->symbol = grown;
	}
	if (!hvc_reader__name(reader, &name))
		return false;
	origin->symbol[origin->symbols++] =
	        (struct hvc_exact_symbol){address, keep(exact->terms, name)};
	free(name);
	return true;
}

bool hvc_saved__world(struct hvc_reader *reader, const char *word, struct hvc_exact *exact,
                      bool *known)
{
	static const struct {
		const char *word;
		bool (*take)(struct hvc_reader *reader, struct hvc_exact *exact);
	} lines[] = {
	        {"subject", take_subject}, {"cpu", take_cpu},
	        {"el3", take_el3},         {"zero-pages", take_zero_pages},
	        {"set", take_set},         {"stop", take_stop},
	        {"stub", take_stub},       {"memory", take_memory},
	        {"failed", take_failed},   {"vectors", take_vectors},
	        {"inside", take_inside},   {"symbol", take_symbol},
	        {"upper", take_upper},     {"trap", take_trap},
	};

	for (size_t i = 0; i < sizeof lines / sizeof *lines; i++)
		if (!strcmp(word, lines[i].word)) {
			*known = true;
			return lines[i].take(reader, exact) && hvc_reader__end(reader);
		}
	*known = false;
	return true;
}
