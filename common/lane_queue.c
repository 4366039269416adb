//  lane_queue - what waits for a lane, how it becomes the next batch, and what can be asked of both

#include "common/lane_parts.h"

//  What decide sees: messages of new parcels that are not buried, and every request, up to the cut
void
lane_make_view (lane_t *self)
{
    batch_t *batch = &self->batch;
    size_t cut = lane_cut (self);
    batch->view_count = 0;
    for (size_t index = 0; index < cut; index++) {
        slot_t *slot = &batch->slots[index];
        if (!batch->entries[slot->entry].duplicate && !slot->buried)
            batch->view[batch->view_count++] = &slot->item;
    }
}

void
lane_clear_batch (batch_t *batch)
{
    for (size_t index = 0; index < batch->entry_count; index++)
        parcel_destroy (&batch->entries[index].parcel);
    free (batch->entries);
    free (batch->slots);
    free (batch->view);
    *batch = (batch_t){ .lane = batch->lane };
}

static void
s_add_slots (lane_t *self, size_t which)
{
    batch_t *batch = &self->batch;
    entry_t *entry = &batch->entries[which];
    if (!entry->parcel) {
        batch->slots[batch->slot_count++] = (slot_t){ .entry = which, .item = { .request = entry->request } };
        return;
    }
    size_t index;
    json_t *message;
    json_array_foreach (entry->parcel->messages, index, message)
        batch->slots[batch->slot_count++] =
            (slot_t){ .entry = which, .item = { .src = entry->parcel->src, .message = message } };
}

//  At most 200 items or 1 MiB, but at least one entry; one that must be alone is alone
static void
s_take (lane_t *self)
{
    batch_t *batch = &self->batch;
    size_t bytes = 0, items = 0, waiting = zlistx_size (self->queue);
    batch->entries = zmalloc ((waiting + 1) * sizeof *batch->entries);
    for (entry_t *entry = zlistx_first (self->queue); entry; entry = zlistx_first (self->queue)) {
        bool alone = entry->parcel && entry->parcel->alone;
        if (batch->entry_count &&
            (alone || items + entry->items > LANE_BATCH_ITEMS || bytes + entry->size > LANE_BATCH_BYTES))
            break;
        items += entry->items;
        bytes += entry->size;
        batch->entries[batch->entry_count++] = *entry;
        zlistx_detach (self->queue, NULL);
        freen (entry);
        if (alone)
            break;
    }
    self->queued_items -= items;
    batch->slots = zmalloc ((items + 1) * sizeof *batch->slots);
    batch->view = zmalloc ((items + 1) * sizeof *batch->view);
    for (size_t index = 0; index < batch->entry_count; index++)
        s_add_slots (self, index);
}

void
lane_begin_next (lane_t *self)
{
    if (self->state != LANE_IDLE || !db_is_up (self->db) || (!zlistx_size (self->queue) && !self->woken))
        return;
    self->woken = false;
    self->answered = false;
    self->began = zclock_usecs ();
    s_take (self);
    lane_attempt (self);
}

static void
s_queue (lane_t *self, entry_t entry)
{
    entry_t *copy = zmalloc (sizeof *copy);
    *copy = entry;
    zlistx_add_end (self->queue, copy);
    self->queued_items += entry.items;
    lane_begin_next (self);
}

void
lane_put (lane_t *self, void *request, size_t size)
{
    s_queue (self, (entry_t){ .request = request, .size = size, .items = 1 });
}

void
lane_put_parcel (lane_t *self, parcel_t *parcel)
{
    size_t items = json_array_size (parcel->messages);
    s_queue (self, (entry_t){ .parcel = parcel, .size = parcel->size, .items = items });
}

void
lane_wake (lane_t *self)
{
    self->woken = true;
    lane_begin_next (self);
}

size_t
lane_queued (const lane_t *self)
{
    return self->queued_items + self->batch.slot_count;
}

size_t
batch_count (const batch_t *self)
{
    return self->view_count;
}

item_t *
batch_item (batch_t *self, size_t index)
{
    assert (index < self->view_count);
    return self->view[index];
}

bool
lane_is_up (const lane_t *self)
{
    return db_is_up (self->db);
}

bool
lane_is_idle (const lane_t *self)
{
    return self->state == LANE_IDLE && !zlistx_size (self->queue);
}

db_t *
lane_db (lane_t *self)
{
    return self->db;
}

moment_t
batch_now (const batch_t *self)
{
    return self->now;
}

int
batch_limit (const batch_t *self)
{
    return self->lane->limit;
}

void
batch_post (batch_t *self, const char *target, json_t *message)
{
    outgoing_add (self->lane->outgoing, target, message);
}

void
batch_post_text (batch_t *self, const char *target, const char *text, size_t size)
{
    outgoing_add_text (self->lane->outgoing, target, text, size);
}
