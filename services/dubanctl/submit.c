//  submit - `dubanctl submit`: one submission through the door, from a file, a pipe or options; prints the
//  receipt

#include "services/dubanctl/case.h"
#include "services/dubanctl/text.h"
#include "services/dubanctl/when.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const option_row_t OPTIONS[] = {
    { "title", "TEXT", "what it is about, at most 200 characters", "标题,最多 200 字" },
    { "text", "TEXT", "the facts, at most 20,000 characters", "事实,最多 20000 字" },
    { "kind", "KIND",
      "criticism, opinion, suggestion (default), law_enforcement, rationalisation, lead, other",
      "类别:criticism 批评、opinion 意见、suggestion 建议(默认)、law_enforcement、rationalisation、lead "
      "线索、other" },
    { "wish", "TEXT", "what is asked for", "建议或诉求" },
    { "area", "AREA", "street or town", "镇街" },
    { "secrecy", "CLASS", "public, internal (default), confidential, sealed",
      "密级:public、internal(默认)、confidential、sealed" },
    { "urgent", NULL, "urgent", "紧急" },
    { "paper", "WHEN", "it came on paper: date or time of receipt", "书面收到:收到的日期或时间" },
    { "as", "PERSON", "the person it is sent for", "代表的人员" },
    { "id", "ID", "id of the event; the same id again gives the same receipt",
      "事件标识;重复提交得到同一回执" },
    { 0 },
};

static void
s_set_text (json_t *data, const char *member, const char *value)
{
    if (value)
        json_object_set_new (data, member, json_string (value));
}

static json_t *
s_data_from_options (const arguments_t *arguments)
{
    const char *kind = arguments_value (arguments, "kind");
    json_t *data =
        json_pack ("{s:s, s:s, s:b}", "procedure", "suggestion", "kind", kind ? kind : "suggestion",
                   "no_secrets", true); //  who submits declares it: help says so
    s_set_text (data, "title", arguments_value (arguments, "title"));
    s_set_text (data, "text", arguments_value (arguments, "text"));
    s_set_text (data, "wish", arguments_value (arguments, "wish"));
    s_set_text (data, "area", arguments_value (arguments, "area"));
    s_set_text (data, "secrecy", arguments_value (arguments, "secrecy"));
    if (arguments_has (arguments, "urgent"))
        s_set_text (data, "urgency", "urgent");
    return data;
}

static json_t *
s_read (const char *path)
{
    json_error_t error;
    json_t *root = strcmp (path, "-") ? json_load_file (path, JSON_REJECT_DUPLICATES, &error)
                                      : json_loadf (stdin, JSON_REJECT_DUPLICATES, &error);
    if (!root)
        complain ("%s:%d: %s", path, error.line, error.text);
    return root;
}

static exit_t
s_print_reply (json_t *reply)
{
    if (!reply)
        return UNAVAILABLE;
    exit_t code = DONE;
    if (!reply_is (reply, EVENT_RECEIPT))
        code = problem_print (json_object_get (reply, "data"));
    else if (option_json)
        json_print (json_pack ("{s:s, s:O}", "schema", "duban.receipt.v1", "receipt",
                               json_object_get (reply, "data")));
    else
        printf ("%s  %s\n", reply_text (reply, "case"), words ("received", "收悉"));
    json_decref (reply);
    return code;
}

//  Time and paper: what came on paper happened when it was received, not when it is typed in
static bool
s_set_time (door_event_t *event, const char *paper)
{
    if (!paper)
        return true;
    if (!when_read (paper, &event->time)) {
        complain (words ("--paper wants a date or an RFC 3339 time, not \"%s\"",
                         "--paper 应为日期或 RFC 3339 时间,不能是“%s”"),
                  paper);
        return false;
    }
    json_object_set_new (event->data, "received_on_paper",
                         json_pack ("{s:s, s:s}", "received_at", text_rfc3339 (event->time), "how", "paper"));
    return true;
}

static exit_t
s_send (door_t *door, json_t *data, const arguments_t *arguments)
{
    const char *id = arguments_value (arguments, "id");
    if (json_object_get (data, "specversion")) { //  a whole event: exactly as it was given
        char *text = json_dumps (data, JSON_COMPACT | JSON_PRESERVE_ORDER);
        json_decref (data);
        return s_print_reply (door_ask_text (door, text));
    }
    door_event_t event = { EVENT_SUBMISSION, id, id ? INT64_MIN : moment_now (),
                           arguments_value (arguments, "as"), data };
    if (s_set_time (&event, arguments_value (arguments, "paper")))
        return s_print_reply (door_ask (door, &event));
    json_decref (data);
    return USAGE;
}

static exit_t
s_run (const arguments_t *arguments)
{
    bool options = arguments_has (arguments, "title") || arguments_has (arguments, "text");
    if (options == (arguments->count == 1)) {
        complain ("%s", words ("give either a file (- for stdin) or --title and --text",
                               "请给出文件(- 为标准输入)或 --title 和 --text"));
        return USAGE;
    }
    json_t *data = options ? s_data_from_options (arguments) : s_read (arguments->operands[0]);
    if (!json_is_object (data)) {
        json_decref (data);
        return FAILED;
    }
    door_t *door = door_new ();
    if (!door) {
        json_decref (data);
        return USAGE;
    }
    exit_t code = s_send (door, data, arguments);
    door_destroy (&door);
    return code;
}

const command_t COMMAND_SUBMIT = {
    "submit",
    "[FILE|-]",
    0,
    1,
    "submit an item (data object or whole event); with --title you declare that it contains no secrets",
    "提交事项(数据对象或完整事件);使用 --title 即承诺不涉密",
    OPTIONS,
    s_run,
};
