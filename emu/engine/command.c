/* SPDX-License-Identifier: MIT */
/* Commands that reproduce what is told, to be pasted into a shell whatever is in the names. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/number.h"
#include "engine/call.h"
#include "engine/quote.h"
#include "engine/sequence.h"
#include "hvcheck/arch.h"
#include "machine/outcome.h"

struct line {
	char *text;
	size_t size, used;
	bool cut;
};

static void append(struct line *line, const char *format, ...) HVC_PRINTF(2, 3);

static void append(struct line *line, const char *format, ...)
{
	va_list args;
	int n;

	if (line->cut)
		return;
	va_start(args, format);
	n = vsnprintf(line->text + line->used, line->size - line->used, format, args);
	va_end(args);
	line->cut = n < 0 || (size_t)n >= line->size - line->used;
	if (!line->cut)
		line->used += (size_t)n;
}

/* before: an option, or "". What begins with a dash is no option. */
static void append_word(struct line *line, const char *before, const char *word)
{
	char *quoted = hvc_quote__word(word);

	line->cut = line->cut || !quoted;
	if (*before)
		append(line, *word == '-' ? " --%s=" : " --%s ", before);
	else if (*word == '-')
		append(line, "./");
	append(line, "%s", quoted ? quoted : "");
	free(quoted);
}

static struct line begin(char *text, size_t size, const char *command, const char *subject)
{
	struct line line = {text, size, 0, false};

	append(&line, "hvcheck %s ", command);
	append_word(&line, "", subject);
	return line;
}

/* Half a command may be another one. */
static void end(struct line *line)
{
	if (line->cut && line->size)
		snprintf(line->text, line->size, "# too long a command to be told");
}

/* What lies around the subject. */
static void append_around(struct line *line, const struct hvc_world *world)
{
	for (unsigned i = 0; i < world->extras; i++) {
		const uint8_t *e = world->extra[i].encoding;

		append(line, " --set s%u_%u_c%u_c%u_%u=0x%llx", e[0], e[1], e[2], e[3], e[4],
		       (unsigned long long)world->extra[i].value);
	}
	for (unsigned i = 0; i < world->memories; i++) {
		char word[2 * HVC_MEMORY_TEXT + 1];

		snprintf(word, sizeof word, "%s=%s", world->memory[i].place, world->memory[i].what);
		append_word(line, "mem", word);
	}
	if (world->upper_zero)
		append(line, " --upper zero");
	if (world->zero_pages)
		append(line, " --map-on-demand=%u", world->zero_pages);
	for (unsigned i = 0; i < world->stops; i++) {
		const struct hvc_stop *boundary = &world->stop[i];

		append_word(line, boundary->stub ? "stub" : "stop-at", boundary->name);
		if (boundary->stub)
			append(line, "=0x%llx", (unsigned long long)boundary->value);
	}
}

static void append_world(struct line *line, const struct hvc_world *world)
{
	struct hvc_world plain;

	hvc_world_init(&plain, world->cpu);
	if (world->cpu != HVC_CPU_A72)
		append(line, " --cpu %s", hvc_cpu_name(world->cpu));
	for (unsigned i = 0; i < HVC_REG_COUNT; i++) {
		enum hvc_reg reg = (enum hvc_reg)i;

		if (!hvc_regset_has(&world->set, reg) || reg == HVC_REG_VBAR_EL2 ||
		    (reg == HVC_REG_ESR_EL2 && world->esr))
			continue;
		if (!hvc_regset_has(&plain.set, reg) || plain.state.v[i] != world->state.v[i])
			append(line, " --set %s=0x%llx", hvc_reg_name(reg),
			       (unsigned long long)world->state.v[i]);
	}
	append_around(line, world);
}

void hvc_call__command(const char *subject, const struct hvc_world *world,
                       const struct hvc_probe *probe, uint16_t imm, char *text, size_t size)
{
	struct line line = begin(text, size, "run", subject);
	struct hvc_world own = *world;
	struct hvc_call plain;
	char number[HVC_U64_SIZE];

	hvc_call_init(&plain, probe->seed);
	if (probe->call.insn == HVC_INSN_TRAP)
		append(&line, " --esr 0x%x", (world->esr & ~0xffffu) | imm);
	else
		append(&line, " --imm 0x%x", imm);
	if (probe->call.insn != HVC_INSN_HVC && probe->call.insn != HVC_INSN_TRAP)
		append(&line, " --insn %s", hvc_insn_name(probe->call.insn));
	if (probe->call.from != HVC_LEVEL_EL1H)
		append(&line, " --from %s", hvc_level_name(probe->call.from));
	if (probe->seed)
		append(&line, " --seed %llu", (unsigned long long)probe->seed);
	for (unsigned n = 0; n < HVC_GPR_COUNT; n++)
		if (probe->call.x[n] != plain.x[n])
			append(&line, " --set x%u=%s", n, hvc_u64_print(probe->call.x[n], number));
	if (probe->call.nzcv != plain.nzcv)
		append(&line, " --set nzcv=0x%llx", (unsigned long long)probe->call.nzcv);
	if (probe->call.daif != plain.daif)
		append(&line, " --set daif=0x%llx", (unsigned long long)probe->call.daif);
	if (hvc_level_is_aarch32(probe->call.from) && probe->call.psr != plain.psr)
		append(&line, " --set psr=0x%llx", (unsigned long long)probe->call.psr);
	/* `run` pretends no trap. */
	if (hvc_insn_is_smc(probe->call.insn))
		line.cut |= hvc_world_set(&own, HVC_REG_HCR_EL2,
		                          world->state.v[HVC_REG_HCR_EL2] | HVC_HCR_TSC) != HVC_OK;
	append_world(&line, &own);
	end(&line);
}

static void append_callers(struct line *line, const struct hvc_sequences *sequences)
{
	unsigned insns = sequences->insns;

	for (enum hvc_level level = HVC_LEVEL_EL0; level < HVC_LEVEL_COUNT; level++)
		if (sequences->levels >> level & 1)
			append(line, " --from %s", hvc_level_name(level));
	/* One word stands for all of its encodings. */
	for (enum hvc_insn insn = HVC_INSN_HVC; insn < HVC_INSN_COUNT; insn++)
		if (insns >> insn & 1) {
			append(line, " --insn %s", hvc_insn_name(insn));
			insns &= ~hvc_insns__all(1u << insn);
		}
}

void hvc_sequence__command(const struct hvc_sequences *sequences, const char *abi,
                           const struct hvc_sequence_failure *failure, unsigned randoms, char *text,
                           size_t size)
{
	const struct hvc_world *world = &sequences->world[failure->world];
	const struct hvc_world *plain = &hvc_abi_world_at(sequences->abi, failure->world)->world;
	struct line line = begin(text, size, "sequence", sequences->subject);

	append_word(&line, "abi", abi);
	append(&line, " --seed %llu --randoms %u", (unsigned long long)failure->seed, randoms);
	append_callers(&line, sequences);
	for (enum hvc_reg reg = HVC_REG_SP_EL0; reg < HVC_REG_COUNT; reg++)
		if (hvc_regset_has(&world->given, reg) &&
		    (!hvc_regset_has(&plain->given, reg) ||
		     plain->state.v[reg] != world->state.v[reg]))
			append(&line, " --set %s=0x%llx", hvc_reg_name(reg),
			       (unsigned long long)world->state.v[reg]);
	append_around(&line, world);
	end(&line);
}
