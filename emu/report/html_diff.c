/* SPDX-License-Identifier: MIT */
#include <stdlib.h>

#include "report/html_part.h"
#include "report/html_picture.h"
#include "report/note.h"

/* How much of an immediate's calls part. */
enum parted {
	PARTED_NONE,
	PARTED_SOME,
	PARTED_ALL,
	PARTED_COUNT,
};

static const struct hvc_svg_word words[PARTED_COUNT] = {
        [PARTED_NONE] = {"the same in every call", "", "k0"},
        [PARTED_SOME] = {"some calls differ", "some", "k2"},
        [PARTED_ALL] = {"every call differs", "all", "k6"},
};

static const char *word_of(uint32_t number, char text[HVC_NUMBER_SIZE])
{
	(void)text;
	return words[number].word;
}

static const char *name_of(const struct hvc_diff *diff, enum hvc_side side)
{
	return diff->map[side]->subject;
}

/* Walk both maps probe by probe; runs of both are sorted alike. */
static void compare(const struct hvc_picture *picture, uint32_t *cell)
{
	const struct hvc_map *old = picture->map[HVC_SIDE_OLD], *new = picture->map[HVC_SIDE_NEW];
	uint32_t probes = old->probes.count;
	size_t i = 0, k = 0;

	while (i < old->runs && k < new->runs) {
		const struct hvc_run *a = &old->run[i], *b = &new->run[k];
		unsigned lo = a->lo > b->lo ? a->lo : b->lo, hi = a->hi < b->hi ? a->hi : b->hi;

		if (hvc_picture__class(picture, HVC_SIDE_OLD, a->class_) !=
		    hvc_picture__class(picture, HVC_SIDE_NEW, b->class_))
			for (unsigned imm = lo; imm <= hi; imm++)
				cell[imm]++;
		i += a->hi == hi;
		k += b->hi == hi;
	}
	for (unsigned imm = 0; imm < HVC_IMM_COUNT; imm++)
		cell[imm] = !cell[imm]            ? PARTED_NONE
		            : cell[imm] == probes ? PARTED_ALL
		                                  : PARTED_SOME;
}

static void put_summary(FILE *out, const struct hvc_diff *diff)
{
	char differing[HVC_NUMBER_SIZE], calls[HVC_NUMBER_SIZE], part[HVC_NUMBER_SIZE];
	unsigned silent = 0;
	const char *one;

	hvc_words__failed(diff->map, HVC_SIDE_COUNT, &one);
	hvc_html__failed(out, diff->failed, one);
	hvc_html__untried(out, diff->map[HVC_SIDE_NEW]->probes.untried);
	fprintf(out, "<p class=\"strong %s\">", diff->differing || diff->failed ? "warn" : "good");
	hvc_html__text(out, name_of(diff, HVC_SIDE_OLD));
	fputs(" and ", out);
	hvc_html__text(out, name_of(diff, HVC_SIDE_NEW));
	hvc_words__number(diff->calls, calls);
	if (!diff->differing)
		fprintf(out, " do the same in all of %s calls%s</p>\n", calls,
		        diff->failed ? " that could be compared" : ", 65,536 of 65,536 immediates");
	else
		fprintf(out, " part in %s of %s calls, on %s of 65,536 immediates</p>\n",
		        hvc_words__number(diff->differing, differing), calls,
		        hvc_words__number(diff->immediates_differing, part));
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
}

static void put_key(FILE *out, const uint32_t *cell)
{
	static const char *const columns[] = {"Colour", "Immediates\t", "What it says", NULL};
	unsigned count[PARTED_COUNT] = {0};

	for (unsigned i = 0; i < HVC_IMM_COUNT; i++)
		count[cell[i]]++;
	fputs("<h2>Difference by immediate</h2>\n", out);
	hvc_html_part__table(out, "Difference by immediate", columns);
	for (unsigned i = 0; i < PARTED_COUNT; i++) {
		fprintf(out, "<tr><td><span class=\"key %s\">%s</span></td>", words[i].class_,
		        words[i].letter[0] ? words[i].letter : "=");
		hvc_html_part__number(out, count[i]);
		hvc_html__element(out, "th scope=\"row\"", words[i].word);
		fputs("</tr>\n", out);
	}
	hvc_html_part__end(out);
	hvc_html_picture__runs(out, "the difference", "runs-difference", cell, word_of);
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
	const struct hvc_map *new = diff->map[HVC_SIDE_NEW];
	struct hvc_words call = {0};
	char text[1024];
	bool made;

	hvc_words__call(&call, &new->probes.probe[meeting->probe], meeting->imm);
	hvc_class_print(&new->class_[meeting->class_new], text, sizeof(text));
	fprintf(out, "<tr%s><td>%s</td>", meeting->silent ? " class=\"bad\"" : "",
	        meeting->silent ? "SILENT"
	        : meeting->same ? "same"
	                        : "differs");
	hvc_html__element(out, "th scope=\"row\"", diff->operation[meeting->operation].name);
	made = hvc_html__words(out, "td class=\"code\"", &call);
	hvc_html__element(out, "td", meeting->rule_new);
	hvc_html__element(out, "td class=\"does code\"", text);
	hvc_html_part__number(out, meeting->calls);
	fputs("</tr>\n", out);
	return made;
}

