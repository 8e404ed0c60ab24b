# SPDX-License-Identifier: MIT
# The manual page of a Markdown text of this tree: headings, paragraphs, fences, lists of dashes,
# `code`, **bold**, *emphasis* and links. -v title=... section=... version=... name=...

function escaped(text)
{
	gsub(/\\/, "\\e", text)
	gsub(/-/, "\\-", text)
	gsub(/'/, "\\(aq", text)
	gsub(/\^/, "\\(ha", text)
	gsub(/~/, "\\(ti", text)
	return text
}

# Marks in pairs become a font and the way back.
function marked(text, mark, font, begin, rest, out)
{
	out = ""
	while ((begin = index(text, mark)) > 0) {
		rest = substr(text, begin + length(mark))
		if (index(rest, mark) == 0)
			break
		out = out substr(text, 1, begin - 1) font substr(rest, 1, index(rest, mark) - 1) "\\fR"
		text = substr(rest, index(rest, mark) + length(mark))
	}
	return out text
}

# What stands in `code` is not looked at for other marks.
function styled(text, part, parts, i, out)
{
	gsub(/\]\([^)]*\)/, "]", text)
	gsub(/\[\^/, "[", text)
	parts = split(text, part, "`")
	out = ""
	for (i = 1; i <= parts; i++) {
		if (i % 2 == 0) {
			out = out "\\fB" escaped(part[i]) "\\fR"
			continue
		}
		gsub(/[][]/, "", part[i])
		out = out marked(marked(escaped(part[i]), "**", "\\fB"), "*", "\\fI")
	}
	return out
}

function put(text)
{
	if (text ~ /^[.']/)
		text = "\\&" text
	print text
}

# A paragraph is one text: marks may span its lines.
function flush()
{
	if (paragraph != "") {
		if (!headed || paragraph_macro != ".PP")
			print paragraph_macro
		headed = 0
		put(styled(paragraph))
	}
	paragraph = ""
	paragraph_macro = ".PP"
}

BEGIN {
	print ".\\\" SPDX-License-Identifier: MIT"
	printf ".TH %s %s 2026-11-22 \"hvcheck %s\" \"File Formats\"\n", toupper(escaped(title)),
		section, version
	print ".SH NAME\n" escaped(title) " \\- " name "\n.SH DESCRIPTION"
	paragraph_macro = ".PP"
	headed = 1
}

/^```/ {
	flush()
	fenced = !fenced
	headed = 0
	print fenced ? ".PP\n.EX" : ".EE"
	next
}

fenced {
	put(escaped($0))
	next
}

/SPDX-License-Identifier/ || /^# / { next }

/^## / {
	flush()
	print ".SH " toupper(escaped(substr($0, 4)))
	headed = 1
	next
}

/^$/ {
	flush()
	next
}

/^- / {
	flush()
	paragraph_macro = ".IP \\(bu 2"
	paragraph = substr($0, 3)
	next
}

{
	sub(/^ +/, "")
	paragraph = paragraph == "" ? $0 : paragraph " " $0
}

END { flush() }
