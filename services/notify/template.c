//  template - a text with {placeholders} in two languages; checked when it is read, no logic when it is used

#include "services/notify/template.h"
#include "services/notify/wording.h"
#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DASH "—"

//  Own words, or a value to fill in
typedef struct {
    char *words; //  NULL: a placeholder
    int placeholder;
    int segment; //  0: always there; else the number of its [ ]
} piece_t;

typedef struct {
    piece_t *pieces;
    size_t count;
    int segments, open; //  how many [ ]; while it is read, the one that is open, or 0
} phrase_t;

enum { SUBJECT, TEXT, PHRASES };
static const struct {
    const char *name;
    size_t longest;
} PHRASE[PHRASES] = { { "subject", TEMPLATE_SUBJECT_MAX }, { "text", TEMPLATE_TEXT_MAX } };

typedef enum { UNDECLARED, NEEDED, OPTIONAL } declared_t;

struct template
{
    char *name;
    declared_t declared[PLACEHOLDER_MAX];
    phrase_t phrases[LANGUAGE_COUNT][PHRASES];
    char *absent[LANGUAGE_COUNT][PLACEHOLDER_MAX];
    //  --- while it is read
    const char *file;
    char *error;
    size_t error_size;
};

static bool s_complain (template_t *self, const char *format, ...) __attribute__ ((format (printf, 2, 3)));

static bool
s_complain (template_t *self, const char *format, ...)
{
    int used = snprintf (self->error, self->error_size, "%s: ", self->file);
    va_list arguments;
    va_start (arguments, format);
    if (used >= 0 && (size_t) used < self->error_size)
        vsnprintf (self->error + used, self->error_size - (size_t) used, format, arguments);
    va_end (arguments);
    return false;
}

static char *
s_copy (const char *text, size_t size)
{
    char *copy = strndup (text, size);
    assert (copy);
    return copy;
}

static void
s_add_piece (phrase_t *self, char *words, int placeholder)
{
    self->pieces = realloc (self->pieces, (self->count + 1) * sizeof *self->pieces);
    assert (self->pieces);
    self->pieces[self->count++] =
        (piece_t){ .words = words, .placeholder = placeholder, .segment = self->open };
}

//  text stands behind the {; where is the phrase's JSON pointer. Returns what follows the }, NULL if it is
//  wrong.
static const char *
s_parse_placeholder (template_t *self, phrase_t *phrase, const char *text, const char *where)
{
    size_t size = strcspn (text, "{}");
    int index = placeholder_find (text, size);
    if (text[size] != '}')
        s_complain (self, "%s: { without }", where);
    else if (index < 0)
        s_complain (self, "%s: unknown placeholder {%.*s}", where, (int) (size > 40 ? 40 : size), text);
    else if (self->declared[index] == UNDECLARED)
        s_complain (self, "%s: {%s} is neither in needs nor in may_have", where, placeholder_name (index));
    else {
        s_add_piece (phrase, NULL, index);
        return text + size + 1;
    }
    return NULL;
}

//  A segment is shown when each of its placeholders has a value
static bool
s_has_values (const phrase_t *self, int segment, const placeholders_t *placeholders)
{
    for (size_t index = 0; index < self->count; index++) {
        const piece_t *piece = &self->pieces[index];
        if (piece->segment == segment && !piece->words && !placeholders->values[piece->placeholder])
            return false;
    }
    return true;
}

static bool
s_parse_bracket (template_t *self, phrase_t *phrase, char bracket, const char *where)
{
    static const placeholders_t NOTHING;
    if (bracket == '[' && phrase->open)
        return s_complain (self, "%s: [ inside [ ]", where);
    if (bracket == ']' && !phrase->open)
        return s_complain (self, "%s: ] without [", where);
    if (bracket == ']' && s_has_values (phrase, phrase->open, &NOTHING))
        return s_complain (self, "%s: [ ] without a placeholder", where);
    phrase->open = bracket == '[' ? ++phrase->segments : 0;
    return true;
}

