//  register_import - `dubanctl register import NAME FILE`: many entries from a CSV or lines of JSON
//
//      record ─▶ fields ─▶ checked here ─▶ as it is already? ─▶ door (≤ WINDOW unanswered) ─▶ receipt ─▶ feed
//                             └── rejected: line and reason                                      └── rejected
//
//  What is as the file says is not sent, and saying it twice changes nothing, so a run that was interrupted is simply
//  started again.

#include "common/uuid.h"
#include "services/dubanctl/case.h"
#include "services/dubanctl/query.h"
#include "services/dubanctl/register.h"
#include "services/dubanctl/rows.h"
#include "services/dubanctl/text.h"
#include <czmq.h>
#include <unistd.h>

#define WINDOW     256
#define BAR_MS     200
#define MAX_FIELDS 60 //  of a register

typedef struct {
    const form_t *form;
    const forms_t *forms;
    const char *person, *reason;
    bool dry;
    rows_t *rows;
    door_t *door;
    rows_column_t columns[MAX_FIELDS + 1]; //  field → column of the file
    json_t *present;                       //  key → {body, secret, ended}: the entries as they are
    json_t *lines;    //  id of an event → line of the file: sent, and its outcome not known
    json_t *keys;     //  key → line: what has been in the file
    json_t *rejected; //  [{line, key, reason}]
    long read, same, changed;
    int64_t shown_ms;
} import_t;

static void
s_reject (import_t *self, json_int_t line, const char *key, const char *reason)
{
    json_array_append_new (self->rejected, json_pack ("{s:I, s:s?, s:s}", "line", line, "key", key, "reason",
                                                      reason ? reason : "?"));
}

//  The first of a problem's errors, as "name: is missing"
static void
s_reject_problem (import_t *self, json_int_t line, const char *key, const json_t *problem)
{
    char reason[400];
    const json_t *first = json_array_get (json_object_get (problem, "errors"), 0);
    const char *pointer = json_string_value (json_object_get (first, "pointer"));
    const char *why = json_string_value (json_object_get (first ? first : problem, "detail"));
    const char *title = json_string_value (json_object_get (problem, words ("title", "title_zh")));
    const char *name = pointer ? strrchr (pointer, '/') : NULL;
    snprintf (reason, sizeof reason, "%s%s%s", name ? name + 1 : "", name ? ": " : "",
              why     ? why
              : title ? title
                      : "?");
    s_reject (self, line, key, reason);
}

//  --------------------------------------------------------------------------
//  One record

//  The value of a field in the current record. False: there is one and it cannot be read.
static bool
s_value (const import_t *self, const field_t *field, const char *column, json_t **value)
{
    const json_t *object = rows_object (self->rows);
    const json_t *given = json_object_get (object, column);
    *value = NULL;
    if (object && !json_is_string (given)) {
        *value = json_incref ((json_t *) given);
        return true;
    }
    const char *text = object ? json_string_value (given) : rows_value (self->rows, column);
    if (!text || !text[strspn (text, " \t")])
        return true; //  an empty cell says nothing
    *value = field_read (field, text);
    return *value != NULL;
}

//  Key and fields of the current record. False after rejecting it.
static bool
s_read (import_t *self, char **key, json_t *fields)
{
    for (size_t index = 0; index < form_field_count (self->form); index++) {
        const field_t *field = form_field_at (self->form, index);
        json_t *value;
        if (!s_value (self, field, self->columns[index].column, &value)) {
            char reason[200];
            snprintf (reason, sizeof reason, "%s: %s", field->name, words ("cannot be read", "无法识别"));
            s_reject (self, rows_line (self->rows), *key, reason);
            return false;
        }
        if (field == form_key (self->form) && json_is_string (value)) {
            free (*key);
            *key = strdup (json_string_value (value));
        } else if (value)
            json_object_set (fields, field->name, value);
        json_decref (value);
    }
    if (!*key)
        s_reject (self, rows_line (self->rows), NULL, words ("has no key", "缺少主键"));
    return *key != NULL;
}

static bool
s_check (import_t *self, const char *key, const json_t *fields)
{
    problem_t *problem = problem_new (PROBLEM_INVALID, NULL);
    bool good = form_check_key (self->form, self->forms, key, problem) &&
                form_check_patch (self->form, self->forms, key, fields, problem);
    if (good && !json_object_get (self->present, key))
        good = form_check_whole (self->form, fields, problem);
    if (!good) {
        json_t *said = problem_json (problem);
        s_reject_problem (self, rows_line (self->rows), key, said);
        json_decref (said);
    }
    problem_destroy (&problem);
    const json_t *before = json_object_get (self->keys, key);
    if (good && before) {
        char reason[120];
        snprintf (reason, sizeof reason, words ("is in line %lld already", "与第 %lld 行重复"),
                  (long long) json_integer_value (before));
        s_reject (self, rows_line (self->rows), key, reason);
        good = false;
    }
    json_object_set_new (self->keys, key, json_integer (rows_line (self->rows)));
    return good;
}

