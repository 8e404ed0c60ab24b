/* SPDX-License-Identifier: MIT */
/* Files as users name them: packages, compression, EFI programs, Images, and what is inside. */
#include "image.h"

FUZZ_TARGET
{
	if (size)
		fuzz_taken += image_try(data, size);
	return 0;
}
