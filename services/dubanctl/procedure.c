//  procedure - `dubanctl procedure check|list|show|dot`: are files of procedures good, and what do they say
//
//  Works on files alone: no service and no database is asked.

#include "proto/procedure.h"
#include "proto/shelf.h"
#include "services/dubanctl/command.h"
#include "services/dubanctl/settings.h"
#include "services/dubanctl/text.h"
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>

static const char FOLDER_EN[] = "where the procedures are (DUBAN_PROCEDURES, proto/procedures)",
                  FOLDER_ZH[] = "程序文件夹(默认 DUBAN_PROCEDURES 或 proto/procedures)";

//  --------------------------------------------------------------------------
//  check

static exit_t
s_check (const arguments_t *arguments)
{
    exit_t result = DONE;
    json_t *list = json_array ();
    for (int index = 0; index < arguments->count; index++) {
        char error[600] = "";
        const char *path = arguments->operands[index];
        procedure_t *procedure = procedure_load (path, error, sizeof error);
        json_array_append_new (
            list, json_pack ("{ss ss* so}", "file", path, "error", procedure ? NULL : error, "version",
                             procedure ? json_integer (procedure_version (procedure)) : json_null ()));
        if (!procedure) {
            complain ("%s", error);
            result = TROUBLE;
        } else if (!option_json)
            printf ("%s: %s %d: %s\n", path, procedure_name (procedure), procedure_version (procedure),
                    words ("good", "检查通过"));
        procedure_destroy (&procedure);
    }
    if (option_json)
        json_print (json_pack ("{ss so}", "schema", "duban.procedure_check.v1", "files", list));
    else
        json_decref (list);
    return result;
}

const command_t COMMAND_PROCEDURE_CHECK = {
    "procedure check",
    "FILE …",
    1,
    -1,
    "are these procedures good? Names file, line and member of what is wrong",
    "检查办理程序文件:不正确时指出文件、行和成员",
    NULL,
    s_check,
};

//  --------------------------------------------------------------------------
//  list, show, dot

static shelf_t *
s_shelf (const arguments_t *arguments)
{
    char error[600] = "";
    const char *folder = arguments_value (arguments, "folder");
    if (!folder)
        folder = settings_text ("DUBAN_PROCEDURES");
    shelf_t *shelf = shelf_new (folder ? folder : "proto/procedures", error, sizeof error);
    if (!shelf)
        complain ("%s", error);
    return shelf;
}

static const option_row_t LIST_OPTIONS[] = {
    { "folder", "FOLDER", FOLDER_EN, FOLDER_ZH },
    { "markdown", NULL, "all of them in tables and pictures, as the folder's README",
      "以 Markdown 输出全部程序" },
    { 0 },
};

static void
s_list_table (const shelf_t *shelf)
{
    const char *headings[] = { words ("procedure", "程序"),
                               words ("version", "版本"),
                               words ("name", "名称"),
                               words ("states", "状态"),
                               words ("commands", "操作"),
                               words ("terms", "时限"),
                               NULL };
    table_t *table = table_new (headings);
    json_t *list = json_array ();
    for (size_t index = 0; index < shelf_count (shelf); index++) {
        const procedure_t *one = shelf_at (shelf, index);
        char version[16], states[16], moves[16], clocks[16];
        snprintf (version, sizeof version, "%d", procedure_version (one));
        snprintf (states, sizeof states, "%zu", procedure_state_count (one));
        snprintf (moves, sizeof moves, "%zu", procedure_move_count (one));
        snprintf (clocks, sizeof clocks, "%zu", procedure_clock_count (one));
        table_row (table,
                   (const char *[]){ procedure_name (one), version, procedure_title (one, words ("en", "zh")),
                                     states, moves, clocks });
        json_array_append_new (list, json_pack ("{ss si ss ss}", "procedure", procedure_name (one), "version",
                                                procedure_version (one), "zh", procedure_title (one, "zh"),
                                                "en", procedure_title (one, "en")));
    }
    if (option_json)
        json_print (json_pack ("{ss so}", "schema", "duban.procedures.v1", "procedures", list));
    else {
        table_print (table);
        json_decref (list);
    }
    table_destroy (&table);
}

static exit_t
s_list (const arguments_t *arguments)
{
    shelf_t *shelf = s_shelf (arguments);
    if (!shelf)
        return TROUBLE;
    if (arguments_has (arguments, "markdown")) {
        char *text = shelf_markdown (shelf);
        fputs (text, stdout);
        free (text);
    } else
        s_list_table (shelf);
    shelf_destroy (&shelf);
    return DONE;
}

const command_t COMMAND_PROCEDURE_LIST = {
    "procedure list",       "",           0,      0, "the procedures of a folder and their versions",
    "列出办理程序及其版本", LIST_OPTIONS, s_list,
};

static const option_row_t ONE_OPTIONS[] = {
    { "folder", "FOLDER", FOLDER_EN, FOLDER_ZH },
    { "version", "N", "this version (the newest)", "指定版本(默认最新)" },
    { 0 },
};

static exit_t
s_print (const arguments_t *arguments, char *(*text_of) (const procedure_t *self))
{
    long version = 0;
    if (!arguments_number (arguments, "version", &version, 0, 1000000))
        return USAGE;
    shelf_t *shelf = s_shelf (arguments);
    if (!shelf)
        return TROUBLE;
    const char *name = arguments->operands[0];
    const procedure_t *one =
        version ? shelf_version (shelf, name, (int) version) : shelf_newest (shelf, name);
    if (one) {
        char *text = text_of (one);
        fputs (text, stdout);
        free (text);
    } else
        complain (words ("no such procedure: %s", "没有此办理程序: %s"), name);
    shelf_destroy (&shelf);
    return one ? DONE : NOT_FOUND;
}

static exit_t
s_show (const arguments_t *arguments)
{
    return s_print (arguments, procedure_markdown);
}

const command_t COMMAND_PROCEDURE_SHOW = {
    "procedure show",
    "NAME",
    1,
    1,
    "states, moves, terms and notices of a procedure, as Markdown",
    "显示办理程序的状态、操作、时限和通知(Markdown)",
    ONE_OPTIONS,
    s_show,
};

static exit_t
s_dot (const arguments_t *arguments)
{
    return s_print (arguments, procedure_dot);
}

const command_t COMMAND_PROCEDURE_DOT = {
    "procedure dot",
    "NAME",
    1,
    1,
    "the picture of a procedure for Graphviz: dubanctl procedure dot NAME | dot -Tsvg",
    "输出办理程序的 Graphviz 图",
    ONE_OPTIONS,
    s_dot,
};
