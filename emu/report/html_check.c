/* SPDX-License-Identifier: MIT */
/* A check as a page: verdicts over the immediate space, rules, findings. */
#include <inttypes.h>
#include <stdlib.h>

#include "abi/abi.h"
#include "engine/call.h"
#include "machine/supplied.h"
#include "report/html_part.h"
#include "report/html_rows.h"
#include "report/proof_words.h"
#include "subject/subject.h"

/* Instructions of a witness that are shown, and findings whose witness is run again. */
#define STEPS_MAX  200u
#define TRACES_MAX 32u

/* What becomes of the calls with an immediate, all of them taken together. */
enum judged {
	JUDGED_CONFORMS,
	JUDGED_NOTHING,
	JUDGED_SOME,
	JUDGED_ALL,
	JUDGED_COUNT,
};

static const struct hvc_svg_word words[JUDGED_COUNT] = {
        [JUDGED_CONFORMS] = {"every promise is kept", "", "k3"},
        [JUDGED_NOTHING] = {"nothing is promised", "?", "k0"},
        [JUDGED_SOME] = {"some calls violate", "some", "k2"},
        [JUDGED_ALL] = {"every call violates", "all", "k6"},
};

static enum judged judge(uint8_t verdicts)
{
	if (!(verdicts >> HVC_VERDICT_VIOLATES & 1))
		return verdicts >> HVC_VERDICT_CONFORMS & 1 ? JUDGED_CONFORMS : JUDGED_NOTHING;
	return verdicts >> HVC_VERDICT_CONFORMS & 1 ? JUDGED_SOME : JUDGED_ALL;
}

static const char *word_of(uint32_t number, char text[HVC_NUMBER_SIZE])
{
	(void)text;
	return words[number].word;
}

static void put_verdict(FILE *out, const struct hvc_check *check)
{
	char part[HVC_NUMBER_SIZE], calls[HVC_NUMBER_SIZE];
	bool good = check->findings == 0;
	const char *one;
	uint64_t failed = hvc_words__failed(check, &one);

	hvc_html__failed(out, failed, one);
	hvc_html__left_out(out, check->world[0].untried);
	fprintf(out, "<p class=\"strong %s\">", good && !failed ? "good" : "bad");
	hvc_html__text(out, check->subject);
	fputs(!good    ? " violates "
	      : failed ? " cannot be told to conform to "
	               : " conforms to ",
	      out);
	hvc_html__text(out, hvc_abi_name(check->abi));
	hvc_words__number(check->total.calls, calls);
	if (good)
		fprintf(out, ": 65,536 of 65,536 immediates, %s calls</p>\n<p>", calls);
	else
		fprintf(out, ": %u finding%s, on %s of 65,536 immediates, %s calls</p>\n<p>",
		        check->findings, check->findings == 1 ? "" : "s",
		        hvc_words__number(check->immediates_violating, part), calls);
	hvc_html__text(out, hvc_abi_title(check->abi));
	fputs("</p>\n", out);
}

static void put_key(FILE *out, const uint32_t *cell)
{
	static const char *const columns[] = {"Colour", "Immediates\t", "What it says", NULL};
	unsigned count[JUDGED_COUNT] = {0};

	for (unsigned i = 0; i < HVC_IMM_COUNT; i++)
		count[cell[i]]++;
	fputs("<h2>Verdict by immediate</h2>\n", out);
	hvc_html_part__table(out, "Verdict by immediate", columns);
	for (unsigned i = 0; i < JUDGED_COUNT; i++) {
		if (!count[i])
			continue;
		fprintf(out, "<tr><td><span class=\"key %s\">%s</span></td>", words[i].class_,
		        words[i].letter[0] ? words[i].letter : "ok");
		hvc_html_part__number(out, count[i]);
		hvc_html__element(out, "th scope=\"row\"", words[i].word);
		fputs("</tr>\n", out);
	}
	hvc_html_part__end(out);
}

