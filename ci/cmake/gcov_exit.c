/* SPDX-License-Identifier: MIT */
/*
 * For -Wl,--wrap=_exit,--wrap=raise,--wrap=prctl: workers end by the first and a signal's handler
 * by the second, and would lose what they have covered. The third is how the jail begins, out of
 * which no file is written: a thread that was there before is not in it, and writes. Workers that
 * the jail forks have none, and are not counted.
 */
#include <dlfcn.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdbool.h>
#include <sys/prctl.h>
#include <unistd.h>

void __gcov_dump(void);
_Noreturn void __real__exit(int status);
_Noreturn void __wrap__exit(int status);
int __real_raise(int number);
int __wrap_raise(int number);
int __real_prctl(int option, unsigned long a, unsigned long b, unsigned long c, unsigned long d);
int __wrap_prctl(int option, unsigned long a, unsigned long b, unsigned long c, unsigned long d);

static pid_t jailed; /* by whom the thread was made */
static sem_t asked, done;

static void *write_outside(void *unused)
{
	while (!sem_wait(&asked)) {
		__gcov_dump();
		sem_post(&done);
	}
	return unused;
}

int __wrap_prctl(int option, unsigned long a, unsigned long b, unsigned long c, unsigned long d)
{
	pthread_t thread;

	if (option == PR_SET_DUMPABLE && !jailed && !sem_init(&asked, 0, 0) &&
	    !sem_init(&done, 0, 0) && !pthread_create(&thread, NULL, write_outside, NULL))
		jailed = getpid();
	return __real_prctl(option, a, b, c, d);
}

/* conformance/faults: what fails is hvcheck's, and not what writes the counts. */
static void pause_faults(bool paused)
{
	void (*pause)(bool) = (void (*)(bool))dlsym(RTLD_DEFAULT, "faults_pause");

	if (pause)
		pause(paused);
}

__attribute__((destructor)) static void dump(void)
{
	pause_faults(true);
	if (!jailed)
		__gcov_dump();
	else if (jailed == getpid() && !sem_post(&asked))
		sem_wait(&done);
	pause_faults(false);
}

_Noreturn void __wrap__exit(int status)
{
	dump();
	__real__exit(status);
}

int __wrap_raise(int number)
{
	dump();
	return __real_raise(number);
}
