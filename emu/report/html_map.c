/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "report/boundary.h"
#include "report/html_part.h"
#include "report/html_picture.h"

/* Rows of a table; of more classes there is a line each. */
#define ROWS_MAX 256u

static void put_account(FILE *out, const struct hvc_map *map)
{
	char classes[HVC_NUMBER_SIZE], probes[HVC_NUMBER_SIZE], calls[HVC_NUMBER_SIZE];
	uint64_t made = 0;

	for (unsigned i = 0; i < map->classes; i++)
		made += map->class_[i].calls;
	fputs("<p><strong>", out);
	hvc_html__text(out, map->subject);
	fprintf(out,
	        "</strong>, on CPU %s: all 65,536 immediates, each with %s register file%s, %s "
	        "calls; "
	        "%s class%s of equal outcome.</p>\n",
	        hvc_cpu_name(map->world.cpu), hvc_words__number(map->probes.count, probes),
	        map->probes.count == 1 ? "" : "s", hvc_words__number(made, calls),
	        hvc_words__number(map->classes, classes), map->classes == 1 ? "" : "es");
	hvc_html__failed(out, map->failed, map->failure);
	hvc_html__untried(out, map->probes.untried);
}

static void put_stops(FILE *out, const struct hvc_world *world)
{
	bool any = false;

	for (unsigned i = 0; i < world->boundaries; i++) {
		if (world->boundary[i].stub)
			continue;
		fputs(any ? ", " : "<p>Calls end as <code>handoff</code> at ", out);
		hvc_html__element(out, "code", world->boundary[i].name);
		any = true;
	}
	fputs(any ? ".</p>\n" : "", out);
}

static bool put_region(FILE *out, const struct hvc_map *map, const struct hvc_region *region,
                       unsigned rows)
{
	struct hvc_words imms = {0}, registers = {0};
	unsigned class_ = region->class_;
	char text[HVC_COMMAND_SIZE];
	bool made;

	fputs("<tr>", out);
	if (rows) {
		hvc_class_print(&map->class_[class_], text, sizeof(text));
		fprintf(out,
		        "<th scope=\"rowgroup\" rowspan=\"%u\"><span class=\"key "
		        "k%u\">%u</span></th>"
		        "<td rowspan=\"%u\" class=\"does code\">",
		        rows, hvc_picture__ink(class_), class_ + 1, rows);
		hvc_html__text(out, text);
		fputs("</td>", out);
	}
	hvc_words__imms(&imms, region->imm, region->imms);
	hvc_words__region(&registers, region);
	made = hvc_html__words(out, "td class=\"does code\"", &imms);
	made = hvc_html__words(out, "td class=\"does code\"", &registers) && made;
	hvc_html_part__number(out, region->calls);
	hvc_call_command(map->subject, &map->world, &map->probes.probe[region->probe],
	                 (uint16_t)region->imm[0].lo, text, sizeof(text));
	hvc_html__element(out, "td class=\"does code\"", text);
	fputs("</tr>\n", out);
	return made;
}

static unsigned rows_of(const struct hvc_regions *regions, unsigned first)
{
	unsigned rows = 1;

	while (first + rows < regions->count &&
	       regions->region[first + rows].class_ == regions->region[first].class_)
		rows++;
	return rows;
}

/* What is past the table: outcome, immediates and registers in a line. */
static bool put_line(FILE *out, const struct hvc_map *map, const struct hvc_region *region)
{
	struct hvc_words words = {0};
	char text[1024];
	bool made;

	hvc_class_print(&map->class_[region->class_], text, sizeof(text));
	hvc_words__imms(&words, region->imm, region->imms);
	hvc_words__add(&words, "; ");
	hvc_words__region(&words, region);
	fprintf(out, "%u: ", region->class_ + 1);
	hvc_html__text(out, text);
	fputs(" (", out);
	hvc_html__text(out, hvc_words__text(&words));
	fputs(")\n", out);
	made = !words.failed;
	hvc_words__free(&words);
	return made;
}

static bool put_classes(FILE *out, const struct hvc_map *map, const struct hvc_regions *regions)
{
	static const char *const columns[] = {"Class",   "What happens",  "Immediates", "Registers",
	                                      "Calls\t", "One such call", NULL};
	unsigned left = 0, next = 0;
	bool made = true;

	fputs("<section aria-labelledby=\"classes\">\n<h2 id=\"classes\">Classes</h2>\n", out);
	hvc_html_part__table(out, "Classes", columns);
	for (unsigned i = 0; i < regions->count && i < ROWS_MAX; i++) {
		unsigned rows = i == next ? rows_of(regions, i) : 0;

		if (rows > ROWS_MAX - i)
			rows = ROWS_MAX - i;
		if (rows)
			next = i + rows;
		made = put_region(out, map, &regions->region[i], rows) && made;
	}
	hvc_html_part__end(out);
	left = regions->count > ROWS_MAX ? regions->count - ROWS_MAX : 0;
	if (left) {
		fprintf(out, "<details><summary>%u more</summary>\n<pre>", left);
		for (unsigned i = ROWS_MAX; i < regions->count; i++)
			made = put_line(out, map, &regions->region[i]) && made;
		fputs("</pre></details>\n", out);
	}
	fputs("</section>\n", out);
	return made;
}

