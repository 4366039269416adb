//  rules_parts - what a list of rules is made of; shared by the files that read, apply and explain it
//
//      rules_file.c  file ─▶ JSON     rules_read.c  JSON ─▶ rules_t     rules.c  rules_t, submission ─▶ proposal, reasons
#pragma once
#include "services/routing/lexicon.h"
#include "services/routing/rules.h"
#include <stdbool.h>

//  Where a word was found
enum { IN_TITLE = 1, IN_TEXT = 2, IN_AREA = 4 };

#define TITLE_FACTOR 2 //  a word in the title weighs so many times as much as one in the text

typedef struct {
    int word; //  its number in the lexicon
    int weight;
    const char *text;
} keyword_t;

typedef struct {
    keyword_t *list;
    size_t count;
} keywords_t;

//  A name of a town, as the first or another name of an area
typedef struct {
    int word;
    const char *name, *area;
} area_name_t;

typedef struct {
    proposal_t proposal; //  its score is 0
    json_t *when;
    bool weighted;
    int at_least;
    keywords_t keywords, unless;
} rule_t;

//  A state of the file; all zero: there is none
typedef struct {
    int64_t seconds, nanoseconds, size;
    uint64_t inode;
} rules_stamp_t;

struct rules {
    char *path; //  NULL: not from a file
    rules_stamp_t stamp;
    json_t *root; //  all texts are borrowed from it
    lexicon_t *lexicon;
    rule_t *list;
    size_t count;
    area_name_t *areas;
    size_t area_count;
};

//  Fills the parts from root. False after writing pointer and sentence to error, separated by ": ".
bool rules_read (rules_t *self, char *error, size_t error_size);
