//  routing_desk - a case on a desk of its own: decide's sink kept in lists, messages made like the door's
#pragma once
#include "services/routing/decide.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
//
#include <cmocka.h>

#define DESK_NOW 1795392000000000LL //  2026-11-23T00:00:00Z in microseconds
#define HOUR_US  3600000000LL

typedef struct {
    procedure_t *procedure;
    rules_t *rules;
    decider_t decider;
    json_t *posts; //  [{target, message}] since desk_clear
    int logged, version;
    char event[64], from_log[64];
    json_t *canonical; //  of the last log entry
} desk_test_t;

static const char RULES[] =
    "[{\"name\":\"water\",\"when\":{\"keywords\":[\"flood\"]},\"unit\":\"flood\",\"term\":7},"
    "{\"name\":\"rest\",\"when\":{},\"unit\":\"triage\"}]";

static inline void
desk_on_log (void *arg, const log_entry_t *entry)
{
    desk_test_t *self = arg;
    self->logged++;
    self->version = entry->version;
    snprintf (self->event, sizeof self->event, "%s", entry->event);
    json_decref (self->canonical);
    self->canonical = json_loads (entry->canonical, JSON_REJECT_DUPLICATES, NULL);
    assert_non_null (self->canonical);
    assert_string_equal (entry->state, json_string_value (json_object_get (self->canonical, "state")));
    char *owned[] = {
        entry->state, entry->actor, entry->spoke, entry->cause, entry->trace, entry->canonical
    };
    for (size_t index = 0; index < sizeof owned / sizeof *owned; index++)
        free (owned[index]);
}

static inline void
desk_on_post (void *arg, const char *target, json_t *message)
{
    desk_test_t *self = arg;
    json_array_append_new (self->posts, json_pack ("{ss so}", "target", target, "message", message));
}

static inline void
desk_open_with (desk_test_t *self, const char *procedure)
{
    char error[400] = "";
    *self = (desk_test_t){ .posts = json_array () };
    self->procedure = procedure_load (procedure, error, sizeof error);
    self->rules = rules_parse ("rules.json", RULES, sizeof RULES - 1, error, sizeof error);
    if (!self->procedure || !self->rules)
        fail_msg ("%s", error);
    self->decider = (decider_t){ .rules = self->rules,
                                 .utc_offset_minutes = 480,
                                 .sink = { .log = desk_on_log, .post = desk_on_post, .arg = self } };
}

static inline void
desk_open (desk_test_t *self)
{
    desk_open_with (self, "proto/procedures/suggestion.json");
}

static inline void
desk_close (desk_test_t *self)
{
    json_decref (self->posts);
    json_decref (self->canonical);
    rules_destroy (&self->rules);
    procedure_destroy (&self->procedure);
}

static inline void
desk_clear (desk_test_t *self)
{
    json_array_clear (self->posts);
    self->logged = 0;
}

//  The first post of a kind since desk_clear, and how many there are; NULL: none
static inline json_t *
desk_post (const desk_test_t *self, const char *kind, int *count)
{
    json_t *first = NULL, *post;
    size_t index;
    int seen = 0;
    json_array_foreach (self->posts, index, post) {
        json_t *message = json_object_get (post, "message");
        if (strcmp (json_string_value (json_object_get (message, "kind")), kind) != 0)
            continue;
        first = first ? first : message;
        seen++;
    }
    if (count)
        *count = seen;
    return first;
}

static inline const char *
desk_text (const json_t *message, const char *member)
{
    return json_string_value (json_object_get (message, member));
}

static inline json_t *
desk_submission (const char *title, int secrecy)
{
    return json_pack ("{ss ss sI ss ss ss ss sn ss sb si ss ss sI sI ss sn}", "kind", "submission", "id",
                      "s-1", "case", (json_int_t) 12, "number", "JM-2026-000012-3", "procedure", "suggestion",
                      "case_kind", "suggestion", "title", title, "area", "excerpt", "text", "urgent", 0,
                      "secrecy", secrecy, "source", "app", "actor", "supervisor.wang", "occurred_at",
                      (json_int_t) DESK_NOW, "recorded_at", (json_int_t) DESK_NOW, "cause", "app/s-1",
                      "trace");
}

static inline case_t *
desk_case (desk_test_t *self, const char *title, int secrecy)
{
    json_t *message = desk_submission (title, secrecy);
    case_t *file = decide_open (&self->decider, self->procedure, message);
    json_decref (message);
    return file;
}

//  A command of the bureau's console; role and unit may be NULL; takes the arguments
static inline json_t *
desk_command (const char *command, const char *role, const char *unit, json_t *arguments, moment_t now)
{
    return json_pack ("{ss ss sI ss so sn ss ss s[s*] ss? sI sI ss sn}", "kind", "command", "id", "c-1",
                      "case", (json_int_t) 12, "command", command, "arguments", arguments, "expected_version",
                      "source", "console", "actor", "officer.li", "roles", role, "unit", unit, "occurred_at",
                      (json_int_t) now, "recorded_at", (json_int_t) now, "cause", "console/c-1", "trace");
}

static inline decided_t
desk_tell (desk_test_t *self, case_t *file, json_t *message)
{
    desk_clear (self);
    decided_t decided = decide_message (&self->decider, file, message);
    json_decref (message);
    return decided;
}

//  The slug of the problem that was answered, "" if none
static inline const char *
desk_problem (const desk_test_t *self)
{
    const char *type = desk_text (json_object_get (desk_post (self, "refused", NULL), "problem"), "type");
    return type ? strrchr (type, ':') + 1 : "";
}
