/* SPDX-License-Identifier: MIT */
/* A diff as a page. */
#include "report/html_part.h"
#include "report/note.h"

static const char *name_of(const struct hvc_diff *diff, enum hvc_side side)
{
	return diff->name[side];
}

static bool put_summary(FILE *out, const struct hvc_diff *diff)
{
	struct hvc_words callers = {0};
	unsigned silent = 0;
	bool made;

	fprintf(out, "<p class=\"strong %s\">", diff->equal ? "good" : "warn");
	hvc_html__text(out, name_of(diff, HVC_SIDE_OLD));
	fputs(" and ", out);
	hvc_html__text(out, name_of(diff, HVC_SIDE_NEW));
	if (diff->equal)
		fputs(" are equal for every input</p>\n", out);
	else if (diff->changes)
		fprintf(out, " part in %u way%s</p>\n", diff->changes,
		        diff->changes == 1 ? "" : "s");
	else
		fputs(" cannot be told to be equal</p>\n", out);
	for (unsigned i = 0; i < diff->operations; i++) {
		bool any = false;

		for (unsigned k = 0; k < diff->meetings; k++)
			any = any || (diff->meeting[k].operation == i && diff->meeting[k].silent);
		silent += any;
	}
	if (silent)
		fprintf(out,
		        "<p class=\"strong bad\">%u operation%s silently become%s something "
		        "else</p>\n",
		        silent, silent == 1 ? "" : "s", silent == 1 ? "s" : "");
	fputs("<p>Proved for ", out);
	hvc_words__callers(&callers, diff->callers);
	made = hvc_html__words(out, "span", &callers);
	fprintf(out, ": %u behaviours against %u.</p>\n", diff->rows[HVC_SIDE_OLD],
	        diff->rows[HVC_SIDE_NEW]);
	return made;
}

static bool put_gaps(FILE *out, const struct hvc_diff *diff)
{
	bool made = true;

	if (!diff->gaps)
		return true;
	fputs("<section>\n<h2>Not compared</h2>\n<ul class=\"warn\">\n", out);
	for (unsigned i = 0; i < diff->gaps; i++) {
		struct hvc_words words = {0};

		hvc_words__callers(&words, diff->gap[i].callers);
		hvc_words__add(&words, ": %s", diff->gap[i].text);
		made = hvc_html__words(out, "li", &words) && made;
		fputc('\n', out);
	}
	fputs("</ul>\n</section>\n", out);
	return made;
}

static bool put_operations(FILE *out, const struct hvc_diff *diff)
{
	const char *const columns[] = {"Operation", name_of(diff, HVC_SIDE_OLD),
	                               name_of(diff, HVC_SIDE_NEW), "What became of it", NULL};
	bool made = true;

	if (!diff->operations)
		return true;
	fputs("<section aria-labelledby=\"operations\">\n<h2 id=\"operations\">Operations, and the "
	      "call that selects them</h2>\n",
	      out);
	hvc_html_part__table(out, "Operations", columns);
	for (unsigned i = 0; i < diff->operations; i++) {
		const struct hvc_operation *operation = &diff->operation[i];
		struct hvc_words note = {0};

		hvc_note__operation(diff, operation, &note);
		fputs("<tr>", out);
		hvc_html__element(out, "th scope=\"row\"", operation->name);
		for (unsigned side = 0; side < HVC_SIDE_COUNT; side++)
			hvc_html__element(out, "td class=\"code\"",
			                  operation->use[side].offered ? operation->use[side].how
			                                               : "none");
		made = hvc_html__words(out, "td class=\"does\"", &note) && made;
		fputs("</tr>\n", out);
	}
	hvc_html_part__end(out);
	fputs("</section>\n", out);
	return made;
}

static bool put_meeting(FILE *out, const struct hvc_diff *diff, const struct hvc_meeting *meeting)
{
	struct hvc_words call = {0};
	bool made;

	hvc_words__witness(&call, &meeting->witness.call);
	fprintf(out, "<tr%s><td>%s</td>", meeting->silent ? " class=\"bad\"" : "",
	        meeting->silent ? "SILENT"
	        : meeting->same ? "same"
	                        : "differs");
	hvc_html__element(out, "th scope=\"row\"", diff->operation[meeting->operation].name);
	made = hvc_html__words(out, "td class=\"code\"", &call);
	hvc_html__element(out, "td", meeting->rule_new);
	hvc_html__element(out, "td class=\"does code\"", meeting->does);
	fputs("</tr>\n", out);
	return made;
}

