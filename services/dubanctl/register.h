//  register - what the commands on registers share: declarations, and values as people write and read them
#pragma once
#include "proto/form.h"
#include "services/dubanctl/command.h"

//  The declaration of a register, from DUBAN_REGISTERS (proto/registers). NULL after saying what is wrong; code
//  tells which exit.
const form_t *register_form (const char *name, exit_t *code);
const forms_t *register_forms (exit_t *code);
//  Heading of a field in the user's language
const char *field_title (const field_t *field);
//  A value as people type it: "是", "2026/1/5", "动火;高处", names or titles of choices. NULL: it is none of this
//  field's. The caller owns it.
json_t *field_read (const field_t *field, const char *text);
//  A value as people read it; the caller frees it
char *field_text (const field_t *field, const json_t *value);
