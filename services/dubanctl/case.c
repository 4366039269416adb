//  case - finding a case, and the words of its procedure

#include "services/dubanctl/case.h"
#include "proto/case_number.h"
#include "proto/procedure.h"
#include "services/dubanctl/settings.h"
#include "services/dubanctl/text.h"
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

bool
case_is_number (const char *operand)
{
    int year;
    int64_t case_no;
    return case_number_read (operand, NULL, &year, &case_no);
}

static int64_t
s_look_up (PGconn *conn, const char *serial, char number[48], exit_t *code)
{
    PGresult *result = query (conn, "SELECT number FROM api.cases WHERE case_no = $1", serial, QUERY_END);
    int64_t found = 0;
    if (!query_good (result))
        *code = query_complain (result);
    else if (PQntuples (result)) {
        snprintf (number, 48, "%s", PQgetvalue (result, 0, 0));
        found = strtoll (serial, NULL, 10);
    } else
        complain (words ("no case has the number %s", "没有编号为 %s 的事项"), number);
    PQclear (result);
    return found;
}

int64_t
case_find (PGconn *conn, const char *operand, char number[48], exit_t *code)
{
    int year;
    int64_t case_no;
    char serial[24];
    *code = NOT_FOUND;
    snprintf (number, 48, "%.40s", operand);
    bool bare = *operand && strlen (operand) < 19 && strspn (operand, "0123456789") == strlen (operand);
    if (bare)
        case_no = strtoll (operand, NULL, 10);
    else if (!case_number_read (operand, NULL, &year, &case_no)) {
        complain (words ("%s is not a case number (a digit may be wrong)", "%s 不是有效编号(可能有数字错误)"),
                  number);
        return 0;
    }
    snprintf (serial, sizeof serial, "%lld", (long long) case_no);
    return s_look_up (conn, serial, number, code);
}

//  --------------------------------------------------------------------------

//  Only one procedure is ever looked at in a run of this program, nearly always
static const procedure_t *
s_procedure (const char *name)
{
    static char loaded[64];
    static procedure_t *procedure;
    if (strcmp (loaded, name)) {
        char path[PATH_MAX], error[256];
        const char *folder = settings_text ("DUBAN_PROCEDURES");
        snprintf (loaded, sizeof loaded, "%s", name);
        snprintf (path, sizeof path, "%s/%s.json", folder ? folder : "proto/procedures", name);
        procedure_destroy (&procedure);
        procedure = procedure_load (path, error, sizeof error);
    }
    return procedure;
}

const char *
state_title (const char *procedure, const char *state)
{
    const procedure_t *known = s_procedure (procedure);
    const procedure_state_t *row = known ? procedure_state (known, state) : NULL;
    return row ? words (row->title_en, row->title_zh) : state;
}

const char *
clock_title (const char *procedure, const char *clock)
{
    const procedure_t *known = s_procedure (procedure);
    for (size_t index = 0; known && index < procedure_clock_count (known); index++) {
        const procedure_clock_t *row = procedure_clock_at (known, index);
        if (!strcmp (row->name, clock))
            return words (row->title_en, row->title_zh);
    }
    return clock;
}