/* How all of it is known, and what could not be proved. */
static bool put_evidence(FILE *out, const struct hvc_check *check)
{
	struct hvc_words text = {0};
	bool made;

	hvc_words__proof(&text, check);
	made = hvc_html__words(out, "p", &text);
	for (unsigned i = 0; i < check->parts; i++) {
		if (check->part[i].proved)
			continue;
		hvc_words__part(&text, check, &check->part[i]);
		made = hvc_html__words(out, "p", &text) && made;
	}
	return made;
}

static bool put_rules(FILE *out, const struct hvc_check *check)
{
	static const char *const columns[] = {"Rule",        "Calls\t", "Conform\t",   "Violate\t",
	                                      "Undecided\t", "Known",   "Promised by", NULL};
	bool made;

	fputs("<section aria-labelledby=\"rules\">\n<h2 id=\"rules\">Rules</h2>\n"
	      "<div data-filter=\"the rules\">\n",
	      out);
	hvc_html_part__table(out, "Rules", columns);
	for (unsigned i = 0; i < hvc_abi_rule_count(check->abi); i++) {
		const struct hvc_rule *rule = hvc_abi_rule_at(check->abi, i);
		const struct hvc_rule_account *account = &check->rule[i];

		fprintf(out, "<tr%s>", account->violates ? " class=\"bad\"" : "");
		hvc_html__element(out, "th scope=\"row\"", rule->name);
		hvc_html_part__number(out, account->calls);
		hvc_html_part__number(out, account->conforms);
		hvc_html_part__number(out, account->violates);
		hvc_html_part__number(out, account->undecided);
		hvc_html__element(out, "td", hvc_evidence_name(account->known));
		fputs("<td class=\"does\">", out);
		hvc_html__text(out, rule->source);
		fputs(rule->unconfirmed ? " (unconfirmed)</td></tr>\n" : "</td></tr>\n", out);
	}
	hvc_html_part__end(out);
	fputs("</div>\n", out);
	if (check->total.undecided)
		fputs("<p>Undecided: the ABI promises nothing for these calls.</p>\n", out);
	made = put_evidence(out, check);
	fputs("</section>\n", out);
	return made;
}

static bool put_steps(FILE *out, const struct hvc_subject *subject, const struct hvc_trace *trace)
{
	static const char *const columns[] = {"Address", "Where", "Instruction", "Changes", NULL};
	const struct hvc_trace_change *change = trace->change;
	size_t shown = trace->steps < STEPS_MAX ? trace->steps : STEPS_MAX;
	char text[96], number[HVC_NUMBER_SIZE];
	bool made = true;

	fputs("<details><summary>Every instruction of this call</summary>\n", out);
	hvc_html_part__table(out, "Instructions", columns);
	for (size_t i = 0; i < shown; i++) {
		const struct hvc_trace_step *step = &trace->step[i];
		struct hvc_words place = {0}, changes = {0};

		hvc_words__place(&place, subject, step->pc);
		hvc_disasm__in(step->isa, step->pc, step->word, text, sizeof(text));
		for (unsigned k = 0; k < step->changes; k++, change++)
			hvc_words__add(&changes, "%s%s = 0x%" PRIx64, k ? ", " : "",
			               hvc_reg_name(change->reg), change->value);
		fprintf(out, "<tr><th scope=\"row\" class=\"code\">0x%" PRIx64 "</th>", step->pc);
		made = hvc_html__words(out, "td class=\"code\"", &place) && made;
		hvc_html__element(out, "td class=\"code\"", text);
		made = hvc_html__words(out, "td class=\"does code\"", &changes) && made;
		fputs("</tr>\n", out);
	}
	hvc_html_part__end(out);
	if (trace->steps + trace->dropped > shown)
		fprintf(out, "<p>and %s more</p>\n",
		        hvc_words__number(trace->steps + trace->dropped - shown, number));
	fputs("</details>\n", out);
	return made;
}

