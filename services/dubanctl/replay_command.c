//  replay_command - options and summary of `dubanctl replay`

#include "services/dubanctl/query.h"
#include "services/dubanctl/replay.h"
#include "services/dubanctl/settings.h"
#include "services/dubanctl/text.h"
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const option_row_t OPTIONS[] = {
    { "rate", "N", "submissions per second (100)", "每秒提交数(默认 100)" },
    { "limit", "N", "only the first N records", "只提交前 N 条" },
    { "map", "LIST", "columns: title=title,text=content,time=time,id=id,area=area",
      "列名:title=title,text=content,time=time,id=id,area=area" },
    { "kind", "KIND", "kind of all of them (opinion)", "类别(默认 opinion 意见)" },
    { "as", "PERSON", "the person they are sent for", "代表的人员" },
    { "prefix", "TEXT", "of the event ids (the file's name)", "事件标识前缀(默认为文件名)" },
    { 0 },
};

static bool
s_read_map (replay_map_t *map, const char *list)
{
    rows_column_t columns[] = { { "title", map->title }, { "text", map->text }, { "time", map->time },
                                { "id", map->id },       { "area", map->area }, { 0 } };
    bool good = !list || rows_map (columns, list);
    *map = (replay_map_t){ columns[0].column, columns[1].column, columns[2].column, columns[3].column,
                           columns[4].column };
    return good;
}

//  The file's name without folder and endings; only what an id may have
static void
s_make_prefix (char prefix[64], const char *path)
{
    const char *name = strrchr (path, '/');
    snprintf (prefix, 64, "%.40s", name ? name + 1 : path);
    prefix[strcspn (prefix, ".")] = 0;
    for (char *at = prefix; *at; at++)
        if (!strchr ("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-", *at))
            *at = '-';
}

//  With a reader's connection the last case tells new from known; without, the receipt's time does
static int64_t
s_last_case (void)
{
    exit_t code;
    PGconn *conn = settings_text ("DUBAN_READER_URL") ? query_connect ("READER", &code) : NULL;
    if (!conn)
        return -1;
    PGresult *result =
        query (conn, "SELECT coalesce (max (case_no), 0) FROM api.submission WHERE opens", QUERY_END);
    int64_t last = query_good (result) ? strtoll (PQgetvalue (result, 0, 0), NULL, 10) : -1;
    PQclear (result);
    PQfinish (conn);
    return last;
}

static void
s_summary (const replay_t *self)
{
    long unanswered = (long) door_waiting (self->door);
    double rate = self->seconds > 0 ? (double) (self->sent - unanswered) / self->seconds : 0;
    if (option_json) {
        json_print (json_pack ("{s:s, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:O, s:f, s:f}", "schema",
                               "duban.replay.v1", "read", (json_int_t) self->read, "sent",
                               (json_int_t) self->sent, "new", (json_int_t) self->taken, "duplicates",
                               (json_int_t) self->known, "cut", (json_int_t) self->cut, "unreadable",
                               (json_int_t) self->unreadable, "unanswered", (json_int_t) unanswered,
                               "problems", self->problems, "seconds", self->seconds, "rate", rate));
        return;
    }
    printf (words ("%ld sent: %ld new, %ld known before, %ld unanswered; %.0f/s over %.1f s\n",
                   "已发送 %ld:新事项 %ld,重复 %ld,未应答 %ld;%.0f/秒,共 %.1f 秒\n"),
            self->sent, self->taken, self->known, unanswered, rate, self->seconds);
    if (self->cut)
        printf (words ("%ld were too long and were cut\n", "%ld 条过长,已截断\n"), self->cut);
    if (self->unreadable)
        printf (words ("%ld records could not be read\n", "%ld 条无法读取\n"), self->unreadable);
    const char *slug;
    json_t *count;
    json_object_foreach (self->problems, slug, count)
        printf ("%s: %" JSON_INTEGER_FORMAT "\n", slug, json_integer_value (count));
}

static exit_t
s_run (const arguments_t *arguments)
{
    const char *map = arguments_value (arguments, "map"), *kind = arguments_value (arguments, "kind");
    const char *prefix = arguments_value (arguments, "prefix");
    replay_t self = { .map = { "title", "content", "time", "id", "area" },
                      .kind = kind ? kind : "opinion",
                      .person = arguments_value (arguments, "as"),
                      .rate = 100,
                      .limit = LONG_MAX };
    if (!arguments_number (arguments, "rate", &self.rate, 1, 1000000) ||
        !arguments_number (arguments, "limit", &self.limit, 1, LONG_MAX) || !s_read_map (&self.map, map))
        return USAGE;
    s_make_prefix (self.prefix, prefix ? prefix : arguments->operands[0]);
    self.rows = rows_open (arguments->operands[0]);
    if (!self.rows)
        return NOT_FOUND;
    self.door = door_new ();
    exit_t code = USAGE;
    if (self.door) {
        self.problems = json_object ();
        self.last_case = s_last_case ();
        code = replay_run (&self);
        s_summary (&self);
        json_decref (self.problems);
    }
    door_destroy (&self.door);
    rows_close (&self.rows);
    return code;
}

const command_t COMMAND_REPLAY = {
    "replay",
    "FILE",
    1,
    1,
    "CSV or NDJSON (also .gz) of real submissions through the door; start again to resume",
    "将 CSV 或 NDJSON(可为 .gz)中的真实来件提交到接入服务;中断后可重新执行",
    OPTIONS,
    s_run,
};
