//  lexicon - which of many words stand in a text
//
//  States are numbered in the order of their making; 0 is the root. Before lexicon_finish `next` is a trie,
//  after it a complete automaton: one load per byte of the text, no way back.

#include "services/routing/lexicon.h"
#include <assert.h>
#include <stdlib.h>

typedef uint16_t state_t;

typedef struct {
    state_t next[256];
    state_t fail; //  the longest other word beginning that ends here
    state_t hit;  //  itself or the nearest along `fail` where a word ends; 0: none
    int word;     //  number of the word that ends here, or -1
} node_t;

struct lexicon {
    node_t *nodes;
    size_t used, room;
    int words;
};

static uint8_t
s_fold (char letter)
{
    uint8_t byte = (uint8_t) letter;
    return byte >= 'A' && byte <= 'Z' ? (uint8_t) (byte | 0x20) : byte;
}

static state_t
s_new_node (lexicon_t *self)
{
    if (self->used == self->room) {
        self->room = self->room * 2 + 64;
        self->nodes = realloc (self->nodes, self->room * sizeof *self->nodes);
        assert (self->nodes);
    }
    self->nodes[self->used] = (node_t){ .word = -1 };
    return (state_t) self->used++;
}

lexicon_t *
lexicon_new (void)
{
    lexicon_t *self = calloc (1, sizeof *self);
    assert (self);
    s_new_node (self);
    return self;
}

void
lexicon_destroy (lexicon_t **self_p)
{
    if (!*self_p)
        return;
    free ((*self_p)->nodes);
    free (*self_p);
    *self_p = NULL;
}

int
lexicon_add (lexicon_t *self, const char *word)
{
    state_t state = 0;
    assert (*word);
    for (; *word; word++) {
        uint8_t byte = s_fold (*word);
        if (!self->nodes[state].next[byte]) {
            if (self->used > LEXICON_BYTES_MAX)
                return -1;
            state_t added = s_new_node (self); //  may move the nodes
            self->nodes[state].next[byte] = added;
        }
        state = self->nodes[state].next[byte];
    }
    if (self->nodes[state].word < 0)
        self->nodes[state].word = self->words++;
    return self->nodes[state].word;
}

//  Breadth first, so that what a state falls back to is complete before it
void
lexicon_finish (lexicon_t *self)
{
    state_t *queue = calloc (self->used, sizeof *queue);
    assert (queue);
    size_t head = 0, tail = 1; //  begins with the root
    while (head < tail) {
        state_t state = queue[head++];
        node_t *node = &self->nodes[state];
        node->hit = node->word >= 0 ? state : self->nodes[node->fail].hit;
        for (size_t byte = 0; byte < 256; byte++) {
            state_t child = node->next[byte], other = state ? self->nodes[node->fail].next[byte] : 0;
            if (!child) {
                node->next[byte] = other;
                continue;
            }
            self->nodes[child].fail = other;
            queue[tail++] = child;
        }
    }
    free (queue);
}

size_t
lexicon_count (const lexicon_t *self)
{
    return (size_t) self->words;
}

void
lexicon_find (const lexicon_t *self, const char *text, uint8_t mark, uint8_t *found)
{
    state_t state = 0;
    for (; *text; text++) {
        state = self->nodes[state].next[s_fold (*text)];
        for (state_t hit = self->nodes[state].hit; hit; hit = self->nodes[self->nodes[hit].fail].hit)
            found[self->nodes[hit].word] |= mark;
    }
}