/* Run the witness once more, and keep what it executes. */
static enum hvc_status put_trace(FILE *out, const struct hvc_check *check,
                                 const struct hvc_finding *finding,
                                 const struct hvc_subject *subject, uint64_t budget,
                                 struct hvc_diag *diag)
{
	struct hvc_trace trace = {0};
	struct hvc_machine_config config = {
	        .image = *hvc_subject_image(subject),
	        .world = &check->world[finding->world].world,
	        .budget = budget,
	        .trace = hvc_trace__record,
	        .trace_ctx = &trace,
	};
	struct hvc_call call = finding->probe.call;
	struct hvc_machine *machine = NULL;
	struct hvc_outcome outcome;
	enum hvc_status status;

	call.imm = finding->imm;
	HVC_TRY(hvc_machine_open(&config, diag, &machine));
	status = hvc_machine_call(machine, &call, diag, &outcome);
	if (status == HVC_OK && (trace.failed || !put_steps(out, subject, &trace)))
		status = hvc_diag_set(diag, HVC_E_NOMEM, NULL, 0, 0, "out of memory");
	hvc_trace__free(&trace);
	hvc_machine_close(machine);
	return status;
}

static bool put_finding(FILE *out, const struct hvc_check *check, const struct hvc_finding *finding,
                        const char *abi)
{
	const struct hvc_rule *rule = hvc_abi_rule_at(check->abi, (unsigned)finding->verdict.rule);
	const struct hvc_check_world *in = &check->world[finding->world];
	const char *world = hvc_abi_world_at(check->abi, finding->world)->world.name;
	struct hvc_state before;
	char text[1024], calls[HVC_NUMBER_SIZE], immediates[HVC_NUMBER_SIZE];
	struct hvc_words command = {0};
	bool made;

	hvc_finding_print(check, finding, text, sizeof(text));
	fputs("<h3 class=\"bad\">", out);
	hvc_html__text(out, rule->name);
	fputs(": ", out);
	hvc_html__text(out, text);
	fputs("</h3>\n<p>Promised by ", out);
	hvc_html__text(out, rule->source);
	fprintf(out, "%s. Broken in %s call%s, on %s immediate%s",
	        rule->unconfirmed ? " (unconfirmed)" : "", hvc_words__number(finding->calls, calls),
	        finding->calls == 1 ? "" : "s", hvc_words__number(finding->immediates, immediates),
	        finding->immediates == 1 ? "" : "s");
	if (hvc_abi_world_count(check->abi) > 1) {
		fputs("; first in world ", out);
		hvc_html__text(out, world);
	}
	fputs(". What the first does:</p>\n", out);
	hvc_entry_state(&in->entry, &finding->probe.call, &before);
	hvc_outcome__print(&finding->outcome, &before, &in->present, text, sizeof(text));
	hvc_html__element(out, "p class=\"code\"", text);
	hvc_words__check_command(&command, check, finding, abi);
	fputs("<p>", out);
	made = hvc_html__words(out, "code", &command);
	fputs("</p>\n", out);
	return made;
}

static enum hvc_status put_findings(FILE *out, const struct hvc_check *check, const char *abi,
                                    const struct hvc_subject *subject, uint64_t budget,
                                    struct hvc_diag *diag)
{
	if (!check->findings)
		return HVC_OK;
	fputs("<section aria-labelledby=\"findings\">\n<h2 id=\"findings\">Findings</h2>\n", out);
	for (unsigned i = 0; i < check->findings; i++) {
		if (!put_finding(out, check, &check->finding[i], abi))
			return hvc_diag_set(diag, HVC_E_NOMEM, NULL, 0, 0, "out of memory");
		if (i < TRACES_MAX)
			HVC_TRY(put_trace(out, check, &check->finding[i], subject, budget, diag));
	}
	fputs("</section>\n", out);
	return HVC_OK;
}

/* Of all worlds: they lend and answer alike. */
static bool put_invented(FILE *out, const struct hvc_check *check)
{
	struct hvc_supplied all = {0};
	bool made = true;

	for (unsigned i = 0; made && i < check->worlds; i++)
		made = hvc_supplied__merge(&all, &check->world[i].supplied) == HVC_OK;
	hvc_supplied__sort(&all);
	made = made && hvc_html_part__invented(out, NULL, &check->world[0].world, &all);
	hvc_supplied__free(&all);
	return made;
}

