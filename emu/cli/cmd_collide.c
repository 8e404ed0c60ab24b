/* SPDX-License-Identifier: MIT */
/* hvcheck collide: ABIs set against one another, or one or all against everything shipped. */
#include <stdlib.h>
#include <string.h>

#include "abi/abi.h"
#include "cli/open.h"
#include "cli/report.h"
#include "report/page.h"

/* The ABIs to compare, in order. */
struct list {
	struct hvc_abi **abi;
	const char **word; /* what opened it */
	unsigned count;
	unsigned named;    /* on the command line */
	unsigned left_out; /* shipped ones that have no call to compare */
	struct hvc_collide *collide;
};

static enum hvc_status fail_memory(struct hvc_diag *diag)
{
	return hvc_diag_set(diag, HVC_E_NOMEM, NULL, 0, 0, "out of memory");
}

static enum hvc_status add(struct list *list, const char *name, struct hvc_diag *diag)
{
	struct hvc_abi **grown = realloc(list->abi, ((size_t)list->count + 1) * sizeof(*grown));
	const char **words = realloc(list->word, ((size_t)list->count + 1) * sizeof(*words));

	list->abi = grown ? grown : list->abi;
	list->word = words ? words : list->word;
	if (!grown || !words)
		return fail_memory(diag);
	HVC_TRY(hvc_open__abi(name, NULL, diag, &list->abi[list->count]));
	list->word[list->count++] = name;
	return HVC_OK;
}

/* What is named; one alone or none goes with everything shipped. */
static enum hvc_status open_all(const struct hvc_options *options, struct hvc_diag *diag,
                                struct list *list)
{
	const char *name, *text;
	size_t size;

	for (unsigned i = 0; i < options->arguments; i++)
		HVC_TRY(add(list, options->argument[i], diag));
	if (options->arguments > 1)
		return HVC_OK;
	for (size_t i = 0; hvc_abi_shipped_at(i, &name, &text, &size); i++) {
		if (list->count && options->arguments && !strcmp(name, options->argument[0]))
			continue;
		HVC_TRY(add(list, name, diag));
		/* What is compared are calls of AArch64 state. */
		if (!hvc_abi__is_aarch32(list->abi[list->count - 1]))
			continue;
		hvc_abi_free(list->abi[--list->count]);
		list->left_out++;
	}
	return HVC_OK;
}

static enum hvc_status put_body(const struct hvc_page *page, const void *of, struct hvc_diag *diag)
{
	const struct list *list = of;

	HVC_TRY(hvc_collide__text(page, list->collide, list->named > 1, diag));
	if (list->left_out)
		hvc_page__line(page, 2,
		               "Left out: %u shipped ABIs of callers in AArch32 state alone.",
		               list->left_out);
	return HVC_OK;
}

static enum hvc_status write(const void *of, const struct hvc_options *options,
                             const struct hvc_findings *findings, enum hvc_style style,
                             const struct hvc_page *page, struct hvc_diag *diag)
{
	const struct list *list = of;

	if (style == HVC_STYLE_JSON)
		return hvc_collide__json(page->out, list->collide, findings, diag);
	if (style == HVC_STYLE_MARKDOWN)
		return hvc_cli_report__findings(findings, style, page, diag);
	/* Everything against everything is a table, not a list of findings. */
	if (style == HVC_STYLE_TEXT && !list->named)
		findings = NULL;
	return hvc_cli_report__document(options, findings, style, page, put_body, of, diag);
}

enum hvc_status hvc_cmd__collide(const struct hvc_options *options, const struct hvc_page *page,
                                 bool *holds, struct hvc_diag *diag)
{
	struct hvc_findings *findings = NULL;
	struct list list = {.named = options->arguments};
	enum hvc_status status = open_all(options, diag, &list);

	if (status == HVC_OK)
		status = hvc_collide__run((const struct hvc_abi *const *)list.abi, list.count,
		                          options->arguments == 1, diag, &list.collide);
	if (status == HVC_OK) {
		*holds = list.collide->colliding == 0;
		status = hvc_findings__of_collide(list.collide, list.word, diag, &findings);
	}
	if (status == HVC_OK)
		status = hvc_cli_report__judged(
		        options, page, &(const struct hvc_report){.of = &list, .write = write},
		        findings, holds, diag);
	hvc_collide__free(list.collide);
	for (unsigned i = 0; i < list.count; i++)
		hvc_abi_free(list.abi[i]);
	free(list.abi);
	free(list.word);
	return status;
}
