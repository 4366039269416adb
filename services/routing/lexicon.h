//  lexicon - which of many words stand in a text: one pass over the text, however many words there are
//
//  The automaton of Aho and Corasick (1975) over bytes. Upper and lower case of ASCII letters are the same;
//  a word is found inside other words as well, because Chinese has no blanks.
#pragma once
#include <stddef.h>
#include <stdint.h>

typedef struct lexicon lexicon_t;

#define LEXICON_BYTES_MAX 60000 //  of all words together

lexicon_t *lexicon_new (void);
void lexicon_destroy (lexicon_t **self_p);
//  The number of the word, counted from 0; the same word has the same number. -1: no room for it.
int lexicon_add (lexicon_t *self, const char *word);
//  Once, after the last word and before the first search
void lexicon_finish (lexicon_t *self);
size_t lexicon_count (const lexicon_t *self);
//  Sets the bits of mark in found[number] of every word that stands in the text
void lexicon_find (const lexicon_t *self, const char *text, uint8_t mark, uint8_t *found);
