//  notice - a message of kind "notice", checked once

#include "services/notify/notice.h"
#include <string.h>

static bool
s_recipient_is_good (json_t *recipient)
{
    const char *text = NULL;
    if (json_is_true (json_object_get (recipient, "submitter")))
        return !json_unpack (recipient, "{s:s}", "source", &text) && *text;
    return !json_unpack (recipient, "{s:s}", "role", &text) && *text;
}

bool
notice_read (notice_t *self, json_t *message, const char **problem)
{
    *self = (notice_t){ 0 };
    json_int_t case_no, occurred_at;
    int urgent, confirm = 0;
    json_t *trace = NULL;
    *problem = "a member is missing or of a wrong type";
    if (json_unpack (message, "{s:s, s:I, s:s, s:s, s:i, s:b, s?b, s:o, s:o, s:I, s?o, s?o}", "key",
                     &self->key, "case", &case_no, "number", &self->number, "template", &self->template_name,
                     "secrecy", &self->secrecy, "urgent", &urgent, "confirm", &confirm, "to", &self->to,
                     "arguments", &self->arguments, "occurred_at", &occurred_at, "trace", &trace, "not_to",
                     &self->not_to))
        return false;
    self->case_no = case_no;
    self->occurred_at = occurred_at;
    self->urgent = urgent;
    self->confirm = confirm;
    self->trace = json_string_value (trace);
    *problem = "key is empty or longer than 200 bytes";
    if (!*self->key || strlen (self->key) > 200)
        return false;
    *problem = "secrecy is not 0 to 3";
    if (self->secrecy < 0 || self->secrecy > 3)
        return false;
    *problem = "to is not an array of roles and submitters, or arguments is not an object";
    if (!json_is_array (self->to) || !json_is_object (self->arguments))
        return false;
    size_t index;
    json_t *recipient;
    json_array_foreach (self->to, index, recipient)
        if (!s_recipient_is_good (recipient))
            return false;
    *problem = "not_to is not an object";
    if (self->not_to && !json_is_object (self->not_to))
        return false;
    *problem = NULL;
    return true;
}
