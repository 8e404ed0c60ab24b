/* SPDX-License-Identifier: MIT */
/*
 * For -Wl,--wrap=_exit,--wrap=raise: workers end by the first and a signal's handler by the second,
 * and would lose what they have covered.
 */
void __gcov_dump(void);
_Noreturn void __real__exit(int status);
_Noreturn void __wrap__exit(int status);
int __real_raise(int number);
int __wrap_raise(int number);

_Noreturn void __wrap__exit(int status)
{
	__gcov_dump();
	__real__exit(status);
}

int __wrap_raise(int number)
{
	__gcov_dump();
	return __real_raise(number);
}
