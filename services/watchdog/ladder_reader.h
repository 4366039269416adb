//  ladder_reader - members of a ladder's document, and the place of the first thing that is wrong in it
#pragma once
#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#define READER_WORD 40 //  longest word

typedef struct {
    const char *file;
    char pointer[120]; //  where the reader is
    char *error;
    size_t error_size;
    bool failed;
} reader_t;

//  Writes "file: pointer/member: what", unless something was wrong before; always false
bool reader_wrong (reader_t *self, const char *member, const char *format, ...)
    __attribute__ ((format (printf, 3, 4)));
//  Goes down into "/rungs/3"; answers where to come back to
size_t reader_enter (reader_t *self, const char *format, ...) __attribute__ ((format (printf, 2, 3)));
void reader_leave (reader_t *self, size_t before);

//  It is an object, and every member is in the list of allowed ones, which NULL ends
bool reader_only (reader_t *self, json_t *object, const char *const *allowed);
//  A text that is not empty; NULL if it is not there
const char *reader_text (reader_t *self, json_t *object, const char *name, bool needed);
//  … that is a word for keys and tables: letters, digits, _ + -
const char *reader_word (reader_t *self, json_t *object, const char *name, bool needed);
bool reader_flag (reader_t *self, json_t *object, const char *name);
//  An object with zh and en
bool reader_two_languages (reader_t *self, const char *where, json_t *object);
