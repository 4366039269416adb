//  ladder_reader - members of a ladder's document, and the place of the first thing that is wrong in it

#include "services/watchdog/ladder_reader.h"
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

bool
reader_wrong (reader_t *self, const char *member, const char *format, ...)
{
    if (self->failed)
        return false;
    self->failed = true;
    char what[200];
    va_list arguments;
    va_start (arguments, format);
    vsnprintf (what, sizeof what, format, arguments);
    va_end (arguments);
    const char *colon = *self->pointer || *member ? ": " : ""; //  the whole document has an empty pointer
    snprintf (self->error, self->error_size, "%s: %s%s%s%s%s", self->file, self->pointer, *member ? "/" : "",
              member, colon, what);
    return false;
}

size_t
reader_enter (reader_t *self, const char *format, ...)
{
    size_t before = strlen (self->pointer);
    va_list arguments;
    va_start (arguments, format);
    vsnprintf (self->pointer + before, sizeof self->pointer - before, format, arguments);
    va_end (arguments);
    return before;
}

void
reader_leave (reader_t *self, size_t before)
{
    self->pointer[before] = 0;
}

bool
reader_only (reader_t *self, json_t *object, const char *const *allowed)
{
    if (!json_is_object (object))
        return reader_wrong (self, "", "must be an object");
    const char *name;
    json_t *value;
    json_object_foreach (object, name, value) {
        const char *const *known = allowed;
        while (*known && strcmp (*known, name))
            known++;
        if (!*known)
            return reader_wrong (self, name, "is not a member that is known here");
    }
    return true;
}

const char *
reader_text (reader_t *self, json_t *object, const char *name, bool needed)
{
    json_t *value = json_object_get (object, name);
    if (!value && !needed)
        return NULL;
    const char *text = json_string_value (value);
    if (!text || !*text)
        reader_wrong (self, name, value ? "must be a text that is not empty" : "is missing");
    return text;
}

const char *
reader_word (reader_t *self, json_t *object, const char *name, bool needed)
{
    const char *text = reader_text (self, object, name, needed);
    static const char GOOD[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_+-";
    if (text && (strspn (text, GOOD) != strlen (text) || strlen (text) > READER_WORD))
        reader_wrong (self, name, "\"%.40s\" is not a word of letters, digits, _, + and -", text);
    return text;
}

bool
reader_flag (reader_t *self, json_t *object, const char *name)
{
    json_t *value = json_object_get (object, name);
    if (value && !json_is_boolean (value))
        reader_wrong (self, name, "must be true or false");
    return json_is_true (value);
}

bool
reader_two_languages (reader_t *self, const char *where, json_t *object)
{
    static const char *const LANGUAGES[] = { "zh", "en", NULL };
    if (!json_is_object (object))
        return reader_wrong (self, where, "must have zh and en");
    size_t before = reader_enter (self, "/%.60s", where);
    bool good = reader_only (self, object, LANGUAGES) && reader_text (self, object, "zh", true) &&
                reader_text (self, object, "en", true);
    reader_leave (self, before);
    return good;
}
