/* SPDX-License-Identifier: MIT */
#include "report/utf8.h"

#include <stdint.h>

size_t hvc_utf8__length(const char *text)
{
	static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
	const unsigned char *byte = (const unsigned char *)text;
	size_t length = byte[0] < 0x80           ? 1
	                : (byte[0] >> 5) == 0x6  ? 2
	                : (byte[0] >> 4) == 0xe  ? 3
	                : (byte[0] >> 3) == 0x1e ? 4
	                                         : 0;
	uint32_t point = length == 1 ? byte[0] : byte[0] & (0x7fu >> length);

	/* The zero at the end is no continuation, so nothing behind it is read. */
	for (size_t i = 1; i < length; i++) {
		if ((byte[i] & 0xc0) != 0x80)
			return 0;
		point = point << 6 | (byte[i] & 0x3f);
	}
	if (!length || point < least[length] || point > 0x10ffff ||
	    (point >= 0xd800 && point < 0xe000) || (point & 0xfffe) == 0xfffe)
		return 0;
	return length;
}
