/* SPDX-License-Identifier: MIT */
/*
 * Runs a command again and again, and something else fails each time: an allocation or a system
 * call, once, or it and all after it. Each run has to end as the first did, or with status 2 and
 * one line that says so, and to leave nothing half-done behind.
 *
 *   faults [--most N] [--only N] LIBRARY FOLDER PROGRAM ARGUMENT...
 *
 * --most: that many trials of a kind, spread evenly; --only: the one allocation, with who called
 * for it. The command runs in FOLDER, which is empty but for `out`, which it may replace. Exit
 * status: 0 all held, 1 not, 2 could not tell.
 */
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "trial.h"

#define PATIENCE 120u
#define OLD      "as it was\n"
#define SHOWN    25u

struct account {
	const char *name;
	unsigned long trials, refused, harmless, bad;
};

static struct trial trial;
static struct trial_end good; /* nothing failed */
static char *good_file;
static uint64_t good_live;

static void die(const char *what)
{
	fprintf(stderr, "faults: %s: %s\n", what, strerror(errno));
	exit(2);
}

static char *slurp(const char *path)
{
	FILE *file = fopen(path, "r");
	char *text = NULL;
	size_t size = 0;

	if (file && getdelim(&text, &size, '\0', file) < 0 && text)
		text[0] = '\0';
	if (file)
		fclose(file);
	return text;
}

static void put_old(void)
{
	FILE *file = fopen("out", "w");

	if (!file || fputs(OLD, file) < 0 || fclose(file))
		die("out");
}

/* NULL: `out` is as it was or as it should be, and is alone. */
static const char *left_behind(void)
{
	char *text = slurp("out");
	const char *what = NULL;
	DIR *folder = opendir(".");
	struct dirent *entry;

	if (!text || (strcmp(text, OLD) && (!good_file || strcmp(text, good_file))))
		what = "a file half-written";
	free(text);
	while (folder && (entry = readdir(folder)))
		if (entry->d_name[0] != '.' && strcmp(entry->d_name, "out")) {
			what = "a file left behind";
			unlink(entry->d_name);
		}
	if (folder)
		closedir(folder);
	return what;
}

static unsigned lines(const char *text)
{
	unsigned n = 0;

	for (; *text; text++)
		n += *text == '\n';
	return n;
}

/* Without the warning that the jail could not be built, which may be before anything else. */
static const char *said(const struct trial_end *end)
{
	static const char warning[] = "hvcheck: warning: the jail is not whole: ";

	if (strncmp(end->err, warning, sizeof warning - 1))
		return end->err;
	return strchr(end->err, '\n') + 1;
}

static bool same(const struct trial_end *end)
{
	return end->status == good.status && end->out_size == good.out_size &&
	       !memcmp(end->out, good.out, good.out_size) && !strcmp(said(end), good.err);
}

/* NULL: it ended as it may. */
static const char *fault_of(const struct trial_end *end)
{
	/* Where even saying so fails, nothing is said. */
	bool mute = trial.call_on && !*said(end);
	bool begun = trial.call && end->out_size <= good.out_size &&
	             !memcmp(end->out, good.out, end->out_size);

	if (end->late)
		return "it did not end";
	if (WIFSIGNALED(end->status))
		return strsignal(WTERMSIG(end->status));
	if (trial.faults->fail && trial.faults->live > good_live && !trial.faults->loses)
		return "a leak";
	if (same(end))
		return NULL;
	if (WEXITSTATUS(end->status) == WEXITSTATUS(good.status))
		return "the same status, not the same report";
	if (WEXITSTATUS(end->status) != 2)
		return "another status than 2";
	if (end->out_size && !begun)
		return "a report in spite of status 2";
	if (!mute && lines(said(end)) != 1)
		return "not one line";
	return NULL;
}

static void judge(struct account *account, const struct trial_end *end, const char *name,
                  unsigned long n)
{
	const char *what = fault_of(end), *left = left_behind();

	what = what ? what : left;
	account->trials++;
	if (!what && same(end))
		account->harmless++;
	else if (!what)
		account->refused++;
	if (!what || account->bad++ >= SHOWN)
		return;
	printf("%s %lu (%s): %s; status %d, live %lu of %lu: %.300s\n", name, n, account->name,
	       what, WIFEXITED(end->status) ? WEXITSTATUS(end->status) : -1,
	       (unsigned long)trial.faults->live, (unsigned long)good_live, end->err);
}

