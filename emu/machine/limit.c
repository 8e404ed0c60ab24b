/* SPDX-License-Identifier: MIT */
/* The table of limits. What enforces each stands where the input is read. */
#include "machine/limit.h"

static const struct hvc_limit rows[] = {
        /* clang-format off */
	{"image", HVC_LIMIT_IMAGE, "bytes", "of a file, of what is unpacked from it, and of an image in memory"},
	{"unpacked", HVC_LIMIT_UNPACKED, "bytes", "that come out of a file in all layers, kept or passed over"},
	{"ratio", HVC_LIMIT_RATIO, "", "times the size of the file: what may come out of it"},
	{"free", HVC_LIMIT_FREE, "bytes", "that may come out of a file however small it is"},
	{"layers", HVC_LIMIT_LAYERS, "layers", "of packing around an image"},
	{"members", HVC_LIMIT_MEMBERS, "members", "of one package"},
	{"header", HVC_LIMIT_HEADER, "bytes", "of what a package says before a member, names and all"},
	{"memory", HVC_LIMIT_MEMORY, "bytes", "that worlds set, of all files and values of a run"},
	{"segments", HVC_LIMIT_SEGMENTS, "segments", "of an ELF file that have memory"},
	{"descriptors", HVC_LIMIT_DESCRIPTORS, "descriptors", "of EL2's translation tables in a snapshot"},
	{"mappings", HVC_LIMIT_MAPPINGS, "pieces", "of memory that these tables map"},
	{"symbols", HVC_LIMIT_SYMBOLS, "symbols", "of an image, in all its tables and a System.map"},
	{"names", HVC_LIMIT_NAMES, "bytes", "of their names, what they share counted for each"},
	{"relocations", HVC_LIMIT_RELOCATIONS, "relocations", "of an object, in all its tables"},
	{"system-map", HVC_LIMIT_SYSTEM_MAP, "bytes", "of a System.map"},
	{"kallsyms", HVC_LIMIT_KALLSYMS, "symbols", "that a kernel keeps of itself (kallsyms)"},
	{"places", HVC_LIMIT_PLACES, "places", "that are looked at to find these"},
	{"tables", HVC_LIMIT_TABLES, "tables", "of vectors that `scan` looks into; it tells how many there are"},
	{"sites", HVC_LIMIT_SITES, "instructions", "HVC and SMC that `scan` lists; it tells how many there are"},
	{"yaml", HVC_LIMIT_YAML, "bytes", "of a specification or a file of suppressions"},
	{"world", HVC_LIMIT_WORLD, "bytes", "of a file that describes a world"},
	{"depth", HVC_LIMIT_DEPTH, "levels", "of lists and mappings in one another, in YAML"},
	{"keys", HVC_LIMIT_KEYS, "keys", "of one mapping"},
	{"value", HVC_LIMIT_VALUE, "bytes", "of one value"},
	{"rules", HVC_LIMIT_RULES, "rules", "of a specification, calls of tables counted"},
	{"worlds", HVC_LIMIT_WORLDS, "worlds", "of a specification"},
	{"sequences", HVC_LIMIT_SEQUENCES, "sequences", "of a specification"},
	{"proof", HVC_LIMIT_PROOF, "steps", "of the proof that a specification is total, about a second"},
	{"saved", HVC_LIMIT_SAVED, "bytes", "of a saved map"},
	{"saved-rows", HVC_LIMIT_SAVED_ROWS, "rows", "of a saved map"},
	{"saved-terms", HVC_LIMIT_SAVED_NODES, "terms", "of a saved map, parts of others counted, too"},
	{"saved-inputs", HVC_LIMIT_SAVED_INPUTS, "inputs", "of a saved map that a call does not set"},
	{"saved-symbols", HVC_LIMIT_SAVED_SYMBOLS, "symbols", "of a saved map"},
        /* clang-format on */
};

const struct hvc_limit *hvc_limit__at(size_t i)
{
	return i < sizeof rows / sizeof *rows ? &rows[i] : NULL;
}
