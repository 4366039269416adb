//  case - what the commands on one case share: finding it, its procedure's words, the feed that tells
//  outcomes
#pragma once
#include "services/dubanctl/door.h"
#include "services/dubanctl/query.h"

//  Resolves "JM-2026-000001-6" or a bare serial number through the api views. The number is written to text,
//  its serial is returned; 0 after saying that it is wrong or unknown (exit code in *code).
int64_t case_find (PGconn *conn, const char *operand, char number[48], exit_t *code);
//  The number alone, without a database: true if operand is a well-formed case number
bool case_is_number (const char *operand);

//  Title of a state in the user's language; the state's own name if the procedure is not at hand
const char *state_title (const char *procedure, const char *state);
const char *clock_title (const char *procedure, const char *clock);

//  The end of the source's feed now, so that what comes after can be watched. -1 after saying why.
int64_t feed_end (door_t *door);
//  One page of events after the cursor; caller owns data of the page. NULL after saying why.
json_t *feed_page (door_t *door, int64_t after, int limit, long wait_ms);
//  Waits until the feed tells what became of a request (within --timeout): prints it
exit_t feed_await (door_t *door, int64_t after, const char *cause);
//  One feed event as a line for people
void feed_line (const json_t *event);