/* Behaviours, where they are fewer than classes. */
static void put_kinds(FILE *out, const struct hvc_map *map)
{
	static const char *const columns[] = {"Kind\t", "What happens", "Classes\t", "Calls\t",
	                                      NULL};
	char text[1024];

	if (!map->study || map->study->kinds >= map->classes)
		return;
	fputs("<section aria-labelledby=\"kinds\">\n<h2 id=\"kinds\">Kinds</h2>\n<p "
	      "class=\"faint\">"
	      "Classes whose calls take the same way through the code.</p>\n",
	      out);
	hvc_html_part__table(out, "Kinds", columns);
	for (unsigned i = 0; i < map->study->kinds && i < ROWS_MAX; i++) {
		hvc_kind_print(map, i, text, sizeof(text));
		fprintf(out, "<tr><th scope=\"row\" class=\"number\">%u</th>", i + 1);
		hvc_html__element(out, "td class=\"does code\"", text);
		hvc_html_part__number(out, map->study->kind[i].classes);
		hvc_html_part__number(out, map->study->kind[i].calls);
		fputs("</tr>\n", out);
	}
	hvc_html_part__end(out);
	if (map->study->kinds > ROWS_MAX)
		fprintf(out, "<p>and %u more, in --format json</p>\n",
		        map->study->kinds - ROWS_MAX);
	fputs("</section>\n", out);
}

static bool put_boundaries(FILE *out, const struct hvc_map *map)
{
	static const char *const columns[] = {"Between", "Calls", "Decided by", NULL};
	const struct hvc_study *study = map->study;
	bool made = true;

	if (!study || !study->boundaries)
		return true;
	fprintf(out,
	        "<section aria-labelledby=\"decides\">\n<h2 id=\"decides\">What decides</h2>\n"
	        "<p class=\"faint\">Neighbouring calls of different %s, and the instruction that "
	        "parts them.</p>\n",
	        study->kinds < map->classes ? "kinds" : "classes");
	hvc_html_part__table(out, "What decides", columns);
	for (unsigned i = 0; i < study->boundaries; i++) {
		struct hvc_words calls = {0}, decision = {0};

		hvc_boundary__calls(&calls, map, &study->boundary[i]);
		hvc_boundary__decision(&decision, &study->boundary[i]);
		fprintf(out, "<tr><th scope=\"row\">%u | %u</th>", study->boundary[i].kind[0] + 1,
		        study->boundary[i].kind[1] + 1);
		made = hvc_html__words(out, "td class=\"does code\"", &calls) && made;
		made = hvc_html__words(out, "td class=\"does code\"", &decision) && made;
		fputs("</tr>\n", out);
	}
	hvc_html_part__end(out);
	if (study->unseen)
		fprintf(out, "<p>and %u more</p>\n", study->unseen);
	fputs("</section>\n", out);
	return made;
}

static bool put_page(FILE *out, const struct hvc_map *map, const struct hvc_picture *picture)
{
	const char *const names[] = {map->subject};
	bool made;

	put_account(out, map);
	put_stops(out, &map->world);
	hvc_html_picture__begin(out, picture, names, true);
	made = hvc_html_group__legend(out, picture);
	made = hvc_html_group__sections(out, picture, names) && made;
	made = hvc_html_picture__rows(out, picture, names) && made;
	put_kinds(out, map);
	made = put_classes(out, map, &picture->regions[0]) && made;
	made = hvc_html_part__contract(out, map->contract, map->subject) && made;
	made = put_boundaries(out, map) && made;
	made = hvc_html_part__invented(out, NULL, &map->world, &map->invented) && made;
	hvc_html_picture__script(out);
	return made;
}

enum hvc_status hvc_map_html(FILE *out, const struct hvc_map *map, struct hvc_diag *diag)
{
	struct hvc_picture picture;
	char title[4400];
	bool made;

	HVC_TRY(hvc_picture__make(&map, 1, diag, &picture));
	snprintf(title, sizeof(title), "What every HVC does: %s", map->subject);
	hvc_html_picture__head(out, title);
	made = put_page(out, map, &picture);
	hvc_picture__free(&picture);
	if (!made)
		return hvc_diag_set(diag, HVC_E_NOMEM, NULL, 0, 0, "out of memory");
	return hvc_html__end(out, diag);
}
