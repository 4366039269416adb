//  outgoing - the parcels of one transaction, from the first message to COMMIT

#include "common/mailbox_parts.h"

#define PARCEL_MESSAGES 200
#define PARCEL_BYTES    (64 * 1024)

enum { INSERT, DELETE };
static const db_statement_t STATEMENTS[] = {
    [INSERT] = { "outbox_insert", "INSERT INTO outbox (parcel_id, target, owner, messages, body) "
                                  "SELECT p.id, p.target, $5::uuid, p.messages, p.body "
                                  "FROM unnest ($1::uuid[], $2::text[], $3::int[], $4::bytea[]) AS p (id, "
                                  "target, messages, body)" },
    [DELETE] = { "outbox_delete", "DELETE FROM outbox WHERE parcel_id = ANY ($1::uuid[])" },
};
const db_table_t MAILBOX_TABLE = { STATEMENTS, sizeof STATEMENTS / sizeof *STATEMENTS };

typedef struct {
    uuid_t id;
    target_t *target;
    int messages;
    char *body;
    size_t size, room;
} draft_t;

struct outgoing {
    mailbox_t *mailbox;
    draft_t *drafts;
    size_t count, room;
    size_t open_index[MAX_TARGETS]; //  the draft of each target that may still have room
    bool is_open[MAX_TARGETS];
    char *text; //  one message, written out
    size_t text_room;
    uuid_t *settled; //  ids whose DELETE rides along
    size_t settled_count;
};

outgoing_t *
outgoing_new (mailbox_t *mailbox)
{
    outgoing_t *self = zmalloc (sizeof *self);
    self->mailbox = mailbox;
    self->settled = zmalloc (MAX_SETTLED * sizeof *self->settled);
    return self;
}

void
outgoing_reset (outgoing_t *self)
{
    for (size_t index = 0; index < self->count; index++)
        free (self->drafts[index].body);
    self->count = 0;
    memset (self->is_open, 0, sizeof self->is_open);
}

void
outgoing_destroy (outgoing_t **self_p)
{
    if (!*self_p)
        return;
    outgoing_reset (*self_p);
    free ((*self_p)->drafts);
    free ((*self_p)->text);
    freen ((*self_p)->settled);
    freen (*self_p);
    *self_p = NULL;
}

static draft_t *
s_new_draft (outgoing_t *self, target_t *target)
{
    if (self->count == self->room) {
        self->room = self->room * 2 + 8;
        self->drafts = realloc (self->drafts, self->room * sizeof *self->drafts);
        assert (self->drafts);
    }
    draft_t *draft = &self->drafts[self->count++];
    *draft = (draft_t){ .id = uuid_new (), .target = target };
    return draft;
}

//  The draft that the message of this size goes into
static draft_t *
s_draft (outgoing_t *self, target_t *target, size_t size)
{
    size_t which = (size_t) (target - self->mailbox->targets);
    if (self->is_open[which]) {
        draft_t *draft = &self->drafts[self->open_index[which]];
        if (draft->messages < PARCEL_MESSAGES && draft->size + size + 2 <= PARCEL_BYTES)
            return draft;
    }
    draft_t *draft = s_new_draft (self, target);
    self->is_open[which] = true;
    self->open_index[which] = self->count - 1;
    return draft;
}

static void
s_append (draft_t *draft, const char *bytes, size_t size)
{
    if (draft->size + size > draft->room) {
        draft->room = (draft->size + size) * 2 + 256;
        draft->body = realloc (draft->body, draft->room);
        assert (draft->body);
    }
    memcpy (draft->body + draft->size, bytes, size);
    draft->size += size;
}

void
outgoing_add_text (outgoing_t *self, const char *target_name, const char *text, size_t size)
{
    target_t *target = mailbox_out_target (self->mailbox, target_name);
    assert (target && size);
    draft_t *draft = s_draft (self, target, size);
    if (draft->messages)
        draft->body[draft->size - 1] = ','; //  in place of the closing bracket
    else
        s_append (draft, "[", 1);
    s_append (draft, text, size);
    s_append (draft, "]", 1);
    draft->messages++;
}

