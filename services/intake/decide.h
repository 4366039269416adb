//  decide - may this speaker say this, and what becomes of it? No I/O, no clock.
#pragma once
#include "common/json_text.h"
#include "common/sql.h"
#include "proto/case_number.h"
#include "proto/event.h"
#include "proto/shelf.h"
#include "services/intake/identity.h"

#define SUBMISSION_ID_BYTES 16
#define SHA256_BYTES        32

//  Something that the door has taken and that is to be made durable
typedef struct {
    uint8_t id[SUBMISSION_ID_BYTES]; //  sha-256 (source || 0 || event id), cut: the idempotency key
    uint8_t sha256[SHA256_BYTES];    //  of the bytes as they came
    bool opens;                      //  a submission; else a command or a change of a register
    int64_t case_no;                 //  of a command; 0: a change of a register
    int secrecy;
    const char *actor;      //  the person, or NULL; borrowed from the event
    const person_t *person; //  with roles, or NULL; borrowed from the identity, for now
} admission_t;

//  NULL if the speaker may; else the problem (caller owns). person_of finds a person of the directory.
problem_t *intake_admit (const speaker_t *speaker, const event_t *event, const char *number_prefix,
                         const person_t *person, admission_t *out);
//  NULL if the bureau has the procedure of a submission, and the procedure its kind; else the problem (caller
//  owns)
problem_t *intake_check_procedure (const shelf_t *shelf, const event_t *event);
//  Whom the event is sent for: its authid, else the key's own person, else NULL
const char *intake_actor (const speaker_t *speaker, const event_t *event);
//  The two digests
void intake_digest (const event_t *event, const char *source, const void *bytes, size_t size,
                    admission_t *out);

//  What routing is told, written to an empty text, but for what only the database knows
void intake_message (const event_t *event, const admission_t *admission, const char *source,
                     json_text_t *message);
//  … which comes with the end of the object
typedef struct {
    int64_t case_no;
    const char *number;                //  of a case that is opened; else NULL
    moment_t occurred_at, recorded_at; //  occurred_at MOMENT_NONE: when it was recorded
} recorded_t;
void intake_complete (json_text_t *message, const recorded_t *recorded);
//  JM-2026-000123-7: prefix and local year of receipt
void intake_number (char text[CASE_NUMBER_TEXT], int64_t case_no, moment_t recorded_at);
