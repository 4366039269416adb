//  feed - what the door says back, by cursor: reading, waiting for an outcome, `dubanctl feed`

#include "services/dubanctl/case.h"
#include "services/dubanctl/text.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LONG_POLL_MS 2000 //  below the 3 s after which the client would take a request for lost

json_t *
feed_page (door_t *door, int64_t after, int limit, long wait_ms)
{
    json_t *data =
        json_pack ("{s:I, s:i, s:i}", "after", (json_int_t) after, "limit", limit, "wait_ms", (int) wait_ms);
    json_t *reply = door_ask (door, &(door_event_t){ EVENT_FEED_READ, NULL, INT64_MIN, NULL, data });
    json_t *page = NULL;
    if (reply && reply_is (reply, EVENT_FEED_PAGE))
        page = json_incref (json_object_get (reply, "data"));
    else if (reply)
        problem_print (json_object_get (reply, "data"));
    json_decref (reply);
    return page;
}

//  True if there is an event after the cursor; -1: no answer
static int
s_has_more (door_t *door, int64_t after)
{
    json_t *page = feed_page (door, after, 1, 0);
    int has = page ? json_array_size (json_object_get (page, "events")) > 0 : -1;
    json_decref (page);
    return has;
}

//  The feed's numbers have no gaps: doubling finds a number beyond the end, halving finds the end
int64_t
feed_end (door_t *door)
{
    int64_t low = 0, high = 1; //  low: there is something after low - 1
    int has;
    while ((has = s_has_more (door, high - 1)) > 0) {
        low = high;
        high *= 2;
    }
    while (has >= 0 && high - low > 1) {
        int64_t middle = low + (high - low) / 2;
        has = s_has_more (door, middle - 1);
        *(has > 0 ? &low : &high) = middle;
    }
    return has < 0 ? -1 : low;
}

//  --------------------------------------------------------------------------

static const char *
s_text (const json_t *object, const char *member)
{
    const char *text = json_string_value (json_object_get (object, member));
    return text ? text : "";
}

static int64_t
s_time (const json_t *event)
{
    int64_t moment;
    return event_time_parse (s_text (event, "time"), &moment) ? moment : 0;
}

void
feed_line (const json_t *event)
{
    const json_t *data = json_object_get (event, "data");
    printf ("%6s  %s  %s  ", s_text (event, "sequence"), text_moment (s_time (event)), s_text (data, "case"));
    if (reply_is (event, EVENT_CASE_CHANGED))
        printf ("%s → %s (%" JSON_INTEGER_FORMAT ")\n", s_text (data, "event"),
                state_title ("suggestion", s_text (data, "state")),
                json_integer_value (json_object_get (data, "version")));
    else if (reply_is (event, EVENT_COMMAND_REFUSED))
        printf ("%s %s: %s\n", s_text (data, "command"), words ("refused", "被拒绝"),
                s_text (json_object_get (data, "problem"), words ("title", "title_zh")));
    else if (reply_is (event, EVENT_REGISTER_CHANGED) || reply_is (event, EVENT_REGISTER_REFUSED))
        printf ("%s %s  %s\n", s_text (data, "register"), s_text (data, "key"),
                reply_is (event, EVENT_REGISTER_CHANGED)
                    ? s_text (data, "event")
                    : s_text (json_object_get (data, "problem"), words ("title", "title_zh")));
    else
        printf ("%s%s%s: %s\n", s_text (data, "to"), *s_text (data, "to") ? " ← " : "",
                s_text (data, "subject"), s_text (data, "text"));
}

//  A cause is written <source>/<id>
static bool
s_is_cause (const char *text, const char *id)
{
    size_t length = strlen (text), size = strlen (id);
    return length >= size && !strcmp (text + length - size, id) &&
           (length == size || text[length - size - 1] == '/');
}

