//  credit_code - 统一社会信用代码 (GB 32100-2015)
//
//      9 1 370282 MA3C0XYZ1 8      authority, kind, division (GB/T 2260), organisation (GB 11714), check
//
//  The check character makes the weighted sum of all 18 divisible by 31; the weight of place n is 3^(n-1)
//  mod 31.

#include "proto/credit_code.h"
#include <string.h>

#define MODULUS       31
#define DIVISION_FROM 2 //  places of the administrative division: digits only
#define DIVISION_TO   8

//  Without I, O, S, V and Z: they are too like 1, 0, 5, U and 2
static const char ALPHABET[] = "0123456789ABCDEFGHJKLMNPQRTUWXY";

static int
s_value (char letter)
{
    const char *at = letter ? strchr (ALPHABET, letter) : NULL;
    return at ? (int) (at - ALPHABET) : -1;
}

char
credit_code_check (const char *code)
{
    int sum = 0, weight = 1;
    for (int place = 0; place < CREDIT_CODE_LENGTH - 1; place++) {
        int value = s_value (code[place]);
        if (value < 0)
            return 0;
        sum = (sum + value * weight) % MODULUS;
        weight = weight * 3 % MODULUS;
    }
    return ALPHABET[(MODULUS - sum) % MODULUS];
}

bool
credit_code_is_valid (const char *code)
{
    if (strlen (code) != CREDIT_CODE_LENGTH)
        return false;
    for (int place = DIVISION_FROM; place < DIVISION_TO; place++)
        if (code[place] < '0' || code[place] > '9')
            return false;
    return credit_code_check (code) == code[CREDIT_CODE_LENGTH - 1];
}
