//  credit_code - 统一社会信用代码 (GB 32100-2015): 18 characters, the last of which checks the others
#pragma once
#include <stdbool.h>

#define CREDIT_CODE_LENGTH 18

//  The check character of the first 17; 0 if one of them may not stand in a code
char credit_code_check (const char *code);
//  Form and check character. Letters are capitals.
bool credit_code_is_valid (const char *code);
