//  decide - what a notice becomes, and what a delivery's attempt leads to; pure
//
//      notice + templates + people ──▶ deliveries, each with its text; and who could not be reached
//      outcome + attempts          ──▶ delivered | queued again after a while | dead
#pragma once
#include "services/notify/template.h"

#define CHANNEL_EMAIL "email"
#define CHANNEL_FEED  "feed"

//  What decisions look at
typedef struct {
    const templates_t *templates;
    const directory_t *directory;
    office_t office;
} knowledge_t;

//  One message to one person over one channel
typedef struct {
    char *recipient; //  a person, or source:<name>
    const char *channel;
    const char *state;   //  queued: wants to be sent; sending: handed over with this transaction; withdrawn
    const char *address; //  of the channel; borrowed from the directory or the notice
    const char *person;  //  feed: whom the source is to tell, or NULL; borrowed from the notice
    const char *subject, *text; //  borrowed from the decision
} plan_t;

typedef struct {
    plan_t *plans;
    size_t plan_count;
    char **unreached; //  roles that nobody holds, persons without an address, templates that do not exist
    size_t unreached_count;
    bool alarm; //  some recipient entry reached nobody at all
    rendered_t rendered[LANGUAGE_COUNT];
} decision_t;

decision_t notice_decide (const notice_t *notice, bool withdrawn, const knowledge_t *knowledge);
void decision_destroy (decision_t *self);
size_t decision_missing (const decision_t *self); //  needed values that no text had
//  The message that asks intake to put a delivery into its feed
json_t *decision_feed (const notice_t *notice, const plan_t *plan);

//  --- attempts
#define ATTEMPTS_MAX   12
#define RETRY_FIRST_MS 1000
#define RETRY_LAST_MS  (15 * 60 * 1000)

typedef enum { OUTCOME_DELIVERED, OUTCOME_RETRY, OUTCOME_REFUSED } outcome_t;

typedef struct {
    const char *state; //  delivered, queued, dead
    int delay_ms;      //  queued: how long to wait
} next_t;

//  attempts: those made, this one included; chance: 0 to 1, spreads the retries of many
next_t attempt_decide (outcome_t outcome, int attempts, double chance);
