//  migration - applies one folder of SQL files: once each, in order, never a changed one
//
//  duban_migration.applied remembers schema, file and sha-256. A file runs in one transaction as duban_owner
//  with search_path set to its schema (pg_temp last, so that nobody's temporary table stands in front of
//  ours); the role files run as the connecting user, because only that one may make roles.

#include "services/dubanctl/migrate.h"
#include "services/dubanctl/text.h"
#include <assert.h>
#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MAX_FILE (4 * 1024 * 1024)

//  What remembers the rest; made by the first role file's transaction
static const char BOOTSTRAP[] = //
    "DO $$ BEGIN"
    "  IF NOT pg_has_role (current_user, 'duban_owner', 'USAGE') THEN GRANT duban_owner TO current_user; END "
    "IF;"
    "END $$;"
    "SET LOCAL ROLE duban_owner;"
    "CREATE SCHEMA IF NOT EXISTS duban_migration;"
    "CREATE TABLE IF NOT EXISTS duban_migration.applied ("
    "  schema text NOT NULL, file text NOT NULL, sha256 text NOT NULL,"
    "  applied_at timestamptz NOT NULL DEFAULT clock_timestamp (), PRIMARY KEY (schema, file));";

char *
file_read (const char *path, size_t *size)
{
    FILE *file = fopen (path, "r");
    char *text = file ? calloc (1, MAX_FILE + 1) : NULL;
    if (!text) {
        complain ("%s: %s", path, strerror (errno));
        return NULL;
    }
    *size = fread (text, 1, MAX_FILE, file);
    bool whole = !ferror (file) && feof (file);
    fclose (file);
    if (!whole) {
        complain (words ("%s: cannot be read, or is too large", "%s:无法读取或过大"), path);
        free (text);
        return NULL;
    }
    return text;
}

static void
s_sha256 (const char *bytes, size_t size, char text[65])
{
    unsigned char hash[crypto_hash_sha256_BYTES];
    crypto_hash_sha256 (hash, (const unsigned char *) bytes, size);
    sodium_bin2hex (text, 65, hash, sizeof hash);
}

//  What is remembered of a file: 1 the same, 0 nothing, -1 another content (or an error), said
static int
s_known (PGconn *conn, const char *schema, const char *file, const char *sha256)
{
    static const char SQL[] = "SELECT sha256 FROM duban_migration.applied WHERE schema = $1 AND file = $2";
    PGresult *there = query (conn, "SELECT to_regclass ('duban_migration.applied') IS NOT NULL", QUERY_END);
    bool first = query_good (there) && *PQgetvalue (there, 0, 0) == 'f';
    PQclear (there);
    if (first)
        return 0;
    PGresult *result = query (conn, SQL, schema, file, QUERY_END);
    int known = -1;
    if (!query_good (result))
        query_complain (result);
    else if (!PQntuples (result))
        known = 0;
    else if (!strcmp (PQgetvalue (result, 0, 0), sha256))
        known = 1;
    else
        complain (words ("%s: %s was changed after it had been applied: write a new file instead",
                         "%s:%s 在执行后被改动,请改为新增文件"),
                  schema, file);
    PQclear (result);
    return known;
}

//  Line of a character position that the server complained about
static int
s_line_of (const char *text, long position)
{
    int line = 1;
    for (long at = 1; *text && at < position; text++) {
        line += *text == '\n';
        at += ((unsigned char) *text & 0xc0) != 0x80; //  positions count characters
    }
    return line;
}

static bool
s_run_file (PGconn *conn, const char *file, const char *text)
{
    PGresult *result = PQexec (conn, text);
    bool good = query_good (result);
    if (!good) {
        const char *position = PQresultErrorField (result, PG_DIAG_STATEMENT_POSITION);
        remark ("%s:%d:", file, position ? s_line_of (text, atol (position)) : 0);
        query_complain (result);
    }
    PQclear (result);
    return good;
}

static bool
s_begin (PGconn *conn, const char *schema)
{
    char sql[512];
    snprintf (sql, sizeof sql,
              "BEGIN; SET LOCAL ROLE duban_owner; SET LOCAL search_path TO %s, pg_temp;"
              "SET LOCAL duban.service_role = 'duban_%s'",
              schema, schema);
    return query_run (conn, strcmp (schema, "roles") ? sql : "BEGIN");
}

static bool
s_remember (PGconn *conn, const char *schema, const char *file, const char *sha256)
{
    static const char SQL[] =
        "INSERT INTO duban_migration.applied (schema, file, sha256) VALUES ($1, $2, $3)";
    if (!strcmp (schema, "roles") && !query_run (conn, BOOTSTRAP))
        return false;
    PGresult *result = query (conn, SQL, schema, file, sha256, QUERY_END);
    bool good = query_good (result);
    if (!good)
        query_complain (result);
    PQclear (result);
    return good && query_run (conn, "COMMIT");
}

static bool
s_apply (migration_t *self, const char *schema, const char *folder, const char *name)
{
    char path[PATH_MAX], file[NAME_MAX * 2], sha256[65];
    snprintf (path, sizeof path, "%s/%s/%s", self->schema_folder, folder, name);
    snprintf (file, sizeof file, "%s/%s", folder, name);
    size_t size;
    char *text = file_read (path, &size);
    if (!text)
        return false;
    s_sha256 (text, size, sha256);
    int known = s_known (self->conn, schema, file, sha256);
    bool good = known >= 0;
    if (known == 1)
        self->known++;
    if (known == 0) {
        self->applied++;
        remark ("%-9s %s", schema, file);
        if (!self->dry_run)
            good = s_begin (self->conn, schema) && s_run_file (self->conn, path, text) &&
                   s_remember (self->conn, schema, file, sha256);
        if (!good)
            PQclear (PQexec (self->conn, "ROLLBACK"));
    }
    free (text);
    return good;
}

static int
s_is_sql (const struct dirent *entry)
{
    size_t length = strlen (entry->d_name);
    return length > 4 && entry->d_name[0] != '.' && !strcmp (entry->d_name + length - 4, ".sql");
}

bool
migration_folder (migration_t *self, const char *schema, const char *folder)
{
    char path[PATH_MAX];
    struct dirent **entries;
    snprintf (path, sizeof path, "%s/%s", self->schema_folder, folder);
    int count = scandir (path, &entries, s_is_sql, alphasort);
    if (count < 0) {
        complain ("%s: %s", path, strerror (errno));
        return false;
    }
    bool good = true;
    for (int index = 0; index < count; index++) {
        good = good && s_apply (self, schema, folder, entries[index]->d_name);
        free (entries[index]);
    }
    free (entries);
    return good;
}

bool
migration_schema (migration_t *self, const char *schema)
{
    char sql[512];
    PGresult *there = query (self->conn, "SELECT FROM pg_namespace WHERE nspname = $1", schema, QUERY_END);
    bool exists = query_good (there) && PQntuples (there) == 1;
    PQclear (there);
    if (exists || self->dry_run)
        return true;
    snprintf (sql, sizeof sql, "CREATE SCHEMA %s AUTHORIZATION duban_owner%s", schema,
              strcmp (schema, "api") ? "" : "; GRANT USAGE ON SCHEMA api TO duban_reader");
    return query_run (self->conn, sql);
}
