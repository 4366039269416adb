//  desk - the cases of one batch
//
//  Messages of one case see each other's result, in the order they came. A command that has to wait is tried
//  again as soon as its case has moved, in this batch or in a later one that loads the case. Changes of
//  registers have a desk of their own beside it.

#include "services/routing/desk.h"
#include "common/log.h"
#include "common/service.h"
#include "proto/case_number.h"
#include "services/routing/recusal.h"
#include "services/routing/register_desk.h"
#include "services/routing/store.h"

struct desk {
    const shelf_t *shelf;
    decider_t decider;
    register_desk_t *registers;
    batch_t *batch;
    //  --- of the batch in hand
    zlistx_t *files;   //  case_t
    zhashx_t *by_no;   //  case number as text → case_t, borrowed from files
    zlistx_t *waiting; //  waiting_t
    log_entry_t *log;
    size_t log_count, log_room;
};

//  --------------------------------------------------------------------------
//  The batch's cases

static void
s_key (int64_t case_no, char key[24])
{
    snprintf (key, 24, "%lld", (long long) case_no);
}

static case_t *
s_find (desk_t *self, int64_t case_no)
{
    char key[24];
    s_key (case_no, key);
    return zhashx_lookup (self->by_no, key);
}

static void
s_lay_out (desk_t *self, case_t *file)
{
    char key[24];
    s_key (file->case_no, key);
    zlistx_add_end (self->files, file);
    zhashx_insert (self->by_no, key, file);
}

static void
s_clear_log (desk_t *self)
{
    for (size_t index = 0; index < self->log_count; index++) {
        log_entry_t *entry = &self->log[index];
        char *owned[] = { entry->state, entry->actor, entry->spoke,
                          entry->cause, entry->trace, entry->canonical };
        for (size_t place = 0; place < sizeof owned / sizeof *owned; place++)
            free (owned[place]);
    }
    self->log_count = 0;
}

static void
s_clear (desk_t *self)
{
    zhashx_purge (self->by_no);
    zlistx_purge (self->files);
    zlistx_purge (self->waiting);
    s_clear_log (self);
}

static void
s_on_cases (void *arg, PGresult *result)
{
    desk_t *self = arg;
    for (int row = 0; row < PQntuples (result); row++) {
        const char *name;
        int version;
        case_t *file = store_read_case (result, row, &name, &version);
        file->procedure = shelf_version (self->shelf, name, version);
        if (!file->procedure) {
            service_alarm (file->number, "its procedure's version is not here: messages for it wait");
            case_destroy (&file);
        } else
            s_lay_out (self, file);
    }
}

static void
s_on_waiting (void *arg, PGresult *result)
{
    desk_t *self = arg;
    for (int row = 0; row < PQntuples (result); row++)
        zlistx_add_end (self->waiting, store_read_waiting (result, row));
}

//  A command may speak of another case: both are locked at once, in order of number
static void
s_add_named_cases (sql_column_t *numbers, json_t *arguments)
{
    const char *name;
    json_t *value;
    int year;
    int64_t case_no;
    json_object_foreach (arguments, name, value)
        if (json_string_length (value) < CASE_NUMBER_TEXT && json_string_length (value) &&
            case_number_read (json_string_value (value), NULL, &year, &case_no))
            sql_column_int8 (numbers, case_no);
}

static void
s_load (void *arg, batch_t *batch)
{
    desk_t *self = arg;
    s_clear (self);
    self->batch = batch;
    sql_column_t *numbers = sql_column_new (SQL_INT8);
    for (size_t index = 0; index < batch_count (batch); index++) {
        json_t *message = batch_item (batch, index)->message;
        sql_column_int8 (numbers, json_integer_value (json_object_get (message, "case")));
        s_add_named_cases (numbers, json_object_get (message, "arguments"));
    }
    store_load (batch, numbers, s_on_cases, s_on_waiting, self);
    sql_column_destroy (&numbers);
    register_desk_load (self->registers, batch);
}

//  --------------------------------------------------------------------------
//  Deciding

static void
s_log (void *arg, const log_entry_t *entry)
{
    desk_t *self = arg;
    if (self->log_count == self->log_room) {
        self->log_room = self->log_room * 2 + 64;
        self->log = realloc (self->log, self->log_room * sizeof *self->log);
        assert (self->log);
    }
    self->log[self->log_count++] = *entry;
}

static void
s_post (void *arg, const char *target, json_t *message)
{
    batch_post (((desk_t *) arg)->batch, target, message);
}

static case_t *
s_on_find (void *arg, int64_t case_no)
{
    return s_find (arg, case_no);
}

static void
s_wait (desk_t *self, json_t *message)
{
    waiting_t *waiting = zmalloc (sizeof *waiting);
    *waiting = (waiting_t){ .case_no = json_integer_value (json_object_get (message, "case")),
                            .message = json_incref (message) };
    zlistx_add_end (self->waiting, waiting);
}

//  A submission opens its case. That it came before is known from the inbox, so a second one is an alarm.
static void
s_open (desk_t *self, json_t *message)
{
    const char *name = json_string_value (json_object_get (message, "procedure"));
    const procedure_t *procedure = shelf_newest (self->shelf, name);
    if (s_find (self, json_integer_value (json_object_get (message, "case"))))
        service_alarm ("routing", "a case was to be opened twice");
    else if (!procedure ||
             !procedure_has_kind (procedure, json_string_value (json_object_get (message, "case_kind"))))
        decide_refuse (&self->decider, NULL, message, procedure ? PROBLEM_INVALID : PROBLEM_UNKNOWN_PROCEDURE,
                       procedure ? "this procedure has no such kind" : "this bureau has no such procedure",
                       procedure ? "/data/kind" : "/data/procedure");
    else
        s_lay_out (self, decide_open (&self->decider, procedure, message));
}

