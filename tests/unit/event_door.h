//  event_door - the door as the tests of events see it: a contract, a good event in pieces, an expectation
#pragma once
#include "proto/event.h"
#include "tests/unit/files.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static event_contract_t *contract;

//  A submission that is right, in pieces that the tests change
#define HEAD                                                                                                 \
    "{\"specversion\":\"1.0\",\"id\":\"id-1\",\"source\":\"hotline\",\"type\":\"cn.gov.duban.submission."    \
    "v1\""
#define DATA                                                                                                     \
    "\"data\":{\"procedure\":\"suggestion\",\"kind\":\"opinion\",\"title\":\"标题\",\"text\":\"事实\",\"no_" \
    "secrets\":true"
#define GOOD HEAD "," DATA "}}"

static inline problem_code_t
door_code (const char *bytes, size_t size, char *id)
{
    problem_t *problem;
    //  A copy of exactly this size: the sanitizer sees every byte that is read beyond it
    char *copy = malloc (size ? size : 1);
    memcpy (copy, bytes, size);
    event_t *event = event_parse (contract, copy, size, &problem, id);
    free (copy);
    assert_int_equal (event == NULL, problem != NULL);
    problem_code_t code = problem ? problem_code (problem) : PROBLEM_NONE;
    event_destroy (&event);
    problem_destroy (&problem);
    return code;
}

static inline void
door_expect (const char *text, problem_code_t wanted)
{
    char id[129];
    problem_code_t code = door_code (text, strlen (text), id);
    if (code != wanted)
        fail_msg ("%.200s: %s, not %s", text, problem_slug (code), problem_slug (wanted));
}

static inline int
door_setup (void **state)
{
    (void) state;
    char error[400];
    contract = event_contract_new ("proto/schemas", error, sizeof error);
    if (!contract)
        print_error ("%s\n", error);
    return contract ? 0 : -1;
}

static inline int
door_teardown (void **state)
{
    (void) state;
    event_contract_destroy (&contract);
    return contract ? -1 : 0;
}
