//  card - what others must know of a case to tell people about it

#include "services/routing/card.h"
#include "services/routing/recusal.h"
#include <assert.h>

json_t *
card_of (const case_t *file)
{
    json_t *card = json_pack ("{ss ss? ss? si ss ss? ss so* sO*}", "number", file->number, "title",
                              file->secrecy < CARD_CLEAR ? file->title : NULL, "unit", file->unit, "secrecy",
                              file->secrecy, "source", file->source, "submitter", file->submitter,
                              "procedure", procedure_name (file->procedure), "not_to", recusal_not_to (file),
                              "co_units", json_object_get (file->fields, "co_units"));
    assert (card);
    return card;
}
