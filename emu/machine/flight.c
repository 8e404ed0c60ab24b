/* SPDX-License-Identifier: MIT */
#include "machine/flight.h"

#include "machine/engine.h"

static _Thread_local struct hvc_flight *record;
static _Thread_local struct hvc_flight_losses *account;

void (*hvc_flight__trial)(const struct hvc_flight *flight);

struct hvc_flight *hvc_flight__record(struct hvc_flight *flight)
{
	struct hvc_flight *before = record;

	record = flight;
	return before;
}

void hvc_flight__count(struct hvc_flight_losses *losses)
{
	account = losses;
}

void hvc_flight__lose(const struct hvc_flight *flight)
{
	if (account && account->calls++ == 0)
		account->first = *flight;
}

void hvc_flight__begin(const struct hvc_call *call)
{
	if (!record)
		return;
	record->call = *call;
	record->address = 0;
	record->seen = false;
	record->open = true;
}

void hvc_flight__at(uint64_t address, struct hvc_engine *engine)
{
	if (!record || !record->open)
		return;
	record->address = address;
	record->seen = record->reads &&
	               hvc_engine__read(engine, address, &record->word, sizeof record->word);
	if (hvc_flight__trial)
		hvc_flight__trial(record);
}

void hvc_flight__end(void)
{
	if (record)
		record->open = false;
}
