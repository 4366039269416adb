//  files - reading the repository's own files in unit tests, which run at its root
#pragma once
#include <assert.h>
#include <dirent.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FILE_MAX (1 << 20)

//  The whole file and a NUL; caller frees
static inline char *
file_read (const char *path, size_t *size)
{
    FILE *file = fopen (path, "r");
    if (!file) {
        fprintf (stderr, "%s: cannot be read (tests run at the root of the repository)\n", path);
        abort ();
    }
    char *text = malloc (FILE_MAX + 1);
    assert (text);
    *size = fread (text, 1, FILE_MAX, file);
    assert (*size < FILE_MAX);
    fclose (file);
    text[*size] = 0;
    return text;
}

static inline json_t *
file_json (const char *path)
{
    json_error_t why;
    json_t *root = json_load_file (path, JSON_REJECT_DUPLICATES, &why);
    if (!root) {
        fprintf (stderr, "%s:%d: %s\n", path, why.line, why.text);
        abort ();
    }
    return root;
}

//  Calls fn with the path of every file of the folder whose name ends so; returns how many there were
static inline int
folder_each (const char *folder, const char *ending, void (*fn) (const char *path))
{
    struct dirent **entries;
    int count = scandir (folder, &entries, NULL, alphasort), matches = 0;
    assert (count >= 0);
    for (int index = 0; index < count; index++) {
        const char *name = entries[index]->d_name;
        size_t length = strlen (name), tail = strlen (ending);
        if (length > tail && strcmp (name + length - tail, ending) == 0) {
            char path[512];
            snprintf (path, sizeof path, "%s/%s", folder, name);
            fn (path);
            matches++;
        }
        free (entries[index]);
    }
    free (entries);
    return matches;
}
