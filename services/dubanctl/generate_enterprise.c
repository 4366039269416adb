//  generate_enterprise - made-up enterprises with codes that are valid and names that nobody bears

#include "proto/credit_code.h"
#include "services/dubanctl/generate.h"
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>

static const char *const AREAS[] = { "环秀街道",   "潮海街道", "通济街道", "北安街道", "龙山街道",
                                     "龙泉街道",   "温泉街道", "灵山街道", "蓝村街道", "大信街道",
                                     "鳌山卫街道", "段泊岚镇", "移风店镇", "田横镇",   "金口镇" };
static const char *const NAMES[] = { "鸿", "顺", "和", "泰", "源", "盛", "嘉", "诚", "远", "恒",
                                     "润", "凯", "达", "瑞", "兴", "安", "宏", "锦", "海", "丰" };
static const struct {
    const char *word, *industry;
} TRADES[] = { { "木业", "木材加工" }, { "机械", "机械制造" },     { "针织", "纺织服装" },
               { "食品", "食品加工" }, { "冷藏", "冷链仓储" },     { "塑料", "橡胶和塑料制品" },
               { "包装", "印刷包装" }, { "铸造", "金属制品" },     { "餐饮", "餐饮" },
               { "家具", "家具制造" }, { "化工", "化学品经营" },   { "汽修", "机动车维修" },
               { "商贸", "批发零售" }, { "养老服务", "养老机构" }, { "水产", "水产品加工" } };
static const char *const FORMS[] = { "有限公司", "股份有限公司", "厂", "合作社", "经营部" };
static const char *const SURNAMES[] = { "王", "李", "张", "刘", "孙", "于", "宋", "姜", "黄", "周" };
static const char *const WORK[] = { "hot_work", "confined_space",  "blinding", "height",
                                    "lifting",  "temporary_power", "digging",  "road_closing" };
static const char *const ENERGY[] = { "electricity", "natural_gas", "bottled_gas", "steam",
                                      "coal",        "oil",         "alcohol",     "solar" };
static const char *const RISKS[] = { "fire", "explosion", "collapse",     "poisoning",
                                     "dust", "ammonia",   "molten_metal", "hazardous_chemicals" };
static const char *const GRADES[] = { "a", "b", "b", "b", "c", "c", "d" };
static const char *const UNITS[] = { "industry", "hazchem", "fire", "flood" };

#define DIVISION "370215" //  GB/T 2260: 即墨区

static void
s_code (char code[CREDIT_CODE_LENGTH + 1], uint64_t *state)
{
    static const char LETTERS[] = "0123456789ABCDEFGHJKLMNPQRTUWXY";
    int used = snprintf (code, CREDIT_CODE_LENGTH + 1, "9%d" DIVISION, (int) (generate_next (state) % 3 + 1));
    for (; used < CREDIT_CODE_LENGTH - 1; used++)
        code[used] = LETTERS[generate_next (state) % 31];
    code[used] = credit_code_check (code);
    code[used + 1] = 0;
}

//  Up to three different values of a list; NULL: none
static json_t *
s_some (const char *const *list, size_t count, uint64_t *state)
{
    json_t *some = json_array ();
    uint64_t bits = generate_next (state);
    for (size_t index = 0; index < count && json_array_size (some) < 3; index++)
        if ((bits >> (2 * index) & 3) == 0)
            json_array_append_new (some, json_string (list[index]));
    if (json_array_size (some))
        return some;
    json_decref (some);
    return NULL;
}

#define SOME(list, state) s_some ((list), sizeof (list) / sizeof *(list), (state))

static json_t *
s_enterprise (uint64_t *state)
{
    char code[CREDIT_CODE_LENGTH + 1], name[160], person[40], address[160], graded[16], phone[24];
    const char *area = PICK (AREAS, generate_next (state));
    size_t trade = generate_next (state) % (sizeof TRADES / sizeof *TRADES);
    const char *first = PICK (NAMES, generate_next (state)), *second = PICK (NAMES, generate_next (state));
    s_code (code, state);
    snprintf (name, sizeof name, "即墨区%s%s%s%s", first, second, TRADES[trade].word,
              PICK (FORMS, generate_next (state)));
    snprintf (person, sizeof person, "%s某", PICK (SURNAMES, generate_next (state)));
    snprintf (address, sizeof address, "%s工业园 %d 号", area, (int) (generate_next (state) % 900 + 1));
    snprintf (graded, sizeof graded, "2026-%02d-%02d", (int) (generate_next (state) % 11 + 1),
              (int) (generate_next (state) % 28 + 1));
    snprintf (phone, sizeof phone, "0532-%08d", (int) (generate_next (state) % 100000000));
    uint64_t employees = generate_next (state) % 40, size = generate_next (state) % 20;
    return json_pack ("{ss ss ss ss ss ss si ss ss ss ss so* so* so*}", "credit_code", code, "name", name,
                      "legal_representative", person, "area", area, "address", address, "industry",
                      TRADES[trade].industry, "employees", (int) (employees + size * size), "grade",
                      PICK (GRADES, generate_next (state)), "graded_on", graded, "unit",
                      PICK (UNITS, generate_next (state)), "phone", phone, "special_work", SOME (WORK, state),
                      "energy", SOME (ENERGY, state), "major_risks", SOME (RISKS, state));
}

void
generate_enterprise (uint64_t *state)
{
    json_t *line = s_enterprise (state);
    char *text = json_dumps (line, JSON_COMPACT);
    puts (text);
    free (text);
    json_decref (line);
}
