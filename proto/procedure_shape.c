//  procedure_shape - the shape of a procedure file, as a JSON Schema in the program itself
//
//  Compiled in, so that a procedure is checked wherever it is read, without another file to be found. The
//  build makes the text from proto/schemas/procedure.json, which is also for editors and strangers.

#include "proto/procedure_parts.h"

static const char SHAPE[] =
#include "procedure_shape.inc"
    ;

const char *
procedure_shape (void)
{
    return SHAPE;
}
