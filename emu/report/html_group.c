/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>

#include "report/html_part.h"
#include "report/html_picture.h"

#define MARKS_MAX    6u /* of them in the legend */
#define LEGEND_MAX   12u
#define INTERVAL_MAX 64u /* rows of a group's axis */

/* One row of a group's axis: an interval of the register that decides, and what it gets. */
struct mark {
	struct hvc_region region;
	struct hvc_span span;
	bool rest; /* any value but those of other rows */
};

static int by_value(const void *a, const void *b)
{
	const struct mark *x = a, *y = b;

	if (x->region.insn != y->region.insn)
		return x->region.insn < y->region.insn ? -1 : 1;
	if (x->region.from != y->region.from)
		return x->region.from == HVC_LEVEL_EL1H   ? -1
		       : y->region.from == HVC_LEVEL_EL1H ? 1
		       : x->region.from < y->region.from  ? -1
		                                          : 1;
	if (x->span.reg != y->span.reg)
		return x->span.reg < y->span.reg ? -1 : 1;
	if (x->span.interval && y->span.interval && x->span.interval->lo != y->span.interval->lo)
		return x->span.interval->lo < y->span.interval->lo ? -1 : 1;
	return (x->region.class_ > y->region.class_) - (x->region.class_ < y->region.class_);
}

/* Does a register decide what calls of this sort get, anywhere in the group? */
static bool has_values(const struct hvc_region *const *region, size_t regions,
                       const struct hvc_region *of)
{
	for (size_t i = 0; i < regions; i++)
		if (region[i]->spans && region[i]->from == of->from && region[i]->insn == of->insn)
			return true;
	return false;
}

/* What a single register decides is told interval by interval, in the order of its values. */
static struct mark *make_marks(const struct hvc_picture *picture, unsigned group, size_t *count)
{
	const struct hvc_region *const *region;
	size_t regions = hvc_picture__regions(picture, group, &region), used = 0, room = 1;
	struct mark *mark;

	/* Where all calls do alike, one row says so. */
	if (!picture->group[group].mixed)
		regions = regions > 0;
	for (size_t i = 0; i < regions; i++)
		room += region[i]->spans == 1 ? region[i]->span->intervals : 1;
	mark = calloc(room, sizeof(*mark));
	if (!mark)
		return NULL;
	for (size_t i = 0; i < regions; i++) {
		bool simple = region[i]->spans == 1 && picture->group[group].mixed;

		for (unsigned k = 0; k < (simple ? region[i]->span->intervals : 1); k++) {
			mark[used].region = *region[i];
			mark[used].span.reg = HVC_REG_NONE;
			if (!picture->group[group].mixed)
				mark[used].region.spans = 0;
			mark[used].rest = picture->group[group].mixed && !region[i]->spans &&
			                  has_values(region, regions, region[i]);
			if (simple)
				mark[used].span = (struct hvc_span){
				        region[i]->span->reg, &region[i]->span->interval[k], 1};
			used++;
		}
	}
	qsort(mark, used, sizeof(*mark), by_value);
	*count = used;
	return mark;
}

static void add_mark(struct hvc_words *words, struct mark *mark)
{
	struct hvc_region one = mark->region;

	if (mark->span.interval)
		one.span = &mark->span;
	hvc_words__region(words, &one);
	if (mark->rest)
		hvc_words__add(words, one.from == HVC_LEVEL_EL1H && one.insn == HVC_INSN_HVC
		                              ? " other"
		                              : ", any other");
}

