# duban - build, run, test.  `make help` lists the targets.
#
# Variants: V=release (default), asan, tsan, clang, mutant-<name>; each builds in build/<variant>.
SHELL    := /bin/bash
V        ?= release
CC       := gcc
BUILD    := build/$(V)
PKGS     := libczmq libzmq libpq jansson libsodium libcurl libmicrohttpd zlib
SERVICES := intake routing watchdog notify dubanctl supervisor

WARN     := -Wall -Wextra -Wshadow -Wconversion -Wpedantic -Wformat=2 -Wimplicit-fallthrough -Wstrict-prototypes \
            -Wmissing-prototypes -Werror
HARDEN   := -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2 -fstack-clash-protection -fstack-protector-strong -fcf-protection=full \
            -ftrivial-auto-var-init=zero -fno-strict-overflow -fno-delete-null-pointer-checks -fPIE
HARDENLD := -pie -Wl,-z,noexecstack -Wl,-z,relro -Wl,-z,now -Wl,--as-needed
OPT      := -O2 -g $(HARDEN)
LDOPT    := $(HARDENLD)

ifeq ($(V),asan)
OPT      := -O1 -g -fsanitize=address,undefined -fno-sanitize-recover=undefined -fno-omit-frame-pointer
LDOPT    := -fsanitize=address,undefined
else ifeq ($(V),tsan)
CC       := clang
OPT      := -O1 -g -fsanitize=thread -fno-omit-frame-pointer
LDOPT    := -fsanitize=thread
else ifeq ($(V),clang)
CC       := clang
OPT      := -O2 -g -fstack-protector-strong -fPIE
LDOPT    := -pie
else ifneq ($(filter mutant-%,$(V)),)
OPT      := -O1 -g -D$(subst -,_,$(shell echo $(V) | tr a-z A-Z))
LDOPT    :=
endif

CFLAGS   := -std=c17 -D_GNU_SOURCE -I. $(WARN) $(OPT) $(shell pkg-config --cflags $(PKGS) 2>/dev/null)
LDLIBS   := $(shell pkg-config --libs $(PKGS) 2>/dev/null) -lpthread

LIB_SRC  := $(wildcard common/*.c proto/*.c)
LIB_OBJ  := $(LIB_SRC:%.c=$(BUILD)/%.o)
SVC_SRC  := $(wildcard services/*/*.c)
SVC_OBJ  := $(SVC_SRC:%.c=$(BUILD)/%.o)
UNIT_SRC := $(wildcard tests/unit/*.c)
UNITS    := $(UNIT_SRC:tests/unit/%.c=$(BUILD)/tests/%)
BINS     := $(SERVICES:%=$(BUILD)/%)
TOOL_SRC := $(wildcard tests/bench/*.c)
TOOLS    := $(TOOL_SRC:tests/bench/%.c=$(BUILD)/tests/%)

.PHONY: all help
all: $(BINS) $(TOOLS)

help: ## this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*##/\t/' | expand -t 14

$(BUILD)/%.o: %.c
	@mkdir -p $(@D)
	$(CC) $(CFLAGS) -MMD -MP -c -o $@ $<

$(BUILD)/libduban.a: $(LIB_OBJ)
	@rm -f $@
	ar crs $@ $^

define service_rule
$(BUILD)/$(1): $$(patsubst %.c,$(BUILD)/%.o,$$(wildcard services/$(1)/*.c)) $(BUILD)/libduban.a
	$$(CC) $$(LDOPT) -o $$@ $$^ $$(LDLIBS)
endef
$(foreach s,$(SERVICES),$(eval $(call service_rule,$(s))))

# A unit test links the library and the pure files of the services (everything but main.c, store.c and sockets)
PURE     := $(filter-out %/main.c,$(filter services/intake/% services/routing/% services/watchdog/% services/notify/%,$(SVC_SRC)))
$(BUILD)/libpure.a: $(PURE:%.c=$(BUILD)/%.o)
	@rm -f $@
	ar crs $@ $^

$(BUILD)/tests/%: $(BUILD)/tests/unit/%.o $(BUILD)/libpure.a $(BUILD)/libduban.a
	@mkdir -p $(@D)
	$(CC) $(LDOPT) -o $@ $^ $(LDLIBS) -lcmocka

$(BUILD)/tests/%: $(BUILD)/tests/bench/%.o $(BUILD)/libduban.a
	@mkdir -p $(@D)
	$(CC) $(LDOPT) -o $@ $^ $(LDLIBS)

.PHONY: units
units: $(UNITS)

-include $(LIB_OBJ:.o=.d) $(SVC_OBJ:.o=.d) $(UNIT_SRC:%.c=$(BUILD)/%.d) $(TOOL_SRC:%.c=$(BUILD)/%.d)
