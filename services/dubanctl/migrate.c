//  migrate - `dubanctl migrate`: database roles, schemas, passwords and calendar, as the files say;
//  idempotent
//
//      roles ─ bus ─ api ─ for each service: mailbox, then its own ─ passwords ─ calendars
//
//  Two migrators at once are harmless: the second waits for the advisory lock and finds nothing to do.

#include "services/dubanctl/migrate.h"
#include "services/dubanctl/settings.h"
#include "services/dubanctl/text.h"
#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const SERVICES[] = { "intake", "routing", "watchdog", "notify" };
#define SERVICE_COUNT (sizeof SERVICES / sizeof *SERVICES)

//  The password of one role, from the file of its name; hashed here, so that no server log ever has it
static bool
s_password (PGconn *conn, const char *folder, const char *role)
{
    char path[PATH_MAX], sql[1024];
    size_t size;
    snprintf (path, sizeof path, "%s/%s", folder, role);
    char *password = file_read (path, &size);
    if (!password)
        return false;
    password[strcspn (password, "\r\n")] = 0;
    char *hash = PQencryptPasswordConn (conn, password, role, "scram-sha-256");
    bool good = *password && hash;
    if (!good)
        complain (words ("%s: no usable password", "%s:没有可用的口令"), path);
    if (good) {
        snprintf (sql, sizeof sql, "ALTER ROLE %s PASSWORD '%s'", role, hash);
        good = query_run (conn, sql);
    }
    PQfreemem (hash);
    free (password);
    return good;
}

bool
migrate_passwords (PGconn *conn, const char *folder)
{
    PGresult *roles = query (
        conn, "SELECT rolname FROM pg_roles WHERE rolname ~ '^duban_[a-z]+$' AND rolcanlogin", QUERY_END);
    bool good = query_good (roles);
    int set = 0;
    if (!good)
        query_complain (roles);
    for (int row = 0; good && row < PQntuples (roles); row++) {
        char path[PATH_MAX];
        snprintf (path, sizeof path, "%s/%s", folder, PQgetvalue (roles, row, 0));
        FILE *file = fopen (path, "r");
        if (!file)
            continue; //  a role without a file keeps what it has
        fclose (file);
        good = s_password (conn, folder, PQgetvalue (roles, row, 0));
        set++;
    }
    PQclear (roles);
    if (good && !set)
        complain (words ("%s: no file is named like a role", "%s:没有以角色命名的文件"), folder);
    return good && set;
}

static bool
s_wanted (const char *only, const char *schema)
{
    size_t length = strlen (schema);
    for (const char *at = only; at; at = strchr (at, ',')) {
        at += *at == ',';
        if (!strncmp (at, schema, length) && (!at[length] || at[length] == ','))
            return true;
    }
    return !only;
}

static bool
s_schemas (migration_t *migration, const char *only)
{
    if (!migration_folder (migration, "roles", "roles"))
        return false;
    if (s_wanted (only, "bus") &&
        (!migration_schema (migration, "bus") || !migration_folder (migration, "bus", "bus")))
        return false;
    if (!migration_schema (migration, "api"))
        return false;
    for (size_t index = 0; index < SERVICE_COUNT; index++) {
        const char *service = SERVICES[index];
        if (s_wanted (only, service) &&
            (!migration_schema (migration, service) || !migration_folder (migration, service, "mailbox") ||
             !migration_folder (migration, service, service)))
            return false;
    }
    return true;
}

//  The folder beside deploy/schema, unless one was named
static const char *
s_calendar_folder (const arguments_t *arguments, const char *schema_folder)
{
    static char path[PATH_MAX];
    const char *given = arguments_value (arguments, "calendar");
    if (given)
        return given;
    snprintf (path, sizeof path, "%s/../calendar", schema_folder);
    return path;
}

static exit_t
s_migrate (PGconn *conn, const arguments_t *arguments)
{
    const char *folder = arguments_value (arguments, "schema");
    const char *only = arguments_value (arguments, "only"),
               *passwords = arguments_value (arguments, "passwords");
    if (!folder)
        folder = settings_text ("DUBAN_SCHEMA_DIR");
    migration_t migration = { .conn = conn,
                              .schema_folder = folder ? folder : "deploy/schema",
                              .dry_run = arguments_has (arguments, "dry-run") };
    if (!query_run (
            conn, "SET lock_timeout = '60s'; SELECT pg_advisory_lock (hashtextextended ('duban migrate', 0));"
                  "SET lock_timeout = '5s'") ||
        !s_schemas (&migration, only))
        return FAILED;
    if (!migration.dry_run &&
        ((passwords && !migrate_passwords (conn, passwords)) ||
         (s_wanted (only, "watchdog") &&
          !migrate_calendars (conn, s_calendar_folder (arguments, migration.schema_folder)))))
        return FAILED;
    if (option_json)
        json_print (json_pack ("{s:i, s:i, s:b}", "applied", migration.applied, "known", migration.known,
                               "dry_run", migration.dry_run));
    else
        remark (words ("%d files applied, %d were known", "已执行 %d 个文件,%d 个此前已执行"),
                migration.applied, migration.known);
    return DONE;
}

static exit_t
s_run (const arguments_t *arguments)
{
    return query_session ("MIGRATE", s_migrate, arguments);
}

static const option_row_t OPTIONS[] = {
    { "schema", "FOLDER", "schema files (DUBAN_SCHEMA_DIR, else deploy/schema)",
      "SQL 文件目录(DUBAN_SCHEMA_DIR,默认 deploy/schema)" },
    { "calendar", "FOLDER", "calendar facts (../calendar beside the schema files)",
      "日历目录(默认在 SQL 目录旁)" },
    { "passwords", "FOLDER", "sets passwords of roles from files of their names", "按角色名文件设置口令" },
    { "only", "LIST", "only these schemas: bus,intake,routing,watchdog,notify", "只处理这些模式" },
    { "dry-run", NULL, "says what would be applied", "只说明将执行什么" },
    { 0 },
};

const command_t COMMAND_MIGRATE = {
    "migrate",
    "",
    0,
    0,
    "bring the database to this version (DUBAN_MIGRATE_URL: a superuser or CREATEROLE)",
    "将数据库升级到本版本(DUBAN_MIGRATE_URL:超级用户或可建角色的用户)",
    OPTIONS,
    s_run,
};
