//  excerpt - the beginning of a submission's text that goes to the assignment rules; the rest stays with intake
#pragma once
#include <stddef.h>

#define EXCERPT_BYTES 600 //  200 Chinese characters

//  How many bytes of a text that is: at most EXCERPT_BYTES, whole code points only
size_t excerpt_size (const char *bytes, size_t size);