static bool put_meetings(FILE *out, const struct hvc_diff *diff)
{
	static const char *const columns[] = {"Verdict",  "Operation",    "For example",
	                                      "Taken as", "What happens", NULL};
	bool made = true;

	if (!diff->meetings)
		return true;
	fputs("<section aria-labelledby=\"meets\">\n<h2 id=\"meets\">A caller of ", out);
	hvc_html__text(out, name_of(diff, HVC_SIDE_OLD));
	fputs(" meets ", out);
	hvc_html__text(out, name_of(diff, HVC_SIDE_NEW));
	fputs("</h2>\n<p class=\"faint\">SILENT: returns as if nothing was wrong, but did "
	      "something "
	      "else.</p>\n",
	      out);
	hvc_html_part__table(out, "What a caller meets", columns);
	/* What goes wrong unseen comes first. */
	for (unsigned pass = 0; pass < 3; pass++)
		for (unsigned i = 0; i < diff->meetings; i++) {
			const struct hvc_meeting *meeting = &diff->meeting[i];

			if ((meeting->silent ? 0u : meeting->same ? 2u : 1u) == pass)
				made = put_meeting(out, diff, meeting) && made;
		}
	hvc_html_part__end(out);
	fputs("</section>\n", out);
	return made;
}

/* Changes that are told; JSON has all. */
#define CHANGES_MAX 64u

static bool put_change(FILE *out, const struct hvc_diff *diff, const struct hvc_change *change)
{
	struct hvc_words callers = {0};
	bool made;

	hvc_words__callers(&callers, change->callers);
	fputs("<li><p>", out);
	made = hvc_html__words(out, "span", &callers);
	fputs(", ", out);
	hvc_html__element(out, "span class=\"code\"", change->when);
	fputs(": ", out);
	hvc_html__text(out, change->what);
	fputs("</p>\n", out);
	if (change->unless) {
		fputs("<p class=\"faint\">but not where both happen to do the same: ", out);
		hvc_html__element(out, "span class=\"code\"", change->unless);
		fputs("</p>\n", out);
	}
	fputs("<dl>", out);
	for (enum hvc_side side = HVC_SIDE_OLD; side < HVC_SIDE_COUNT; side++) {
		hvc_html__element(out, "dt", name_of(diff, side));
		hvc_html__element(out, "dd class=\"code\"", change->does[side]);
		if (change->witness.command[side])
			hvc_html__element(out, "dd class=\"code\"", change->witness.command[side]);
	}
	fputs("</dl></li>\n", out);
	return made;
}

static bool put_changes(FILE *out, const struct hvc_diff *diff)
{
	bool made = true;

	if (!diff->changes)
		return true;
	fputs("<section aria-labelledby=\"changes\">\n<h2 id=\"changes\">Where they part</h2>\n"
	      "<ol>\n",
	      out);
	for (unsigned i = 0; i < diff->changes && i < CHANGES_MAX; i++)
		made = put_change(out, diff, &diff->change[i]) && made;
	fputs("</ol>\n", out);
	if (diff->changes > CHANGES_MAX)
		fprintf(out, "<p>and %u more, in --format json</p>\n", diff->changes - CHANGES_MAX);
	fputs("</section>\n", out);
	return made;
}

enum hvc_status hvc_diff_html(FILE *out, const struct hvc_diff *diff, struct hvc_diag *diag)
{
	struct hvc_words title = {0};
	bool made;

	hvc_words__add(&title, "From %s to %s", name_of(diff, HVC_SIDE_OLD),
	               name_of(diff, HVC_SIDE_NEW));
	hvc_html__begin(out, hvc_words__text(&title), NULL);
	made = !title.failed && put_summary(out, diff) && put_gaps(out, diff) &&
	       put_operations(out, diff) && put_meetings(out, diff) && put_changes(out, diff);
	for (enum hvc_side side = HVC_SIDE_OLD; side < HVC_SIDE_COUNT; side++)
		made = hvc_html_part__contract(out, diff->contract[side], name_of(diff, side)) &&
		       made;
	hvc_words__free(&title);
	if (!made)
		return hvc_diag_set(diag, HVC_E_NOMEM, NULL, 0, 0, "out of memory");
	return hvc_html__end(out, diag);
}
