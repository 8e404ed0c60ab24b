/* SPDX-License-Identifier: MIT */
#include "report/svg.h"

#include <stdlib.h>
#include <string.h>

#include "engine/quote.h"
#include "report/html.h"

#define SIDE HVC_PICTURE_SIDE
/* Groups of so few immediates are hard to see, and get a ring and a letter. */
#define SMALL     24u
#define RINGS_MAX 16u

/* clang-format off */
const char hvc_svg__patterns[] =
	"<defs>"
	"<pattern id=\"mixed\" width=\"6\" height=\"6\" patternUnits=\"userSpaceOnUse\" "
	"patternTransform=\"rotate(45)\"><path d=\"M0 0v6\" stroke=\"#111\" stroke-width=\"1.6\" "
	"stroke-opacity=\".6\"/></pattern>"
	"</defs>\n";
/* clang-format on */

void hvc_svg__class_of(FILE *out, const struct hvc_picture *picture, unsigned group)
{
	const struct hvc_picture_group *is = &picture->group[group];

	fprintf(out, "k%u%s", hvc_picture__ink(is->class_), is->mixed ? " mixed" : "");
}

void hvc_svg__text(FILE *out, const char *text, unsigned most)
{
	char *cut = strdup(text), shown[HVC_QUOTE_SIZE];
	unsigned used = 0;

	for (char *at = cut; at && *at && used <= most; used += (unsigned)strlen(shown)) {
		size_t length = hvc_quote__next(cut, at, shown);

		if (used + strlen(shown) > most)
			*at = '\0';
		else
			at += length;
	}
	hvc_html__text(out, cut ? cut : text);
	if (used > most)
		fputs("...", out);
	free(cut);
}

/* Cells to draw: all immediates, with a number each. */
struct layer {
	const uint32_t *cell;
	/* The shape that cells of a number belong to. */
	uint32_t (*shape)(const void *ctx, uint32_t number);
	const void *ctx;
};

static uint32_t shape_at(const struct layer *layer, unsigned row, unsigned column)
{
	return layer->shape(layer->ctx, layer->cell[row * SIDE + column]);
}

static unsigned run_end(const struct layer *layer, unsigned row, unsigned column)
{
	uint32_t shape = shape_at(layer, row, column);

	while (column < SIDE && shape_at(layer, row, column) == shape)
		column++;
	return column;
}

static bool is_full_row(const struct layer *layer, unsigned row, uint32_t shape)
{
	return row < SIDE && shape_at(layer, row, 0) == shape && run_end(layer, row, 0) == SIDE;
}

/* The data of one shape's path: a rectangle a run of cells, one for many full rows. */
static void put_shape(FILE *out, const struct layer *layer, uint32_t shape)
{
	for (unsigned row = 0; row < SIDE; row++) {
		unsigned rows = 0;

		while (is_full_row(layer, row + rows, shape))
			rows++;
		if (rows) {
			fprintf(out, "M0 %uh256v%uH0z", row, rows);
			row += rows - 1;
			continue;
		}
		for (unsigned x = 0, end; x < SIDE; x = end) {
			end = run_end(layer, row, x);
			if (shape_at(layer, row, x) == shape)
				fprintf(out, "M%u %uh%uv1H%uz", x, row, end - x, x);
		}
	}
}

static void put_axes(FILE *out)
{
	fputs("<g class=\"axis\" aria-hidden=\"true\">", out);
	for (unsigned i = 0; i < SIDE; i += 0x20) {
		fprintf(out, "<text x=\"%u\" y=\"-4\">%02x</text>", i, i);
		fprintf(out, "<text x=\"-25\" y=\"%u\">%02x00</text>", i + 6, i);
		fprintf(out, "<path d=\"M%u -3v3M-3 %uh3\"/>", i, i);
	}
	fputs("</g>\n", out);
}

static uint32_t own_shape(const void *ctx, uint32_t number)
{
	(void)ctx;
	return number;
}

static uint32_t ink_shape(const void *ctx, uint32_t number)
{
	const struct hvc_picture *picture = ctx;

	return hvc_picture__ink(picture->group[number].class_);
}

static uint32_t mixed_shape(const void *ctx, uint32_t number)
{
	const struct hvc_picture *picture = ctx;

	return picture->group[number].mixed;
}

static void put_groups(FILE *out, const struct hvc_picture *picture)
{
	struct layer layer = {picture->cell, own_shape, picture};

	for (unsigned i = 0; i < picture->groups; i++) {
		fputs(i ? "<path class=\"lined " : "<path class=\"", out);
		hvc_svg__class_of(out, picture, i);
		fprintf(out, "\" data-group=\"%u\" d=\"", i);
		put_shape(out, &layer, i);
		fputs("\"/>\n", out);
	}
}

