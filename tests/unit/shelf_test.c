//  shelf_test - which versions of which procedures there are, and that the README of their folder says the same

#include "proto/shelf.h"
#include "tests/unit/files.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#define FOLDER "proto/procedures"

//  A procedure of two states: open and done
static char *
s_text (const char *name, int version)
{
    static char text[1000];
    snprintf (
        text, sizeof text,
        "{\"name\":\"%s\",\"version\":%d,\"zh\":\"试\",\"en\":\"trial\",\"initial\":\"open\","
        "\"kinds\":[{\"name\":\"k\",\"zh\":\"k\",\"en\":\"k\"}],\"roles\":[],\"arguments\":[],"
        "\"states\":[{\"name\":\"open\",\"zh\":\"开\",\"en\":\"open\"},"
        "{\"name\":\"done\",\"zh\":\"毕\",\"en\":\"done\",\"end\":true}],"
        "\"moves\":[{\"command\":\"end\",\"zh\":\"结\",\"en\":\"end\",\"from\":[\"open\"],\"to\":\"done\","
        "\"roles\":[\"submitter\"]}],\"clocks\":[],\"notices\":[]}\n",
        name, version);
    return text;
}

//  --- a folder of its own for each test

typedef struct {
    char path[64];
    char error[400];
} folder_t;

static void
s_make (folder_t *self)
{
    strcpy (self->path, "/tmp/shelf-test-XXXXXX");
    assert_non_null (mkdtemp (self->path));
    char former[80];
    snprintf (former, sizeof former, "%s/former", self->path);
    assert_int_equal (mkdir (former, 0700), 0);
}

static void
s_write (const folder_t *self, const char *file, const char *text)
{
    char path[160];
    snprintf (path, sizeof path, "%s/%s", self->path, file);
    FILE *out = fopen (path, "w");
    assert_non_null (out);
    fputs (text, out);
    fclose (out);
}

static void
s_unlink (const char *path)
{
    unlink (path);
}

static void
s_remove (const folder_t *self)
{
    char former[80];
    snprintf (former, sizeof former, "%s/former", self->path);
    folder_each (former, ".json", s_unlink);
    folder_each (self->path, ".json", s_unlink);
    rmdir (former);
    rmdir (self->path);
}

static shelf_t *
s_shelf (folder_t *self)
{
    *self->error = 0;
    return shelf_new (self->path, self->error, sizeof self->error);
}

static void
s_assert_refused (folder_t *self, const char *why)
{
    shelf_t *shelf = s_shelf (self);
    if (shelf || !strstr (self->error, why))
        fail_msg ("%s, not %s", shelf ? "was taken" : self->error, why);
}

//  --- what is where

static void
test_new_cases_get_the_newest_and_old_ones_keep_theirs (void **state)
{
    (void) state;
    folder_t folder;
    s_make (&folder);
    s_write (&folder, "b.json", s_text ("b", 10));
    s_write (&folder, "former/b-9.json", s_text ("b", 9));
    s_write (&folder, "former/b-2.json", s_text ("b", 2));
    s_write (&folder, "a.json", s_text ("a", 1));
    s_write (&folder, "bb.json", s_text ("bb", 3));
    shelf_t *shelf = s_shelf (&folder);
    assert_non_null (shelf);
    assert_int_equal (shelf_count (shelf), 5);
    assert_int_equal (procedure_version (shelf_newest (shelf, "b")), 10);
    assert_int_equal (procedure_version (shelf_newest (shelf, "bb")), 3);
    assert_int_equal (procedure_version (shelf_newest (shelf, "a")), 1);
    assert_int_equal (procedure_version (shelf_version (shelf, "b", 2)), 2);
    assert_null (shelf_version (shelf, "b", 3));
    assert_null (shelf_newest (shelf, "c"));
    assert_null (shelf_newest (shelf, ""));
    assert_null (shelf_version (shelf, "bbb", 3));
    for (size_t index = 1; index < shelf_count (shelf); index++) {
        shelf_file_t before = shelf_file (shelf, index - 1), here = shelf_file (shelf, index);
        int order = strcmp (before.name, here.name);
        assert_true (order < 0 || (order == 0 && before.version < here.version));
        assert_string_equal (here.bytes, s_text (here.name, here.version));
    }
    shelf_destroy (&shelf);
    shelf_destroy (&shelf);
    s_remove (&folder);
}

