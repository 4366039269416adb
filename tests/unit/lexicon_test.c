//  lexicon_test - the words that one pass finds are those that strstr finds, whatever words and text

#include "services/routing/lexicon.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
//
#include <cmocka.h>

static void
test_words_inside_words_and_across_each_other_are_all_found (void **state)
{
    (void) state;
    static const char *const WORDS[] = { "she", "he", "hers", "his", "公交", "公交车", "交车", "车站", "s" };
    static const struct {
        const char *text, *found; //  one digit per word
    } CASES[] = {
        { "", "000000000" },         { "ushers", "111000001" },   { "USHERS", "111000001" },
        { "公交车站", "000011110" }, { "公 交车", "000000100" },  { "hi", "000000000" },
        { "this", "000100001" },     { "\xe5\x85", "000000000" },
    };
    lexicon_t *lexicon = lexicon_new ();
    for (int index = 0; index < 9; index++)
        assert_int_equal (lexicon_add (lexicon, WORDS[index]), index);
    assert_int_equal (lexicon_add (lexicon, "HERS"), 2);
    lexicon_finish (lexicon);
    assert_int_equal (lexicon_count (lexicon), 9);
    for (size_t index = 0; index < sizeof CASES / sizeof *CASES; index++) {
        uint8_t found[9] = { 0 };
        lexicon_find (lexicon, CASES[index].text, 2, found);
        for (size_t word = 0; word < 9; word++)
            if (found[word] != (CASES[index].found[word] == '1' ? 2 : 0))
                fail_msg ("\"%s\": %s", CASES[index].text, WORDS[word]);
    }
    lexicon_destroy (&lexicon);
    assert_null (lexicon);
    lexicon_destroy (&lexicon);
}

static void
s_random_text (char *text, int longest)
{
    int length = 1 + rand () % longest;
    for (int index = 0; index < length; index++)
        text[index] = "abc\xe4"[rand () % 4];
    text[length] = 0;
}

static void
test_random_words_in_random_texts_are_those_that_strstr_finds (void **state)
{
    (void) state;
    srand (4711);
    for (int round = 0; round < 2000; round++) {
        char words[20][8], text[40];
        int numbers[20], count = 1 + rand () % 20;
        lexicon_t *lexicon = lexicon_new ();
        for (int index = 0; index < count; index++) {
            s_random_text (words[index], 6);
            numbers[index] = lexicon_add (lexicon, words[index]);
        }
        lexicon_finish (lexicon);
        s_random_text (text, 38);
        uint8_t found[20] = { 0 };
        lexicon_find (lexicon, text, 1, found);
        for (int index = 0; index < count; index++)
            assert_int_equal (found[numbers[index]], strstr (text, words[index]) != NULL);
        lexicon_destroy (&lexicon);
    }
}

static void
test_too_many_words_are_refused (void **state)
{
    (void) state;
    lexicon_t *lexicon = lexicon_new ();
    char word[40];
    int number = 0, added = 0;
    for (; number >= 0 && added < 100000; added++) {
        snprintf (word, sizeof word, "%016x", (unsigned) added * 2654435761u);
        number = lexicon_add (lexicon, word);
    }
    assert_int_equal (number, -1);
    assert_true (added > 1000);
    lexicon_destroy (&lexicon);
}

int
main (void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test (test_words_inside_words_and_across_each_other_are_all_found),
        cmocka_unit_test (test_random_words_in_random_texts_are_those_that_strstr_finds),
        cmocka_unit_test (test_too_many_words_are_refused),
    };
    return cmocka_run_group_tests_name ("words in a text", tests, NULL, NULL);
}
