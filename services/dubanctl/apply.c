//  apply - `dubanctl apply FILE`: units, persons and sources of a directory file, in one transaction
//
//      {"units": [{unit, name}], "persons": [{person, name, roles, unit, email, language}],
//       "sources": [{source, name, procedures, commands, rate, burst}]}
//
//  What the file names is added or changed; what it does not name stays. Rows that are the same are not
//  touched.

#include "services/dubanctl/migrate.h"
#include "services/dubanctl/text.h"
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef enum { MEMBER_NAME, MEMBER_TEXT, MEMBER_NAMES, MEMBER_COUNT, MEMBER_LANGUAGE } member_type_t;

typedef struct {
    const char *name;
    member_type_t type;
    bool required;
} member_t;

static const member_t UNIT[] = { { "unit", MEMBER_NAME, true }, { "name", MEMBER_TEXT, true }, { 0 } };
static const member_t PERSON[] = { { "person", MEMBER_NAME, true },
                                   { "name", MEMBER_TEXT, true },
                                   { "roles", MEMBER_NAMES, true },
                                   { "unit", MEMBER_NAME, false },
                                   { "email", MEMBER_TEXT, false },
                                   { "language", MEMBER_LANGUAGE, false },
                                   { 0 } };
static const member_t SOURCE[] = { { "source", MEMBER_NAME, true },
                                   { "name", MEMBER_TEXT, true },
                                   { "procedures", MEMBER_NAMES, true },
                                   { "commands", MEMBER_NAMES, true },
                                   { "rate", MEMBER_COUNT, false },
                                   { "burst", MEMBER_COUNT, false },
                                   { 0 } };

//  $1 is the whole file. The order is that of references.
static const struct {
    const char *section;
    const member_t *members;
    const char *sql[2];
} SECTIONS[] = {
    { "units",
      UNIT,
      { "INSERT INTO notify.unit AS u (unit, name) "
        "SELECT x->>'unit', x->>'name' FROM jsonb_array_elements ($1::jsonb->'units') x "
        "ON CONFLICT (unit) DO UPDATE SET name = EXCLUDED.name WHERE u.name <> EXCLUDED.name" } },
    { "sources",
      SOURCE,
      { "INSERT INTO intake.source AS s (source, name, procedures, commands, rate, burst) "
        "SELECT x->>'source', x->>'name', ARRAY (SELECT jsonb_array_elements_text (x->'procedures')), "
        "ARRAY (SELECT jsonb_array_elements_text (x->'commands')), coalesce ((x->>'rate')::int, 50), "
        "coalesce ((x->>'burst')::int, 500) FROM jsonb_array_elements ($1::jsonb->'sources') x "
        "ON CONFLICT (source) DO UPDATE SET name = EXCLUDED.name, procedures = EXCLUDED.procedures, "
        "commands = EXCLUDED.commands, rate = EXCLUDED.rate, burst = EXCLUDED.burst, active = true "
        "WHERE (s.name, s.procedures, s.commands, s.rate, s.burst, s.active) IS DISTINCT FROM "
        "(EXCLUDED.name, EXCLUDED.procedures, EXCLUDED.commands, EXCLUDED.rate, EXCLUDED.burst, true)" } },
    { "persons",
      PERSON,
      { "INSERT INTO intake.person AS p (person, roles, unit) "
        "SELECT x->>'person', ARRAY (SELECT jsonb_array_elements_text (x->'roles')), x->>'unit' "
        "FROM jsonb_array_elements ($1::jsonb->'persons') x "
        "ON CONFLICT (person) DO UPDATE SET roles = EXCLUDED.roles, unit = EXCLUDED.unit, active = true "
        "WHERE (p.roles, p.unit, p.active) IS DISTINCT FROM (EXCLUDED.roles, EXCLUDED.unit, true)",
        "INSERT INTO notify.person AS p (person, name, roles, unit, email, language) "
        "SELECT x->>'person', x->>'name', ARRAY (SELECT jsonb_array_elements_text (x->'roles')), x->>'unit', "
        "x->>'email', coalesce (x->>'language', 'zh') FROM jsonb_array_elements ($1::jsonb->'persons') x "
        "ON CONFLICT (person) DO UPDATE SET name = EXCLUDED.name, roles = EXCLUDED.roles, unit = "
        "EXCLUDED.unit, "
        "email = EXCLUDED.email, language = EXCLUDED.language, active = true "
        "WHERE (p.name, p.roles, p.unit, p.email, p.language, p.active) IS DISTINCT FROM "
        "(EXCLUDED.name, EXCLUDED.roles, EXCLUDED.unit, EXCLUDED.email, EXCLUDED.language, true)" } },
};
#define SECTION_COUNT (sizeof SECTIONS / sizeof *SECTIONS)

static bool
s_is_name (const json_t *value)
{
    const char *text = json_string_value (value);
    size_t length = text ? strlen (text) : 0;
    return length >= 1 && length <= 40 && strspn (text, "abcdefghijklmnopqrstuvwxyz0123456789._-*") == length;
}

static bool
s_are_names (const json_t *value)
{
    size_t index;
    json_t *item;
    json_array_foreach (value, index, item)
        if (!s_is_name (item))
            return false;
    return json_is_array (value);
}