//  The first waiting command of the case that can be decided now; false: none
static bool
s_retry_one (desk_t *self, case_t *file)
{
    for (waiting_t *waiting = zlistx_first (self->waiting); waiting; waiting = zlistx_next (self->waiting)) {
        if (waiting->settled || waiting->case_no != file->case_no)
            continue;
        if (decide_message (&self->decider, file, waiting->message) != DECIDED_WAITS) {
            waiting->settled = true;
            return true;
        }
    }
    return false;
}

static void
s_apply (desk_t *self, json_t *message)
{
    const char *kind = json_string_value (json_object_get (message, "kind"));
    case_t *file = s_find (self, json_integer_value (json_object_get (message, "case")));
    if (streq (kind, "submission"))
        s_open (self, message);
    else if (!file || decide_message (&self->decider, file, message) == DECIDED_WAITS)
        s_wait (self, message);
    file = s_find (self, json_integer_value (json_object_get (message, "case")));
    while (file && s_retry_one (self, file))
        ;
}

static void
s_store (desk_t *self, batch_t *batch)
{
    size_t count = 0;
    case_t **files = zmalloc ((zlistx_size (self->files) + 1) * sizeof *files);
    for (case_t *file = zlistx_first (self->files); file; file = zlistx_next (self->files))
        files[count++] = file;
    store_cases (batch, files, count);
    store_log (batch, self->log, self->log_count);
    freen (files);
    count = 0;
    waiting_t **waiting = zmalloc ((zlistx_size (self->waiting) + 1) * sizeof *waiting);
    for (waiting_t *one = zlistx_first (self->waiting); one; one = zlistx_next (self->waiting))
        waiting[count++] = one;
    store_waiting (batch, waiting, count);
    freen (waiting);
}

static void
s_decide (void *arg, batch_t *batch)
{
    desk_t *self = arg;
    for (size_t index = 0; index < batch_count (batch); index++) {
        json_t *message = batch_item (batch, index)->message;
        if (!register_desk_take (self->registers, message))
            s_apply (self, message);
    }
    s_store (self, batch);
    register_desk_store (self->registers);
}

static void
s_done (void *arg, batch_t *batch)
{
    (void) arg;
    (void) batch;
}

const lane_ops_t DESK_MAIL_OPS = { s_load, s_decide, s_done, NULL };

//  --------------------------------------------------------------------------
//  What waits. Whoever stored it and whoever moved its case may not have seen each other, so it is tried again;
//  what has waited long enough is refused.

static void
s_load_waiting (void *arg, batch_t *batch)
{
    desk_t *self = arg;
    s_clear (self);
    self->batch = batch;
    store_load_waiting (batch, s_on_cases, s_on_waiting, self);
}

//  Only who asked can be told; what the watchdog or notify stated about a case that never came is an alarm
static void
s_give_up (desk_t *self, const case_t *file, json_t *message)
{
    const char *actor = json_string_value (json_object_get (message, "actor")),
               *unit = json_string_value (json_object_get (message, "unit"));
    if (file && recusal_is_accused (file, actor, unit))
        file = NULL; //  to them it does not exist
    if (streq (json_string_value (json_object_get (message, "kind")), "command"))
        decide_refuse (&self->decider, file, message, PROBLEM_TOO_LATE,
                       "what this command depends on did not come within 30 s", NULL);
    else
        service_alarm ("routing", "a fact about a case that never came was dropped");
}

static void
s_decide_waiting (void *arg, batch_t *batch)
{
    desk_t *self = arg;
    for (waiting_t *waiting = zlistx_first (self->waiting); waiting; waiting = zlistx_next (self->waiting)) {
        case_t *file = s_find (self, waiting->case_no);
        decided_t decided = file ? decide_message (&self->decider, file, waiting->message) : DECIDED_WAITS;
        if (decided == DECIDED_WAITS && waiting->over)
            s_give_up (self, file, waiting->message);
        waiting->settled = decided != DECIDED_WAITS || waiting->over;
    }
    s_store (self, batch);
}

const lane_ops_t DESK_WAITING_OPS = { s_load_waiting, s_decide_waiting, s_done, NULL };

//  --------------------------------------------------------------------------
//  Public

desk_t *
desk_new (const shelf_t *shelf, const rules_t *rules, const forms_t *forms, int utc_offset_minutes)
{
    desk_t *self = zmalloc (sizeof *self);
    self->shelf = shelf;
    self->registers = register_desk_new (forms);
    self->decider = (decider_t){ .rules = rules,
                                 .utc_offset_minutes = utc_offset_minutes,
                                 .sink = { .log = s_log, .post = s_post, .find = s_on_find, .arg = self } };
    self->files = zlistx_new ();
    zlistx_set_destructor (self->files, (zlistx_destructor_fn *) case_destroy);
    self->waiting = zlistx_new ();
    zlistx_set_destructor (self->waiting, (zlistx_destructor_fn *) waiting_destroy);
    self->by_no = zhashx_new ();
    return self;
}

void
desk_destroy (desk_t **self_p)
{
    if (!*self_p)
        return;
    desk_t *self = *self_p;
    s_clear (self);
    register_desk_destroy (&self->registers);
    zhashx_destroy (&self->by_no);
    zlistx_destroy (&self->files);
    zlistx_destroy (&self->waiting);
    free (self->log);
    freen (self);
    *self_p = NULL;
}
