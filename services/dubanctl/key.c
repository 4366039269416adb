//  key - CURVE key pairs and what they may do: new, show, grant, revoke, list
//
//  The secret key stays in its file (0600) on the machine that uses it; only the public key is handed over.

#include "services/dubanctl/migrate.h"
#include "services/dubanctl/report.h"
#include "services/dubanctl/text.h"
#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zmq.h>

#define KEY_SIZE 40 //  Z85 of 32 bytes

static exit_t
s_print (const char *public_key)
{
    if (option_json)
        json_print (json_pack ("{s:s, s:s}", "schema", "duban.key.v1", "public_key", public_key));
    else
        puts (public_key);
    return DONE;
}

static bool
s_is_key (const char *text)
{
    uint8_t bytes[32];
    return strlen (text) == KEY_SIZE && zmq_z85_decode (bytes, text);
}

static exit_t
s_new (const arguments_t *arguments)
{
    const char *path = arguments->operands[0];
    char public_key[KEY_SIZE + 1], secret_key[KEY_SIZE + 2];
    do
        if (zmq_curve_keypair (public_key, secret_key)) {
            complain ("libzmq: %s", zmq_strerror (zmq_errno ()));
            return FAILED;
        }
    while (*public_key == '-'); //  it would be taken for an option wherever it is written
    int file = open (path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (file < 0) { //  a key that exists is never overwritten
        complain ("%s: %s", path, strerror (errno));
        return FAILED;
    }
    secret_key[KEY_SIZE] = '\n';
    bool written = write (file, secret_key, KEY_SIZE + 1) == KEY_SIZE + 1 && !fsync (file);
    if (close (file) || !written) {
        complain ("%s: %s", path, strerror (errno));
        unlink (path);
        return FAILED;
    }
    return s_print (public_key);
}

static exit_t
s_show (const arguments_t *arguments)
{
    size_t size;
    char public_key[KEY_SIZE + 1], *secret_key = file_read (arguments->operands[0], &size);
    if (!secret_key)
        return NOT_FOUND;
    secret_key[strcspn (secret_key, "\r\n")] = 0;
    bool good = strlen (secret_key) == KEY_SIZE && !zmq_curve_public (public_key, secret_key);
    free (secret_key);
    if (good)
        return s_print (public_key);
    complain (words ("%s: not a CURVE secret key in Z85", "%s:不是 Z85 格式的 CURVE 私钥"),
              arguments->operands[0]);
    return FAILED;
}

//  --------------------------------------------------------------------------

static const char GRANT_SQL[] = //
    "INSERT INTO intake.key AS k (public_key, source, person, speaks_for) "
    "SELECT $1, s.source, $3, string_to_array (coalesce ($4, ''), ',') FROM intake.source s WHERE s.source = "
    "$2 "
    "AND ($3::text IS NULL OR EXISTS (SELECT FROM intake.person p WHERE p.person = $3)) "
    "ON CONFLICT (public_key) DO UPDATE SET person = EXCLUDED.person, speaks_for = EXCLUDED.speaks_for, "
    "active = true, revoked_at = NULL WHERE k.source = EXCLUDED.source";
static const char REVOKE_SQL[] = //
    "UPDATE intake.key SET active = false, revoked_at = clock_timestamp () WHERE public_key = $1 AND active";

//  Takes the result of a change of at most one row
static exit_t
s_changed (PGresult *result, const char *nothing)
{
    exit_t code = query_good (result) ? DONE : query_complain (result);
    if (code == DONE && strcmp (PQcmdTuples (result), "1")) {
        complain ("%s", nothing);
        code = NOT_FOUND;
    }
    PQclear (result);
    if (code == DONE && option_json)
        json_print (json_pack ("{s:s, s:b}", "schema", "duban.done.v1", "done", true));
    return code;
}

static exit_t
s_store_grant (PGconn *conn, const arguments_t *arguments)
{
    PGresult *result =
        query (conn, GRANT_SQL, arguments->operands[0], arguments_value (arguments, "source"),
               arguments_value (arguments, "person"), arguments_value (arguments, "for"), QUERY_END);
    return s_changed (result, words ("no such source or person, or the key belongs to another source",
                                     "没有该来源或人员,或该公钥属于其他来源"));
}

static exit_t
s_grant (const arguments_t *arguments)
{
    if (!arguments_value (arguments, "source") || !s_is_key (arguments->operands[0])) {
        complain ("%s",
                  words ("a public key in Z85 and --source are needed", "需要 Z85 格式的公钥和 --source"));
        return USAGE;
    }
    return query_session ("OPERATOR", s_store_grant, arguments);
}

static exit_t
s_store_revoke (PGconn *conn, const arguments_t *arguments)
{
    return s_changed (query (conn, REVOKE_SQL, arguments->operands[0], QUERY_END),
                      words ("no active key of this name", "没有这个有效公钥"));
}

static exit_t
s_revoke (const arguments_t *arguments)
{
    return query_session ("OPERATOR", s_store_revoke, arguments);
}

static const char LIST_SQL[] = //
    "SELECT source, public_key, person, array_to_string (speaks_for, ',') AS speaks_for, active, granted_at, "
    "revoked_at FROM api.key ORDER BY source, granted_at";

static const char *
s_state (const PGresult *result, int row, const char *column)
{
    return *query_cell (result, row, column) == 't' ? words ("active", "有效") : words ("revoked", "已吊销");
}

static const report_column_t COLUMNS[] = {
    { "source", "source", "来源", NULL },
    { "public_key", "public key", "公钥", NULL },
    { "person", "person", "本人", NULL },
    { "speaks_for", "speaks for", "可代表", NULL },
    { "active", "state", "状态", s_state },
    { "granted_at", "granted", "授予", report_moment },
    { 0 },
};
static const report_t KEYS = {
    .sql = LIST_SQL, .schema = "duban.keys.v1", .rows = "keys", .columns = COLUMNS
};

static exit_t
s_list (const arguments_t *arguments)
{
    return report_run (&KEYS, arguments);
}

static const option_row_t GRANT_OPTIONS[] = {
    { "source", "SOURCE", "the outside system that speaks with this key", "使用该公钥的来源系统" },
    { "person", "PERSON", "the person whose own key it is", "公钥属于哪个人" },
    { "for", "LIST", "persons it may speak for, comma separated; '*' for everyone",
      "可代表的人员,逗号分隔;'*' 为所有人" },
    { 0 },
};

const command_t COMMAND_KEY_NEW = {
    "key new",
    "FILE",
    1,
    1,
    "make a key pair: the secret goes to FILE, the public key is printed",
    "生成密钥对:私钥写入 FILE,显示公钥",
    NULL,
    s_new,
};
const command_t COMMAND_KEY_SHOW = {
    "key show", "FILE", 1, 1, "the public key of a secret key", "显示私钥对应的公钥", NULL, s_show,
};
const command_t COMMAND_KEY_GRANT = {
    "key grant",
    "PUBLIC --source SOURCE",
    1,
    1,
    "let a public key speak at the door",
    "授权公钥接入",
    GRANT_OPTIONS,
    s_grant,
};
const command_t COMMAND_KEY_REVOKE = {
    "key revoke", "PUBLIC", 1,        1, "stop a key; open connections are cut within a second",
    "吊销公钥",   NULL,     s_revoke,
};
const command_t COMMAND_KEY_LIST = {
    "key list", "", 0, 0, "keys and what they may do", "列出公钥及权限", NULL, s_list,
};
