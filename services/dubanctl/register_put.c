//  register_put - `dubanctl register put` and `end`: one change of one entry through the door, and what became of it

#include "common/uuid.h"
#include "services/dubanctl/case.h"
#include "services/dubanctl/register.h"
#include "services/dubanctl/text.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

//  field=value; field= takes it away. False after complaining.
static bool
s_add (const form_t *form, json_t *fields, const char *operand)
{
    char name[64];
    const char *equals = strchr (operand, '=');
    snprintf (name, sizeof name, "%.*s", equals ? (int) (equals - operand) : 0, operand);
    const field_t *field = form_field (form, name);
    json_t *value = NULL;
    if (field && equals[1])
        value = field_read (field, equals + 1);
    else if (field)
        value = json_null ();
    if (value && !json_object_set_new (fields, name, value))
        return true;
    complain (words ("not field=value of this register: %s", "不是该登记簿的 字段=值:%s"), operand);
    return false;
}

//  The data of the event; NULL after complaining
static json_t *
s_data (const arguments_t *arguments, const form_t *form, bool put)
{
    long version = -1;
    const char *reason = arguments_value (arguments, "reason");
    if (!arguments_number (arguments, "expect-version", &version, 0, INT32_MAX))
        return NULL;
    json_t *fields = json_object ();
    bool good = true;
    for (int index = 2; index < arguments->count; index++)
        good = good && s_add (form, fields, arguments->operands[index]);
    json_t *data =
        json_pack ("{s:s, s:s}", "register", arguments->operands[0], "key", arguments->operands[1]);
    if (data && put)
        json_object_set (data, "fields", fields);
    if (data && version >= 0)
        json_object_set_new (data, "expected_version", json_integer (version));
    if (data && reason)
        json_object_set_new (data, "reason", json_string (reason));
    json_decref (fields);
    if (good && data)
        return data;
    json_decref (data);
    return NULL;
}

static exit_t
s_send (door_t *door, const arguments_t *arguments, json_t *data, event_type_t type)
{
    char id[UUID_TEXT];
    uuid_t uuid = uuid_new ();
    uuid_text (&uuid, id);
    int64_t before = feed_end (door);
    if (before < 0) {
        json_decref (data);
        return UNAVAILABLE;
    }
    json_t *reply =
        door_ask (door, &(door_event_t){ type, id, moment_now (), arguments_value (arguments, "as"), data });
    exit_t code = UNAVAILABLE;
    if (reply && !reply_is (reply, EVENT_RECEIPT))
        code = problem_print (json_object_get (reply, "data"));
    else if (reply)
        code = feed_await (door, before, id);
    json_decref (reply);
    return code;
}

static exit_t
s_change (const arguments_t *arguments, event_type_t type)
{
    exit_t code;
    const form_t *form = register_form (arguments->operands[0], &code);
    if (!form)
        return code;
    json_t *data = s_data (arguments, form, type == EVENT_REGISTER_PUT);
    door_t *door = data ? door_new () : NULL;
    if (!door) {
        json_decref (data);
        return USAGE;
    }
    code = s_send (door, arguments, data, type);
    door_destroy (&door);
    return code;
}

static exit_t
s_put (const arguments_t *arguments)
{
    return s_change (arguments, EVENT_REGISTER_PUT);
}

static exit_t
s_end (const arguments_t *arguments)
{
    return s_change (arguments, EVENT_REGISTER_END);
}

static const option_row_t OPTIONS[] = {
    { "as", "PERSON", "the person who acts", "办理人员" },
    { "expect-version", "N", "only if the entry still has this version; 0: only if there is none",
      "仅当条目仍为此版本时执行;0 表示尚无此条目" },
    { "reason", "TEXT", "why, for the history", "事由,记入变更经过" },
    { 0 },
};

const command_t COMMAND_REGISTER_PUT = {
    "register put",
    "NAME KEY [field=value …]",
    2,
    -1,
    "enter or change an entry; field= takes a value away, lists are a;b;c",
    "登记或变更条目;“字段=”表示清除,多个值用分号分隔",
    OPTIONS,
    s_put,
};
const command_t COMMAND_REGISTER_END = {
    "register end",          "NAME KEY", 2,     2, "an entry holds no longer; its history stays",
    "注销条目,变更经过保留", OPTIONS,    s_end,
};
