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
HARDEN   := -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=3 -fstack-clash-protection -fstack-protector-strong -fcf-protection=full \
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

FOUND    := $(shell pkg-config --exists $(PKGS) 2>/dev/null && echo yes)

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
	@grep -hE '^[a-z-]+:.*##' Makefile deploy/local/local.mk | sed 's/:.*##/\t/' | expand -t 14

$(BUILD)/%.o: %.c
	$(if $(FOUND),,$(error libraries are missing: "make deps" installs them 缺少依赖库,请先执行 make deps))
	@mkdir -p $(@D)
	$(CC) $(CFLAGS) -MMD -MP -c -o $@ $<

# The shape of a procedure is compiled in: the published schema as a C string
SHAPES := $(BUILD)/proto/procedure_shape.inc $(BUILD)/proto/form_shape.inc
SHAPED := $(foreach f,procedure_shape form_shape,$(BUILD)/proto/$(f).o build/tidy/proto/$(f).ok)
$(SHAPED): CFLAGS += -I$(BUILD)/proto -Wno-overlength-strings
$(SHAPED): $(SHAPES)
$(BUILD)/proto/procedure_shape.inc: proto/schemas/procedure.json
$(BUILD)/proto/form_shape.inc: proto/schemas/register.json
$(SHAPES):
	@mkdir -p $(@D)
	@sed -e 's/[\\"]/\\&/g' -e 's/^ */"/' -e 's/$$/"/' $< >$@

$(BUILD)/libduban.a: $(LIB_OBJ)
	@rm -f $@
	ar crs $@ $^

# dubanctl tries assignment rules as routing does
ALSO_dubanctl := $(addprefix services/routing/,rules.c rules_read.c rules_file.c lexicon.c)

define service_rule
$(BUILD)/$(1): $$(patsubst %.c,$(BUILD)/%.o,$$(wildcard services/$(1)/*.c) $$(ALSO_$(1))) $(BUILD)/libduban.a
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

# ---------------------------------------------------------------------------
include deploy/local/local.mk

.PHONY: test check quick format tidy asan tsan clang chaos bench

PARTS := all units

test: ## install what is needed, build with warnings as errors, run every test and a sanitizer run
	@$(MAKE) --no-print-directory -s test-deps
	@$(MAKE) --no-print-directory -s -j2 $(PARTS)
	@$(MAKE) --no-print-directory -s -j2 V=asan $(PARTS)
	@for mutant in ack-before-commit no-inbox no-take-over; do \
	    $(MAKE) --no-print-directory -s -j2 V=mutant-$$mutant intake-to-notify || exit 1; done
	@tests/run --all

intake-to-notify: $(filter-out %/dubanctl %/supervisor,$(BINS))

quick: ## unit tests only
	@$(MAKE) --no-print-directory -s test-deps
	@$(MAKE) --no-print-directory -s -j2 $(PARTS)
	@tests/run --unit

check: ## before a commit: form, both compilers, clang-tidy, every test
	@$(MAKE) --no-print-directory -s check-deps
	@$(MAKE) --no-print-directory -s format-check
	@$(MAKE) --no-print-directory -s -j2 V=clang $(PARTS)
	@$(MAKE) --no-print-directory -s -j2 tidy
	@$(MAKE) --no-print-directory test

.PHONY: procedures
procedures: $(BUILD)/dubanctl ## write proto/procedures/README.md anew from the procedures
	@$(BUILD)/dubanctl procedure list --markdown --folder proto/procedures >proto/procedures/README.md

asan: ; @$(MAKE) --no-print-directory -s -j2 V=asan $(PARTS) ## build with AddressSanitizer and UBSan
tsan: ; @$(MAKE) --no-print-directory -s -j2 V=tsan $(PARTS) ## build with ThreadSanitizer; then: tests/run --build tsan --e2e a_ b_ c_
clang: ; @$(MAKE) --no-print-directory -s -j2 V=clang $(PARTS) ## build with clang

chaos: $(PARTS) ## the long fault run: 20,000 submissions, 40 kills, two restarts of PostgreSQL
	@tests/run --chaos

bench: $(PARTS) ## measure: the door beside pgbench, end to end, lateness, a mass breach (about 5 minutes)
	@tests/bench/run

C_FILES := $(wildcard common/*.[ch] proto/*.[ch] services/*/*.[ch] tests/unit/*.[ch] tests/bench/*.[ch])

format: ## lay out all C files
	@clang-format -i $(C_FILES)

.PHONY: format-check
format-check:
	@clang-format --dry-run -Werror $(C_FILES)

TIDY_SRC := $(LIB_SRC) $(SVC_SRC)
TIDY     := $(TIDY_SRC:%.c=build/tidy/%.ok)
tidy: $(TIDY) ## clang-tidy over common, proto and services
build/tidy/%.ok: %.c .clang-tidy
	@mkdir -p $(@D)
	@clang-tidy --quiet --warnings-as-errors='*' $< -- $(filter-out -ftrivial-auto-var-init=zero -fstack-clash-protection,$(CFLAGS)) 2>/dev/null \
	    || { echo "clang-tidy: $<"; exit 1; }
	@touch $@
