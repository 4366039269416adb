//  table - the processes a supervisor keeps, read from a file

#include "services/supervisor/table.h"
#include "common/log.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static size_t
s_wrong (const char *what)
{
    log_say (SAY_ERROR, "table", what, NULL);
    return 0;
}

//  The words of a line; their number, at most MAX_ARGUMENTS + 3
static size_t
s_cut_line (char *line, char **words)
{
    char *rest = line;
    size_t count = 0;
    for (char *word; (word = strsep (&rest, " \t\n"));)
        if (*word && count < MAX_ARGUMENTS + 3)
            words[count++] = word;
    return count;
}

static void
s_fill (process_t *process, char **words, size_t count, int number)
{
    *process = (process_t){ .number = number };
    snprintf (process->name, sizeof process->name, "%s", words[0]);
    snprintf (process->environment, sizeof process->environment, "%s", words[2]);
    for (size_t word = 3; word < count; word++)
        process->arguments[word - 3] = strdup (words[word]);
}

size_t
table_read (const char *path, process_t *processes, size_t room)
{
    FILE *file = fopen (path, "re");
    if (!file)
        return s_wrong (strerror (errno));
    char line[4096], *words[MAX_ARGUMENTS + 3];
    const char *wrong = NULL;
    size_t total = 0;
    while (!wrong && fgets (line, sizeof line, file)) {
        size_t count = s_cut_line (line, words);
        if (!count || *words[0] == '#')
            continue;
        int number = count < 4 ? -1 : atoi (words[1]);
        if (number < 0 || total + (size_t) number > room)
            wrong =
                number < 0 ? "a line needs name, number, environment file, command" : "too many processes";
        for (int index = 1; !wrong && index <= number; index++)
            s_fill (&processes[total++], words, count, index);
    }
    fclose (file);
    return wrong ? s_wrong (wrong) : total ? total : s_wrong ("names no process");
}
