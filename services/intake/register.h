//  register - may this speaker change this entry of a register, and can it be? No I/O, no clock.
#pragma once
#include "proto/form.h"
#include "services/intake/decide.h"

//  True for the two types that change a register
bool intake_is_register (const event_t *event);
//  NULL if the entry can be changed so, as far as the door can know; else the problem (caller owns). Sets the
//  secrecy of the admission.
problem_t *intake_check_register (const forms_t *forms, const speaker_t *speaker, const event_t *event,
                                  admission_t *out);
//  What routing is told beside who, when and why
void intake_add_register (json_text_t *message, const event_t *event);
