//  routing_register_table - an entry of a register on a table of its own: requests go in, what comes out is kept
#pragma once
#include "services/routing/register.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
//
#include <cmocka.h>

#define CODE "914403001922038216"

static forms_t *forms;

//  A sink that keeps what it is given
typedef struct {
    record_t *record;
    json_t *posts, *lines; //  [message], [canonical]
    json_t *secrets;       //  [values or null], one for each line
} table_t;

static inline void
table_on_log (void *arg, const record_log_t *line)
{
    table_t *self = arg;
    record_log_t copy = *line;
    json_array_append_new (self->lines, json_loads (line->canonical, 0, NULL));
    json_array_append_new (self->secrets, line->secret ? json_loads (line->secret, 0, NULL) : json_null ());
    assert_int_equal (line->secrecy, line->secret ? 2 : 1);
    record_log_clear (&copy);
}

static inline void
table_on_post (void *arg, const char *target, json_t *message)
{
    assert_string_equal (target, "intake");
    json_array_append_new (((table_t *) arg)->posts, message);
}

static inline void
table_open (table_t *self, const char *register_name, const char *key)
{
    *self = (table_t){ .record = record_new (forms_find (forms, register_name), register_name, key),
                       .posts = json_array (),
                       .lines = json_array (),
                       .secrets = json_array () };
}

static inline void
table_close (table_t *self)
{
    record_destroy (&self->record);
    json_decref (self->posts);
    json_decref (self->lines);
    json_decref (self->secrets);
}

//  A request at a moment; expected: -1 for none
static inline void
table_say (table_t *self, const char *op, int at, const char *fields, int expected)
{
    json_t *patch = json_loads (fields, 0, NULL);
    assert_non_null (patch);
    json_t *message = json_pack (
        "{ss ss ss ss ss so so sn ss ss si si ss sn}", "kind", "register", "id", "1", "op", op, "register",
        self->record->register_name, "key", self->record->key, "fields", patch, "expected_version",
        expected < 0 ? json_null () : json_integer (expected), "reason", "source", "market", "actor",
        "registrar.qiu", "occurred_at", at, "recorded_at", at, "cause", "market/1", "trace");
    assert_non_null (message);
    record_sink_t sink = { table_on_log, table_on_post, self };
    record_decide (forms, &sink, self->record, message);
    json_decref (message);
}

static inline void
table_put (table_t *self, int at, const char *fields)
{
    table_say (self, "put", at, fields, -1);
}

static inline const json_t *
table_last (const table_t *self)
{
    return json_array_get (self->posts, json_array_size (self->posts) - 1);
}

static inline const char *
table_text (const json_t *object, const char *member)
{
    const char *text = json_string_value (json_object_get (object, member));
    return text ? text : "";
}

//  What the feed says last: "put", "end", "unchanged", or the slug of a problem
static inline const char *
table_outcome (const table_t *self)
{
    const json_t *last = table_last (self);
    if (!strcmp (table_text (last, "kind"), "register_changed"))
        return table_text (last, "event");
    return strrchr (table_text (json_object_get (last, "problem"), "type"), ':') + 1;
}

static inline void
table_expect_json (const json_t *value, const char *expected)
{
    json_t *wanted = json_loads (expected, 0, NULL);
    if (!json_equal (value, wanted)) {
        char *text = json_dumps (value, JSON_COMPACT | JSON_SORT_KEYS);
        fail_msg ("%s, not %s", text, expected);
    }
    json_decref (wanted);
}

static inline int
table_setup (void **state)
{
    (void) state;
    char error[400];
    forms = forms_new ("proto/registers", error, sizeof error);
    return forms ? 0 : -1;
}

static inline int
table_teardown (void **state)
{
    (void) state;
    forms_destroy (&forms);
    return 0;
}