static bool
s_fits (const json_t *value, member_type_t type)
{
    const char *text = json_string_value (value);
    switch (type) {
    case MEMBER_NAME:
        return s_is_name (value);
    case MEMBER_TEXT:
        return text && *text && strlen (text) <= 200;
    case MEMBER_NAMES:
        return s_are_names (value);
    case MEMBER_COUNT:
        return json_integer_value (value) > 0 && json_integer_value (value) <= 1000000;
    case MEMBER_LANGUAGE:
        return text && (!strcmp (text, "zh") || !strcmp (text, "en"));
    }
    return false;
}

static bool
s_say_wrong (const char *section, size_t index, const char *member)
{
    complain (
        words ("/%s/%zu/%s: missing, unknown or not of the right form", "/%s/%zu/%s:缺失、未知或格式不对"),
        section, index, member);
    return false;
}

static bool
s_check_row (const char *section, size_t index, const json_t *row, const member_t *members)
{
    size_t known = 0;
    for (const member_t *member = members; member->name; member++) {
        const json_t *value = json_object_get (row, member->name);
        if (!value && !member->required)
            continue;
        if (!value || !s_fits (value, member->type))
            return s_say_wrong (section, index, member->name);
        known++;
    }
    return known == json_object_size (row) || s_say_wrong (section, index, "…");
}

static bool
s_check (const json_t *directory)
{
    const char *name;
    json_t *rows;
    json_object_foreach ((json_t *) directory, name, rows) {
        const member_t *members = NULL;
        for (size_t index = 0; index < SECTION_COUNT; index++)
            if (!strcmp (SECTIONS[index].section, name))
                members = SECTIONS[index].members;
        if (!members || !json_is_array (rows))
            return s_say_wrong (name, 0, "");
        for (size_t index = 0; index < json_array_size (rows); index++)
            if (!s_check_row (name, index, json_array_get (rows, index), members))
                return false;
    }
    return json_is_object (directory);
}

//  Every person's unit must be one
static bool
s_check_units (PGconn *conn)
{
    static const char SQL[] =
        "SELECT person, unit FROM notify.person p WHERE unit IS NOT NULL "
        "AND NOT EXISTS (SELECT FROM notify.unit u WHERE u.unit = p.unit) ORDER BY person";
    PGresult *result = query (conn, SQL, QUERY_END);
    bool good = query_good (result) && !PQntuples (result);
    if (!query_good (result))
        query_complain (result);
    else if (!good)
        complain (words ("person %s: there is no unit \"%s\"", "人员 %s:没有内设机构“%s”"),
                  PQgetvalue (result, 0, 0), PQgetvalue (result, 0, 1));
    PQclear (result);
    return good;
}

static exit_t
s_store (PGconn *conn, const char *text, bool dry_run)
{
    int changed[SECTION_COUNT] = { 0 };
    if (!query_run (conn, "BEGIN; SET LOCAL lock_timeout = '5s'"))
        return FAILED;
    for (size_t index = 0; index < SECTION_COUNT; index++)
        for (int step = 0; step < 2 && SECTIONS[index].sql[step]; step++) {
            PGresult *result = query (conn, SECTIONS[index].sql[step], text, QUERY_END);
            exit_t code = query_good (result) ? DONE : query_complain (result);
            int rows = atoi (PQcmdTuples (result));
            changed[index] = rows > changed[index] ? rows : changed[index];
            PQclear (result);
            if (code != DONE)
                return code;
        }
    if (!s_check_units (conn) || !query_run (conn, dry_run ? "ROLLBACK" : "COMMIT"))
        return FAILED;
    if (option_json)
        json_print (json_pack ("{s:s, s:b, s:i, s:i, s:i}", "schema", "duban.apply.v1", "dry_run", dry_run,
                               "units", changed[0], "sources", changed[1], "persons", changed[2]));
    else
        remark (words ("%schanged: %d units, %d persons, %d sources", "%s变更:内设机构 %d,人员 %d,来源 %d"),
                dry_run ? words ("(dry run) ", "(试运行)") : "", changed[0], changed[2], changed[1]);
    return DONE;
}

static exit_t
s_run (const arguments_t *arguments)
{
    json_error_t error;
    size_t size;
    char *text = file_read (arguments->operands[0], &size);
    if (!text)
        return NOT_FOUND;
    json_t *directory = json_loadb (text, size, JSON_REJECT_DUPLICATES, &error);
    exit_t code = FAILED;
    if (!directory)
        complain ("%s:%d: %s", arguments->operands[0], error.line, error.text);
    else if (s_check (directory)) {
        PGconn *conn = query_connect ("OPERATOR", &code);
        if (conn)
            code = s_store (conn, text, arguments_has (arguments, "dry-run"));
        PQfinish (conn);
    }
    json_decref (directory);
    free (text);
    return code;
}

static const option_row_t OPTIONS[] = {
    { "dry-run", NULL, "checks everything, changes nothing", "只检查,不改动" },
    { 0 },
};

const command_t COMMAND_APPLY = {
    "apply",
    "FILE",
    1,
    1,
    "units, persons and sources from a directory file (DUBAN_OPERATOR_URL)",
    "按目录文件更新内设机构、人员、来源(DUBAN_OPERATOR_URL)",
    OPTIONS,
    s_run,
};
