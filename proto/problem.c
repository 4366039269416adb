//  problem - what is wrong, in the form of RFC 9457 (Problem Details), with JSON pointers (RFC 6901)
//
//  Texts may repeat what a stranger sent (the name of an unknown member, say). They are cut and made clean
//  here, in one place: valid UTF-8, no control characters, so that every problem can be sent, stored and
//  logged.

#include "proto/problem.h"
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#define TEXT_MAX   300
#define ERRORS_MAX 16
#define URN        "urn:duban:problem:"

//  retryable: the very same event, with the same id, may succeed later
typedef struct {
    const char *slug;
    int status;
    bool retryable;
    const char *title, *title_zh;
} kind_t;

static const kind_t KINDS[PROBLEM_COUNT] = {
    [PROBLEM_NONE] = { "", 0, false, "", "" },
    [PROBLEM_MALFORMED] = { "malformed", 400, false, "Not well-formed JSON", "不是合格的 JSON" },
    [PROBLEM_TOO_LARGE] = { "too-large", 413, false, "The event is larger than 64 KiB", "事件超过 64 KiB" },
    [PROBLEM_TOO_DEEP] = { "too-deep", 413, false, "Nested deeper than 16 levels", "嵌套超过 16 层" },
    [PROBLEM_TOO_MANY_VALUES] = { "too-many-values", 413, false, "More than 5,000 values", "值超过 5000 个" },
    [PROBLEM_NOT_AN_EVENT] = { "not-an-event", 400, false, "Not a CloudEvent 1.0 in structured JSON mode",
                               "不是 CloudEvents 1.0 结构化 JSON 事件" },
    [PROBLEM_UNKNOWN_TYPE] = { "unknown-type", 404, false, "The door does not take this type of event",
                               "不受理此类型的事件" },
    [PROBLEM_INVALID] = { "invalid", 422, false, "The content does not fit its schema",
                          "内容不符合规定格式" },
    [PROBLEM_FORBIDDEN] = { "forbidden", 403, false, "Not permitted for this key or person",
                            "无权进行此操作" },
    [PROBLEM_WRONG_SOURCE] = { "wrong-source", 403, false, "The source is not the one this key belongs to",
                               "来源与密钥不符" },
    [PROBLEM_WRONG_PERSON] = { "wrong-person", 403, false, "This key does not speak for that person",
                               "密钥无权代表此人" },
    [PROBLEM_UNKNOWN_CASE] = { "unknown-case", 404, false, "There is no such case", "没有此事项" },
    [PROBLEM_UNKNOWN_PROCEDURE] = { "unknown-procedure", 404, false, "There is no such procedure",
                                    "没有此办理程序" },
    [PROBLEM_UNKNOWN_COMMAND] = { "unknown-command", 404, false, "The procedure has no such command",
                                  "办理程序中没有此操作" },
    [PROBLEM_UNKNOWN_REGISTER] = { "unknown-register", 404, false, "There is no such register",
                                   "没有此登记簿" },
    [PROBLEM_UNKNOWN_ENTRY] = { "unknown-entry", 404, false, "The register has no such entry",
                                "登记簿中没有此条目" },
    [PROBLEM_NOT_NOW] = { "not-now", 409, false, "The command does not fit the state of the case",
                          "事项当前状态不允许此操作" },
    [PROBLEM_CONFLICT] = { "conflict", 409, false, "It has changed in the meantime", "已有新的变动" },
    [PROBLEM_ID_REUSED] = { "id-reused", 409, false, "This id was used for other content",
                            "此编号已用于其他内容" },
    [PROBLEM_TOO_LATE] = { "too-late", 409, false, "What it depends on did not come in time",
                           "所依赖的信息未及时到达" },
    [PROBLEM_UNSTORABLE] = { "unstorable", 422, false, "A value cannot be stored", "有无法保存的值" },
    [PROBLEM_QUOTA] = { "quota", 429, true, "Too many messages; slow down", "发送过快,请稍后再发" },
    [PROBLEM_BUSY] = { "busy", 503, true, "Busy; send the same id again", "系统繁忙,请用同一编号重发" },
    [PROBLEM_STOPPING] = { "stopping", 503, true, "Stopping; send the same id again",
                           "服务正在停止,请用同一编号重发" },
};

struct problem {
    problem_code_t code;
    int retry_after_ms; //  0: not said
    json_t *detail;     //  NULL: none
    json_t *errors;     //  array of {pointer, detail}
};

