/* SPDX-License-Identifier: MIT */
#include "cli/supervise.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "cli/jail.h"
#include "machine/flight.h"
#include "report/words.h"

#define FDS_KEPT (HVC_REPORTS_MAX + HVC_JAIL_FILES_MAX + 4)

/* Memory that the child shares with the one that waits for it. */
struct answer {
	volatile bool done; /* the rest is what the work returned */
	enum hvc_status status;
	bool holds;
	struct hvc_diag diag;
	char missing[160];    /* of the jail */
	uint64_t made, total; /* calls, of the sweep under way */
	char doubt[256];      /* why the report is no answer */
	struct hvc_flight flight;
	struct hvc_flight_losses losses;
};

static struct answer *answer; /* in the child, and where it has said something */
static FILE *notes;

FILE *hvc_supervise__notes(void)
{
	return notes ? notes : stderr;
}

void hvc_supervise__progress(uint64_t done, uint64_t total)
{
	if (!answer)
		return;
	answer->made = done;
	answer->total = total;
}

void hvc_supervise__doubt(const char *why)
{
	if (answer && !answer->doubt[0])
		snprintf(answer->doubt, sizeof(answer->doubt), "%s", why);
}

static int by_number(const void *a, const void *b)
{
	const int *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

/* Nothing but what it was given: a pipe or socket of our caller's is a way out. */
static void close_others(const struct hvc_jail *jail, const struct hvc_output *output,
                         unsigned outputs, int words)
{
	int kept[FDS_KEPT], fd, next = STDERR_FILENO + 1;
	unsigned count = 0;

	kept[count++] = words;
	kept[count++] = fileno(hvc_supervise__notes());
	for (unsigned i = 0; i < outputs; i++)
		kept[count++] = hvc_output__fd(&output[i]);
	for (unsigned i = 0; i < jail->files; i++)
		if (sscanf(jail->file[i].word, "/dev/fd/%d", &fd) == 1 ||
		    sscanf(jail->file[i].word, "/proc/self/fd/%d", &fd) == 1)
			kept[count++] = fd;
	qsort(kept, count, sizeof(*kept), by_number);
	for (unsigned i = 0; i < count; i++) {
		if (kept[i] > next)
			syscall(SYS_close_range, next, kept[i] - 1, 0);
		if (kept[i] >= next)
			next = kept[i] + 1;
	}
	syscall(SYS_close_range, next, ~0u, 0);
}

/*
 * What libraries print goes to `words`, and nothing to standard output; our own notes go where
 * they did.
 */
static bool redirect(int words)
{
	int old = dup(STDERR_FILENO);

	if (old < 0)
		return false;
	notes = fdopen(old, "w");
	if (!notes)
		return false;
	setvbuf(notes, NULL, _IONBF, 0);
#ifndef __SANITIZE_ADDRESS__
	if (words >= 0 && dup2(words, STDERR_FILENO) < 0)
		return false;
#endif
	return words < 0 || dup2(words, STDOUT_FILENO) >= 0;
}

struct task {
	const struct hvc_options *options;
	hvc_supervised *work;
	struct hvc_output *output;
	unsigned outputs;
	struct hvc_jail jail;
	pid_t parent;
	int words;
};

static enum hvc_status begin(const struct task *task)
{
	struct hvc_diag *diag = &answer->diag;

	/* One that nobody waits for has nobody to tell. */
	if (prctl(PR_SET_PDEATHSIG, SIGKILL) || getppid() != task->parent)
		_exit(HVC_EXIT_TROUBLE);
	hvc_output__forget_signals();
	if (!redirect(task->words))
		return hvc_diag_set(diag, HVC_E_IO, NULL, 0, 0, "standard error: %s",
		                    strerror(errno));
	close_others(&task->jail, task->output, task->outputs, task->words);
	tzset(); /* reads a file */
	answer->flight.reads = true;
	hvc_flight__record(&answer->flight);
	hvc_flight__count(&answer->losses);
	if (!hvc_jail__enter(&task->jail, answer->missing, sizeof(answer->missing)))
		return hvc_diag_set(diag, HVC_E_UNSUPPORTED, NULL, 0, 0,
		                    "the jail is not whole: %s", answer->missing);
	if (*answer->missing)
		hvc_tell("hvcheck: warning: the jail is not whole: %s\n", answer->missing);
	return HVC_OK;
}

static _Noreturn void be_child(const struct task *task)
{
	bool holds = true;
	enum hvc_status status = begin(task);

	if (status == HVC_OK)
		status = task->work(task->options, &holds, &answer->diag);
	for (unsigned i = task->outputs; status == HVC_OK && i; i--)
		status = hvc_output__deliver(&task->output[i - 1], &answer->diag);
	for (unsigned i = 0; i < task->outputs; i++)
		if (task->output[i].page.out)
			fclose(task->output[i].page.out);
	answer->status = status;
	answer->holds = holds;
	answer->done = true;
	/* A leak is found, and coverage written, on the way out. */
	exit(EXIT_SUCCESS);
}

/* False: the deadline is over, and the child with it. */
static bool wait_for(pid_t child, uint64_t seconds, int *how)
{
	struct timespec now, end, left;
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGCHLD);
	clock_gettime(CLOCK_MONOTONIC, &end);
	end.tv_sec += (time_t)seconds;
	while (waitpid(child, how, WNOHANG) != child) {
		clock_gettime(CLOCK_MONOTONIC, &now);
		left.tv_sec = end.tv_sec - now.tv_sec;
		left.tv_nsec = end.tv_nsec - now.tv_nsec;
		if (left.tv_nsec < 0) {
			left.tv_nsec += 1000000000;
			left.tv_sec--;
		}
		if (seconds && left.tv_sec < 0) {
			/* Its workers end when it does. */
			kill(child, SIGKILL);
			waitpid(child, how, 0);
			return false;
		}
		sigtimedwait(&set, NULL, seconds ? &left : &(struct timespec){3600, 0});
	}
	return true;
}

