//  placeholder - the names that may stand in a template, and what they say for one notice
//
//      arguments of the message ─┐
//      number, date of the notice├─▶ values of one language ─▶ template_render
//      bureau, telephone, units ─┘
#pragma once
#include "services/notify/directory.h"
#include "services/notify/notice.h"

typedef enum { LANGUAGE_ZH, LANGUAGE_EN, LANGUAGE_COUNT } language_t;
extern const char *const LANGUAGE_NAMES[LANGUAGE_COUNT]; //  zh, en
language_t language_of (const char *name);               //  Chinese, unless it is "en"

//  Whose notices these are
typedef struct {
    const char *bureau;
    const char *telephone;
    int tz_minutes;
} office_t;

#define PLACEHOLDER_MAX  128 //  those known here and those that templates declare
#define PLACEHOLDER_NAME 41

//  Index of a placeholder's name, -1 if there is none such
int placeholder_find (const char *name, size_t size);
//  The same, for a name that a template declares: an argument of some procedure. -1: not an identifier, or too
//  many of them.
int placeholder_declare (const char *name);
int placeholder_count (void);
const char *placeholder_name (int index);
//  May hold several lines
bool placeholder_has_lines (int index);

//  One language's values; NULL: the notice says nothing about it. They borrow from notice, office, directory.
typedef struct {
    const char *values[PLACEHOLDER_MAX];
    char room[PLACEHOLDER_MAX][24]; //  numbers and dates
} placeholders_t;

void placeholders_fill (placeholders_t *self, const notice_t *notice, language_t language,
                        const office_t *office, const directory_t *directory);
//  The message's arguments as they may be kept: without content if the notice is secret. Caller's.
json_t *placeholder_arguments (const notice_t *notice);
