//  template - a text with {placeholders} in two languages; checked when it is read, no logic when it is used
//
//      {"about": "…", "needs": ["no"], "may_have": ["reason"],
//       "zh": {"subject": "…", "text": "…{no}…", "absent": {"reason": "未说明"}}, "en": {…}}
//
//  Every placeholder must be declared: `needs` (a notice without it is counted and gets a dash) or
//  `may_have`. `absent` says what stands in its place. What stands in [square brackets] disappears when one
//  of its placeholders has no value. The own words of a text are bounded, so that it stays a short message.
#pragma once
#include "services/notify/placeholder.h"

#define TEMPLATE_SUBJECT_MAX 60 //  characters of its own, without what is filled in
#define TEMPLATE_TEXT_MAX    300

typedef struct template template_t;

//  Reads one template; its name is the file's without folder and ".json". NULL: error says file and place.
template_t *template_parse (const char *file, const char *json, char *error, size_t error_size);
void template_destroy (template_t **self_p);
const char *template_name (const template_t *self);

typedef struct {
    char *subject, *text;
    size_t missing; //  needed values the notice did not have
} rendered_t;

rendered_t template_render (const template_t *self, language_t language, const placeholders_t *placeholders);
void rendered_destroy (rendered_t *self);

//  --- all of a folder
typedef struct templates templates_t;
templates_t *templates_new (void);
//  False: error says which file and where. At least one template must be there.
bool templates_load (templates_t *self, const char *folder, char *error, size_t error_size);
void templates_add (templates_t *self, template_t **template_p);
void templates_destroy (templates_t **self_p);
const template_t *templates_find (const templates_t *self, const char *name);
size_t templates_count (const templates_t *self);
