//  form_shape - the shape of a register file, as a JSON Schema in the program itself
//
//  Compiled in, so that a register is checked wherever it is read, without another file to be found. The build
//  makes the text from proto/schemas/register.json, which is also for editors and strangers.

#include "proto/form_parts.h"

static const char SHAPE[] =
#include "form_shape.inc"
    ;

const char *
form_shape (void)
{
    return SHAPE;
}
