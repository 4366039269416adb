//  identity - who may speak at the door

#include "services/intake/identity.h"
#include "common/log.h"

#define LOOK_MS 500

enum { VERSION, SOURCES, PERSONS, KEYS };
static const db_statement_t STATEMENTS[] = {
    [VERSION] = { "identity_version", "SELECT last_value FROM identity_version" },
    [SOURCES] = { "sources",
                  "SELECT source, name, procedures, commands, rate, burst FROM source WHERE active" },
    [PERSONS] = { "persons", "SELECT person, roles, unit FROM person WHERE active" },
    [KEYS] = { "keys", "SELECT public_key, source, person, speaks_for FROM key WHERE active" },
};
static const db_table_t TABLE = { STATEMENTS, sizeof STATEMENTS / sizeof *STATEMENTS };

struct identity {
    service_t *service;
    db_t *db;
    int timer;
    bool ready, looking;
    int64_t version, reading; //  version in memory; the one being read
    zhashx_t *sources, *persons, *speakers;
};

//  --------------------------------------------------------------------------
//  Copies of rows

static char **
s_list (const PGresult *result, int row, int column)
{
    const char *values[IDENTITY_MAX_LIST];
    size_t lengths[IDENTITY_MAX_LIST];
    size_t count = sql_text_array (result, row, column, values, lengths, IDENTITY_MAX_LIST);
    char **list = zmalloc ((count + 1) * sizeof *list);
    for (size_t index = 0; index < count; index++)
        list[index] = strndup (values[index], lengths[index]);
    return list;
}

static char *
s_text (const PGresult *result, int row, int column)
{
    return sql_is_null (result, row, column) ? NULL : strdup (sql_text (result, row, column));
}

static void
s_free_list (char **list)
{
    for (char **word = list; *word; word++)
        free (*word);
    free (list);
}

static void
s_free_source (void **item_p)
{
    source_t *source = *item_p;
    free (source->source);
    free (source->name);
    s_free_list (source->procedures);
    s_free_list (source->commands);
    free (source);
    *item_p = NULL;
}

static void
s_free_person (void **item_p)
{
    person_t *person = *item_p;
    free (person->person);
    free (person->unit);
    s_free_list (person->roles);
    free (person);
    *item_p = NULL;
}

static void
s_free_speaker (void **item_p)
{
    speaker_t *speaker = *item_p;
    free (speaker->public_key);
    free (speaker->person);
    s_free_list (speaker->speaks_for);
    free (speaker);
    *item_p = NULL;
}

static zhashx_t *
s_table (zhashx_destructor_fn *destructor)
{
    zhashx_t *table = zhashx_new ();
    zhashx_set_destructor (table, destructor);
    return table;
}

//  --------------------------------------------------------------------------
//  Reading. The three answers come in order on one connection; keys come last and refer to sources.

static bool
s_is_good (identity_t *self, PGresult *result)
{
    if (result && PQresultStatus (result) == PGRES_TUPLES_OK)
        return true;
    self->looking = false;
    return false;
}

static void
s_on_sources (void *arg, PGresult *result)
{
    identity_t *self = arg;
    if (!s_is_good (self, result))
        return;
    zhashx_t *old = self->sources;
    self->sources = s_table (s_free_source);
    zhashx_purge (self->speakers); //  they point to the old sources
    for (int row = 0; row < PQntuples (result); row++) {
        source_t *source = zmalloc (sizeof *source);
        *source = (source_t){ .source = s_text (result, row, 0),
                              .name = s_text (result, row, 1),
                              .procedures = s_list (result, row, 2),
                              .commands = s_list (result, row, 3),
                              .rate = sql_int4 (result, row, 4),
                              .burst = sql_int4 (result, row, 5) };
        source->tokens = (double) source->burst;
        const source_t *before = zhashx_lookup (old, source->source);
        if (before) { //  a change of permissions does not fill the bucket
            source->tokens = before->tokens;
            source->filled_at = before->filled_at;
        }
        zhashx_insert (self->sources, source->source, source);
    }
    zhashx_destroy (&old);
}

static void
s_on_persons (void *arg, PGresult *result)
{
    identity_t *self = arg;
    if (!s_is_good (self, result))
        return;
    zhashx_purge (self->persons);
    for (int row = 0; row < PQntuples (result); row++) {
        person_t *person = zmalloc (sizeof *person);
        *person = (person_t){ .person = s_text (result, row, 0),
                              .roles = s_list (result, row, 1),
                              .unit = s_text (result, row, 2) };
        zhashx_insert (self->persons, person->person, person);
    }
}

