//  case_number - the number of a case as people say it: JM-2026-000123-7
//
//  prefix (the bureau), year of receipt, serial (at least six digits; is case_no, so it is unique without the
//  rest), and a check digit over year and serial: ISO/IEC 7064, MOD 11,10, which finds every single wrong
//  digit and nearly all exchanged neighbours.
#pragma once
#include <stdbool.h>
#include <stdint.h>

#define CASE_NUMBER_TEXT 48

void case_number_write (char text[CASE_NUMBER_TEXT], const char *prefix, int year, int64_t case_no);
//  False if the form or the check digit is wrong. Letters of the prefix in either case; prefix may be NULL
//  (any).
bool case_number_read (const char *text, const char *prefix, int *year, int64_t *case_no);
