//  register_desk - the entries of registers in one batch: loads them, lets requests change them in order, stores them
#pragma once
#include "common/lane.h"
#include "proto/form.h"

typedef struct register_desk register_desk_t;
register_desk_t *register_desk_new (const forms_t *forms);
void register_desk_destroy (register_desk_t **self_p);

//  load: forgets what an earlier try had loaded; asks for the entries that the batch's messages name
void register_desk_load (register_desk_t *self, batch_t *batch);
//  decide: false if the message is about something else
bool register_desk_take (register_desk_t *self, json_t *message);
void register_desk_store (register_desk_t *self);
