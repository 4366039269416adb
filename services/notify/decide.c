//  decide - what a notice becomes, and what a delivery's attempt leads to; pure

#include "services/notify/decide.h"
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define RETRY_FACTOR 3 //  1 s, 3 s, 9 s … 15 min: an hour without a mail server kills no notice

#define LONGEST_LINE 6 //  handler, head, deputy, chief, discipline inspection, and one more

static char *
s_join (const char *left, const char *between, const char *right)
{
    size_t size = strlen (left) + strlen (between) + strlen (right) + 1;
    char *joined = malloc (size);
    assert (joined);
    snprintf (joined, size, "%s%s%s", left, between, right);
    return joined;
}

static void
s_add_unreached (decision_t *self, char *wanted)
{
    self->unreached = realloc (self->unreached, (self->unreached_count + 1) * sizeof *self->unreached);
    assert (self->unreached);
    self->unreached[self->unreached_count++] = wanted;
}

//  Who holds two of the wanted roles is told once
static bool
s_is_planned (const decision_t *self, const char *recipient, const char *channel)
{
    for (size_t index = 0; index < self->plan_count; index++)
        if (!strcmp (self->plans[index].recipient, recipient) &&
            !strcmp (self->plans[index].channel, channel))
            return true;
    return false;
}

static void
s_add_plan (decision_t *self, plan_t plan)
{
    if (s_is_planned (self, plan.recipient, plan.channel)) {
        free (plan.recipient);
        return;
    }
    self->plans = realloc (self->plans, (self->plan_count + 1) * sizeof *self->plans);
    assert (self->plans);
    self->plans[self->plan_count++] = plan;
}

//  Each language is put into words once, however many are told
static const rendered_t *
s_words (decision_t *self, const notice_t *notice, language_t language, const knowledge_t *knowledge)
{
    rendered_t *rendered = &self->rendered[language];
    if (!rendered->text) {
        placeholders_t placeholders;
        placeholders_fill (&placeholders, notice, language, &knowledge->office, knowledge->directory);
        const template_t *template = templates_find (knowledge->templates, notice->template_name);
        *rendered = template_render (template, language, &placeholders);
    }
    return rendered;
}

static bool
s_is_in (json_t *list, const char *name)
{
    size_t index;
    json_t *one;
    json_array_foreach (list, index, one)
        if (name && json_is_string (one) && !strcmp (json_string_value (one), name))
            return true;
    return false;
}

//  The case is about this person or its unit, or the person stands aside
static bool
s_must_not_hear (const notice_t *notice, const person_t *person)
{
    return s_is_in (json_object_get (notice->not_to, "persons"), person->person) ||
           s_is_in (json_object_get (notice->not_to, "units"), person->unit);
}

typedef struct {
    size_t reached, without_address, skipped;
} reach_t;

static reach_t
s_plan_holders (decision_t *self, const notice_t *notice, const char *role, const char *unit,
                const knowledge_t *knowledge)
{
    const person_t *holder;
    reach_t reach = { 0 };
    for (size_t index = 0; (holder = directory_holder (knowledge->directory, role, unit, index)); index++) {
        if (s_must_not_hear (notice, holder)) {
            reach.skipped++;
            continue;
        }
        if (!holder->email) {
            s_add_unreached (self, s_join ("person", ":", holder->person));
            reach.without_address++;
            continue;
        }
        const rendered_t *words = s_words (self, notice, language_of (holder->language), knowledge);
        s_add_plan (self, (plan_t){ .recipient = s_join (holder->person, "", ""),
                                    .channel = CHANNEL_EMAIL,
                                    .state = "queued",
                                    .address = holder->email,
                                    .subject = words->subject,
                                    .text = words->text });
        reach.reached++;
    }
    return reach;
}

//  Where everybody who would be told must not hear of it, the next one up the line of command is told. Bounded:
//  a line that turns in a circle ends.
static void
s_plan_role (decision_t *self, const notice_t *notice, json_t *recipient, const knowledge_t *knowledge)
{
    const char *role = json_string_value (json_object_get (recipient, "role"));
    const char *unit = json_string_value (json_object_get (recipient, "unit"));
    reach_t reach = s_plan_holders (self, notice, role, unit, knowledge);
    const char *above = role;
    for (int step = 0; !reach.reached && reach.skipped && step < LONGEST_LINE; step++) {
        above = directory_superior (knowledge->directory, above);
        if (!above)
            break;
        reach =
            s_plan_holders (self, notice, above, directory_role_is_of_unit (above) ? unit : NULL, knowledge);
        reach.skipped += !reach.reached; //  nobody holds it: further up
    }
    if (!reach.reached && !reach.without_address)
        s_add_unreached (self, directory_role_is_of_unit (role) ? s_join (role, "@", unit ? unit : "")
                                                                : s_join (role, "", ""));
    if (!reach.reached)
        self->alarm = true;
}