void
outgoing_add (outgoing_t *self, const char *target_name, json_t *message)
{
    assert (message);
    size_t size = json_dumpb (message, self->text, self->text_room, JSON_COMPACT);
    if (size > self->text_room) { //  rare: the room grows to the largest message
        self->text_room = size * 2;
        self->text = realloc (self->text, self->text_room);
        assert (self->text);
        size = json_dumpb (message, self->text, self->text_room, JSON_COMPACT);
    }
    outgoing_add_text (self, target_name, self->text, size);
    json_decref (message);
}

static void
s_store_drafts (outgoing_t *self, db_t *db, db_result_fn *fn, void *arg)
{
    sql_column_t *ids = sql_column_new (SQL_UUID), *targets = sql_column_new (SQL_TEXT);
    sql_column_t *messages = sql_column_new (SQL_INT4), *bodies = sql_column_new (SQL_BYTEA);
    for (size_t index = 0; index < self->count; index++) {
        sql_column_uuid (ids, &self->drafts[index].id);
        sql_column_text (targets, self->drafts[index].target->name);
        sql_column_int4 (messages, self->drafts[index].messages);
        sql_column_bytes (bodies, self->drafts[index].body, self->drafts[index].size);
    }
    sql_params_t *params = sql_params_new ();
    sql_params_column (params, ids);
    sql_params_column (params, targets);
    sql_params_column (params, messages);
    sql_params_column (params, bodies);
    sql_params_uuid (params, &self->mailbox->options.replica_id);
    db_query (db, &STATEMENTS[INSERT], params, fn, arg);
    sql_params_destroy (&params);
    sql_column_destroy (&ids);
    sql_column_destroy (&targets);
    sql_column_destroy (&messages);
    sql_column_destroy (&bodies);
}

static void
s_store_deletes (outgoing_t *self, db_t *db, db_result_fn *fn, void *arg)
{
    sql_column_t *ids = sql_column_new (SQL_UUID);
    for (size_t index = 0; index < self->settled_count; index++)
        sql_column_uuid (ids, &self->settled[index]);
    sql_params_t *params = sql_params_new ();
    sql_params_column (params, ids);
    db_query (db, &STATEMENTS[DELETE], params, fn, arg);
    sql_params_destroy (&params);
    sql_column_destroy (&ids);
}

void
outgoing_store (outgoing_t *self, db_t *db, db_result_fn *fn, void *arg)
{
    mailbox_t *mailbox = self->mailbox;
    if (self->count)
        s_store_drafts (self, db, fn, arg);
    self->settled_count = mailbox->settled_count;
    memcpy (self->settled, mailbox->settled, self->settled_count * sizeof *self->settled);
    mailbox->settled_count = 0;
    if (self->settled_count)
        s_store_deletes (self, db, fn, arg);
}

void
outgoing_committed (outgoing_t *self)
{
    int64_t now = zclock_mono ();
    for (size_t index = 0; index < self->count; index++) {
        draft_t *draft = &self->drafts[index];
        outparcel_t parcel = { .id = draft->id, .body = draft->body, .size = draft->size };
        draft->body = NULL; //  the outflow takes it
        draft->target->backlog++;
        outflow_add (draft->target->outflow, &parcel, now);
    }
    self->settled_count = 0;
    outgoing_reset (self);
}

void
outgoing_failed (outgoing_t *self)
{
    mailbox_t *mailbox = self->mailbox;
    for (size_t index = 0; index < self->settled_count && mailbox->settled_count < MAX_SETTLED; index++)
        mailbox->settled[mailbox->settled_count++] = self->settled[index];
    self->settled_count = 0;
    outgoing_reset (self);
}
