//  json_text - JSON written straight into a growing text, without a tree in between
//
//  For what is written once for every submission; a tree and jansson's dump cost ten times as much. The order
//  of the calls is the order of the text: the caller opens and closes the braces.
#pragma once
#include <jansson.h>
#include <stddef.h>
#include <stdint.h>

typedef struct {
    char *data; //  ends with a 0, which size does not count; the owner frees it
    size_t size, room;
} json_text_t; //  { 0 } is an empty one

//  Bytes as they are: brackets, or JSON that is written already
void json_text_add (json_text_t *self, const char *bytes);
//  Quoted, and escaped where it must be; valid UTF-8. NULL: null
void json_text_string (json_text_t *self, const char *text);
void json_text_string_of (json_text_t *self, const char *text, size_t size);
void json_text_integer (json_text_t *self, int64_t value);
//  Any value; NULL: null
void json_text_value (json_text_t *self, const json_t *value);
//  "name": with a comma before it, unless an object has just been opened. A name of ours: nothing to escape.
void json_text_name (json_text_t *self, const char *name);
//  Members of an object: a name and its value
void json_text_member (json_text_t *self, const char *name, const char *text);
void json_text_member_integer (json_text_t *self, const char *name, int64_t value);
void json_text_member_value (json_text_t *self, const char *name, const json_t *value);