/* What the subject does in a world, for the callers that were checked. */
static enum hvc_status explore(const struct hvc_check *check, unsigned world,
                               const struct hvc_subject *subject, uint64_t budget,
                               struct hvc_diag *diag, struct hvc_exact **out)
{
	const struct hvc_exact_config config = {
	        .subject = subject,
	        .world = &check->world[world].world,
	        .levels = hvc_abi__levels(check->abi),
	        .insns = hvc_abi__insns(check->abi),
	        .budget = budget,
	        .into = true,
	        .exact = true,
	        .unconfirmed = true,
	};

	return hvc_exact__make(&config, diag, out);
}

static void put_figure(FILE *out, const uint32_t *cell)
{
	hvc_html_picture__figure(out, "Verdict", "65,536 immediates by whether they keep the ABI",
	                         "runs-verdict", false);
	hvc_svg__cells(out, cell, words, JUDGED_COUNT);
	hvc_html_picture__figure_end(out);
}

/* The picture is of the world in which the first finding was made. */
static enum hvc_status put_body(FILE *out, const struct hvc_check *check, const char *abi,
                                const struct hvc_subject *subject, uint64_t budget,
                                const uint32_t *cell, struct hvc_diag *diag)
{
	unsigned world = check->findings ? check->finding[0].world : 0;
	struct hvc_exact *exact = NULL;
	struct hvc_picture_rows rows;
	char name[4400];
	enum hvc_status status;
	bool made;

	HVC_TRY(explore(check, world, subject, budget, diag, &exact));
	status = hvc_picture_rows__make(exact, diag, &rows);
	if (status != HVC_OK) {
		hvc_exact__free(exact);
		return status;
	}
	snprintf(name, sizeof(name), "What calls do in world %s",
	         hvc_abi_world_at(check->abi, world)->world.name);
	put_verdict(out, check);
	hvc_html_picture__begin(out, &rows.picture, name, false);
	put_figure(out, cell);
	made = hvc_html_rows__legend(out, exact, &rows);
	put_key(out, cell);
	hvc_html_picture__runs(out, "the verdict", "runs-verdict", cell, word_of);
	made = put_rules(out, check) && made;
	status = put_findings(out, check, abi, subject, budget, diag);
	made = hvc_html_part__contract(out, check->contract, check->subject) && made;
	made = hvc_html_rows__groups(out, exact, &rows) && made;
	made = hvc_html_picture__rows(out, &rows.picture, name) && made;
	made = hvc_html_rows__classes(out, exact, &rows) && made;
	made = put_invented(out, check) && made;
	hvc_html_picture__script(out);
	hvc_picture_rows__free(&rows);
	hvc_exact__free(exact);
	if (status == HVC_OK && !made)
		status = hvc_diag_set(diag, HVC_E_NOMEM, NULL, 0, 0, "out of memory");
	return status;
}

enum hvc_status hvc_check__html(FILE *out, const struct hvc_check *check, const char *abi,
                                const struct hvc_findings *findings,
                                const struct hvc_subject *subject, uint64_t budget,
                                struct hvc_diag *diag)
{
	uint32_t *cell = malloc(HVC_IMM_COUNT * sizeof(*cell));
	struct hvc_words title = {0};
	enum hvc_status status;

	if (!cell)
		return hvc_diag_set(diag, HVC_E_NOMEM, NULL, 0, 0, "out of memory");
	for (unsigned i = 0; i < HVC_IMM_COUNT; i++)
		cell[i] = judge(check->verdicts[i]);
	hvc_words__add(&title, "%s against %s", check->subject, hvc_abi_name(check->abi));
	hvc_html_picture__head(out, hvc_words__text(&title));
	hvc_html__findings(out, findings, false);
	hvc_words__free(&title);
	status = put_body(out, check, abi, subject, budget, cell, diag);
	free(cell);
	return status == HVC_OK ? hvc_html__end(out, diag) : status;
}