/* "hvc #0x5 from el1h, x0 = 0x1, at 0x40000400: msr oslar_el1, x0". */
static void print_flight(const struct hvc_flight *flight, char *text, size_t size)
{
	char word[80] = "", place[128] = "";

	if (flight->seen)
		hvc_disasm(flight->address, flight->word, word, sizeof(word));
	if (flight->address)
		snprintf(place, sizeof(place), ", at 0x%llx%s%s",
		         (unsigned long long)flight->address, *word ? ": " : "", word);
	snprintf(text, size, "%s #0x%x from %s, x0 = 0x%llx%s", hvc_insn_name(flight->call.insn),
	         flight->call.imm, hvc_level_name(flight->call.from),
	         (unsigned long long)flight->call.x[0], place);
}

/* The last line that a library had to say; "" for none. */
static void read_words(int words, char *text, size_t size)
{
	off_t end = words < 0 ? -1 : lseek(words, 0, SEEK_END);
	char buffer[1024], *line;
	ssize_t got;

	*text = '\0';
	if (end <= 0)
		return;
	got = pread(words, buffer, sizeof(buffer) - 1,
	            end < (off_t)sizeof(buffer) ? 0 : end - (off_t)sizeof(buffer) + 1);
	if (got <= 0)
		return;
	while (got && buffer[got - 1] == '\n')
		got--;
	buffer[got] = '\0';
	line = strrchr(buffer, '\n');
	snprintf(text, size, "; it said: %.120s", line ? line + 1 : buffer);
}

static const char *hint(int how)
{
	struct rlimit stack;

	if (!WIFSIGNALED(how))
		return "";
	switch (WTERMSIG(how)) {
	case SIGKILL:
		return " (out of memory?)";
	case SIGSYS:
		return " (a system call that its jail forbids)";
	case SIGXCPU:
		return " (its CPU time is used up)";
	case SIGVTALRM:
		return " (its jail was not built in time: out of memory?)";
	case SIGSEGV:
		if (!getrlimit(RLIMIT_STACK, &stack) && stack.rlim_cur < 1 << 20)
			return " (a stack of this size is too small)";
		return "";
	default:
		return "";
	}
}

static enum hvc_status explain_death(int how, int words, struct hvc_diag *diag)
{
	char at[256], way[64], said[160];

	if (WIFSIGNALED(how))
		snprintf(way, sizeof(way), "%s", strsignal(WTERMSIG(how)));
	else
		snprintf(way, sizeof(way), "exit %d", WEXITSTATUS(how));
	read_words(words, said, sizeof(said));
	if (!answer->flight.open)
		return hvc_diag_set(diag, HVC_E_ENGINE, NULL, 0, 0,
		                    "the process that did the work died: %s%s%s", way, hint(how),
		                    said);
	print_flight(&answer->flight, at, sizeof(at));
	return hvc_diag_set(diag, HVC_E_ENGINE, NULL, 0, 0,
	                    "the engine failed on %s; it died: %s%s%s", at, way, hint(how), said);
}

