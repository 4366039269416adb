//  notice - a message of kind "notice", checked once; pointers borrow from the message
#pragma once
#include "common/sql.h"
#include <jansson.h>
#include <stdbool.h>

#define SECRECY_CONFIDENTIAL 2 //  from here on no content leaves in a notice

typedef struct {
    const char *key; //  <case>/<what>/<which time>: names the occasion
    int64_t case_no;
    const char *number;
    const char *template_name;
    int secrecy;
    bool urgent;
    bool confirm;      //  routing wants to know when the submitter has it
    json_t *to;        //  array of {role, unit} and {submitter, source, person}
    json_t *arguments; //  object
    json_t *not_to;    //  {persons, units} who must not hear of it; or NULL
    moment_t occurred_at;
    const char *trace; //  or NULL
} notice_t;

//  False if the message is not a notice as the services' contract has it; problem then says why
bool notice_read (notice_t *self, json_t *message, const char **problem);