//  Prints the outcome if this event is the one that is waited for; -1 if it is not
static int
s_outcome (const json_t *event, const char *cause)
{
    const json_t *data = json_object_get (event, "data");
    if (!s_is_cause (s_text (event, "causationid"), cause) &&
        !s_is_cause (s_text (data, "command_id"), cause))
        return -1;
    bool entry = reply_is (event, EVENT_REGISTER_CHANGED);
    if (reply_is (event, EVENT_COMMAND_REFUSED) || reply_is (event, EVENT_REGISTER_REFUSED))
        return (int) problem_print (json_object_get (data, "problem"));
    if (!reply_is (event, EVENT_CASE_CHANGED) && !entry)
        return -1;
    if (option_json)
        json_print (json_pack ("{s:s, s:O}", "schema", "duban.outcome.v1", "event", event));
    else if (entry)
        printf ("%s %s  %s  (%s %" JSON_INTEGER_FORMAT ")\n", s_text (data, "register"), s_text (data, "key"),
                s_text (data, "event"), words ("version", "版本"),
                json_integer_value (json_object_get (data, "version")));
    else
        printf ("%s  %s → %s  (%s %" JSON_INTEGER_FORMAT ")\n", s_text (data, "case"), s_text (data, "event"),
                state_title ("suggestion", s_text (data, "state")), words ("version", "版本"),
                json_integer_value (json_object_get (data, "version")));
    return DONE;
}

exit_t
feed_await (door_t *door, int64_t after, const char *cause)
{
    int64_t limit = moment_now () + option_timeout_ms * 1000;
    for (int64_t left; (left = (limit - moment_now ()) / 1000) > 0;) {
        json_t *page = feed_page (door, after, 100, left < LONG_POLL_MS ? (long) left : LONG_POLL_MS);
        if (!page)
            return UNAVAILABLE;
        int code = -1;
        size_t index;
        json_t *event;
        json_array_foreach (json_object_get (page, "events"), index, event)
            if (code < 0)
                code = s_outcome (event, cause);
        after = json_integer_value (json_object_get (page, "next"));
        json_decref (page);
        if (code >= 0)
            return (exit_t) code;
    }
    complain ("%s", words ("taken in, but its outcome is not on the feed yet: see `dubanctl show`",
                           "已收悉,但处理结果尚未出现:请用 `dubanctl show` 查看"));
    return UNAVAILABLE;
}

//  --------------------------------------------------------------------------

static void
s_print_page (const json_t *page)
{
    size_t index;
    json_t *event;
    json_array_foreach (json_object_get (page, "events"), index, event) {
        if (!option_json) {
            feed_line (event);
            continue;
        }
        char *text = json_dumps (event, JSON_COMPACT | JSON_PRESERVE_ORDER);
        puts (text); //  a stream: one event per line
        free (text);
    }
    fflush (stdout);
}

static exit_t
s_read (door_t *door, long after, long limit, bool follow)
{
    while (limit > 0) {
        json_t *page = feed_page (door, after, limit < 200 ? (int) limit : 200, follow ? LONG_POLL_MS : 0);
        if (!page)
            return UNAVAILABLE;
        size_t count = json_array_size (json_object_get (page, "events"));
        s_print_page (page);
        after = (long) json_integer_value (json_object_get (page, "next"));
        limit -= (long) count;
        bool more = json_is_true (json_object_get (page, "more"));
        json_decref (page);
        if (!more && !follow)
            break;
    }
    return DONE;
}

static exit_t
s_run (const arguments_t *arguments)
{
    long after = 0, limit = 1000000000;
    if (!arguments_number (arguments, "after", &after, 0, 1000000000000) ||
        !arguments_number (arguments, "limit", &limit, 1, 1000000000))
        return USAGE;
    door_t *door = door_new ();
    if (!door)
        return USAGE;
    exit_t code = s_read (door, after, limit, arguments_has (arguments, "follow"));
    door_destroy (&door);
    return code;
}

static const option_row_t OPTIONS[] = {
    { "after", "N", "only events after this cursor (0: from the beginning)",
      "只显示此游标之后的事件(默认从头)" },
    { "follow", NULL, "go on waiting for new ones", "持续等待新事件" },
    { "limit", "N", "at most so many", "最多条数" },
    { 0 },
};

const command_t COMMAND_FEED = {
    "feed",
    "",
    0,
    0,
    "what was said back to our source; --json: one event per line",
    "读取本来源的回执流;--json 每行一个事件",
    OPTIONS,
    s_run,
};