/* The beginning of a group's axis, for the legend. */
static bool put_marks(FILE *out, const struct hvc_picture *picture, unsigned group)
{
	unsigned plane = hvc_picture__plane(picture, group);
	size_t count = 0;
	struct mark *mark = make_marks(picture, group, &count);
	bool made = mark;
	char text[1024];

	fputs("<td class=\"does\"><ul class=\"marks\">", out);
	for (size_t i = 0; mark && i < count && i < MARKS_MAX; i++) {
		unsigned class_ = mark[i].region.class_;
		uint32_t number = hvc_picture__class(picture, plane, class_);
		struct hvc_words words = {0};

		add_mark(&words, &mark[i]);
		hvc_class_print(&picture->map[plane]->class_[class_], text, sizeof(text));
		fprintf(out, "<li><span class=\"key k%u\">%u</span> ", hvc_picture__ink(number),
		        number + 1);
		hvc_words__add(&words, ": %s", text);
		made = hvc_html__words(out, "span class=\"code\"", &words) && made;
		fputs("</li>\n", out);
	}
	if (count > MARKS_MAX)
		fprintf(out, "<li><a href=\"#group-%u\">and %zu more</a></li>", group,
		        count - MARKS_MAX);
	fputs("</ul></td>", out);
	free(mark);
	return made;
}

static bool put_legend_row(FILE *out, const struct hvc_picture *picture, unsigned group)
{
	const struct hvc_region *const *region;
	const struct hvc_map *map = picture->map[hvc_picture__plane(picture, group)];
	char name[HVC_NUMBER_SIZE], text[1024];
	bool made = true;

	fputs("<tr><th scope=\"row\"><span class=\"key ", out);
	hvc_svg__class_of(out, picture, group);
	fprintf(out, "\">%s</span></th>", hvc_picture__name(group, name));
	hvc_html_part__number(out, picture->group[group].count);
	if (picture->group[group].mixed) {
		made = put_marks(out, picture, group);
	} else if (hvc_picture__regions(picture, group, &region)) {
		hvc_class_print(&map->class_[region[0]->class_], text, sizeof(text));
		hvc_html__element(out, "td class=\"does code\"", text);
	}
	fputs("</tr>\n", out);
	return made;
}

bool hvc_html_group__legend(FILE *out, const struct hvc_picture *picture)
{
	static const char *const columns[] = {"Group", "Immediates\t", "What happens", NULL};
	char number[HVC_NUMBER_SIZE];
	bool made = true;

	fputs("<div id=\"reader\"><div>\n", out);
	hvc_html_part__table(out, "Legend", columns);
	for (unsigned i = 0; i < picture->groups && i < LEGEND_MAX; i++)
		made = put_legend_row(out, picture, i) && made;
	hvc_html_part__end(out);
	if (picture->groups > LEGEND_MAX)
		fprintf(out, "<p>and %s more groups; colours repeat</p>\n",
		        hvc_words__number(picture->groups - LEGEND_MAX, number));
	fputs("</div></div>\n</div>\n", out);
	return made;
}

static bool put_mark(FILE *out, const struct hvc_picture *picture, unsigned plane,
                     struct mark *mark)
{
	uint32_t class_ = hvc_picture__class(picture, plane, mark->region.class_);
	struct hvc_words words = {0};
	char text[1024];
	bool made;

	add_mark(&words, mark);
	fputs("<tr>", out);
	fprintf(out, "<th scope=\"row\" class=\"code k%u\">", hvc_picture__ink(class_));
	made = !words.failed;
	hvc_html__text(out, hvc_words__text(&words));
	hvc_words__free(&words);
	hvc_class_print(&picture->map[plane]->class_[mark->region.class_], text, sizeof(text));
	fprintf(out, "</th><td><span class=\"key k%u\">%u</span></td>", hvc_picture__ink(class_),
	        class_ + 1);
	hvc_html__element(out, "td class=\"does code\"", text);
	fputs("</tr>\n", out);
	return made;
}

static bool put_axis(FILE *out, const struct hvc_picture *picture, unsigned group)
{
	unsigned plane = hvc_picture__plane(picture, group);
	char name[HVC_NUMBER_SIZE];
	size_t count = 0;
	struct mark *mark = make_marks(picture, group, &count);
	bool made = mark;

	hvc_picture__name(group, name);
	fprintf(out,
	        "<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"Calls of group "
	        "%s\"><table class=\"axis\">\n<thead><tr><th scope=\"col\">Registers</th>"
	        "<th scope=\"col\">Class</th><th scope=\"col\">What happens</th></tr></thead>"
	        "<tbody>\n",
	        name);
	for (size_t i = 0; mark && i < count && i < INTERVAL_MAX; i++)
		made = put_mark(out, picture, plane, &mark[i]) && made;
	fputs("</tbody></table></div>\n", out);
	if (count > INTERVAL_MAX)
		fprintf(out, "<p>and %zu more intervals of values, in --format json</p>\n",
		        count - INTERVAL_MAX);
	free(mark);
	return made;
}

