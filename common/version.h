//  version - what this build calls itself
#pragma once

#define DUBAN_VERSION "0.1.0"