static void
test_a_version_that_comes_later_moves_nothing_that_is_there (void **state)
{
    (void) state;
    char error[400];
    shelf_t *shelf = shelf_new (NULL, error, sizeof error);
    assert_int_equal (shelf_count (shelf), 0);
    const procedure_t *first = NULL;
    for (int version = 1; version <= 200; version++) {
        const char *text = s_text ("later", version);
        shelf_file_t file = { "later", version, text, strlen (text) };
        assert_true (shelf_add (shelf, &file, error, sizeof error));
        assert_true (shelf_add (shelf, &file, error, sizeof error));
        if (!first)
            first = shelf_newest (shelf, "later");
        assert_ptr_equal (shelf_version (shelf, "later", 1), first);
        assert_int_equal (procedure_version (shelf_newest (shelf, "later")), version);
    }
    assert_int_equal (shelf_count (shelf), 200);
    const char *text = s_text ("later", 300);
    shelf_file_t wrong = { "later", 301, text, strlen (text) };
    assert_false (shelf_add (shelf, &wrong, error, sizeof error));
    assert_non_null (strstr (error, "later-301.json:1: /version: "));
    assert_null (shelf_version (shelf, "later", 301));
    shelf_destroy (&shelf);
}

static void
test_names_of_files_say_what_is_in_them (void **state)
{
    (void) state;
    static const struct {
        const char *file, *name;
        int version;
        const char *error;
    } CASES[] = {
        { "b.json", "a", 2, "b.json:1: /name: " },
        { "b-2.json", "a", 2, "b-2.json:1: /name: " },
        { "a-2.json", "a", 3, "a-2.json:1: /version: is not that of the file's name" },
        { "aa.json", "a", 2, "aa.json:1: /name: " },
        { "former/a-2.json", "a", 3, "a-2.json:1: /version: " },
        { "former/a-02.json", "a", 2, "a-02.json:1: /version: " },
        { "former/a-1.json", "a", 1, "/version: there is a version 1 of a already" },
        { "former/a-2.json", "a", 2, "former/a-2.json: no newer version stands in a.json" },
        { "former/c-1.json", "c", 1, "former/c-1.json: no newer version stands in c.json" },
    };
    for (size_t index = 0; index < sizeof CASES / sizeof *CASES; index++) {
        folder_t folder;
        s_make (&folder);
        s_write (&folder, "a.json", s_text ("a", 1));
        s_write (&folder, CASES[index].file, s_text (CASES[index].name, CASES[index].version));
        s_assert_refused (&folder, CASES[index].error);
        s_remove (&folder);
    }
}

static void
test_a_folder_without_a_procedure_is_named (void **state)
{
    (void) state;
    char error[400];
    folder_t folder;
    s_make (&folder);
    s_assert_refused (&folder, "no procedure (*.json) here");
    s_write (&folder, "a.json", "{\n \"name\": \n}");
    s_assert_refused (&folder, "a.json:3: ");
    s_remove (&folder);
    assert_null (shelf_new ("/no/such/folder", error, sizeof error));
    assert_non_null (strstr (error, "/no/such/folder"));
}

//  --- what is shipped

static void
test_the_shipped_folder_has_every_version_that_ever_was (void **state)
{
    (void) state;
    char error[400];
    shelf_t *shelf = shelf_new (FOLDER, error, sizeof error);
    if (!shelf)
        fail_msg ("%s", error);
    for (size_t index = 0; index < shelf_count (shelf); index++) {
        shelf_file_t file = shelf_file (shelf, index);
        for (int version = 1; version < file.version; version++)
            if (!shelf_version (shelf, file.name, version))
                fail_msg ("%s version %d is missing: cases that began with it could not go on", file.name,
                          version);
    }
    shelf_destroy (&shelf);
}

static void
test_the_readme_shows_the_procedures_as_they_are (void **state)
{
    (void) state;
    char error[400];
    size_t size;
    shelf_t *shelf = shelf_new (FOLDER, error, sizeof error);
    if (!shelf)
        fail_msg ("%s", error);
    char *readme = file_read (FOLDER "/README.md", &size), *markdown = shelf_markdown (shelf);
    if (strcmp (readme, markdown) != 0)
        fail_msg (FOLDER "/README.md is not what the files say; write it anew with: make procedures");
    free (markdown);
    free (readme);
    shelf_destroy (&shelf);
}

int
main (void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test (test_new_cases_get_the_newest_and_old_ones_keep_theirs),
        cmocka_unit_test (test_a_version_that_comes_later_moves_nothing_that_is_there),
        cmocka_unit_test (test_names_of_files_say_what_is_in_them),
        cmocka_unit_test (test_a_folder_without_a_procedure_is_named),
        cmocka_unit_test (test_the_shipped_folder_has_every_version_that_ever_was),
        cmocka_unit_test (test_the_readme_shows_the_procedures_as_they_are),
    };
    return cmocka_run_group_tests (tests, NULL, NULL);
}
