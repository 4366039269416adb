//  merge - a case that goes on as another one

#include "services/routing/merge.h"
#include "proto/case_number.h"
#include "services/routing/entry.h"
#include "services/routing/facts.h"
#include "services/routing/recusal.h"
#include <assert.h>
#include <string.h>

//  The case that the command names; NULL: it is not on the desk
static case_t *
s_other (const decider_t *self, json_t *message, const procedure_move_t *move)
{
    int year;
    int64_t case_no;
    const char *text =
        json_string_value (json_object_get (json_object_get (message, "arguments"), move->merges));
    if (!text || !case_number_read (text, NULL, &year, &case_no) || !self->sink.find)
        return NULL;
    return self->sink.find (self->sink.arg, case_no);
}

const char *
merge_impossible (const decider_t *self, const case_t *file, json_t *message, const procedure_move_t *move)
{
    if (!move->merges)
        return NULL;
    const case_t *other = s_other (self, message, move);
    const char *actor = json_string_value (json_object_get (message, "actor")),
               *unit = json_string_value (json_object_get (message, "unit"));
    if (other == file)
        return "a case cannot go on as itself";
    if (!other || recusal_is_accused (other, actor, unit)) //  to the accused it does not exist
        return "there is no case of this number to go on as";
    if (recusal_stands_aside (other, actor))
        return "the person stands aside in the other case";
    if (case_is_over (other))
        return "the other case is over";
    return other->secrecy < file->secrecy ? "the other case is less secret than this one" : NULL;
}

void
merge_go_on (const decider_t *self, case_t *file, json_t *message, const procedure_move_t *move)
{
    case_t *other = s_other (self, message, move);
    assert (other); //  merge_impossible has looked
    json_t *also = json_object_get (other->fields, "also");
    if (!json_is_array (also)) {
        also = json_array ();
        json_object_set_new (other->fields, "also", also);
    }
    json_t *who =
        json_pack ("{ss ss? ss}", "source", file->source, "person", file->submitter, "number", file->number);
    assert (who);
    json_array_append_new (also, who);
    json_array_extend (also, json_object_get (file->fields, "also"));
    json_t *merged = json_copy (message);
    json_object_set_new (merged, "arguments", json_pack ("{ss}", "merged", file->number));
    entry_write (self, other, merged, "merged", other->state,
                 json_integer_value (json_object_get (message, "recorded_at")));
    facts_event (self, other, merged, "merged", NULL);
    json_decref (merged);
}