//  What is left when every [ ] disappears must be something
static bool
s_check_segments (template_t *self, const phrase_t *phrase, const char *where)
{
    if (phrase->open)
        return s_complain (self, "%s: [ without ]", where);
    for (size_t index = 0; index < phrase->count; index++)
        if (!phrase->pieces[index].segment)
            return true;
    return s_complain (self, "%s: nothing stands outside of [ ]", where);
}

//  One phrase into pieces
static bool
s_parse_phrase (template_t *self, phrase_t *phrase, const char *text, const char *where)
{
    while (text && *text) {
        size_t words = strcspn (text, "{}[]");
        if (words)
            s_add_piece (phrase, s_copy (text, words), -1);
        text += words;
        if (*text == '{')
            text = s_parse_placeholder (self, phrase, text + 1, where);
        else if (*text == '}')
            return s_complain (self, "%s: } without {", where);
        else if (*text && !s_parse_bracket (self, phrase, *text++, where))
            return false;
    }
    return text && s_check_segments (self, phrase, where);
}

static bool
s_check_length (template_t *self, const phrase_t *phrase, size_t longest, const char *where)
{
    size_t length = 0;
    for (size_t index = 0; index < phrase->count; index++)
        if (phrase->pieces[index].words)
            length += wording_length (phrase->pieces[index].words, strlen (phrase->pieces[index].words));
    return length <= longest || s_complain (self, "%s: %zu characters, at most %zu", where, length, longest);
}

static bool
s_parse_absent (template_t *self, language_t language, json_t *absent)
{
    if (absent && !json_is_object (absent))
        return s_complain (self, "/%s/absent: must be an object", LANGUAGE_NAMES[language]);
    const char *name;
    json_t *value;
    json_object_foreach (absent, name, value) {
        int index = placeholder_find (name, strlen (name));
        if (index < 0 || self->declared[index] == UNDECLARED || !json_is_string (value))
            return s_complain (self, "/%s/absent/%.40s: must be a declared placeholder with a text",
                               LANGUAGE_NAMES[language], name);
        self->absent[language][index] = s_copy (json_string_value (value), json_string_length (value));
    }
    return true;
}

static bool
s_check_members (template_t *self, json_t *object, const char *where, const char *const *allowed)
{
    const char *name;
    json_t *value;
    json_object_foreach (object, name, value) {
        const char *const *one = allowed;
        while (*one && strcmp (*one, name))
            one++;
        if (!*one)
            return s_complain (self, "%s/%.40s: unknown member", where, name);
    }
    return true;
}

static bool
s_parse_language (template_t *self, language_t language, json_t *object)
{
    static const char *const MEMBERS[] = { "subject", "text", "absent", NULL };
    const char *name = LANGUAGE_NAMES[language];
    char where[64];
    snprintf (where, sizeof where, "/%s", name);
    if (!json_is_object (object))
        return s_complain (self, "/%s: this language is missing", name);
    if (!s_check_members (self, object, where, MEMBERS))
        return false;
    for (int which = 0; which < PHRASES; which++) {
        phrase_t *phrase = &self->phrases[language][which];
        const char *text = json_string_value (json_object_get (object, PHRASE[which].name));
        snprintf (where, sizeof where, "/%s/%s", name, PHRASE[which].name);
        if (!text || !*text)
            return s_complain (self, "%s: missing or empty", where);
        if (which == SUBJECT && strpbrk (text, "\r\n\t"))
            return s_complain (self, "%s: a subject is one line", where);
        if (!s_parse_phrase (self, phrase, text, where) ||
            !s_check_length (self, phrase, PHRASE[which].longest, where))
            return false;
    }
    return s_parse_absent (self, language, json_object_get (object, "absent"));
}

