# SPDX-License-Identifier: MIT
# Limits in code are as the document says. Arguments: conformance/fuzz/limits.md, then C files. A
# row of its first table, `saved-rows`, is HVC_LIMIT_SAVED_ROWS; a row of the second names its
# constant and file. What include/hvcheck/limit.h defines has a row, and so has every constant of
# a thousand or more that is named as a limit is; what reports show at most is not
# among them, nor Linux's greatest error.

function fault(path, line, text)
{
	printf "%s:%d: %s\n", path, line, text
	faults++
}

# 1000 of "1000u", "UINT64_C(1000)" or "((size_t)1000 << 0)"; -1 of what is no number.
function number(text, part)
{
	sub(/\/\*.*/, "", text)
	gsub(/U?INT(32|64)_C|size_t|[() \t]/, "", text)
	gsub(/u/, "", text)
	if (text !~ /^[0-9]+(<<[0-9]+)?$/)
		return -1
	return split(text, part, "<<") == 2 ? part[1] * 2 ^ part[2] : text + 0
}

FNR == 1 { document = document == "" ? FILENAME : document }

FILENAME == document {
	if (split($0, cell, / *[|] */) < 5 || cell[2] !~ /^`.*`$/)
		next
	name = cell[2]
	gsub(/`/, "", name)
	if (cell[3] ~ /^`.*`$/) {
		file = cell[3]
		gsub(/`/, "", file)
		value = cell[4]
	} else {
		file = "include/hvcheck/limit.h"
		name = "HVC_LIMIT_" toupper(name)
		gsub(/-/, "_", name)
		value = cell[3]
	}
	row[file " " name] = FNR
	split(value, word, " ")
	most[file " " name] = word[1] * (word[2] == "MiB" ? 2 ^ 20 : word[2] == "KiB" ? 2 ^ 10 : 1)
	next
}

/^#define[ \t]+[A-Z0-9_]+[ \t]/ {
	text = $0
	sub(/^#define[ \t]+[A-Z0-9_]+[ \t]+/, "", text)
	value = number(text)
	key = FILENAME " " $2
	if (key in row) {
		seen[key] = 1
		if (value != most[key])
			fault(FILENAME, FNR, $2 " is not as " document ":" row[key] " says")
	} else if (value >= 0 && (FILENAME ~ /\/limit\.h$/ ||
	           (value >= 1000 && FILENAME !~ /^emu\/report\// &&
	            $2 !~ /_ERROR_/ && $2 ~ /STEPS|BUDGET|LIMIT|ENOUGH|TOTAL|PATHS|READS$|STORES|NODES|QUERIES|REACH|CELLS|ADDRESSES|DEPTH|RANGES|_MAX|MOST/)))
		fault(FILENAME, FNR, $2 " is not in " document)
}

END {
	for (key in row)
		if (!(key in seen))
			fault(document, row[key], "has " key ", which is not there")
	exit faults > 0
}