static bool put_group(FILE *out, const struct hvc_picture *picture, unsigned group,
                      const char *const *names)
{
	char name[HVC_NUMBER_SIZE], number[HVC_NUMBER_SIZE];
	bool made = true;

	fprintf(out,
	        "<section class=\"group\" id=\"group-%u\" data-group=\"%u\"><h3><span class=\"key ",
	        group, group);
	hvc_svg__class_of(out, picture, group);
	fprintf(out, "\">%s</span> %s%s immediate%s%s</h3>\n", hvc_picture__name(group, name),
	        picture->planes > 1 ? "on both sides " : "",
	        hvc_words__number(picture->group[group].count, number),
	        picture->group[group].count == 1 ? "" : "s",
	        picture->group[group].mixed ? ", by registers or caller" : "");
	for (unsigned plane = 0; plane < picture->planes; plane++) {
		struct hvc_words words = {0};

		hvc_picture__imms(picture, plane, group, &words);
		fputs("<p>", out);
		if (picture->planes > 1) {
			hvc_html__text(out, names[plane]);
			fputs(": ", out);
		}
		if (!words.length)
			hvc_words__add(&words, "none");
		made = hvc_html__words(out, "span class=\"code\"", &words) && made;
		fputs("</p>\n", out);
	}
	made = put_axis(out, picture, group) && made;
	fputs("</section>\n", out);
	return made;
}

/* A line a group, for pictures of very many. */
static bool put_line(FILE *out, const struct hvc_picture *picture, unsigned group)
{
	const struct hvc_region *const *region;
	size_t count = hvc_picture__regions(picture, group, &region);
	const struct hvc_map *map = picture->map[hvc_picture__plane(picture, group)];
	char name[HVC_NUMBER_SIZE], text[1024];
	bool made = true;

	fputs(hvc_picture__name(group, name), out);
	for (size_t i = 0; i < count; i++) {
		struct hvc_words words = {0};

		hvc_words__region(&words, region[i]);
		hvc_class_print(&map->class_[region[i]->class_], text, sizeof(text));
		fputs(i ? "; " : ": ", out);
		if (count > 1 || strcmp(hvc_words__text(&words), "any") != 0) {
			hvc_html__text(out, hvc_words__text(&words));
			fputs(": ", out);
		}
		hvc_html__text(out, text);
		made = !words.failed && made;
		hvc_words__free(&words);
	}
	fputc('\n', out);
	return made;
}

bool hvc_html_group__sections(FILE *out, const struct hvc_picture *picture,
                              const char *const *names)
{
	char number[HVC_NUMBER_SIZE];
	bool made = true;

	fputs("<section aria-labelledby=\"where\">\n<h2 id=\"where\">What happens where</h2>\n"
	      "<p class=\"faint\">Immediates of one group do alike in every call that was made. "
	      "The "
	      "colour is that of the class that most calls of the group are in; a dashed border "
	      "and "
	      "hatching say that registers or the caller decide.</p>\n",
	      out);
	for (unsigned i = 0; i < picture->groups && i < HVC_SVG_GROUPS; i++)
		made = put_group(out, picture, i, names) && made;
	if (picture->groups > HVC_SVG_GROUPS) {
		fprintf(out, "<details><summary>%s more groups</summary>\n<pre id=\"more\">",
		        hvc_words__number(picture->groups - HVC_SVG_GROUPS, number));
		for (unsigned i = HVC_SVG_GROUPS; i < picture->groups; i++)
			made = put_line(out, picture, i) && made;
		fputs("</pre></details>\n", out);
	}
	fputs("</section>\n", out);
	return made;
}
