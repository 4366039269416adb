//  trace - W3C Trace Context: make, check and continue a traceparent (https://www.w3.org/TR/trace-context/)
#pragma once
#include <stdbool.h>

#define TRACE_TEXT 56 //  55 characters and the NUL

bool trace_is_valid (const char *traceparent);
void trace_new (char text[TRACE_TEXT]);                            //  a new trace
void trace_child (const char *traceparent, char text[TRACE_TEXT]); //  same trace, new span
