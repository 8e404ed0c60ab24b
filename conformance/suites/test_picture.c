/* SPDX-License-Identifier: MIT */
/* Pictures: what is drawn, read back, is the map. */
#include <stdlib.h>

#include "report/picture_rows.h"
#include "report/report.h"
#include "under_test.h"

#define SIDE HVC_PICTURE_SIDE

static struct hvc_exact *explore(const char *name, struct hvc_subject **subject)
{
	struct hvc_exact_config config = {.brief = true};
	struct hvc_exact *exact = NULL;
	struct hvc_diag diag = {0};

	*subject = open_subject(name);
	config.subject = *subject;
	ck_assert_msg(hvc_exact__make(&config, &diag, &exact) == HVC_OK, "%s", diag.message);
	return exact;
}

static char *page_of(const struct hvc_exact *exact, bool drawing)
{
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	ck_assert_int_eq(drawing ? hvc_exact__svg(out, exact, false, NULL)
	                         : hvc_exact__html(out, exact, NULL, NULL, NULL),
	                 HVC_OK);
	ck_assert_int_eq(fclose(out), 0);
	return text;
}

/* Paint the rectangles of one path; each cell once. */
static void paint(const char *data, uint32_t value, uint32_t *cell)
{
	unsigned x, y, wide, high, back;
	int used;

	for (; *data == 'M'; data += used) {
		ck_assert_msg(
		        sscanf(data, "M%u %uh%uv%uH%uz%n", &x, &y, &wide, &high, &back, &used) == 5,
		        "%.40s", data);
		ck_assert_uint_eq(x, back);
		ck_assert(x + wide <= SIDE && y + high <= SIDE && wide && high);
		for (unsigned i = 0; i < high; i++)
			for (unsigned k = 0; k < wide; k++) {
				ck_assert_uint_eq(cell[(y + i) * SIDE + x + k], UINT32_MAX);
				cell[(y + i) * SIDE + x + k] = value;
			}
	}
	ck_assert_int_eq(*data, '"');
}

/* The shapes of the first picture: each group has one, or each colour. */
static void read_shapes(const char *text, uint32_t *cell)
{
	const char *end = strstr(text, "</svg></div></figure>");

	if (!end)
		end = text + strlen(text);
	memset(cell, 0xff, HVC_IMM_COUNT * sizeof *cell);
	for (const char *at = text; (at = strstr(at, "<path class=\"")) && at < end; at++) {
		const char *data = strstr(at, " d=\""), *group = strstr(at, "data-group=\"");
		unsigned number;

		if (!strncmp(at + 13, "over", 4))
			continue;
		if (group && group < data)
			number = (unsigned)atoi(group + 12);
		else
			ck_assert_int_eq(sscanf(at, "<path class=\"k%u\"", &number), 1);
		paint(data + 4, number, cell);
	}
}

/* "0x0000-0x00ff A" and so on, without a gap. */
static void read_runs(const char *text, const char *id, char names[HVC_IMM_COUNT][8])
{
	char name[8], mark[32];
	unsigned next = 0, lo, hi;

	snprintf(mark, sizeof mark, "<pre id=\"%s\">", id);
	text = strstr(text, mark);
	ck_assert_ptr_nonnull(text);
	for (text += strlen(mark); *text != '<'; text = strchr(text, '\n') + 1) {
		if (sscanf(text, "0x%x-0x%x %7s", &lo, &hi, name) != 3) {
			ck_assert_int_eq(sscanf(text, "0x%x %7s", &lo, name), 2);
			hi = lo;
		}
		ck_assert_uint_eq(lo, next);
		ck_assert(hi >= lo && hi < HVC_IMM_COUNT);
		for (; next <= hi; next++)
			strcpy(names[next], name);
	}
	ck_assert_uint_eq(next, HVC_IMM_COUNT);
}

static void assert_rows(const struct hvc_exact *exact, const struct hvc_picture_rows *rows)
{
	static bool meets[HVC_IMM_COUNT];
	unsigned at = 0;

	for (unsigned i = 0; i < exact->parts; i++)
		for (unsigned j = 0; !exact->part[i].same && j < exact->part[i].rows; j++, at++) {
			ck_assert(hvc_exact__immediates(exact, &exact->part[i].row[j], meets));
			for (unsigned n = 0; n < HVC_IMM_COUNT; n++)
				ck_assert_int_eq(
				        meets[n],
				        hvc_picture_rows__meets(
				                rows, hvc_picture__at(&rows->picture, n), at));
		}
	ck_assert_uint_eq(at, rows->rows);
	for (unsigned i = 0; i < rows->picture.groups; i++)
		for (unsigned k = 0; k < i; k++) {
			bool same = true;

			for (unsigned r = 0; r < rows->rows; r++)
				same = same && hvc_picture_rows__meets(rows, i, r) ==
				                       hvc_picture_rows__meets(rows, k, r);
			ck_assert(!same);
		}
}