//  True if the entry is known to be as the record says. Of secrets that cannot be known: they are sent.
static bool
s_is_same (const import_t *self, const char *key, json_t *fields)
{
    const json_t *entry = json_object_get (self->present, key), *body = json_object_get (entry, "body");
    const char *name;
    json_t *value;
    if (!entry || json_is_true (json_object_get (entry, "ended")))
        return false;
    json_object_foreach (fields, name, value) {
        const json_t *present = json_object_get (body, name);
        if (form_field (self->form, name)->secret ||
            !(present ? json_equal (present, value) : json_is_null (value)))
            return false;
    }
    return true;
}

static void
s_send (import_t *self, const char *key, json_t *fields)
{
    char id[UUID_TEXT];
    uuid_t uuid = uuid_new ();
    uuid_text (&uuid, id);
    json_t *data =
        json_pack ("{s:s, s:s, s:O}", "register", form_name (self->form), "key", key, "fields", fields);
    if (self->reason)
        json_object_set_new (data, "reason", json_string (self->reason));
    json_object_set_new (self->lines, id, json_integer (rows_line (self->rows)));
    door_send (
        self->door, id,
        door_write (self->door, &(door_event_t){ EVENT_REGISTER_PUT, id, INT64_MIN, self->person, data }));
}

static void
s_take_record (import_t *self)
{
    char *key = NULL;
    json_t *fields = json_object ();
    if (s_read (self, &key, fields) && s_check (self, key, fields)) {
        if (s_is_same (self, key, fields))
            self->same++;
        else if (self->dry)
            self->changed++;
        else
            s_send (self, key, fields);
    }
    json_decref (fields);
    free (key);
}

//  --------------------------------------------------------------------------
//  What came of it

static void
s_on_reply (void *arg, const char *id, const json_t *reply)
{
    import_t *self = arg;
    if (reply_is (reply, EVENT_RECEIPT))
        return; //  the feed tells what became of it
    json_int_t line = json_integer_value (json_object_get (self->lines, id));
    s_reject_problem (self, line, NULL, json_object_get (reply, "data"));
    json_object_del (self->lines, id);
}

static void
s_on_event (import_t *self, const json_t *event)
{
    const json_t *data = json_object_get (event, "data");
    const char *cause = json_string_value (json_object_get (event, "causationid"));
    const char *id = cause ? strrchr (cause, '/') : NULL;
    const json_t *line = id ? json_object_get (self->lines, id + 1) : NULL;
    if (!line)
        return;
    if (reply_is (event, EVENT_REGISTER_REFUSED))
        s_reject_problem (self, json_integer_value (line), reply_text (event, "key"),
                          json_object_get (data, "problem"));
    else if (json_array_size (json_object_get (data, "changed")))
        self->changed++;
    else
        self->same++;
    json_object_del (self->lines, id + 1);
}

static void
s_show_progress (import_t *self, bool last)
{
    int64_t now = zclock_mono ();
    if (!isatty (STDERR_FILENO) || (!last && now - self->shown_ms < BAR_MS))
        return;
    self->shown_ms = now;
    double part = last ? 1 : rows_fraction (self->rows);
    int full = (int) ((part > 1 ? 1 : part) * 30);
    fprintf (stderr, "\r[%.*s%*s] %ld%s", full, "##############################", 30 - full, "", self->read,
             last ? "\n" : "");
}

//  False: the door or the feed fell silent
static bool
s_run_all (import_t *self)
{
    int64_t heard = zclock_mono (), after = self->dry ? 0 : feed_end (self->door);
    rows_next_t next = ROWS_GOOD;
    while (after >= 0 && (next != ROWS_END || (self->door && door_waiting (self->door)))) {
        while (next != ROWS_END && (self->dry || door_waiting (self->door) < WINDOW)) {
            next = rows_next (self->rows);
            self->read += next != ROWS_END;
            if (next == ROWS_BROKEN)
                s_reject (self, rows_line (self->rows), NULL, words ("cannot be read", "无法读取"));
            else if (next == ROWS_GOOD)
                s_take_record (self);
        }
        size_t waiting = self->dry ? 0 : door_waiting (self->door);
        if (waiting)
            door_turn (self->door, 20, s_on_reply, self);
        if (!waiting || door_waiting (self->door) < waiting)
            heard = zclock_mono ();
        if (zclock_mono () - heard > option_timeout_ms)
            return false;
        s_show_progress (self, false);
    }
    while (after >= 0 && json_object_size (self->lines)) {
        json_t *page = feed_page (self->door, after, 200, 2000), *event;
        size_t index;
        json_array_foreach (json_object_get (page, "events"), index, event)
            s_on_event (self, event);
        if (index)
            heard = zclock_mono ();
        after = page ? json_integer_value (json_object_get (page, "next")) : -1;
        json_decref (page);
        if (zclock_mono () - heard > option_timeout_ms)
            return false;
    }
    s_show_progress (self, true);
    return after >= 0;
}

