//  generate - made-up data that is the same on every machine for the same seed
#pragma once
#include <stdint.h>

#define PICK(list, random) ((list)[(random) % (sizeof (list) / sizeof *(list))])

//  splitmix64 (Steele, Lea, Flood 2014): a few lines, and the same everywhere
uint64_t generate_next (uint64_t *state);
//  Prints an enterprise as a line of JSON for `dubanctl register import enterprise`
void generate_enterprise (uint64_t *state);