static enum hvc_status explain_deadline(uint64_t seconds, struct hvc_diag *diag)
{
	char made[HVC_NUMBER_SIZE], total[HVC_NUMBER_SIZE];

	if (!answer->total)
		return hvc_diag_set(diag, HVC_E_CANCELLED, NULL, 0, 0,
		                    "not done after %llu s (--timeout); no sweep had begun",
		                    (unsigned long long)seconds);
	return hvc_diag_set(diag, HVC_E_CANCELLED, NULL, 0, 0,
	                    "not done after %llu s (--timeout); %s of %s calls of the sweep under "
	                    "way were made",
	                    (unsigned long long)seconds, hvc_words__number(answer->made, made),
	                    hvc_words__number(answer->total, total));
}

/* The child has come to an end of its own: what did it say? */
static enum hvc_status take_answer(bool *holds, struct hvc_diag *diag)
{
	/* It is no longer there, but what it wrote is still not to be trusted. */
	answer->diag.file[sizeof(answer->diag.file) - 1] = '\0';
	answer->diag.message[sizeof(answer->diag.message) - 1] = '\0';
	if (answer->status != HVC_OK) {
		*diag = answer->diag;
		diag->status = answer->status;
		return answer->status;
	}
	*holds = answer->holds;
	return HVC_OK;
}

/* There is a report, but it says of some calls that nothing is known. */
static void tell_undecided(struct hvc_diag *diag)
{
	uint64_t calls = answer->losses.calls;
	char one[256] = "", number[HVC_NUMBER_SIZE];

	print_flight(&answer->losses.first, one, sizeof(one));
	hvc_diag_set(diag, HVC_E_ENGINE, NULL, 0, 0,
	             "the engine failed on %s call%s, of which nothing is known; one is %s",
	             hvc_words__number(calls, number), calls == 1 ? "" : "s", one);
}

static enum hvc_status run(struct task *task, bool *holds, struct hvc_diag *diag)
{
	uint64_t seconds = task->options->timeout;
	sigset_t set, old;
	bool in_time;
	pid_t child;
	int how = 0;

	signal(SIGCHLD, SIG_DFL);
	sigemptyset(&set);
	sigaddset(&set, SIGCHLD);
	sigprocmask(SIG_BLOCK, &set, &old);
	child = fork();
	if (child == 0) {
		sigprocmask(SIG_SETMASK, &old, NULL);
		be_child(task);
	}
	if (child < 0)
		return hvc_diag_set(diag, HVC_E_NOMEM, NULL, 0, 0, "cannot start a process: %s",
		                    strerror(errno));
	in_time = wait_for(child, seconds, &how);
	if (!in_time)
		return explain_deadline(seconds, diag);
	if (how || !answer->done)
		return explain_death(how, task->words, diag);
	return take_answer(holds, diag);
}

enum hvc_status hvc_supervise__run(const struct hvc_options *options, hvc_supervised *work,
                                   struct hvc_output *output, unsigned outputs, bool *holds,
                                   struct hvc_diag *diag)
{
	/* Not on a stack that may be small. */
	static struct task task;

	task.options = options;
	task.work = work;
	task.output = output;
	task.outputs = outputs;
	task.parent = getpid();
	task.words = memfd_create("hvcheck", MFD_CLOEXEC);
	HVC_TRY(hvc_jail__make(options, diag, &task.jail));
	answer = mmap(NULL, sizeof(*answer), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1,
	              0);
	if (answer == MAP_FAILED) {
		answer = NULL;
		return hvc_diag_set(diag, HVC_E_NOMEM, NULL, 0, 0, "out of memory");
	}
	return run(&task, holds, diag);
}

bool hvc_supervise__is_undecided(struct hvc_diag *diag)
{
	if (!answer || (!answer->losses.calls && !answer->doubt[0]))
		return false;
	answer->doubt[sizeof(answer->doubt) - 1] = '\0';
	if (answer->losses.calls)
		tell_undecided(diag);
	else
		hvc_diag_set(diag, HVC_E_UNSUPPORTED, NULL, 0, 0, "%s", answer->doubt);
	return true;
}