//  --------------------------------------------------------------------------
//  Beginning and end

static exit_t
s_load (PGconn *conn, import_t *self)
{
    PGresult *result = query (conn, "SELECT key, body, ended FROM api.register_entry WHERE register = $1",
                              form_name (self->form), QUERY_END);
    exit_t code = query_good (result) ? DONE : query_complain (result);
    for (int row = 0; code == DONE && row < PQntuples (result); row++)
        json_object_set_new (self->present, query_cell (result, row, "key"),
                             json_pack ("{s:o, s:b}", "body",
                                        json_loads (query_cell (result, row, "body"), 0, NULL), "ended",
                                        *query_cell (result, row, "ended") == 't'));
    PQclear (result);
    return code;
}

//  A column is called as --map says, else as the field, else as its Chinese or English title
static bool
s_map (import_t *self, const char *list)
{
    for (size_t index = 0; index < form_field_count (self->form); index++) {
        const field_t *field = form_field_at (self->form, index);
        const char *names[] = { field->name, field->title_zh, field->title_en };
        self->columns[index] = (rows_column_t){ field->name, field->name };
        for (size_t name = 0; name < 3 && !rows_has (self->rows, self->columns[index].column); name++)
            self->columns[index].column = rows_has (self->rows, names[name]) ? names[name] : field->name;
    }
    return !list || rows_map (self->columns, list);
}

static exit_t
s_summary (const import_t *self, bool answered)
{
    size_t rejected = json_array_size (self->rejected), index;
    long unknown = (long) json_object_size (self->lines);
    json_t *row;
    if (option_json)
        json_print (json_pack ("{s:s, s:b, s:I, s:I, s:I, s:I, s:O}", "schema", "duban.import.v1", "dry_run",
                               self->dry, "read", (json_int_t) self->read, "changed",
                               (json_int_t) self->changed, "unchanged", (json_int_t) self->same, "unknown",
                               (json_int_t) unknown, "rejected", self->rejected));
    else {
        printf (words ("%ld read: %ld changed, %ld as they were, %zu rejected, %ld without an outcome yet\n",
                       "已读 %ld:变更 %ld,未变 %ld,拒绝 %zu,结果未知 %ld\n"),
                self->read, self->changed, self->same, rejected, unknown);
        json_array_foreach (self->rejected, index, row) {
            const char *key = json_string_value (json_object_get (row, "key"));
            printf (words ("line %lld: %s: %s\n", "第 %lld 行:%s:%s\n"),
                    (long long) json_integer_value (json_object_get (row, "line")), key ? key : "-",
                    json_string_value (json_object_get (row, "reason")));
        }
    }
    return !answered ? UNAVAILABLE : rejected ? PARTLY : DONE;
}

static exit_t
s_import (PGconn *conn, const arguments_t *arguments)
{
    exit_t code;
    import_t self = { .person = arguments_value (arguments, "as"),
                      .reason = arguments_value (arguments, "reason"),
                      .dry = arguments_has (arguments, "dry-run") };
    self.form = register_form (arguments->operands[0], &code);
    if (!self.form)
        return code;
    self.forms = register_forms (&code);
    self.rows = rows_open (arguments->operands[1]);
    if (!self.rows)
        return NOT_FOUND;
    self.present = json_object ();
    self.lines = json_object ();
    self.keys = json_object ();
    self.rejected = json_array ();
    code = s_map (&self, arguments_value (arguments, "map")) ? s_load (conn, &self) : USAGE;
    if (code == DONE && !self.dry)
        self.door = door_new ();
    if (code == DONE)
        code = self.door || self.dry ? s_summary (&self, s_run_all (&self)) : USAGE;
    door_destroy (&self.door);
    rows_close (&self.rows);
    json_t *owned[] = { self.present, self.lines, self.keys, self.rejected };
    for (size_t index = 0; index < sizeof owned / sizeof *owned; index++)
        json_decref (owned[index]);
    return code;
}

static exit_t
s_run (const arguments_t *arguments)
{
    return query_session ("READER", s_import, arguments);
}

static const option_row_t OPTIONS[] = {
    { "map", "LIST", "columns: field=column,…; by default the field's name or title",
      "列名:字段=列名,…;默认按字段名或标题" },
    { "as", "PERSON", "the person who acts", "办理人员" },
    { "reason", "TEXT", "why, for the history", "事由,记入变更经过" },
    { "dry-run", NULL, "checks everything, sends nothing", "只检查,不发送" },
    { 0 },
};

const command_t COMMAND_REGISTER_IMPORT = {
    "register import",
    "NAME FILE",
    2,
    2,
    "entries from a CSV or lines of JSON (also .gz); start again to resume",
    "从 CSV 或 NDJSON(可为 .gz)导入条目;中断后可重新执行",
    OPTIONS,
    s_run,
};
