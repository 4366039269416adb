//  arguments - options and operands by the command's table, and help from the same table

#include "services/dubanctl/command.h"
#include "services/dubanctl/text.h"
#include <assert.h>
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

bool option_json;
long option_timeout_ms = 10000;

enum { OPTION_HELP = MAX_OPTIONS, OPTION_JSON, OPTION_TIMEOUT };

static const option_row_t COMMON[] = {
    { "json", NULL, "one JSON document instead of a table", "输出一个 JSON 文档,不输出表格" },
    { "timeout", "SECONDS", "how long to wait for an answer (10)", "等待应答的秒数(默认 10)" },
    { "help", NULL, "this text", "显示本帮助" },
    { 0 },
};

static void
s_print_options (const option_row_t *row)
{
    for (; row && row->name; row++) {
        char left[64];
        snprintf (left, sizeof left, "--%s%s%s", row->name, row->argument ? " " : "",
                  row->argument ? row->argument : "");
        printf ("  %-26s %s\n", left, words (row->en, row->zh));
    }
}

void
command_help (const command_t *command)
{
    printf ("dubanctl %s%s%s\n%s\n\n", command->name, *command->operands ? " " : "", command->operands,
            words (command->en, command->zh));
    s_print_options (command->options);
    s_print_options (COMMON);
}

static size_t
s_long_options (const command_t *command, struct option *out)
{
    size_t count = 0;
    for (const option_row_t *row = command->options; row && row->name; row++, count++) {
        assert (count < MAX_OPTIONS);
        out[count] =
            (struct option){ row->name, row->argument ? required_argument : no_argument, NULL, (int) count };
    }
    size_t own = count;
    out[count++] = (struct option){ "help", no_argument, NULL, OPTION_HELP };
    out[count++] = (struct option){ "json", no_argument, NULL, OPTION_JSON };
    out[count++] = (struct option){ "timeout", required_argument, NULL, OPTION_TIMEOUT };
    out[count] = (struct option){ 0 };
    return own;
}

static bool
s_take_timeout (const char *text)
{
    assert (text); //  the option has an argument
    char *end;
    double seconds = strtod (text, &end);
    if (*end || end == text || !(seconds > 0 && seconds <= 86400)) {
        complain (words ("--timeout wants seconds, not \"%s\"", "--timeout 应为秒数,不能是“%s”"), text);
        return false;
    }
    option_timeout_ms = (long) (seconds * 1000);
    return true;
}

static bool
s_count_fits (const arguments_t *self)
{
    const command_t *command = self->command;
    if (self->count >= command->least && (command->most < 0 || self->count <= command->most))
        return true;
    complain (words ("usage: dubanctl %s %s", "用法:dubanctl %s %s"), command->name, command->operands);
    return false;
}

parsed_t
arguments_parse (arguments_t *self, const command_t *command, int argc, char **argv)
{
    struct option options[MAX_OPTIONS + 4];
    int own = (int) s_long_options (command, options);
    *self = (arguments_t){ .command = command };
    optind = 0;
    for (int option; (option = getopt_long (argc, argv, "h", options, NULL)) >= 0;) {
        if (option == OPTION_HELP || option == 'h') {
            command_help (command);
            return ARGUMENTS_HELP;
        }
        if (option == '?' || (option == OPTION_TIMEOUT && !s_take_timeout (optarg)))
            return ARGUMENTS_WRONG;
        if (option == OPTION_JSON)
            option_json = true;
        else if (option < own)
            self->values[option] = optarg ? optarg : "";
    }
    self->count = argc - optind;
    self->operands = argv + optind;
    return s_count_fits (self) ? ARGUMENTS_RUN : ARGUMENTS_WRONG;
}

const char *
arguments_value (const arguments_t *self, const char *name)
{
    const option_row_t *rows = self->command->options;
    for (int index = 0; rows && rows[index].name; index++)
        if (!strcmp (rows[index].name, name))
            return self->values[index];
    fprintf (stderr, "no option --%s\n", name);
    abort ();
}

bool
arguments_has (const arguments_t *self, const char *name)
{
    return arguments_value (self, name) != NULL;
}

bool
arguments_number (const arguments_t *self, const char *name, long *value, long low, long high)
{
    const char *text = arguments_value (self, name);
    if (!text)
        return true;
    char *end;
    errno = 0;
    *value = strtol (text, &end, 10);
    if (!errno && !*end && end != text && *value >= low && *value <= high)
        return true;
    complain (words ("--%s wants a whole number from %ld to %ld", "--%s 应为 %ld 到 %ld 的整数"), name, low,
              high);
    return false;
}
