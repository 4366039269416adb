//  settings - where dubanctl finds door, keys and databases

#include "services/dubanctl/settings.h"
#include "services/dubanctl/text.h"
#include <assert.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define MAX_VALUE 8192

static void
s_take_line (char *line)
{
    line[strcspn (line, "\r\n")] = 0;
    char *equals = strchr (line, '=');
    if (*line == '#' || !equals)
        return;
    *equals = 0;
    //  X and X_FILE are one setting: if the environment has either, the file has nothing to say
    char other[PATH_MAX];
    size_t length = strlen (line);
    bool is_file = length > 5 && !strcmp (line + length - 5, "_FILE");
    snprintf (other, sizeof other, is_file ? "%.*s" : "%.*s_FILE", (int) (is_file ? length - 5 : length),
              line);
    if (!getenv (line) && !getenv (other))
        setenv (line, equals + 1, 0);
}

static bool
s_read (const char *path)
{
    FILE *file = fopen (path, "r");
    if (!file)
        return false;
    char line[MAX_VALUE];
    while (fgets (line, sizeof line, file))
        s_take_line (line);
    fclose (file);
    return true;
}

//  The clone that this program was built in: …/build/<variant>/dubanctl
static bool
s_read_beside (const char *program)
{
    char self[PATH_MAX], path[PATH_MAX + 32];
    ssize_t size = readlink ("/proc/self/exe", self, sizeof self - 1);
    if (size <= 0)
        snprintf (self, sizeof self, "%s", program);
    else
        self[size] = 0;
    for (int up = 0; up < 3; up++) {
        char *slash = strrchr (self, '/');
        if (!slash)
            return false;
        *slash = 0;
    }
    snprintf (path, sizeof path, "%s/var/env", self);
    return s_read (path);
}

void
settings_read (const char *program)
{
    const char *home = getenv ("DUBAN_HOME");
    if (home) {
        char path[PATH_MAX];
        snprintf (path, sizeof path, "%s/env", home);
        s_read (path);
    } else if (!s_read ("var/env"))
        s_read_beside (program);
}

static const char *
s_content (const char *name, const char *path)
{
    FILE *file = fopen (path, "r");
    if (!file) {
        complain ("%s: %s: %s", name, path, strerror (errno));
        return NULL;
    }
    char *text = calloc (1, MAX_VALUE);
    assert (text);
    size_t size = fread (text, 1, MAX_VALUE - 1, file);
    fclose (file);
    while (size && (text[size - 1] == '\n' || text[size - 1] == '\r'))
        text[--size] = 0;
    setenv (name, text, 1); //  read once; the environment is this process's own copy
    free (text);
    return getenv (name);
}

const char *
settings_text (const char *name)
{
    const char *value = getenv (name);
    if (value)
        return value;
    char file_name[128];
    snprintf (file_name, sizeof file_name, "%s_FILE", name);
    const char *path = getenv (file_name);
    return path ? s_content (name, path) : NULL;
}

long
settings_number (const char *name, long standard)
{
    const char *value = settings_text (name);
    return value && *value ? strtol (value, NULL, 10) : standard;
}

const char *
settings_need (const char *name)
{
    const char *value = settings_text (name);
    if (!value)
        complain (words ("%s is not set (or %s_FILE); `make up` writes them to var/env",
                         "未设置 %s(或 %s_FILE);`make up` 会写入 var/env"),
                  name, name);
    return value;
}
