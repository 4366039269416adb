//  open - a move of one case opens another

#include "services/intake/open.h"
#include "common/log.h"
#include "services/intake/decide.h"
#include <sodium.h>

static bool
s_is_open (const item_t *item)
{
    const char *kind = json_string_value (json_object_get (item->message, "kind"));
    return kind && streq (kind, "open") && !item->poisoned;
}

//  The id of the row is made like that of an event of a source called "duban"
static void
s_digest (const char *id, const char *document, uint8_t row_id[SHA256_BYTES], uint8_t sha256[SHA256_BYTES])
{
    static const char SOURCE[] = "duban"; //  with its 0
    crypto_hash_sha256_state state;
    crypto_hash_sha256_init (&state);
    crypto_hash_sha256_update (&state, (const uint8_t *) SOURCE, sizeof SOURCE);
    crypto_hash_sha256_update (&state, (const uint8_t *) id, strlen (id));
    crypto_hash_sha256_final (&state, row_id);
    crypto_hash_sha256 (sha256, (const uint8_t *) document, strlen (document));
}

static void
s_on_numbered (void *arg, PGresult *result)
{
    json_t *message = arg;
    assert (PQntuples (result) == 1);
    json_object_set_new (message, "case", json_integer (sql_int8 (result, 0, 0)));
    json_object_set_new (message, "recorded_at", json_integer (sql_moment (result, 0, 1)));
}

static const char *
s_text (json_t *message, const char *member)
{
    return json_string_value (json_object_get (message, member));
}

static void
s_number (batch_t *batch, json_t *message)
{
    uint8_t row_id[SHA256_BYTES], sha256[SHA256_BYTES];
    char event_id[132];
    snprintf (event_id, sizeof event_id, "open/%.100s", s_text (message, "id"));
    json_object_del (message, "case"); //  of an earlier attempt
    char *document = json_dumps (message, JSON_COMPACT | JSON_SORT_KEYS);
    s_digest (event_id, document, row_id, sha256);
    store_open (batch,
                &(open_row_t){ .id = row_id,
                               .sha256 = sha256,
                               .source = s_text (message, "source"),
                               .event_id = event_id,
                               .actor = s_text (message, "actor"),
                               .secrecy = (int) json_integer_value (json_object_get (message, "secrecy")),
                               .occurred_at = json_integer_value (json_object_get (message, "occurred_at")),
                               .document = document },
                s_on_numbered, message);
    free (document);
}

void
open_load (batch_t *batch)
{
    for (size_t index = 0; index < batch_count (batch); index++)
        if (s_is_open (batch_item (batch, index)))
            s_number (batch, batch_item (batch, index)->message);
}

static json_t *
s_submission (json_t *message)
{
    static const char *const COPIED[] = { "parent",  "procedure", "case_kind", "title",       "area",
                                          "secrecy", "source",    "actor",     "occurred_at", "recorded_at",
                                          "cause",   "trace",     "arguments", "case" };
    char number[CASE_NUMBER_TEXT];
    intake_number (number, json_integer_value (json_object_get (message, "case")),
                   json_integer_value (json_object_get (message, "recorded_at")));
    json_t *text = json_object_get (message, "text");
    json_t *submission = json_pack ("{ss ss ss sb sO}", "kind", "submission", "id", s_text (message, "id"),
                                    "number", number, "urgent", 0, "excerpt", text);
    assert (submission);
    for (size_t index = 0; index < sizeof COPIED / sizeof *COPIED; index++)
        if (json_object_get (message, COPIED[index]))
            json_object_set (submission, COPIED[index], json_object_get (message, COPIED[index]));
    return submission;
}

void
open_decide (batch_t *batch)
{
    for (size_t index = 0; index < batch_count (batch); index++)
        if (s_is_open (batch_item (batch, index)))
            batch_post (batch, "routing", s_submission (batch_item (batch, index)->message));
}