//  Bytes of the UTF-8 sequence at text (RFC 3629: no overlong forms, no surrogates), 0 if it is not one
static size_t
s_sequence (const unsigned char *text)
{
    static const struct {
        unsigned char first, last, low, high; //  lead bytes, and the range of the second byte
        size_t size;
    } FORMS[] = {
        { 0xc2, 0xdf, 0x80, 0xbf, 2 }, { 0xe0, 0xe0, 0xa0, 0xbf, 3 }, { 0xe1, 0xec, 0x80, 0xbf, 3 },
        { 0xed, 0xed, 0x80, 0x9f, 3 }, { 0xee, 0xef, 0x80, 0xbf, 3 }, { 0xf0, 0xf0, 0x90, 0xbf, 4 },
        { 0xf1, 0xf3, 0x80, 0xbf, 4 }, { 0xf4, 0xf4, 0x80, 0x8f, 4 },
    };
    if (*text >= 0x20 && *text < 0x7f)
        return 1;
    for (size_t form = 0; form < sizeof FORMS / sizeof *FORMS; form++) {
        if (*text < FORMS[form].first || *text > FORMS[form].last)
            continue;
        if (text[1] < FORMS[form].low || text[1] > FORMS[form].high)
            return 0;
        for (size_t at = 2; at < FORMS[form].size; at++)
            if ((text[at] & 0xc0) != 0x80)
                return 0;
        return FORMS[form].size;
    }
    return 0;
}

//  C1 controls, and the characters that turn the direction of what follows: they could make a log line or a
//  screen say something else than it does
static bool
s_is_treacherous (const unsigned char *text, size_t size)
{
    return (size == 2 && text[0] == 0xc2 && text[1] < 0xa0) ||
           (size == 3 && text[0] == 0xe2 && text[1] == 0x80 && text[2] >= 0xa8 && text[2] <= 0xae) ||
           (size == 3 && text[0] == 0xe2 && text[1] == 0x81 && text[2] >= 0xa6 && text[2] <= 0xa9);
}

//  A copy that is safe everywhere: anything else becomes '?', cut at TEXT_MAX bytes between two code points
static json_t *
s_clean (const char *text)
{
    char clean[TEXT_MAX + 1];
    size_t used = 0;
    for (const unsigned char *at = (const unsigned char *) text; *at;) {
        size_t size = s_sequence (at);
        bool good = size && !s_is_treacherous (at, size);
        size_t wanted = good ? size : 1;
        if (used + wanted > TEXT_MAX)
            break;
        if (good)
            memcpy (clean + used, at, size);
        else
            clean[used] = '?';
        used += wanted;
        at += size ? size : 1;
    }
    json_t *result = json_stringn (clean, used);
    assert (result);
    return result;
}

problem_t *
problem_new (problem_code_t code, const char *detail)
{
    assert (code > PROBLEM_NONE && code < PROBLEM_COUNT);
    problem_t *self = calloc (1, sizeof *self);
    assert (self);
    self->code = code;
    if (detail)
        self->detail = s_clean (detail);
    self->errors = json_array ();
    return self;
}

void
problem_destroy (problem_t **self_p)
{
    assert (self_p);
    problem_t *self = *self_p;
    if (self) {
        json_decref (self->detail);
        json_decref (self->errors);
        free (self);
        *self_p = NULL;
    }
}

void
problem_point (problem_t *self, const char *pointer, const char *detail)
{
    if (json_array_size (self->errors) < ERRORS_MAX)
        json_array_append_new (
            self->errors, json_pack ("{s:o, s:o}", "pointer", s_clean (pointer), "detail", s_clean (detail)));
}

void
problem_retry_after (problem_t *self, int milliseconds)
{
    self->retry_after_ms = milliseconds;
}

problem_code_t
problem_code (const problem_t *self)
{
    return self->code;
}

json_t *
problem_json (const problem_t *self)
{
    const kind_t *kind = &KINDS[self->code];
    char type[64] = URN;
    strcat (type, kind->slug);
    json_t *root = json_pack ("{s:s, s:s, s:s, s:i, s:b}", "type", type, "title", kind->title, "title_zh",
                              kind->title_zh, "status", kind->status, "retryable", kind->retryable);
    assert (root);
    if (self->detail)
        json_object_set (root, "detail", self->detail);
    if (self->retry_after_ms > 0)
        json_object_set_new (root, "retry_after_ms", json_integer (self->retry_after_ms));
    if (json_array_size (self->errors))
        json_object_set (root, "errors", self->errors);
    return root;
}

const char *
problem_slug (problem_code_t code)
{
    assert (code >= PROBLEM_NONE && code < PROBLEM_COUNT);
    return KINDS[code].slug;
}

problem_code_t
problem_of (const char *slug)
{
    if (strncmp (slug, URN, strlen (URN)) == 0)
        slug += strlen (URN);
    for (problem_code_t code = PROBLEM_NONE + 1; code < PROBLEM_COUNT; code++)
        if (strcmp (slug, KINDS[code].slug) == 0)
            return code;
    return PROBLEM_NONE;
}

bool
problem_is_retryable (problem_code_t code)
{
    assert (code >= PROBLEM_NONE && code < PROBLEM_COUNT);
    return KINDS[code].retryable;
}
