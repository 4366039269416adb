//  register_desk - the entries of registers in one batch

#include "services/routing/register_desk.h"
#include "services/routing/register_store.h"

struct register_desk {
    const forms_t *forms;
    batch_t *batch;
    //  --- of the batch in hand
    zlistx_t *records; //  record_t
    zhashx_t *by_name; //  "register/key" → record_t, borrowed from records
    record_log_t *log;
    size_t log_count, log_room;
};

static bool
s_is_ours (json_t *message)
{
    const char *kind = json_string_value (json_object_get (message, "kind"));
    return kind && streq (kind, "register");
}

#define NAME_BYTES 180 //  a register's name (40), a key (128)

static void
s_name (char name[NAME_BYTES], const char *register_name, const char *key)
{
    snprintf (name, NAME_BYTES, "%s/%s", register_name, key);
}

static record_t *
s_find (register_desk_t *self, const char *register_name, const char *key)
{
    char name[NAME_BYTES];
    s_name (name, register_name, key);
    return zhashx_lookup (self->by_name, name);
}

static void
s_clear (register_desk_t *self)
{
    zhashx_purge (self->by_name);
    zlistx_purge (self->records);
    for (size_t index = 0; index < self->log_count; index++)
        record_log_clear (&self->log[index]);
    self->log_count = 0;
}

//  --------------------------------------------------------------------------
//  Loading

//  Every entry that a message names has a record; those that are there are filled from their rows
static void
s_on_entries (void *arg, PGresult *result)
{
    register_desk_t *self = arg;
    for (int row = 0; row < PQntuples (result); row++) {
        record_t *record = s_find (self, register_row_register (result, row), register_row_key (result, row));
        assert (record); //  we asked for it
        register_read (record, result, row);
    }
}

static void
s_lay_out (register_desk_t *self, const char *register_name, const char *key)
{
    char name[NAME_BYTES];
    record_t *record = record_new (forms_find (self->forms, register_name), register_name, key);
    s_name (name, register_name, key);
    zlistx_add_end (self->records, record);
    zhashx_insert (self->by_name, name, record);
}

void
register_desk_load (register_desk_t *self, batch_t *batch)
{
    s_clear (self);
    self->batch = batch;
    sql_column_t *registers = sql_column_new (SQL_TEXT), *keys = sql_column_new (SQL_TEXT);
    for (size_t index = 0; index < batch_count (batch); index++) {
        json_t *message = batch_item (batch, index)->message;
        if (!s_is_ours (message))
            continue;
        const char *register_name = json_string_value (json_object_get (message, "register"));
        const char *key = json_string_value (json_object_get (message, "key"));
        if (s_find (self, register_name, key))
            continue;
        s_lay_out (self, register_name, key);
        sql_column_text (registers, register_name);
        sql_column_text (keys, key);
    }
    if (sql_column_count (keys))
        register_load (batch, registers, keys, s_on_entries, self);
    sql_column_destroy (&registers);
    sql_column_destroy (&keys);
}

//  --------------------------------------------------------------------------
//  Deciding and storing

static void
s_on_log (void *arg, const record_log_t *line)
{
    register_desk_t *self = arg;
    if (self->log_count == self->log_room) {
        self->log_room = self->log_room * 2 + 64;
        self->log = realloc (self->log, self->log_room * sizeof *self->log);
        assert (self->log);
    }
    self->log[self->log_count++] = *line;
}

static void
s_on_post (void *arg, const char *target, json_t *message)
{
    batch_post (((register_desk_t *) arg)->batch, target, message);
}

bool
register_desk_take (register_desk_t *self, json_t *message)
{
    if (!s_is_ours (message))
        return false;
    record_sink_t sink = { .log = s_on_log, .post = s_on_post, .arg = self };
    record_t *record = s_find (self, json_string_value (json_object_get (message, "register")),
                               json_string_value (json_object_get (message, "key")));
    record_decide (self->forms, &sink, record, message);
    return true;
}

void
register_desk_store (register_desk_t *self)
{
    size_t count = 0;
    record_t **records = zmalloc ((zlistx_size (self->records) + 1) * sizeof *records);
    for (record_t *record = zlistx_first (self->records); record; record = zlistx_next (self->records))
        records[count++] = record;
    register_store_records (self->batch, records, count);
    register_store_log (self->batch, self->log, self->log_count);
    freen (records);
}

//  --------------------------------------------------------------------------
//  Public

register_desk_t *
register_desk_new (const forms_t *forms)
{
    register_desk_t *self = zmalloc (sizeof *self);
    self->forms = forms;
    self->records = zlistx_new ();
    zlistx_set_destructor (self->records, (zlistx_destructor_fn *) record_destroy);
    self->by_name = zhashx_new ();
    return self;
}

void
register_desk_destroy (register_desk_t **self_p)
{
    if (!*self_p)
        return;
    register_desk_t *self = *self_p;
    s_clear (self);
    zhashx_destroy (&self->by_name);
    zlistx_destroy (&self->records);
    free (self->log);
    freen (self);
    *self_p = NULL;
}
