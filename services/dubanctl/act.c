//  act - `dubanctl act CASE COMMAND`: one command through the door; waits on the feed for what became of it
//
//  Arguments: name=text; a whole number of at most nine digits is sent as one; name:=JSON says exactly what
//  is meant; a name that ends in "at" takes dates as people type them, and "now".

#include "common/uuid.h"
#include "services/dubanctl/case.h"
#include "services/dubanctl/text.h"
#include "services/dubanctl/when.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool
s_is_whole (const char *text)
{
    size_t length = strlen (text), digits = strspn (text, "0123456789");
    return length && length <= 9 && digits == length && (length == 1 || *text != '0');
}

//  The value of one argument; NULL: it is not valid JSON or UTF-8
static json_t *
s_value (const char *name, const char *text)
{
    size_t length = strlen (name);
    int64_t moment;
    if (length && name[length - 1] == ':')
        return json_loads (text, JSON_DECODE_ANY, NULL);
    if (length >= 2 && !strcmp (name + length - 2, "at") && when_read (text, &moment))
        return json_string (text_rfc3339 (moment));
    return s_is_whole (text) ? json_integer (strtol (text, NULL, 10)) : json_string (text);
}

static bool
s_add (json_t *object, const char *argument)
{
    char *name = strdup (argument), *equals = strchr (name, '=');
    json_t *value = NULL;
    if (equals) {
        *equals = 0;
        value = s_value (name, equals + 1);
        if (equals > name && equals[-1] == ':')
            equals[-1] = 0;
    }
    bool good = value && !json_object_set_new (object, name, value);
    if (!good)
        complain (words ("not name=value: %s", "不是 name=value:%s"), argument);
    free (name);
    return good;
}

//  The number as the door wants it. A serial number alone is looked up.
static bool
s_number (const char *operand, char number[48], exit_t *code)
{
    if (case_is_number (operand)) {
        snprintf (number, 48, "%s", operand);
        return true;
    }
    PGconn *conn = query_connect ("READER", code);
    bool found = conn && case_find (conn, operand, number, code);
    PQfinish (conn);
    return found;
}

static json_t *
s_data (const arguments_t *arguments, exit_t *code)
{
    char number[48];
    long version = -1;
    *code = USAGE;
    if (!arguments_number (arguments, "expect-version", &version, 1, INT32_MAX) ||
        !s_number (arguments->operands[0], number, code))
        return NULL;
    json_t *values = json_object ();
    bool good = true;
    for (int index = 2; index < arguments->count; index++)
        good = good && s_add (values, arguments->operands[index]);
    json_t *data =
        json_pack ("{s:s, s:s, s:o}", "case", number, "command", arguments->operands[1], "arguments", values);
    if (data && version >= 0)
        json_object_set_new (data, "expected_version", json_integer (version));
    if (good && data)
        return data;
    json_decref (data);
    *code = USAGE;
    return NULL;
}

static exit_t
s_act (door_t *door, json_t *data, const arguments_t *arguments)
{
    char id[UUID_TEXT];
    uuid_t uuid = uuid_new ();
    uuid_text (&uuid, id);
    int64_t end = feed_end (door);
    if (end < 0) {
        json_decref (data);
        return UNAVAILABLE;
    }
    json_t *reply = door_ask (
        door, &(door_event_t){ EVENT_COMMAND, id, moment_now (), arguments_value (arguments, "as"), data });
    exit_t code = UNAVAILABLE;
    if (reply && !reply_is (reply, EVENT_RECEIPT))
        code = problem_print (json_object_get (reply, "data"));
    else if (reply)
        code = feed_await (door, end, id);
    json_decref (reply);
    return code;
}

static exit_t
s_run (const arguments_t *arguments)
{
    exit_t code;
    json_t *data = s_data (arguments, &code);
    if (!data)
        return code;
    door_t *door = door_new ();
    if (!door) {
        json_decref (data);
        return USAGE;
    }
    code = s_act (door, data, arguments);
    door_destroy (&door);
    return code;
}

static const option_row_t OPTIONS[] = {
    { "as", "PERSON", "the person who acts", "办理人员" },
    { "expect-version", "N", "only if the case still has this version", "仅当事项仍为此版本时执行" },
    { 0 },
};

const command_t COMMAND_ACT = {
    "act",
    "CASE COMMAND [name=value …]",
    2,
    -1,
    "accept, approve, contact, draft, sign … a case; proto/README.md lists the commands and what they need",
    "对事项执行流转命令(accept、approve、contact、draft、sign …),见 proto/README.md",
    OPTIONS,
    s_run,
};
