//  schema_pattern - the small part of regular expressions that every engine understands alike
//
//      ^ piece* $      piece: letter, \letter, \d or [class], then ? * + {n} {n,} {n,m} or nothing
//
//  A piece that may repeat must not share a letter with what may follow it. Then reading greedily is exact:
//  one pass, no going back, no memory, and no pattern that a stranger's text could make slow. Others are
//  refused when the schema is loaded.

#include "proto/schema_node.h"
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PIECES_MAX 24
#define RANGES_MAX 24
#define LAST_POINT 0x10ffffu

typedef struct {
    unsigned low, high;
} range_t;

typedef struct {
    range_t ranges[RANGES_MAX]; //  sorted and disjoint once it is complete
    size_t range_count;
    size_t low, high; //  how many times
} piece_t;

struct pattern {
    piece_t pieces[PIECES_MAX];
    size_t piece_count;
};

unsigned
utf8_next (const char **text)
{
    const unsigned char *at = (const unsigned char *) *text;
    size_t more = *at < 0x80 ? 0 : *at < 0xe0 ? 1 : *at < 0xf0 ? 2 : 3;
    unsigned point = more ? *at & (0x3fu >> more) : *at;
    for (at++; more && (*at & 0xc0) == 0x80; more--, at++)
        point = point << 6 | (*at & 0x3fu);
    *text = (const char *) at;
    return point;
}

static bool
s_add (piece_t *self, unsigned low, unsigned high)
{
    if (self->range_count == RANGES_MAX || low > high)
        return false;
    self->ranges[self->range_count++] = (range_t){ low, high };
    return true;
}

//  After a backslash: \d (added to the set, point is 0), or a letter that would otherwise mean something
static bool
s_escape (piece_t *self, const char **text, unsigned *point)
{
    *point = utf8_next (text);
    if (*point == 'd') {
        *point = 0;
        return s_add (self, '0', '9');
    }
    return *point && *point < 0x80 && strchr ("^$\\.*+?()[]{}|/-", (int) *point) != NULL;
}

static int
s_compare (const void *left, const void *right)
{
    const range_t *one = left, *other = right;
    return one->low < other->low ? -1 : one->low > other->low;
}

//  Sorts, joins what overlaps, and turns the set round if it was [^…]
static bool
s_complete (piece_t *self, bool negated)
{
    qsort (self->ranges, self->range_count, sizeof *self->ranges, s_compare);
    range_t joined[RANGES_MAX];
    size_t count = 0;
    for (size_t index = 0; index < self->range_count; index++) {
        range_t next = self->ranges[index];
        if (count && next.low <= joined[count - 1].high + 1) {
            if (next.high > joined[count - 1].high)
                joined[count - 1].high = next.high;
        } else
            joined[count++] = next;
    }
    self->range_count = 0;
    unsigned from = 0;
    for (size_t index = 0; index < count; index++) {
        if (!negated)
            s_add (self, joined[index].low, joined[index].high);
        else if (joined[index].low > from && !s_add (self, from, joined[index].low - 1))
            return false;
        from = joined[index].high + 1;
    }
    return !negated || from > LAST_POINT || s_add (self, from, LAST_POINT);
}

//  After "[". False if it is not a class.
static bool
s_class (piece_t *self, const char **text)
{
    bool negated = **text == '^' ? (++*text, true) : false;
    while (**text != ']') {
        unsigned low = utf8_next (text);
        if (!low || low == '[')
            return false;
        if (low == '\\' && !s_escape (self, text, &low))
            return false;
        if (!low)
            continue;
        unsigned high = low;
        if (**text == '-' && (*text)[1] != ']') {
            ++*text;
            high = utf8_next (text);
            if (high == '\\' || high == '[' || !high)
                return false;
        }
        if (!s_add (self, low, high))
            return false;
    }
    ++*text;
    return self->range_count > 0 && s_complete (self, negated);
}

//  ? * + {n} {n,} {n,m}: sets how often. False if it is not one.
static bool
s_quantifier (piece_t *self, const char **text)
{
    self->low = self->high = 1;
    if (!**text || !strchr ("?*+{", **text))
        return true;
    char sign = *(*text)++;
    if (sign != '{') {
        self->low = sign == '+';
        self->high = sign == '?' ? 1 : SIZE_MAX;
        return true;
    }
    int used = 0;
    if (sscanf (*text, "%5zu%n", &self->low, &used) != 1)
        return false;
    *text += used;
    self->high = self->low;
    if (**text == ',') {
        self->high = SIZE_MAX;
        if (*++*text != '}') {
            if (sscanf (*text, "%5zu%n", &self->high, &used) != 1)
                return false;
            *text += used;
        }
    }
    return *(*text)++ == '}' && self->low <= self->high;
}

static bool
s_piece (piece_t *self, const char **text)
{
    unsigned point = utf8_next (text);
    if (point == '[') {
        if (!s_class (self, text))
            return false;
    } else if (point == '\\') {
        if (!s_escape (self, text, &point) || (point && !s_add (self, point, point)))
            return false;
    } else if ((point < 0x80 && strchr (".()|]{}*+?^$", (int) point)) || !s_add (self, point, point))
        return false;
    return s_quantifier (self, text) && (!**text || !strchr ("?*+{", **text));
}

static bool
s_share (const piece_t *one, const piece_t *other)
{
    for (size_t left = 0; left < one->range_count; left++)
        for (size_t right = 0; right < other->range_count; right++)
            if (one->ranges[left].low <= other->ranges[right].high &&
                other->ranges[right].low <= one->ranges[left].high)
                return true;
    return false;
}

//  True if greedy reading can be wrong: a piece that may take more or fewer shares letters with a successor
static bool
s_is_ambiguous (const pattern_t *self)
{
    for (size_t first = 0; first < self->piece_count; first++) {
        if (self->pieces[first].low == self->pieces[first].high)
            continue;
        for (size_t next = first + 1; next < self->piece_count; next++) {
            if (s_share (&self->pieces[first], &self->pieces[next]))
                return true;
            if (self->pieces[next].low > 0)
                break;
        }
    }
    return false;
}

static bool
s_parse (pattern_t *self, const char *text)
{
    if (*text++ != '^')
        return false;
    while (*text && strcmp (text, "$") != 0) {
        if (self->piece_count == PIECES_MAX || !s_piece (&self->pieces[self->piece_count++], &text))
            return false;
    }
    return *text == '$' && !s_is_ambiguous (self);
}

pattern_t *
pattern_new (const char *text, char *error, size_t error_size)
{
    pattern_t *self = calloc (1, sizeof *self);
    if (!s_parse (self, text)) {
        snprintf (error, error_size,
                  "the pattern %s is outside the subset (^…$, classes, quantifiers, no overlap)", text);
        pattern_destroy (&self);
    }
    return self;
}

void
pattern_destroy (pattern_t **self_p)
{
    free (*self_p);
    *self_p = NULL;
}

static bool
s_takes (const piece_t *self, unsigned point)
{
    for (size_t index = 0; index < self->range_count; index++)
        if (point >= self->ranges[index].low && point <= self->ranges[index].high)
            return true;
    return false;
}

bool
pattern_matches (const pattern_t *self, const char *text)
{
    for (size_t index = 0; index < self->piece_count; index++) {
        const piece_t *piece = &self->pieces[index];
        size_t taken = 0;
        while (*text && taken < piece->high) {
            const char *after = text;
            if (!s_takes (piece, utf8_next (&after)))
                break;
            text = after;
            taken++;
        }
        if (taken < piece->low)
            return false;
    }
    return !*text;
}
