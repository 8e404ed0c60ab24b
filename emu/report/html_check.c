/* SPDX-License-Identifier: MIT */
/* A check as a page: verdicts over the immediate space, rules, findings. */
#include <stdlib.h>

#include "abi/abi.h"
#include "engine/call.h"
#include "report/html_picture.h"
#include "report/page.h"

/* Findings whose witness is run again. */
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

/* Run the witness once more, and tell what it executes. */
static enum hvc_status put_trace(const struct hvc_page *page, const struct hvc_check *check,
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
	const struct hvc_call_report report = {.subject = subject, .call = &call, .trace = &trace};
	struct hvc_machine *machine = NULL;
	struct hvc_outcome outcome;
	enum hvc_status status;

	call.imm = finding->imm;
	HVC_TRY(hvc_machine_open(&config, diag, &machine));
	status = hvc_machine_call(machine, &call, diag, &outcome);
	if (status == HVC_OK && trace.failed)
		status = hvc_diag_set(diag, HVC_E_NOMEM, NULL, 0, 0, "out of memory");
	if (status == HVC_OK) {
		fputs("<details><summary>Every instruction of this call</summary>\n", page->out);
		status = hvc_trace__table(page, &report, diag);
		fputs("</details>\n", page->out);
	}
	hvc_trace__free(&trace);
	hvc_machine_close(machine);
	return status;
}

/* What the head of the page does not say of a finding. */
static void put_finding(const struct hvc_page *page, const struct hvc_check *check,
                        const struct hvc_finding *finding)
{
	const struct hvc_rule *rule = hvc_abi_rule_at(check->abi, (unsigned)finding->verdict.rule);
	const struct hvc_check_world *in = &check->world[finding->world];
	char text[1024], calls[HVC_NUMBER_SIZE], immediates[HVC_NUMBER_SIZE];
	struct hvc_state before;

	hvc_finding_print(check, finding, text, sizeof(text));
	hvc_page__line(page, 2, "%s%s%s  %s", hvc_ink__begin(page, HVC_INK_BAD), rule->name,
	               hvc_ink__end(page, HVC_INK_BAD), text);
	hvc_page__line(
	        page, 8,
	        "Promised by %s%s. Broken in %s call%s, on %s immediate%s; first in world %s",
	        rule->source, rule->unconfirmed ? " (unconfirmed)" : "",
	        hvc_words__number(finding->calls, calls), finding->calls == 1 ? "" : "s",
	        hvc_words__number(finding->immediates, immediates),
	        finding->immediates == 1 ? "" : "s",
	        hvc_abi_world_at(check->abi, finding->world)->world.name);
	hvc_entry_state(&in->entry, &finding->probe.call, &before);
	hvc_outcome__print(&finding->outcome, &before, &in->present, text, sizeof(text));
	hvc_page__line(page, 8, "The first does: %s", text);
}

static enum hvc_status put_findings(const struct hvc_page *page, const struct hvc_check *check,
                                    const struct hvc_subject *subject, uint64_t budget,
                                    struct hvc_diag *diag)
{
	if (check->findings)
		hvc_page__heading(page, "Findings");
	for (unsigned i = 0; i < check->findings; i++) {
		put_finding(page, check, &check->finding[i]);
		if (i < TRACES_MAX)
			HVC_TRY(put_trace(page, check, &check->finding[i], subject, budget, diag));
	}
	return HVC_OK;
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
static enum hvc_status put_picture(FILE *out, const struct hvc_check *check,
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
	hvc_html_picture__begin(out, &rows.picture, name, false);
	put_figure(out, cell);
	made = hvc_html_rows__legend(out, exact, &rows);
	put_key(out, cell);
	hvc_html_picture__runs(out, "the verdict", "runs-verdict", cell, word_of);
	made = hvc_html_rows__groups(out, exact, &rows) && made;
	made = hvc_html_picture__rows(out, &rows.picture, name) && made;
	made = hvc_html_rows__classes(out, exact, NULL, diag) && made;
	hvc_html_picture__script(out);
	hvc_picture_rows__free(&rows);
	hvc_exact__free(exact);
	return made ? HVC_OK : hvc_diag_set(diag, HVC_E_NOMEM, NULL, 0, 0, "out of memory");
}

enum hvc_status hvc_check__html(FILE *out, const struct hvc_check *check,
                                const struct hvc_findings *findings,
                                const struct hvc_subject *subject, uint64_t budget,
                                struct hvc_diag *diag)
{
	const struct hvc_page page = {.out = out, .markup = HVC_MARKUP_HTML, .all = true};
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
	hvc_page__line(&page, 0, "%s", hvc_abi_title(check->abi));
	status = hvc_check__text(&page, check, true, diag);
	if (status == HVC_OK)
		status = put_findings(&page, check, subject, budget, diag);
	if (status == HVC_OK)
		status = put_picture(out, check, subject, budget, cell, diag);
	free(cell);
	return status == HVC_OK ? hvc_html__end(out, diag) : status;
}