static void
s_plan_submitter (decision_t *self, const notice_t *notice, json_t *recipient, const knowledge_t *knowledge)
{
    const char *source = json_string_value (json_object_get (recipient, "source"));
    const char *person = json_string_value (json_object_get (recipient, "person"));
    const person_t *known = person ? directory_person (knowledge->directory, person) : NULL;
    const rendered_t *words = s_words (self, notice, language_of (known ? known->language : NULL), knowledge);
    s_add_plan (self, (plan_t){ .recipient = s_join ("source", ":", source),
                                .channel = CHANNEL_FEED,
                                .state = "sending",
                                .address = source,
                                .person = person,
                                .subject = words->subject,
                                .text = words->text });
}

decision_t
notice_decide (const notice_t *notice, bool withdrawn, const knowledge_t *knowledge)
{
    decision_t self = { 0 };
    if (!templates_find (knowledge->templates, notice->template_name)) {
        s_add_unreached (&self, s_join ("template", ":", notice->template_name));
        self.alarm = true;
        return self;
    }
    size_t index;
    json_t *recipient;
    json_array_foreach (notice->to, index, recipient) {
        if (json_is_true (json_object_get (recipient, "submitter")))
            s_plan_submitter (&self, notice, recipient, knowledge);
        else
            s_plan_role (&self, notice, recipient, knowledge);
    }
    if (!json_array_size (notice->to)) {
        s_add_unreached (&self, s_join ("nobody", "", ""));
        self.alarm = true;
    }
    for (size_t plan = 0; withdrawn && plan < self.plan_count; plan++)
        self.plans[plan].state = "withdrawn";
    if (withdrawn)
        self.alarm = false;
    return self;
}

void
decision_destroy (decision_t *self)
{
    for (size_t index = 0; index < self->plan_count; index++)
        free (self->plans[index].recipient);
    for (size_t index = 0; index < self->unreached_count; index++)
        free (self->unreached[index]);
    for (int language = 0; language < LANGUAGE_COUNT; language++)
        rendered_destroy (&self->rendered[language]);
    free (self->plans);
    free (self->unreached);
    *self = (decision_t){ 0 };
}

size_t
decision_missing (const decision_t *self)
{
    size_t missing = 0;
    for (int language = 0; language < LANGUAGE_COUNT; language++)
        if (self->rendered[language].missing > missing)
            missing = self->rendered[language].missing;
    return missing;
}

json_t *
decision_feed (const notice_t *notice, const plan_t *plan)
{
    json_t *message = json_pack (
        "{s:s, s:s, s:s, s:I, s:s, s:s, s:s?, s:s, s:s, s:I, s:s?}", "kind", "feed", "source", plan->address,
        "key", notice->key, "case", (json_int_t) notice->case_no, "number", notice->number, "template",
        notice->template_name, "to", plan->person, "subject", plan->subject, "text", plan->text,
        "occurred_at", (json_int_t) notice->occurred_at, "trace", notice->trace);
    assert (message);
    return message;
}

next_t
attempt_decide (outcome_t outcome, int attempts, double chance)
{
    if (outcome == OUTCOME_DELIVERED)
        return (next_t){ .state = "delivered" };
    if (outcome == OUTCOME_REFUSED || attempts >= ATTEMPTS_MAX)
        return (next_t){ .state = "dead" };
    double delay = RETRY_FIRST_MS;
    for (int attempt = 1; attempt < attempts && delay < RETRY_LAST_MS; attempt++)
        delay *= RETRY_FACTOR;
    if (delay > RETRY_LAST_MS)
        delay = RETRY_LAST_MS;
    delay *= 0.75 + chance / 2;
    if (delay < RETRY_FIRST_MS)
        delay = RETRY_FIRST_MS;
    return (next_t){ .state = "queued", .delay_ms = delay > RETRY_LAST_MS ? RETRY_LAST_MS : (int) delay };
}
