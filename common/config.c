//  config - the environment as a table

#include "common/config.h"
#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MAX_ENTRIES 64
#define MAX_FILE    8192

typedef struct {
    const config_entry_t *entry;
    char *text;
    long number;
} setting_t;

static setting_t s_settings[MAX_ENTRIES];
static size_t s_count;

bool
config_complain (const char *name, const char *what)
{
    fprintf (stderr, "configuration: %s %s\n", name, what);
    return false;
}

//  The content of a secret's file without the line end
static char *
s_read_file (const char *path)
{
    FILE *file = fopen (path, "r");
    if (!file)
        return NULL;
    char *text = calloc (1, MAX_FILE);
    assert (text);
    size_t size = fread (text, 1, MAX_FILE - 1, file);
    fclose (file);
    if (size == MAX_FILE - 1) { //  more than any secret: rather none than half of one
        free (text);
        errno = EFBIG;
        return NULL;
    }
    while (size && (text[size - 1] == '\n' || text[size - 1] == '\r'))
        text[--size] = 0;
    return text;
}

//  X, or what stands in the file that X_FILE names, or the default. NULL after complaining.
static char *
s_raw (const config_entry_t *entry)
{
    char file_name[128];
    snprintf (file_name, sizeof file_name, "%s_FILE", entry->name);
    const char *value = getenv (entry->name), *path = getenv (file_name);
    if (value && path) {
        config_complain (entry->name, "and its _FILE form are both set: give one");
        return NULL;
    }
    if (path) {
        char *text = s_read_file (path);
        if (!text)
            config_complain (file_name, strerror (errno));
        return text;
    }
    if (!value && !entry->standard) {
        config_complain (entry->name, "is not set (or give its _FILE form): see --help");
        return NULL;
    }
    return strdup (value ? value : entry->standard);
}

static bool
s_check (setting_t *setting)
{
    const config_entry_t *entry = setting->entry;
    if (entry->type == CONFIG_BOOL) {
        setting->number = !strcmp (setting->text, "true") || !strcmp (setting->text, "1");
        if (!setting->number && strcmp (setting->text, "false") && strcmp (setting->text, "0"))
            return config_complain (entry->name, "must be true or false");
    }
    if (entry->type == CONFIG_NUMBER) {
        char *end;
        errno = 0;
        setting->number = strtol (setting->text, &end, 10);
        if (errno || *end || end == setting->text || setting->number < entry->low ||
            setting->number > entry->high) {
            fprintf (stderr, "configuration: %s must be a whole number from %ld to %ld\n", entry->name,
                     entry->low, entry->high);
            return false;
        }
    }
    return true;
}

bool
config_read (const config_entry_t *entries, size_t count)
{
    bool good = true;
    for (size_t index = 0; index < count; index++) {
        assert (s_count < MAX_ENTRIES);
        setting_t *setting = &s_settings[s_count];
        setting->entry = &entries[index];
        setting->text = s_raw (setting->entry);
        if (!setting->text)
            good = false;
        else {
            good &= s_check (setting);
            s_count++;
        }
    }
    return good;
}

static const setting_t *
s_find (const char *name)
{
    for (size_t index = 0; index < s_count; index++)
        if (!strcmp (s_settings[index].entry->name, name))
            return &s_settings[index];
    fprintf (stderr, "no configuration entry %s\n", name);
    abort ();
}

const char *
config_text (const char *name)
{
    return s_find (name)->text;
}

long
config_number (const char *name)
{
    return s_find (name)->number;
}

bool
config_bool (const char *name)
{
    return s_find (name)->number != 0;
}

void
config_help (const config_entry_t *entries, size_t count)
{
    for (size_t index = 0; index < count; index++) {
        const config_entry_t *entry = &entries[index];
        printf ("  %-24s %s", entry->name, entry->about);
        if (!entry->standard)
            printf (" (required)");
        else if (*entry->standard)
            printf (" (default %s)", entry->standard);
        printf ("\n");
    }
}