static void assert_page(const struct hvc_exact *exact)
{
	static char names[HVC_IMM_COUNT][8];
	static uint32_t cell[HVC_IMM_COUNT];
	struct hvc_picture_rows rows;
	char *page = page_of(exact, false), *svg = page_of(exact, true);
	char name[HVC_NUMBER_SIZE];

	ck_assert_int_eq(hvc_picture_rows__make(exact, NULL, &rows), HVC_OK);
	assert_rows(exact, &rows);
	ck_assert_ptr_nonnull(strstr(page, "<h2 id=\"dispatch\">"));
	/* Where immediates do not matter, the tree is all there is to see. */
	if (rows.picture.groups == 1) {
		ck_assert_ptr_null(strstr(page, "runs-0"));
		ck_assert_ptr_null(strstr(svg, "<rect"));
		ck_assert_ptr_nonnull(strstr(svg, "class 4: return, x0 := 0xbadca11"));
		hvc_picture_rows__free(&rows);
		free(page);
		free(svg);
		return;
	}
	read_runs(page, "runs-0", names);
	for (unsigned pass = 0; pass < 2; pass++) {
		read_shapes(pass ? svg : page, cell);
		for (unsigned imm = 0; imm < HVC_IMM_COUNT; imm++) {
			uint32_t group = hvc_picture__at(&rows.picture, imm);

			ck_assert_str_eq(names[imm], hvc_picture__name(group, name));
			ck_assert_uint_eq(cell[imm], group);
		}
	}
	free(page);
	free(svg);
	hvc_picture_rows__free(&rows);
}

TEST(a_page_read_back_is_the_map)
{
	static const struct {
		const char *subject;
		unsigned groups;
	} rows[] = {
	        {"linux-stub-imm", 4},      /* get, set, call, and the rest */
	        {"linux-stub-4.12", 1},     /* immediates do not matter */
	        {"gunyah", 3},              /* SMCCC, hypercalls, holes */
	        {"broken-imm-low-byte", 4}, /* as the first, 256 times */
	};

	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct hvc_subject *subject;
		struct hvc_exact *exact = explore(rows[i].subject, &subject);
		struct hvc_picture_rows picture;

		ck_assert_int_eq(hvc_picture_rows__make(exact, NULL, &picture), HVC_OK);
		ck_assert_msg(picture.picture.groups == rows[i].groups, "%s: %u groups",
		              rows[i].subject, picture.picture.groups);
		hvc_picture_rows__free(&picture);
		assert_page(exact);
		hvc_exact__free(exact);
		hvc_subject_close(subject);
	}
}

TEST(neighbours_are_told_apart_by_colour)
{
	for (unsigned imm = 0; imm + SIDE < HVC_IMM_COUNT; imm++) {
		ck_assert_uint_ne(hvc_picture__ink(imm), hvc_picture__ink(imm + 1));
		ck_assert_uint_ne(hvc_picture__ink(imm), hvc_picture__ink(imm + SIDE));
	}
}

static char *letters_of(const struct hvc_exact *exact, bool color)
{
	struct hvc_page page = {.color = color, .width = 80};
	char *text = NULL;
	size_t size;

	page.out = open_memstream(&text, &size);
	ck_assert_int_eq(hvc_exact__picture(&page, exact, NULL), HVC_OK);
	ck_assert_int_eq(fclose(page.out), 0);
	return text;
}

TEST(letters_read_back_are_the_map)
{
	struct hvc_subject *subject;
	struct hvc_exact *exact = explore("gunyah", &subject);
	struct hvc_picture_rows rows;
	char *text = letters_of(exact, false), *line = strstr(text, "  0x0000   ");
	char *colored = letters_of(exact, true), name[HVC_NUMBER_SIZE];

	ck_assert_int_eq(hvc_picture_rows__make(exact, NULL, &rows), HVC_OK);
	ck_assert_ptr_null(strchr(text, '\033'));
	ck_assert_ptr_nonnull(strstr(colored, "\033[30;48;5;"));
	for (unsigned row = 0; row < SIDE; row += 8, line = strchr(line, '\n') + 1)
		for (unsigned column = 0; column < SIDE; column += 4) {
			uint32_t group = hvc_picture__at(&rows.picture, row * SIDE + column);
			char wanted = group ? hvc_picture__name(group, name)[0] : '.';

			for (unsigned i = 0; i < 32; i++)
				if (hvc_picture__at(&rows.picture,
				                    (row + i / 4) * SIDE + column + i % 4) != group)
					wanted = '+';
			ck_assert_int_eq(line[11 + column / 4], wanted);
		}
	for (line = text; *line; line = strchr(line, '\n') + 1)
		ck_assert_uint_le(strcspn(line, "\n"), 80);
	ck_assert_ptr_nonnull(
	        strstr(text, "\n  0x6040   ...BBBBBBBBBBBBBBBBBBBBB.BBBBBBBBBB.BBBBB......."));
	free(text);
	free(colored);
	hvc_picture_rows__free(&rows);
	hvc_exact__free(exact);
	hvc_subject_close(subject);
}

