/* SPDX-License-Identifier: MIT */
#include "consumer.c"