static bool put_meetings(FILE *out, const struct hvc_diff *diff)
{
	static const char *const columns[] = {
	        "Verdict", "Operation", "For example", "Taken as", "What happens", "Calls\t", NULL};
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
	struct hvc_words imms = {0}, registers = {0};
	char text[HVC_COMMAND_SIZE], calls[HVC_NUMBER_SIZE];
	bool made;

	hvc_words__imms(&imms, change->where.imm, change->where.imms);
	hvc_words__region(&registers, &change->where);
	fprintf(out, "<li><p>%s call%s: immediates ", hvc_words__number(change->where.calls, calls),
	        change->where.calls == 1 ? "" : "s");
	made = hvc_html__words(out, "span class=\"code\"", &imms);
	fputs("; registers ", out);
	made = hvc_html__words(out, "span class=\"code\"", &registers) && made;
	fputs("</p>\n<dl>", out);
	for (enum hvc_side side = HVC_SIDE_OLD; side < HVC_SIDE_COUNT; side++) {
		const struct hvc_map *map = diff->map[side];

		hvc_html__element(out, "dt", name_of(diff, side));
		hvc_class_print(&map->class_[change->class_[side]], text, sizeof(text));
		hvc_html__element(out, "dd class=\"code\"", text);
		hvc_call_command(map->subject, &map->world, &map->probes.probe[change->where.probe],
		                 (uint16_t)change->where.imm[0].lo, text, sizeof(text));
		hvc_html__element(out, "dd class=\"code\"", text);
	}
	fputs("</dl></li>\n", out);
	return made;
}

static bool put_changes(FILE *out, const struct hvc_diff *diff)
{
	bool made = true;

	if (!diff->changes)
		return true;
	fputs("<section aria-labelledby=\"changes\">\n<h2 id=\"changes\">Calls that part, most "
	      "first</h2>\n<ol>\n",
	      out);
	for (unsigned i = 0; i < diff->changes && i < CHANGES_MAX; i++)
		made = put_change(out, diff, &diff->change[i]) && made;
	fputs("</ol>\n", out);
	if (diff->changes > CHANGES_MAX)
		fprintf(out, "<p>and %u more, in --format json</p>\n", diff->changes - CHANGES_MAX);
	fputs("</section>\n", out);
	return made;
}

static void put_untried(FILE *out, const struct hvc_diff *diff)
{
	if (!diff->untrieds)
		return;
	fputs("<section>\n<h2>Not compared</h2>\n<p class=\"warn\">One side compares registers "
	      "with "
	      "values that the saved map never tried. Make it again to compare those, too.</p>\n"
	      "<ul>\n",
	      out);
	for (size_t i = 0; i < diff->untrieds; i++)
		fprintf(out, "<li>%s with 0x%llx, at 0x%llx</li>\n",
		        hvc_reg_name(diff->untried[i].reg),
		        (unsigned long long)diff->untried[i].value,
		        (unsigned long long)diff->untried[i].address);
	fputs("</ul>\n</section>\n", out);
}

static bool put_body(FILE *out, const struct hvc_diff *diff, const struct hvc_picture *picture,
                     const uint32_t *cell)
{
	char name[HVC_SIDE_COUNT][4400];
	const char *const names[] = {name[0], name[1]};
	bool made;

	for (enum hvc_side side = HVC_SIDE_OLD; side < HVC_SIDE_COUNT; side++)
		snprintf(name[side], sizeof(name[side]), "%s: %s", side ? "New" : "Old",
		         name_of(diff, side));
	put_summary(out, diff);
	hvc_html_picture__begin(out, picture, names, false);
	hvc_html_picture__figure(out, "Difference", "65,536 immediates by whether their calls part",
	                         "runs-difference", false);
	hvc_svg__cells(out, cell, words, PARTED_COUNT);
	hvc_html_picture__figure_end(out);
	made = hvc_html_group__legend(out, picture);
	put_key(out, cell);
	made = put_operations(out, diff) && made;
	made = put_meetings(out, diff) && made;
	put_untried(out, diff);
	made = put_changes(out, diff) && made;
	for (enum hvc_side side = HVC_SIDE_OLD; side < HVC_SIDE_COUNT; side++)
		made = hvc_html_part__contract(out, diff->contract[side], name_of(diff, side)) &&
		       made;
	made = hvc_html_group__sections(out, picture, names) && made;
	made = hvc_html_picture__rows(out, picture, names) && made;
	for (enum hvc_side side = HVC_SIDE_OLD; side < HVC_SIDE_COUNT; side++)
		made = hvc_html_part__invented(out, name_of(diff, side), &diff->map[side]->world,
		                               &diff->map[side]->invented) &&
		       made;
	hvc_html_picture__script(out);
	return made;
}

enum hvc_status hvc_diff_html(FILE *out, const struct hvc_diff *diff, struct hvc_diag *diag)
{
	const struct hvc_map *const maps[] = {diff->map[HVC_SIDE_OLD], diff->map[HVC_SIDE_NEW]};
	uint32_t *cell = calloc(HVC_IMM_COUNT, sizeof(*cell));
	struct hvc_words title = {0};
	struct hvc_picture picture;
	enum hvc_status status;
	bool made;

	if (!cell)
		return hvc_diag_set(diag, HVC_E_NOMEM, NULL, 0, 0, "out of memory");
	status = hvc_picture__make(maps, HVC_SIDE_COUNT, diag, &picture);
	if (status != HVC_OK) {
		free(cell);
		return status;
	}
	compare(&picture, cell);
	hvc_words__add(&title, "From %s to %s", name_of(diff, HVC_SIDE_OLD),
	               name_of(diff, HVC_SIDE_NEW));
	hvc_html_picture__head(out, hvc_words__text(&title));
	made = put_body(out, diff, &picture, cell) && !title.failed;
	hvc_words__free(&title);
	hvc_picture__free(&picture);
	free(cell);
	if (!made)
		return hvc_diag_set(diag, HVC_E_NOMEM, NULL, 0, 0, "out of memory");
	return hvc_html__end(out, diag);
}
