# SPDX-License-Identifier: MIT
# The house rules that a program can check. Arguments: the tables `libraries` and `layers`, then
# the files to check, by their paths from the root of the tree. One line a fault, as compilers
# write them; status 1 when there was one.

function fault(line, text)
{
	printf "%s:%d: %s\n", FILENAME_NOW, line, text
	faults++
}

# What kind of file a path names: c (C source or header), asm, script, or text.
function kind_of(path)
{
	if (path ~ /\.[ch]$/)
		return "c"
	if (path ~ /\.(S|inc|ld|lds)$/)
		return "asm"
	if (path ~ /\.(sh|awk|py)$/ || path ~ /^\.ci\// || (path ~ /^ci\// && path !~ /\./))
		return "script"
	if (path ~ /\.cmake$/ || path ~ /CMakeLists\.txt$/ || path ~ /\.ya?ml$/)
		return "build"
	return "text"
}

# The layer a file belongs to; "public" for users of the public headers only; "" for any.
function layer_of(path, part)
{
	split(path, part, "/")
	if (part[1] == "emu")
		return part[2]
	if (path ~ /^include\/hvcheck\/[a-z0-9_]+\.h$/)
		return header_layer(part[3])
	return part[1] == "examples" ? "public" : ""
}

function header_layer(name)
{
	sub(/\.h$/, "", name)
	return name in layer_of_header ? layer_of_header[name] : "?"
}

function check_outside(header, prefix, places, place, i)
{
	prefix = header
	if (!(header in places_of) && header ~ /\//)
		prefix = substr(header, 1, index(header, "/"))
	if (!(prefix in places_of)) {
		fault(FNR, "<" header "> is not in ci/house/libraries")
		return
	}
	places = split(places_of[prefix], place, " ")
	for (i = 1; i <= places; i++)
		if (place[i] == "*" || place[i] == FILENAME_NOW ||
		    (place[i] ~ /\/$/ && index(FILENAME_NOW, place[i]) == 1))
			return
	fault(FNR, "<" header "> belongs to " place[1] " alone")
}

function check_inside(header, part, target)
{
	if (header ~ /\.\./)
		fault(FNR, "include by path from emu/ or include/, not by ..")
	if (header !~ /\//)
		return
	split(header, part, "/")
	target = part[1] == "hvcheck" ? header_layer(part[2]) : part[1]
	if (target == "?") {
		fault(FNR, "\"" header "\" has no layer in ci/house/layers")
		return
	}
	if (part[1] != "hvcheck" && (layer == "public" || FILENAME_NOW ~ /^include\//)) {
		fault(FNR, "\"" header "\" is internal; only public headers may be used here")
		return
	}
	if (layer == "" || layer == "public" || target == layer)
		return
	if (!((layer, target) in may_use))
		fault(FNR, "layer " layer " must not use " target " (\"" header "\")")
}

function check_include(line, header)
{
	header = line
	sub(/^[ \t]*#[ \t]*include[ \t]*/, "", header)
	if (header ~ /^</) {
		sub(/^</, "", header)
		sub(/>.*/, "", header)
		check_outside(header)
	} else if (header ~ /^"/) {
		sub(/^"/, "", header)
		sub(/".*/, "", header)
		check_inside(header)
	}
}

# A function's table, fenced against clang-format, is not counted: it is data.
function check_function(line)
{
	if (line ~ /^\{/) {
		function_begin = FNR
		function_lines = 0
	}
	if (line ~ /clang-format off/)
		fenced = 1
	if (!fenced)
		function_lines++
	if (line ~ /clang-format on/)
		fenced = 0
	if (line ~ /^\}/ && function_begin) {
		if (function_lines > 70)
			fault(function_begin, "function of " function_lines " lines; at most 70")
		function_begin = 0
	}
}

function end_file()
{
	if (FILENAME_NOW == "")
		return
	if (kind != "text" && !licensed)
		fault(1, "no SPDX-License-Identifier in the first 5 lines")
	# C may be longer where it is one noun; a script is read from end to end.
	most = kind == "c" ? 550 : 450
	if ((kind == "c" || kind == "asm" || kind == "script") && lines > most)
		fault(lines, "file of " lines " lines; at most " most)
}

BEGIN {
	for (i = 3; i < ARGC; i++)
		is_given[ARGV[i]] = 1
}

FNR == 1 { table++ }

table <= 2 {
	if (/^#/ || NF == 0)
		next
	if (table == 1)
		places_of[$1] = places_of[$1] " " $2
	else if ($1 == "layer") {
		is_layer[$2] = 1
		for (i = 3; i <= NF; i++)
			may_use[$2, $i] = 1
	} else if ($1 == "header")
		layer_of_header[$2] = $3
	next
}

FNR == 1 {
	end_file()
	FILENAME_NOW = FILENAME
	kind = kind_of(FILENAME)
	layer = layer_of(FILENAME)
	licensed = function_begin = fenced = 0
	if (layer == "?")
		fault(1, "this header has no layer in ci/house/layers")
	if (FILENAME ~ /^emu\// && !(layer in is_layer))
		fault(1, "emu/" layer " is no layer of ci/house/layers")
}

{ lines = FNR }

# What a file is for stands at its head, or at that of its header.
FNR == 2 && FILENAME ~ /^emu\/.*\.c$/ && !/^\/\*/ {
	header = FILENAME
	sub(/c$/, "h", header)
	if (!(header in is_given))
		fault(2, "say at the head what the file is for")
}

FNR <= 5 && /SPDX-License-Identifier: MIT/ { licensed = 1 }

/[ \t\r]$/ { fault(FNR, "trailing whitespace") }

/(^|[^A-Za-z0-9_])(TO[D]O|FIX[M]E|XX[X])([^A-Za-z0-9_]|$)/ { fault(FNR, "unfinished work") }

/(^|[^A-Za-z0-9_.\/}])\/(home|root|work|Users)\// { fault(FNR, "path of one machine") }

kind == "c" || kind == "asm" {
	if (/^[ \t]*#[ \t]*include/)
		check_include($0)
}

# Text that is not ours is quoted where it is printed: by hvc_page__print, hvc_tell, hvc_complain.
FILENAME ~ /^emu\/report\/text_/ && /(^|[^A-Za-z0-9_])v?fprintf\(/ {
	fault(FNR, "a text report is written with hvc_page__print")
}
FILENAME ~ /^emu\/cli\// && /fprintf\((stderr|notes|hvc_supervise__notes\(\)),.*%[-*.0-9]*s/ && FILENAME !~ /\/progress\.c$/ {
	fault(FNR, "a message is written with hvc_tell or hvc_complain")
}

# Options are the command line's. Commands to repeat a call are written in one file; what would help
# in an assumed world is told where it is found out.
FILENAME ~ /^emu\/(machine|subject|symbolic|abi|engine)\// && /"[^"]*--[a-z][^"]*"/ &&
FILENAME !~ /\/engine\/(command|doubt)\.c$/ {
	fault(FNR, "an option is known to emu/cli alone")
}

kind == "c" { check_function($0) }

END {
	end_file()
	exit faults > 0
}
