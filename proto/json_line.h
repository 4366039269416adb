//  json_line - on which line of a JSON text the value at a JSON pointer stands, for complaints about files
//
//  For texts that jansson has accepted: jansson tells lines for what it cannot parse, and forgets them after.
#pragma once
#include <stddef.h>

//  Lines count from 1. A pointer that leads nowhere gets the line of the last value on the way.
int json_line (const char *bytes, size_t size, const char *pointer);
