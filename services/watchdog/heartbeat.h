//  heartbeat - the watchdog watches itself: a row that says "I look", and the oldest rung that is due and not
//  fired
#pragma once
#include "common/db.h"

extern const db_table_t HEARTBEAT_TABLE;

//  Called every second. Rows of replicas that no longer beat go.
void heartbeat_beat (db_t *db, const uuid_t *replica_id);
