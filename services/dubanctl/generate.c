//  generate - `dubanctl generate`: made-up submissions for `dubanctl replay`, or entries for `dubanctl register import`,
//  as lines of JSON; the same seed gives the same lines on every machine, so a test can name what it expects

#include "services/dubanctl/generate.h"
#include "services/dubanctl/command.h"
#include "services/dubanctl/text.h"
#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const AREAS[] = { "环秀街道", "潮海街道", "通济街道", "北安街道", "龙山街道", "龙泉街道",
                                     "温泉街道", "灵山街道", "蓝村街道", "大信街道", "田横镇",   "金口镇" };
static const char *const PLACES[] = {
    "农贸市场东门", "沿河小区南侧", "工业园三号路", "小学门前", "老旧厂房",
    "沿街烧烤店",   "快递分拣站",   "养老院后院",   "建材城",   "渔港码头"
};
static const char *const FACTS[] = {
    "消防通道被货架和车辆占用,大型车辆无法进入", "液化气瓶露天堆放在居民楼下,没有通风和警示",
    "木料粉尘积了很厚一层,除尘设备没有开",       "雨后积水半米深,井盖移位,行人看不见",
    "灭火器压力不足,检验标签已经过期两年",       "有限空间作业没有人监护,也没有气体检测记录",
    "电动车在楼道里充电,线路老化发烫",           "执法人员到场后没有出示证件,也没有留下文书",
};
static const char *const WISHES[] = { "请尽快派人核实并答复。", "建议组织一次排查,公开结果。",
                                      "希望责令整改,并回头看一次。", "建议在入口设置标识和隔离桩。",
                                      "请告知由哪个科室负责、何时办结。" };

uint64_t
generate_next (uint64_t *state)
{
    uint64_t mixed = *state += 0x9e3779b97f4a7c15;
    mixed = (mixed ^ (mixed >> 30)) * 0xbf58476d1ce4e5b9;
    mixed = (mixed ^ (mixed >> 27)) * 0x94d049bb133111eb;
    return mixed ^ (mixed >> 31);
}

static void
s_line (long seed, long number, uint64_t *state)
{
    char id[64], title[200], content[800];
    const char *place = PICK (PLACES, generate_next (state));
    const char *fact = PICK (FACTS, generate_next (state));
    const char *area = PICK (AREAS, generate_next (state));
    snprintf (id, sizeof id, "generated-%ld-%ld", seed, number);
    snprintf (title, sizeof title, "%s%s的问题", area, place);
    const char *wish = PICK (WISHES, generate_next (state));
    uint64_t day = 1 + generate_next (state) % 28;
    snprintf (content, sizeof content, "%" PRIu64 "日前后多次看到:%s%s,%s。%s", day, area, place, fact, wish);
    json_t *line = json_pack ("{ss ss ss ss}", "id", id, "title", title, "content", content, "area", area);
    char *text = json_dumps (line, JSON_COMPACT);
    puts (text);
    free (text);
    json_decref (line);
}

static exit_t
s_generate (const arguments_t *arguments)
{
    long seed = 1, count = 100;
    if (!arguments_number (arguments, "seed", &seed, 0, 1000000000) ||
        !arguments_number (arguments, "count", &count, 1, 10000000))
        return USAGE;
    const char *what = arguments_value (arguments, "register");
    if (what && strcmp (what, "enterprise")) {
        complain ("%s", words ("--register: only enterprise can be made up", "--register 仅支持 enterprise"));
        return USAGE;
    }
    uint64_t state = (uint64_t) seed;
    for (long number = 1; number <= count; number++)
        if (what)
            generate_enterprise (&state);
        else
            s_line (seed, number, &state);
    return DONE;
}

static const option_row_t OPTIONS[] = {
    { "seed", "N", "the same seed gives the same lines (1)", "同一种子生成同样的内容(默认 1)" },
    { "count", "N", "how many (100)", "条数(默认 100)" },
    { "register", "NAME", "entries of a register instead: enterprise", "改为生成登记条目:enterprise" },
    { 0 },
};

const command_t COMMAND_GENERATE = {
    "generate",
    "",
    0,
    0,
    "made-up submissions as lines of JSON, for replay",
    "生成演示用的提交内容(每行一个 JSON),供 replay 使用",
    OPTIONS,
    s_generate,
};
