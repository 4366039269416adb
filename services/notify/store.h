//  store - the mail lane's SQL: people, notices, deliveries; one statement per table and batch
//
//      load     store_ask_people ─ store_withdraw ─ store_notices (which are new?) ─ store_fed (whose feed is
//      durable?) decide   store_deliveries ─ store_unreached ─ store_dead_letters
#pragma once
#include "common/lane.h"
#include "services/notify/decide.h"

extern const db_table_t STORE_TABLE;

typedef struct store store_t;
store_t *store_new (void);
void store_destroy (store_t **self_p);
//  Forgets what the last batch had gathered
void store_reset (store_t *self);

//  --- gather; the strings are copied
void store_add_withdrawal (store_t *self, const char *key);
void store_add_notice (store_t *self, const notice_t *notice);
void store_add_fed (store_t *self, const char *key, const char *recipient, moment_t at);
void store_add_delivery (store_t *self, const char *key, const plan_t *plan);
void store_add_unreached (store_t *self, const char *key, const char *wanted);
void store_add_dead_letter (store_t *self, const char *src, const char *cause, json_t *message);

//  --- send what was gathered, if anything
//  The directory is filled anew if it has changed
void store_ask_people (store_t *self, batch_t *batch, directory_t *directory);
//  Withdrawn before or after it came; deliveries not yet begun are withdrawn with it
void store_withdraw (store_t *self, batch_t *batch);
//  fn hears, row by row: notice_key, withdrawn - of those that are new
void store_notices (store_t *self, batch_t *batch, void (*fn) (void *arg, PGresult *result), void *arg);
//  fn hears, row by row: notice_key, case_no, delivered_at - of those that wanted confirmation
void store_fed (store_t *self, batch_t *batch, void (*fn) (void *arg, PGresult *result), void *arg);
//  All that decide found
void store_decided (store_t *self, batch_t *batch);
