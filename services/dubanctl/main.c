//  dubanctl - duban from the command line: writes go through the door, reads through the api views
//
//      dubanctl <command> [options] [operands]
//
//  One file per command or group of commands; this file is their list. Settings: settings.h. What every
//  command shares: command.h (options, exit codes), text.h (output), query.h (database), door.h (the client).

#include "services/dubanctl/command.h"
#include "services/dubanctl/settings.h"
#include "services/dubanctl/text.h"
#include <locale.h>
#include <stdio.h>
#include <string.h>

extern const command_t COMMAND_SUBMIT, COMMAND_ACT, COMMAND_LIST, COMMAND_SHOW, COMMAND_EXPLAIN,
    COMMAND_NOTICES, COMMAND_FEED, COMMAND_REPLAY, COMMAND_STATUS, COMMAND_APPLY, COMMAND_KEY_NEW,
    COMMAND_KEY_SHOW, COMMAND_KEY_GRANT, COMMAND_KEY_REVOKE, COMMAND_KEY_LIST, COMMAND_MIGRATE,
    COMMAND_HEALTH, COMMAND_VERSION, COMMAND_GENERATE, COMMAND_RULE_CHECK, COMMAND_RULE_SHOW,
    COMMAND_RULE_TEST, COMMAND_PROCEDURE_CHECK, COMMAND_PROCEDURE_LIST, COMMAND_PROCEDURE_SHOW,
    COMMAND_PROCEDURE_DOT, COMMAND_REGISTER_LIST, COMMAND_REGISTER_SHOW, COMMAND_REGISTER_PUT,
    COMMAND_REGISTER_END, COMMAND_REGISTER_IMPORT, COMMAND_REGISTER_EXPORT, COMMAND_REGISTER_CHECK,
    COMMAND_CALENDAR_LOAD;

const command_t *const COMMANDS[] = {
    &COMMAND_SUBMIT,
    &COMMAND_ACT,
    &COMMAND_LIST,
    &COMMAND_SHOW,
    &COMMAND_EXPLAIN,
    &COMMAND_NOTICES,
    &COMMAND_FEED,
    &COMMAND_REPLAY,
    &COMMAND_GENERATE,
    &COMMAND_RULE_CHECK,
    &COMMAND_RULE_SHOW,
    &COMMAND_RULE_TEST,
    &COMMAND_PROCEDURE_CHECK,
    &COMMAND_PROCEDURE_LIST,
    &COMMAND_PROCEDURE_SHOW,
    &COMMAND_PROCEDURE_DOT,
    &COMMAND_REGISTER_LIST,
    &COMMAND_REGISTER_SHOW,
    &COMMAND_REGISTER_PUT,
    &COMMAND_REGISTER_END,
    &COMMAND_REGISTER_IMPORT,
    &COMMAND_REGISTER_EXPORT,
    &COMMAND_REGISTER_CHECK,
    &COMMAND_STATUS,
    &COMMAND_APPLY,
    &COMMAND_KEY_NEW,
    &COMMAND_KEY_SHOW,
    &COMMAND_KEY_GRANT,
    &COMMAND_KEY_REVOKE,
    &COMMAND_KEY_LIST,
    &COMMAND_CALENDAR_LOAD,
    &COMMAND_MIGRATE,
    &COMMAND_HEALTH,
    &COMMAND_VERSION,
    NULL,
};

static const struct {
    exit_t code;
    const char *en, *zh;
} EXITS[] = {
    { DONE, "done", "完成" },
    { FAILED, "error", "出错" },
    { USAGE, "wrong usage, or a setting is missing", "用法错误或缺少设置" },
    { NOT_FOUND, "not found", "未找到" },
    { CONFLICT, "the state or version of the case does not allow it", "事项的状态或版本不允许" },
    { NOT_AUTHORISED, "not authorised", "无权限" },
    { UNAVAILABLE, "no answer in time; can safely be sent again", "未及时应答,可安全重试" },
    { PARTLY, "partly done", "部分完成" },
    { TROUBLE, "a check found problems", "检查发现问题" },
    { INTERRUPTED, "interrupted", "被中断" },
};

static void
s_help (void)
{
    printf ("%s\n\n", words ("dubanctl <command> [options] - `dubanctl <command> --help` tells more",
                             "dubanctl <命令> [选项],详见 `dubanctl <命令> --help`"));
    for (size_t index = 0; COMMANDS[index]; index++)
        printf ("  %-12s %s\n", COMMANDS[index]->name, words (COMMANDS[index]->en, COMMANDS[index]->zh));
    printf ("\n%s\n", words ("Exit codes:", "退出码:"));
    for (size_t index = 0; index < sizeof EXITS / sizeof *EXITS; index++)
        printf ("  %3d  %s\n", EXITS[index].code, words (EXITS[index].en, EXITS[index].zh));
}

//  How many words of argv name this command; 0: another one
static int
s_match (const command_t *command, int argc, char **argv)
{
    const char *space = strchr (command->name, ' ');
    size_t first = space ? (size_t) (space - command->name) : strlen (command->name);
    if (strncmp (argv[1], command->name, first) || argv[1][first])
        return 0;
    if (!space)
        return 1;
    return argc > 2 && !strcmp (argv[2], space + 1) ? 2 : 0;
}

static bool
s_help_group (const char *name)
{
    bool found = false;
    size_t length = strlen (name);
    for (size_t index = 0; COMMANDS[index]; index++)
        if (!strncmp (COMMANDS[index]->name, name, length) && COMMANDS[index]->name[length] == ' ') {
            printf ("%s", found ? "\n" : "");
            command_help (COMMANDS[index]);
            found = true;
        }
    return found;
}

static bool
s_asks_help (const char *word)
{
    return !strcmp (word, "--help") || !strcmp (word, "-h") || !strcmp (word, "help");
}

int
main (int argc, char **argv)
{
    setlocale (LC_CTYPE, "");
    settings_read (argv[0]);
    if (argc < 2 || s_asks_help (argv[1])) {
        s_help ();
        return argc < 2 ? USAGE : DONE;
    }
    for (size_t index = 0; COMMANDS[index]; index++) {
        int used = s_match (COMMANDS[index], argc, argv);
        arguments_t arguments;
        if (!used)
            continue;
        parsed_t parsed = arguments_parse (&arguments, COMMANDS[index], argc - used, argv + used);
        if (parsed == ARGUMENTS_RUN)
            return (int) COMMANDS[index]->run (&arguments);
        return parsed == ARGUMENTS_HELP ? DONE : USAGE;
    }
    if (s_help_group (argv[1]))
        return argc > 2 && s_asks_help (argv[2]) ? DONE : USAGE;
    complain (words ("no command is called \"%s\"; see dubanctl --help", "没有命令“%s”,见 dubanctl --help"),
              argv[1]);
    return USAGE;
}
