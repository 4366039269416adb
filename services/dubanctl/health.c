//  health - `dubanctl health URL` for container health checks, and `dubanctl version`

#include "common/version.h"
#include "services/dubanctl/command.h"
#include "services/dubanctl/text.h"
#include <curl/curl.h>
#include <jansson.h>
#include <stdio.h>

static size_t
s_discard (char *data, size_t size, size_t count, void *arg)
{
    (void) data;
    (void) arg;
    return size * count;
}

static exit_t
s_health (const arguments_t *arguments)
{
    CURL *curl = curl_easy_init ();
    char error[CURL_ERROR_SIZE] = "";
    long status = 0;
    if (!curl)
        return FAILED;
    curl_easy_setopt (curl, CURLOPT_URL, arguments->operands[0]);
    curl_easy_setopt (curl, CURLOPT_PROTOCOLS_STR, "http");
    curl_easy_setopt (curl, CURLOPT_PROXY, "");
    curl_easy_setopt (curl, CURLOPT_TIMEOUT_MS, option_timeout_ms);
    curl_easy_setopt (curl, CURLOPT_WRITEFUNCTION, s_discard);
    curl_easy_setopt (curl, CURLOPT_ERRORBUFFER, error);
    curl_easy_setopt (curl, CURLOPT_NOSIGNAL, 1L);
    CURLcode result = curl_easy_perform (curl);
    curl_easy_getinfo (curl, CURLINFO_RESPONSE_CODE, &status);
    curl_easy_cleanup (curl);
    bool good = result == CURLE_OK && status >= 200 && status < 300;
    if (option_json)
        json_print (json_pack ("{s:s, s:b, s:i}", "schema", "duban.health.v1", "healthy", good, "status",
                               (int) status));
    else if (!good)
        complain ("%s: %s %ld", arguments->operands[0], *error ? error : "HTTP", status);
    return good ? DONE : FAILED;
}

const command_t COMMAND_HEALTH = {
    "health",
    "URL",
    1,
    1,
    "exit 0 if a service's /livez or /readyz answers 2xx, else 1",
    "服务的 /livez 或 /readyz 返回 2xx 时退出码为 0,否则为 1",
    NULL,
    s_health,
};

static exit_t
s_version (const arguments_t *arguments)
{
    (void) arguments;
    if (option_json)
        json_print (json_pack ("{s:s, s:s}", "schema", "duban.version.v1", "version", DUBAN_VERSION));
    else
        printf ("dubanctl %s\n", DUBAN_VERSION);
    return DONE;
}

const command_t COMMAND_VERSION = {
    "version", "", 0, 0, "version of this program", "显示版本", NULL, s_version,
};
