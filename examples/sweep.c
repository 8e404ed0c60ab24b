/* SPDX-License-Identifier: MIT */
/*
 * What does a subject do for each of the 65,536 immediates, the registers being the same?
 *
 *   sweep SUBJECT [X0]
 *
 * SUBJECT is a built-in variant, or vectors in a file: FILE@SYMBOL, FILE@0xADDRESS.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "hvcheck/map.h"

/* Each class of equal outcome, and the immediates that end in it as intervals. */
static void print(const struct hvc_map *map)
{
	char text[256];

	for (unsigned c = 0; c < map->classes; c++) {
		const char *separator = "  ";

		hvc_class_print(&map->class_[c], text, sizeof text);
		printf("%" PRIu64 " immediate%s: %s\n", map->class_[c].calls,
		       map->class_[c].calls == 1 ? "" : "s", text);
		for (size_t i = 0; i < map->runs; i++) {
			const struct hvc_run *run = &map->run[i];

			if (run->class_ != c)
				continue;
			printf(run->lo == run->hi ? "%s0x%04x" : "%s0x%04x-0x%04x", separator,
			       run->lo, run->hi);
			separator = ", ";
		}
		printf("\n");
	}
}

int main(int argc, char **argv)
{
	/* One probe: the registers of every call. Without an X0, each names itself. */
	struct hvc_probe probe = {.reg = HVC_REG_NONE};
	const struct hvc_probes probes = {.probe = &probe, .count = 1};
	struct hvc_map_config config = {.probes = &probes};
	struct hvc_subject *subject = NULL;
	struct hvc_map *map = NULL;
	struct hvc_diag diag;
	enum hvc_status status;

	if (argc != 2 && argc != 3) {
		fprintf(stderr, "usage: sweep SUBJECT [X0]\n");
		return 2;
	}
	hvc_call_init(&probe.call, 0);
	if (argc == 3)
		probe.call.x[0] = strtoull(argv[2], NULL, 0);
	status = hvc_subject_open(argv[1], &diag, &subject);
	if (status == HVC_OK) {
		config.subject = subject;
		status = hvc_map_make(&config, &diag, &map);
	}
	if (status == HVC_OK)
		print(map);
	else
		fprintf(stderr, "sweep: %s: %s\n", argv[1], diag.message);
	hvc_map_free(map);
	hvc_subject_close(subject);
	return status == HVC_OK ? 0 : 2;
}
