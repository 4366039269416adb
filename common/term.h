//  term - when a term ends: anchor + budget + unit + rule + ledger → last day, breach, what is left; pure
//
//  THE LEDGER holds what happened to a term since it began. Only its content counts: entries are taken in
//  order of their times (those of one time in the order in which they stand); then those before the anchor
//  count as if they were at the anchor.
//
//    suspend, resume   Between the two the term stands still. A suspend while it stands still and a resume
//                      while it runs change nothing.
//    extend            So many units more, wherever the entry stands. The term goes on where it was: an
//                      extension after the end is counted from the old end, not from the day it was granted.
//    floor             After a transfer at least so many units remain, counted from the entry as a new term
//                      would be; a term that has more keeps it. Extensions that come later come on top.
//                      A floor of 0 changes nothing.
//
//  DAYS (working_day, calendar_day, month, year). A day is never divided (Civil Code of the PRC, art. 200 ff.:
//  a term ends at 24:00 of its last day). Therefore:
//
//    - the day on which it begins is not counted (art. 201), the next day that counts is day 1;
//    - a day counts only if the term ran through all of it: a day on which it stood still at any moment is not
//      counted. So the day of a suspension is not consumed, and the day of resumption is like the day of the
//      event: the next one counts (under rule B a resumption on a day of rest moves to the next working day
//      first, like a start). More standing still never makes a term end earlier;
//    - the last day is the one at which as many days are counted as the budget says. calendar_day: then on to
//      the next working day on which the term runs (art. 203). month, year: the days up to the same day of the
//      month (its last if it has none, art. 202) are the budget; a term of office does not move for a day of
//      rest;
//    - overdue is who is past the last day: breach at its end, 24:00 or the calendar's close of business. With
//      a close, what happens after it belongs to the next day: a suspension at 18:00 does not save a term that
//      ended at 17:30.
//
//  TIME (hour, minute: around the clock; office_hour: the office hours of working days). Runs to the
//  microsecond; the breach is the moment at which the budget has run. A suspension at that very moment comes
//  too late.
//
//  UNTIL. A date given from outside, which nobody here suspends: due_at, or the end of the day that lies
//  `earlier` working days before it (but not before the day on which it began, while the date itself is not
//  past). 24:00 belongs to the day that ends. An extension moves it by working days; the rest of the ledger
//  changes nothing.
//
//  A term that stands still with something left has no end; one whose budget had run out before keeps the end
//  that it had. What was recorded as a breach is not undone here or anywhere: an extension gives a new end,
//  the record of the old one stays. Provisional: the end depends on a year whose holidays are not published.
//
//  No loop over days: a count is a difference of ordinals, minus what each suspension covers.
#pragma once
#include "common/calendar.h"

typedef enum {
    UNIT_WORKING_DAY,
    UNIT_CALENDAR_DAY,
    UNIT_HOUR,
    UNIT_MINUTE,
    UNIT_OFFICE_HOUR,
    UNIT_MONTH,
    UNIT_YEAR,
    UNIT_UNTIL
} unit_t;

typedef enum { LEDGER_SUSPEND, LEDGER_RESUME, LEDGER_EXTEND, LEDGER_FLOOR } ledger_op_t;

typedef struct {
    ledger_op_t op;
    moment_t at;
    int budget; //  of extend and floor: units
} ledger_entry_t;

#define LEDGER_MOST 100      //  entries of one term; whoever has more is refused where it comes in
#define TERM_MOST   10000000 //  units of a term with all extensions; more are cut off

typedef struct {
    moment_t anchor; //  when it began
    int budget;
    unit_t unit;
    calendar_rule_t rule;
    const ledger_entry_t *ledger;
    size_t ledger_count;
    moment_t due_at; //  of until
    int earlier;
} term_t;

typedef struct {
    bool suspended;     //  stands still now, at the end of the ledger
    day_t due_date;     //  the last day; DAY_NONE while it has no end, and for terms in time
    moment_t breach_at; //  the first moment that is late; MOMENT_NONE while it has no end
    bool provisional;
} term_end_t;

//  "working_day" …; false if there is no such unit
bool unit_parse (const char *text, unit_t *unit);
const char *unit_text (unit_t unit);
bool unit_is_day (unit_t unit); //  of the four that count days

term_end_t term_end (const calendar_t *calendar, const term_t *term);
//  What is left of it at a moment, negative if it is over: days that count (of calendar_day, month and year all
//  days) or, of terms in time and until, microseconds. On the last day nothing is left but the day itself.
int64_t term_left (const calendar_t *calendar, const term_t *term, moment_t now);
//  All that it has, with extensions and floors, in days or microseconds like the above (until: 0)
int64_t term_total (const calendar_t *calendar, const term_t *term);

//  Where it stands still: after < day ≤ until (days), or from after to until (time); until TERM_OPEN: still
#define TERM_OPEN INT64_MAX
typedef struct {
    int64_t after, until;
} term_pause_t;
//  In order, not overlapping; answers how many
size_t term_pauses (const calendar_t *calendar, const term_t *term, term_pause_t pauses[LEDGER_MOST]);