static void run_one(struct account *account, uint64_t allocation, unsigned long call, bool on)
{
	struct trial_end end;
	struct faults *faults = trial.faults;

	memset(faults, 0, sizeof *faults);
	faults->fail = allocation;
	faults->on = on;
	trial.call = call;
	trial.call_on = call && on;
	put_old();
	if (!trial_run(&trial, call != 0, &end))
		die("the command");
	judge(account, &end, call ? trial_call_name(end.number) : "allocation",
	      call ? call : (unsigned long)allocation);
	free(end.out);
	free(end.err);
}

static int by_number(const void *a, const void *b)
{
	const uint64_t *x = a, *y = b;

	return *x < *y ? -1 : *x > *y;
}

/* The first and the last allocation of each caller, in order. */
static size_t list_allocations(uint64_t *out)
{
	const struct faults *faults = trial.faults;
	size_t n = 0, kept = 0;

	for (uint64_t i = 0; i < faults->sites; i++) {
		out[n++] = faults->site[i].first;
		out[n++] = faults->site[i].last;
	}
	qsort(out, n, sizeof *out, by_number);
	for (size_t i = 0; i < n; i++)
		if (!i || out[i] != out[i - 1])
			out[kept++] = out[i];
	return kept;
}

static void try_all(const uint64_t *allocation, size_t allocations, unsigned long most)
{
	struct account accounts[] = {{.name = "once"}, {.name = "from then on"}};
	unsigned long calls = good.calls;
	unsigned bad = 0;

	printf("%zu callers' allocations, %lu system calls, %lu pieces never freed\n", allocations,
	       calls, (unsigned long)good_live);
	for (unsigned kind = 0; kind < 4; kind++) {
		struct account *account = &accounts[kind & 1];
		unsigned long all = kind < 2 ? allocations : calls;
		unsigned long step = most && all > most ? all / most : 1;
		struct account before = *account;

		for (unsigned long i = step > 1 ? (kind & 1) * step / 2 : 0; i < all; i += step)
			run_one(account, kind < 2 ? allocation[i] : 0, kind < 2 ? 0 : i + 1,
			        kind & 1);
		printf("%s fail %s: %lu trials, %lu refused, %lu without effect, %lu bad\n",
		       kind < 2 ? "allocations" : "system calls", account->name,
		       account->trials - before.trials, account->refused - before.refused,
		       account->harmless - before.harmless, account->bad - before.bad);
		bad += account->bad > before.bad;
	}
	exit(bad ? 1 : 0);
}

int main(int argc, char **argv)
{
	static uint64_t allocation[2 * FAULTS_SITES];
	char shared[] = "/tmp/faults-XXXXXX";
	unsigned long most = 0, only = 0;
	int fd;

	for (; argc > 2 && argv[1][0] == '-'; argc -= 2, argv += 2)
		*(strcmp(argv[1], "--only") ? &most : &only) = strtoul(argv[2], NULL, 0);
	if (argc < 4)
		return 2;
	fd = mkstemp(shared);
	if (fd < 0 || ftruncate(fd, sizeof *trial.faults) || chdir(argv[2]))
		die(argv[2]);
	trial.faults = mmap(NULL, sizeof *trial.faults, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (trial.faults == MAP_FAILED)
		die(shared);
	trial.library = argv[1];
	trial.shared = shared;
	trial.argv = argv + 3;
	trial.seconds = PATIENCE;
	trial.error = EIO;
	trial.faults->record = only ? 0 : 1;
	trial.faults->fail = only;
	trial.faults->trace = only;
	put_old();
	if (!trial_run(&trial, !only, &good))
		die(argv[3]);
	if (only) {
		fputs(good.err, stdout);
		unlink(shared);
		return 0;
	}
	good_file = slurp("out");
	good_live = trial.faults->live;
	if (good.late || !WIFEXITED(good.status) || WEXITSTATUS(good.status) > 1 || !good.calls) {
		fprintf(stderr, "faults: by itself the command ends with %d: %s\n", good.status,
		        good.err);
		return 2;
	}
	try_all(allocation, list_allocations(allocation), most);
}
