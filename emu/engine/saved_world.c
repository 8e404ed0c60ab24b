/* SPDX-License-Identifier: MIT */
/* The head of a saved map: who was asked, in which world, and with which registers. */
#include <stdlib.h>
#include <string.h>

#include "engine/saved.h"

static bool take_subject(struct hvc_reader *reader, struct hvc_map *map)
{
	char *name;

	if (map->subject)
		return hvc_reader__complain(reader, "a second subject");
	if (!hvc_reader__name(reader, &name))
		return false;
	map->subject = name;
	return true;
}

static bool take_cpu(struct hvc_reader *reader, struct hvc_map *map)
{
	char word[32];
	enum hvc_cpu cpu = hvc_cpu_find(hvc_reader__word(reader, word, sizeof word));

	if (cpu == HVC_CPU_COUNT)
		return hvc_reader__complain(reader, "'%s' is not a CPU model", word);
	hvc_world_init(&map->world, cpu);
	return true;
}

static bool take_el3(struct hvc_reader *reader, struct hvc_map *map)
{
	char word[32];

	if (strcmp(hvc_reader__word(reader, word, sizeof word), "no") != 0)
		return hvc_reader__complain(reader, "'%s' is not 'no'", word);
	map->world.el3 = false;
	return true;
}

static bool take_zero_pages(struct hvc_reader *reader, struct hvc_map *map)
{
	uint64_t pages;

	if (!hvc_reader__number(reader, HVC_ZERO_PAGES_MAX, &pages))
		return false;
	map->world.zero_pages = (unsigned)pages;
	return true;
}

static bool take_set(struct hvc_reader *reader, struct hvc_map *map)
{
	char word[32];
	enum hvc_reg reg = hvc_reg_find(hvc_reader__word(reader, word, sizeof word));
	size_t place = reader->word;
	uint8_t encoding[5];
	uint64_t value;

	if (!hvc_reader__number(reader, UINT64_MAX, &value))
		return false;
	if (reg != HVC_REG_NONE && hvc_world_set(&map->world, reg, value) == HVC_OK)
		return true;
	if (reg == HVC_REG_NONE && hvc_world_sys_name(word, encoding) &&
	    hvc_world_set_sys(&map->world, encoding, value) == HVC_OK)
		return true;
	reader->word = place;
	return hvc_reader__complain(reader, "'%s' is not a register of a world", word);
}

static bool take_boundary(struct hvc_reader *reader, struct hvc_map *map, bool stub)
{
	char *name;
	uint64_t address, value = 0;
	enum hvc_status status;

	if (!hvc_reader__number(reader, UINT64_MAX, &address) ||
	    (stub && !hvc_reader__number(reader, UINT64_MAX, &value)))
		return false;
	if (!hvc_reader__name(reader, &name))
		return false;
	status = stub ? hvc_world_stub(&map->world, address, value, name)
	              : hvc_world_stop_at(&map->world, address, name);
	if (status != HVC_OK)
		hvc_reader__complain(reader, "'%s' is not a boundary", name);
	free(name);
	return status == HVC_OK;
}

static bool take_stop(struct hvc_reader *reader, struct hvc_map *map)
{
	return take_boundary(reader, map, false);
}

static bool take_stub(struct hvc_reader *reader, struct hvc_map *map)
{
	return take_boundary(reader, map, true);
}

/* Only to be compared: a saved map is not run. */
static bool take_memory(struct hvc_reader *reader, struct hvc_map *map)
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
	ok = equals && hvc_world_set_memory(&map->world, name, equals + 1) == HVC_OK;
	if (ok) {
		struct hvc_memory *last = &map->world.memory[map->world.memories - 1];

		last->address = memory.address;
		last->size = memory.size;
		last->digest = memory.digest;
	} else {
		hvc_reader__complain(reader, "'%s' is not memory of a world", name);
	}
	free(name);
	return ok;
}

