//  calendar_file - the facts of a calendar in a file: CSV, JSON or iCalendar
//
//    CSV   # published: State Council notice …      (comments; these three are read)
//          # office: 08:30-12:00 13:30-17:30
//          # close: 24:00
//          date,works,name                          (a line that begins with "date," is a heading)
//          2027-01-01,false,元旦                    The years of the dates become known.
//
//    JSON  {"year": 2027, "papers": ["https://…"], "days": [{"name": "元旦", "date": "2027-01-01",
//          "isOffDay": true}]}, or a list of these. "year" becomes known, whatever years the days lie in.
//
//    iCal  VEVENT with DTSTART and DTEND (VALUE=DATE, the end not included) and a SUMMARY that says 休 or 班
//          (or X-APPLE-SPECIAL-DAY: WORK-HOLIDAY, ALTERNATE-WORKDAY). Other events, such as festivals on which
//          one works, are passed over. A year with at least five days off becomes known: a calendar of one year
//          often begins on the last days of the year before.
//
//  The file is the whole truth of the years that it makes known. An error names the line.
#pragma once
#include "common/calendar.h"

#define CALENDAR_NAME  80
#define CALENDAR_FACTS 20000 //  days in one file
#define CALENDAR_YEARS 200

typedef struct {
    day_t day;
    bool works;
    char name[CALENDAR_NAME];
} calendar_fact_t;

typedef struct {
    calendar_fact_t *facts;
    size_t count, room;
    int years[CALENDAR_YEARS]; //  that become known
    size_t year_count;
    char published[512];   //  where the facts come from; "" if the file does not say
    int close;             //  minutes; 0: the file does not say
    office_hours_t office; //  count 0: the file does not say
    size_t passed_over;    //  events that are neither
    char error[300];
} calendar_file_t;

//  format: "csv", "json", "ics"; NULL: what the text looks like. False: error says why.
bool calendar_file_read (calendar_file_t *self, const char *format, const char *text, size_t size);
void calendar_file_reset (calendar_file_t *self);

//  --- for the readers of one format
bool calendar_file_wrong (calendar_file_t *self, int line, const char *format, ...)
    __attribute__ ((format (printf, 3, 4))); //  always false; line 0: no line
//  False: too many, or a day twice with different facts
bool calendar_file_add (calendar_file_t *self, int line, day_t day, bool works, const char *name);
bool calendar_file_add_year (calendar_file_t *self, int line, int year);
void calendar_file_publish (calendar_file_t *self, const char *text, size_t size);
bool calendar_read_csv (calendar_file_t *self, const char *text);
bool calendar_read_json (calendar_file_t *self, const char *text, size_t size);
bool calendar_read_ics (calendar_file_t *self, const char *text);