//  The handshake lets in who is known here, under the name of the key itself
static void
s_allow (identity_t *self)
{
    size_t count = zhashx_size (self->speakers), index = 0;
    zap_entry_t *entries = zmalloc ((count + 1) * sizeof *entries);
    for (speaker_t *speaker = zhashx_first (self->speakers); speaker;
         speaker = zhashx_next (self->speakers)) {
        snprintf (entries[index].key, sizeof entries[index].key, "%s", speaker->public_key);
        snprintf (entries[index].user, sizeof entries[index].user, "%s", speaker->public_key);
        index++;
    }
    zap_allow (service_zap (self->service), "door", false, entries, count);
    freen (entries);
}

static void
s_on_keys (void *arg, PGresult *result)
{
    identity_t *self = arg;
    if (!s_is_good (self, result))
        return;
    for (int row = 0; row < PQntuples (result); row++) {
        source_t *source = zhashx_lookup (self->sources, sql_text (result, row, 1));
        if (!source)
            continue; //  its source is closed
        speaker_t *speaker = zmalloc (sizeof *speaker);
        *speaker = (speaker_t){ .public_key = s_text (result, row, 0),
                                .source = source,
                                .person = s_text (result, row, 2),
                                .speaks_for = s_list (result, row, 3) };
        zhashx_insert (self->speakers, speaker->public_key, speaker);
    }
    s_allow (self);
    self->version = self->reading;
    self->looking = false;
    self->ready = true;
    log_say (SAY_INFO, "identity", "read", "keys", log_number ((long long) zhashx_size (self->speakers)),
             "persons", log_number ((long long) zhashx_size (self->persons)), NULL);
}

static void
s_on_version (void *arg, PGresult *result)
{
    identity_t *self = arg;
    if (!s_is_good (self, result))
        return;
    self->reading = sql_int8 (result, 0, 0);
    if (self->ready && self->reading == self->version) {
        self->looking = false;
        return;
    }
    db_query (self->db, &STATEMENTS[SOURCES], NULL, s_on_sources, self);
    db_query (self->db, &STATEMENTS[PERSONS], NULL, s_on_persons, self);
    db_query (self->db, &STATEMENTS[KEYS], NULL, s_on_keys, self);
    db_sync (self->db, NULL, NULL);
}

static int
s_on_look (zloop_t *loop, int timer, void *arg)
{
    (void) loop;
    (void) timer;
    identity_t *self = arg;
    if (self->looking || !db_is_up (self->db))
        return 0;
    self->looking = true;
    db_query (self->db, &STATEMENTS[VERSION], NULL, s_on_version, self);
    db_sync (self->db, NULL, NULL);
    return 0;
}

static void
s_on_database (void *arg, bool up)
{
    identity_t *self = arg;
    self->looking = false;
    if (up)
        s_on_look (NULL, 0, self);
}

//  --------------------------------------------------------------------------
//  Public

identity_t *
identity_new (service_t *service)
{
    identity_t *self = zmalloc (sizeof *self);
    self->service = service;
    self->sources = s_table (s_free_source);
    self->persons = s_table (s_free_person);
    self->speakers = s_table (s_free_speaker);
    self->db = db_new (service_loop (service), "identity", service_conninfo (service), "intake", &TABLE, 1,
                       s_on_database, self);
    self->timer = zloop_timer (service_loop (service), LOOK_MS, 0, s_on_look, self);
    return self;
}

void
identity_destroy (identity_t **self_p)
{
    if (!*self_p)
        return;
    identity_t *self = *self_p;
    zloop_timer_end (service_loop (self->service), self->timer);
    db_destroy (&self->db);
    zhashx_destroy (&self->speakers);
    zhashx_destroy (&self->persons);
    zhashx_destroy (&self->sources);
    freen (self);
    *self_p = NULL;
}

bool
identity_is_ready (const identity_t *self)
{
    return self->ready;
}

speaker_t *
identity_speaker (identity_t *self, const char *public_key)
{
    return zhashx_lookup (self->speakers, public_key);
}

const person_t *
identity_person (identity_t *self, const char *person)
{
    return zhashx_lookup (self->persons, person);
}

bool
identity_lists (char *const *list, const char *word)
{
    for (; *list; list++)
        if (streq (*list, word) || streq (*list, "*"))
            return true;
    return false;
}