static bool take_entry(struct hvc_reader *reader, struct hvc_map *map)
{
	enum hvc_reg reg;

	if (!hvc_reader__reg(reader, &reg) ||
	    !hvc_reader__number(reader, UINT64_MAX, &map->entry.v[reg]))
		return false;
	hvc_regset_add(&map->present, reg);
	return true;
}

static bool take_why(struct hvc_reader *reader, enum hvc_why *out)
{
	char word[32];

	hvc_reader__word(reader, word, sizeof word);
	for (*out = HVC_WHY_BASE; *out <= HVC_WHY_RANDOM; ++*out)
		if (!strcmp(word, hvc_why_name(*out)))
			return true;
	return hvc_reader__complain(reader, "'%s' does not say why a value is tried", word);
}

/* "x0=0x1", as often as the line has them. */
static bool take_settings(struct hvc_reader *reader, struct hvc_call *call)
{
	char word[64], *equals;

	while (*hvc_reader__word(reader, word, sizeof word)) {
		enum hvc_reg reg;

		equals = strchr(word, '=');
		if (equals)
			*equals = '\0';
		reg = hvc_reg_find(word);
		if (!equals || reg >= HVC_GPR_COUNT)
			return hvc_reader__complain(
			        reader, "'%s' is not a register of a call with its value", word);
		if (!hvc_reader__to_number(reader, equals + 1, UINT64_MAX, &call->x[reg]))
			return false;
	}
	return true;
}

static bool take_call(struct hvc_reader *reader, struct hvc_map *map)
{
	struct hvc_probes *probes = &map->probes;
	struct hvc_probe probe = {.reg = HVC_REG_NONE};
	enum hvc_insn insn;
	enum hvc_level level;
	char word[32];

	insn = hvc_insn_find(hvc_reader__word(reader, word, sizeof word));
	if (insn == HVC_INSN_COUNT)
		return hvc_reader__complain(reader, "'%s' is not an instruction", word);
	if (!hvc_reader__level(reader, &level) ||
	    !hvc_reader__number(reader, UINT64_MAX, &probe.seed) || !take_why(reader, &probe.why))
		return false;
	hvc_call_init(&probe.call, probe.seed);
	probe.call.insn = insn;
	probe.call.from = level;
	if (strcmp(hvc_reader__word(reader, word, sizeof word), hvc_reg_name(HVC_REG_NONE)) != 0) {
		probe.reg = hvc_reg_find(word);
		if (probe.reg >= HVC_GPR_COUNT)
			return hvc_reader__complain(reader, "'%s' is not a register of a call",
			                            word);
	}
	if (!take_settings(reader, &probe.call))
		return false;
	if (probes->count == HVC_LIMIT_CALLS)
		return hvc_reader__complain(reader, "more than %u calls", HVC_LIMIT_CALLS);
	if ((probes->count & (probes->count - 1)) == 0) {
		/* room for a power of two of them */
		size_t room = probes->count ? 2 * (size_t)probes->count : 1;
		void *grown = realloc(probes->probe, room * sizeof probe);

		if (!grown)
			return hvc_reader__no_memory(reader);
		probes->probe = grown;
	}
	probes->probe[probes->count++] = probe;
	return true;
}

bool hvc_saved__world(struct hvc_reader *reader, const char *word, struct hvc_map *map, bool *known)
{
	static const struct {
		const char *word;
		bool (*take)(struct hvc_reader *reader, struct hvc_map *map);
	} lines[] = {
	        {"subject", take_subject}, {"cpu", take_cpu},
	        {"el3", take_el3},         {"zero-pages", take_zero_pages},
	        {"set", take_set},         {"stop", take_stop},
	        {"stub", take_stub},       {"entry", take_entry},
	        {"call", take_call},       {"memory", take_memory},
	};

	for (size_t i = 0; i < sizeof lines / sizeof *lines; i++)
		if (!strcmp(word, lines[i].word)) {
			*known = true;
			return lines[i].take(reader, map) && hvc_reader__end(reader);
		}
	*known = false;
	return true;
}
