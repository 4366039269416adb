//  when - moments as people type them

#include "services/dubanctl/when.h"
#include "proto/event.h"
#include "services/dubanctl/settings.h"
#include "services/dubanctl/text.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

bool
when_read (const char *text, int64_t *moment)
{
    if (!strcmp (text, "now")) {
        *moment = moment_now ();
        return true;
    }
    if (event_time_parse (text, moment))
        return true;
    //  local time without a zone: written out and read by the strict reader
    char full[40];
    long offset = settings_number ("DUBAN_TZ_MINUTES", 480), minutes = labs (offset);
    size_t length = strlen (text);
    if (length != 10 && length != 16 && length != 19)
        return false;
    static const char STANDARD[] = "0000-00-00T09:00:00";
    snprintf (full, sizeof full, "%s%s%c%02ld:%02ld", text,
              length == 10   ? STANDARD + 10
              : length == 16 ? ":00"
                             : "",
              offset < 0 ? '-' : '+', minutes / 60 % 24, minutes % 60);
    full[10] = 'T';
    return event_time_parse (full, moment);
}
