//  review - are the stored dates still what calendar and ladders say?

#include "services/watchdog/review.h"
#include "common/log.h"
#include "services/watchdog/store.h"

#define PAGE 500

static const db_statement_t STATEMENTS[] = { {
    "review_page",
    "SELECT c.case_no, c.name, c.version, c.running, c.anchor, c.budget, c.unit, c.rule, c.calendar, "
    "c.ladder, ''::bytea, c.stopped_at, c.due_date, c.breach_at, c.provisional, c.next_rung, "
    "c.next_rung_at, c.questions, c.ledger, c.due_at, c.earlier, c.suspended, clock_now () FROM clock c WHERE c.running AND (c.case_no, c.name) > ($1::bigint, "
    "$2::text) ORDER BY c.case_no, c.name LIMIT 500" //  PAGE
} };
const db_table_t REVIEW_TABLE = { STATEMENTS, 1 };

struct review {
    const keeper_t *keeper;
    fact_lane_t *facts;
    db_t *db; //  of the page that is asked for
    bool wanted, asked;
    int64_t case_no; //  the last clock that was looked at
    char name[64];
    long looked, stale;
};

review_t *
review_new (const keeper_t *keeper, fact_lane_t *facts)
{
    review_t *self = zmalloc (sizeof *self);
    *self = (review_t){ .keeper = keeper, .facts = facts };
    return self;
}

void
review_destroy (review_t **self_p)
{
    freen (*self_p);
    *self_p = NULL;
}

static const calendar_t *
s_calendar (void *arg, const char *name)
{
    return calendars_find (((review_t *) arg)->keeper->calendars, name);
}

static void
s_look (review_t *self, const PGresult *result, int row)
{
    deadline_t *clock = store_read (result, row);
    world_t world = keeper_world (self->keeper, self, sql_moment (result, row, STORE_DATES_COLUMN));
    world.calendar = s_calendar;
    self->looked++;
    self->case_no = clock->case_no;
    snprintf (self->name, sizeof self->name, "%s", clock->name);
    if (watchdog_is_stale (clock, &world)) {
        self->stale++;
        fact_lane_recheck (self->facts, clock->case_no, clock->name);
    }
    deadline_destroy (&clock);
}

static void
s_on_page (void *arg, PGresult *result)
{
    review_t *self = arg;
    self->asked = false;
    if (!result || PQresultStatus (result) != PGRES_TUPLES_OK)
        return; //  the next second tries again
    for (int row = 0; row < PQntuples (result); row++)
        s_look (self, result, row);
    if (PQntuples (result) == PAGE) {
        review_step (self, self->db);
        return;
    }
    self->wanted = false;
    log_say (self->stale ? SAY_INFO : SAY_DEBUG, "calendar", "all running clocks looked at", "clocks",
             log_number (self->looked), "to project anew", log_number (self->stale), NULL);
}

void
review_start (review_t *self)
{
    self->wanted = true;
    self->case_no = INT64_MIN;
    *self->name = 0;
    self->looked = self->stale = 0;
}

void
review_step (review_t *self, db_t *db)
{
    if (!self->wanted || self->asked || !db_is_up (db) ||
        lane_queued (fact_lane_lane (self->facts)) > 2 * PAGE)
        return;
    self->asked = true;
    self->db = db;
    sql_params_t *params = sql_params_new ();
    sql_params_int8 (params, self->case_no);
    sql_params_text (params, self->name);
    db_query (db, &STATEMENTS[0], params, s_on_page, self);
    db_sync (db, NULL, NULL);
    sql_params_destroy (&params);
}