/* Immediates of a word in a page's runs. */
static unsigned count_word(char names[HVC_IMM_COUNT][8], const char *word)
{
	unsigned count = 0;

	for (unsigned i = 0; i < HVC_IMM_COUNT; i++)
		count += !strcmp(names[i], word);
	return count;
}

TEST(the_verdict_drawn_is_the_check)
{
	static char names[HVC_IMM_COUNT][8];
	struct hvc_subject *subject = open_subject("broken-imm-low-byte");
	struct hvc_abi *abi = open_abi("linux-stub-imm");
	struct hvc_check *check = run_check_with(subject, abi, 0, true);
	struct hvc_findings *findings;
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	ck_assert_int_eq(hvc_findings__of_check(check, "linux-stub-imm", NULL, &findings), HVC_OK);
	ck_assert_int_eq(hvc_check__html(out, check, findings, subject, 0, NULL), HVC_OK);
	hvc_findings__free(findings);
	fclose(out);
	read_runs(text, "runs-verdict", names); /* first words: every, nothing, some */
	ck_assert_uint_eq(count_word(names, "some"), check->immediates_violating);
	ck_assert_uint_eq(check->immediates_violating, 255 * 3);
	for (unsigned imm = 0; imm < HVC_IMM_COUNT; imm++)
		ck_assert_int_eq(!strcmp(names[imm], "some"),
		                 check->verdicts[imm] >> HVC_VERDICT_VIOLATES & 1);
	/* Each finding comes with the command that repeats it, and what that executes. */
	ck_assert_ptr_nonnull(strstr(
	        text, "\">hvcheck run <span>broken-imm-low-byte</span> <span>--imm</span> 0x"));
	ck_assert_ptr_nonnull(strstr(text, "Every instruction of this call"));
	ck_assert_ptr_nonnull(strstr(text, "eret"));
	free(text);
	hvc_check_free(check);
	hvc_abi_free(abi);
	hvc_subject_close(subject);
}

/* In each round another byte: the rows, and what of the columns is not 255 apart. */
static bool give_bytes(void *ctx, uint32_t round, uint32_t *label)
{
	const unsigned *rounds = ctx;

	for (uint32_t imm = 0; imm < HVC_IMM_COUNT; imm++) {
		uint32_t byte = (round ? imm & 0xff : imm >> 8) % 255;

		label[imm] = byte * byte * 0x9e3779 << 8 | byte; /* on no line */
	}
	return round < *rounds;
}

/* Groups are what was told apart, the larger first, and each has a name. */
TEST(groups_are_what_was_told_apart)
{
	static const struct {
		unsigned rounds, groups, count[3]; /* of the first, the second and the last */
	} rows[] = {{0, 1, {65536}}, {1, 255, {512, 256, 256}}, {2, 255 * 255, {4, 2, 1}}};
	char name[HVC_NUMBER_SIZE];
	static const struct {
		unsigned group;
		const char *name;
	} names[] = {{0, "A"}, {25, "Z"}, {26, "a"}, {51, "z"}, {52, "53"}, {65535, "65536"}};

	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		ck_assert_str_eq(hvc_picture__name(names[i].group, name), names[i].name);
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		unsigned rounds = rows[i].rounds;
		struct hvc_picture picture = {0};

		ck_assert(hvc_picture__part(&picture, 2, give_bytes, &rounds));
		ck_assert_uint_eq(picture.groups, rows[i].groups);
		ck_assert_uint_eq(picture.group[0].count, rows[i].count[0]);
		ck_assert_uint_eq(picture.group[0].first, 0);
		if (rounds) {
			ck_assert_uint_eq(picture.group[1].count, rows[i].count[1]);
			ck_assert_uint_eq(picture.group[1].first, rounds == 1 ? 0x100 : 1);
			ck_assert_uint_eq(picture.group[rows[i].groups - 1].count,
			                  rows[i].count[2]);
			ck_assert_uint_eq(picture.group[rows[i].groups - 1].first,
			                  rounds == 1 ? 0xfe00 : 0xfefe);
		}
		for (unsigned imm = 0; imm < HVC_IMM_COUNT; imm++) {
			unsigned row = (imm >> 8) % 255, column = (imm & 0xff) % 255;
			uint32_t like = rounds == 2   ? row << 8 | column
			                : rounds == 1 ? row << 8
			                              : 0;

			ck_assert_uint_eq(picture.group[hvc_picture__at(&picture, imm)].first,
			                  like);
		}
		ck_assert_int_eq(hvc_picture__row_is_plain(&picture, 1), rounds < 2);
		ck_assert_uint_eq(hvc_picture__row_like(&picture, 0xff), 0);
		ck_assert_uint_eq(hvc_picture__row_like(&picture, 0xfe), rounds ? 0xfe : 0);
		hvc_picture__free(&picture);
	}
}

SUITE_MAIN("picture")
