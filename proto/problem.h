//  problem - what is wrong, in the form of RFC 9457 (Problem Details), with JSON pointers (RFC 6901)
//
//  The list of all problems is one table in problem.c: slug, status, retryable, title in English and Chinese.
#pragma once
#include <jansson.h>
#include <stdbool.h>

//  Every problem that duban can answer; the slug is the last part of "type": urn:duban:problem:<slug>
typedef enum {
    PROBLEM_NONE,
    PROBLEM_MALFORMED,         //  400 not JSON, not UTF-8, truncated, duplicate member, NUL, lone surrogate
    PROBLEM_TOO_LARGE,         //  413 over 64 KiB
    PROBLEM_TOO_DEEP,          //  413 deeper than 16
    PROBLEM_TOO_MANY_VALUES,   //  413 over 5,000 values
    PROBLEM_NOT_AN_EVENT,      //  400 not a CloudEvent 1.0 in structured JSON mode
    PROBLEM_UNKNOWN_TYPE,      //  404 event type is not in the contract
    PROBLEM_INVALID,           //  422 does not fit the schema; errors[] has pointers
    PROBLEM_FORBIDDEN,         //  403 the key may not do this
    PROBLEM_WRONG_SOURCE,      //  403 the event's source is not the key's
    PROBLEM_WRONG_PERSON,      //  403 the key may not speak for this person
    PROBLEM_UNKNOWN_CASE,      //  404
    PROBLEM_UNKNOWN_PROCEDURE, //  404
    PROBLEM_UNKNOWN_COMMAND,   //  404 the procedure has no such command
    PROBLEM_UNKNOWN_REGISTER,  //  404
    PROBLEM_UNKNOWN_ENTRY,     //  404 the register has no such entry
    PROBLEM_NOT_NOW,           //  409 the command does not fit the case's state
    PROBLEM_CONFLICT,          //  409 expected_version is not the case's version
    PROBLEM_ID_REUSED,         //  409 same source and id, other content
    PROBLEM_TOO_LATE,          //  409 waited 30 s for what it depends on
    PROBLEM_UNSTORABLE,        //  422 the database cannot hold this value
    PROBLEM_QUOTA,             //  429 slower, retry_after_ms says how much
    PROBLEM_BUSY,              //  503 bounded queue is full, or the database is away: send the same id again
    PROBLEM_STOPPING,          //  503 this replica is stopping: send the same id again
    PROBLEM_COUNT
} problem_code_t;

typedef struct problem problem_t;
//  One problem, without errors yet. detail: a sentence for this occurrence, or NULL; cut at 300 bytes on a
//  code point
problem_t *problem_new (problem_code_t code, const char *detail);
void problem_destroy (problem_t **self_p);
//  Adds {pointer, detail} to errors[]; at most 16 are kept
void problem_point (problem_t *self, const char *pointer, const char *detail);
void problem_retry_after (problem_t *self, int milliseconds);
problem_code_t problem_code (const problem_t *self);
//  {type, title, title_zh, status, detail, retryable, retry_after_ms?, errors?}: caller owns
json_t *problem_json (const problem_t *self);
const char *problem_slug (problem_code_t code);
//  The code of a slug or of a full urn; PROBLEM_NONE if there is none
problem_code_t problem_of (const char *slug);
bool problem_is_retryable (problem_code_t code);