static bool
s_parse_declared (template_t *self, json_t *root, const char *member, declared_t declared)
{
    json_t *names = json_object_get (root, member);
    if (names && !json_is_array (names))
        return s_complain (self, "/%s: must be an array", member);
    size_t place;
    json_t *name;
    json_array_foreach (names, place, name) {
        const char *text = json_string_value (name);
        int index = text ? placeholder_declare (text) : -1;
        if (index < 0)
            return s_complain (self, "/%s/%zu: %.40s is not a name", member, place, text ? text : "");
        if (self->declared[index] != UNDECLARED)
            return s_complain (self, "/%s/%zu: %s is declared twice", member, place, text);
        self->declared[index] = declared;
    }
    return true;
}

static bool
s_parse (template_t *self, json_t *root)
{
    static const char *const MEMBERS[] = { "about", "needs", "may_have", "zh", "en", NULL };
    if (!json_is_object (root))
        return s_complain (self, "must be an object");
    return s_check_members (self, root, "", MEMBERS) && s_parse_declared (self, root, "needs", NEEDED) &&
           s_parse_declared (self, root, "may_have", OPTIONAL) &&
           s_parse_language (self, LANGUAGE_ZH, json_object_get (root, "zh")) &&
           s_parse_language (self, LANGUAGE_EN, json_object_get (root, "en"));
}

template_t *
template_parse (const char *file, const char *json, char *error, size_t error_size)
{
    const char *base = strrchr (file, '/');
    base = base ? base + 1 : file;
    template_t *self = calloc (1, sizeof *self);
    assert (self);
    *self = (template_t){ .file = file, .error = error, .error_size = error_size };
    self->name = s_copy (base, strcspn (base, "."));
    json_error_t place;
    json_t *root = json_loads (json, JSON_REJECT_DUPLICATES, &place);
    bool good = root ? s_parse (self, root)
                     : s_complain (self, "line %d, column %d: %s", place.line, place.column, place.text);
    json_decref (root);
    self->file = self->error = NULL;
    if (!good)
        template_destroy (&self);
    return self;
}

void
template_destroy (template_t **self_p)
{
    if (!*self_p)
        return;
    template_t *self = *self_p;
    for (int language = 0; language < LANGUAGE_COUNT; language++) {
        for (int which = 0; which < PHRASES; which++) {
            phrase_t *phrase = &self->phrases[language][which];
            for (size_t index = 0; index < phrase->count; index++)
                free (phrase->pieces[index].words);
            free (phrase->pieces);
        }
        for (int index = 0; index < PLACEHOLDER_MAX; index++)
            free (self->absent[language][index]);
    }
    free (self->name);
    free (self);
    *self_p = NULL;
}

const char *
template_name (const template_t *self)
{
    return self->name;
}

static char *
s_render_phrase (const template_t *self, language_t language, int which, const placeholders_t *placeholders)
{
    const phrase_t *phrase = &self->phrases[language][which];
    wording_t wording = { 0 };
    for (size_t index = 0; index < phrase->count; index++) {
        const piece_t *piece = &phrase->pieces[index];
        if (piece->segment && !s_has_values (phrase, piece->segment, placeholders))
            continue;
        if (piece->words) {
            wording_add_text (&wording, piece->words);
            continue;
        }
        const char *value = placeholders->values[piece->placeholder];
        const char *absent = self->absent[language][piece->placeholder];
        if (value)
            wording_add_foreign (&wording, value,
                                 which == TEXT && placeholder_has_lines (piece->placeholder));
        else
            wording_add_text (&wording, absent ? absent : DASH);
    }
    return wording.data;
}

rendered_t
template_render (const template_t *self, language_t language, const placeholders_t *placeholders)
{
    rendered_t rendered = { 0 };
    for (int index = 0; index < PLACEHOLDER_MAX; index++)
        rendered.missing += self->declared[index] == NEEDED && !placeholders->values[index];
    rendered.subject = s_render_phrase (self, language, SUBJECT, placeholders);
    rendered.text = s_render_phrase (self, language, TEXT, placeholders);
    return rendered;
}

void
rendered_destroy (rendered_t *self)
{
    free (self->subject);
    free (self->text);
    *self = (rendered_t){ 0 };
}