static void put_inks(FILE *out, const struct hvc_picture *picture)
{
	struct layer layer = {picture->cell, ink_shape, picture};

	for (unsigned i = 0; i < HVC_PICTURE_INKS; i++) {
		fprintf(out, "<path class=\"k%u\" d=\"", i);
		put_shape(out, &layer, i);
		fputs("\"/>\n", out);
	}
}

static void put_mixed(FILE *out, const struct hvc_picture *picture)
{
	struct layer layer = {picture->cell, mixed_shape, picture};

	fputs("<path class=\"over\" d=\"", out);
	put_shape(out, &layer, true);
	fputs("\"/>\n", out);
}

/* Rings around what is too small to be seen, while there is room for them. */
struct rings {
	unsigned at[RINGS_MAX][2];
	unsigned count;
};

static void put_ring(FILE *out, struct rings *rings, unsigned imm, const char *name)
{
	unsigned x = imm % SIDE, y = imm / SIDE;

	if (rings->count == RINGS_MAX)
		return;
	for (unsigned i = 0; i < rings->count; i++)
		if (abs((int)(rings->at[i][0] - x)) < 20 && abs((int)(rings->at[i][1] - y)) < 12)
			return;
	rings->at[rings->count][0] = x;
	rings->at[rings->count++][1] = y;
	fprintf(out,
	        "<circle class=\"halo\" cx=\"%u.5\" cy=\"%u.5\" r=\"4\"/>"
	        "<circle class=\"ring\" cx=\"%u.5\" cy=\"%u.5\" r=\"4\"/>"
	        "<text class=\"mark\" x=\"%u\" y=\"%u\">%s</text>\n",
	        x, y, x, y, x < 240 ? x + 7 : x - 14, y < 6 ? 10 : y + 4, name);
}

static void put_rings(FILE *out, const struct hvc_picture *picture)
{
	struct rings rings = {.count = 0};
	char name[HVC_NUMBER_SIZE];

	for (unsigned i = 0; i < picture->groups; i++) {
		if (picture->group[i].count > SMALL)
			continue;
		for (unsigned imm = 0; imm < HVC_IMM_COUNT; imm++)
			if (hvc_picture__at(picture, imm) == i)
				put_ring(out, &rings, imm, hvc_picture__name(i, name));
	}
}

void hvc_svg__plane(FILE *out, const struct hvc_picture *picture)
{
	put_axes(out);
	fputs("<g class=\"cells\">\n", out);
	if (picture->groups <= HVC_SVG_GROUPS)
		put_groups(out, picture);
	else
		put_inks(out, picture);
	put_mixed(out, picture);
	fputs("</g>\n", out);
	if (picture->groups <= HVC_SVG_GROUPS)
		put_rings(out, picture);
}

void hvc_svg__cells(FILE *out, const uint32_t *cell, const struct hvc_svg_word *word,
                    unsigned words)
{
	struct layer layer = {cell, own_shape, NULL};
	struct rings rings = {.count = 0};

	put_axes(out);
	fputs("<g class=\"cells\">\n", out);
	for (unsigned i = 0; i < words; i++) {
		fprintf(out, "<path class=\"%s%s\" d=\"", i ? "lined " : "", word[i].class_);
		put_shape(out, &layer, i);
		fputs("\"/>\n", out);
	}
	fputs("</g>\n", out);
	for (unsigned i = words; i-- > 1;) {
		unsigned count = 0;

		for (unsigned imm = 0; imm < HVC_IMM_COUNT; imm++)
			count += cell[imm] == i;
		for (unsigned imm = 0; count <= SMALL && imm < HVC_IMM_COUNT; imm++)
			if (cell[imm] == i)
				put_ring(out, &rings, imm, word[i].letter);
	}
}

void hvc_svg__row(FILE *out, const struct hvc_picture *picture, unsigned row)
{
	char name[HVC_NUMBER_SIZE];

	fputs("<g class=\"letters\">\n", out);
	for (unsigned i = 0, end; i < SIDE; i = end) {
		const uint32_t *cell = &picture->cell[row * SIDE];

		/* A run, up to the end of its line of 16. */
		for (end = i + 1; end % 16 && cell[end] == cell[i]; end++)
			;
		fprintf(out, "<rect x=\"%u\" y=\"%u\" width=\"%u\" height=\"16\" class=\"",
		        i % 16 * 16, i / 16 * 16, (end - i) * 16);
		hvc_svg__class_of(out, picture, cell[i]);
		fputs("\"/>", out);
		for (unsigned k = i; k < end && cell[i]; k++)
			fprintf(out, "<text x=\"%u\" y=\"%u\">%s</text>", k % 16 * 16 + 8,
			        k / 16 * 16 + 11, hvc_picture__name(cell[i], name));
		fputc('\n', out);
	}
	fputs("<path d=\"", out);
	for (unsigned i = 0; i <= SIDE; i += 16)
		fprintf(out, "M0 %uh256M%u 0v256", i, i);
	fputs("\"/></g>\n", out);
}
