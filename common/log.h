//  log - one JSON object per line on stdout: ts, level, service, replica, subject, msg, then the call's
//  fields
//
//  No personal data at info, no unescaped outside bytes: every value goes through jansson's escaping. With
//  DUBAN_LOG_FORMAT=text the same as plain text for people.
#pragma once

typedef enum { SAY_DEBUG, SAY_INFO, SAY_WARN, SAY_ERROR } log_level_t;

void log_open (const char *service, const char *replica);
void log_level (log_level_t least);
//  Fields are pairs of name, value (both const char *), ended by NULL:
//  log_say (SAY_INFO, "case 12", "moved", "to", "assigned", NULL)
void log_say (log_level_t level, const char *subject, const char *message, ...) __attribute__ ((sentinel));
//  A number as text for a field; valid until the eighth next call
const char *log_number (long long value);
