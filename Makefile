# SPDX-License-Identifier: Apache-2.0
#
# make            the library, the module, the tool and the card helper, in build/ (with ASAN=1: in build/asan/)
# make run        a demo city at https://127.0.0.1:8443/; start and stop do the same in the background
# make check      every test; make bench: the measurements; make fuzz: ten minutes for each fuzz target
# make -n        the same as commands, for whom the short lines are too short
# make extension  the browser extension for ORIGIN=https://HOST[:PORT], in build/extension/ (docs/extension.md)
# make install    module into httpd's directory, the rest below PREFIX; DESTDIR is respected

all:

build/config.mk:
	./configure
include build/config.mk

# As many jobs as processors, unless a make above this one has said it.
MAKEFLAGS += --no-print-directory $(if $(filter 0,$(MAKELEVEL)),-j$(shell nproc))
BUILD := $(if $(ASAN),build/asan,$(if $(FUZZ),build/fuzz,build))

# From the bottom up; an include may only point to the own room or one before it (test/check/layers).
ROOMS := base text wire store rules cert page session limit account flow
sources = $(wildcard mod_kawasaki/$(1)/*.c)
objects = $(patsubst mod_kawasaki/%.c,$(BUILD)/obj/%.o,$(foreach room,$(1),$(call sources,$(room))))
PROGRAMS := $(wildcard test/unit/test_*.c test/unit/*_spec.c)
UNITS := $(PROGRAMS:test/unit/%.c=$(BUILD)/unit/%)
UNIT_HELPERS := $(filter-out $(PROGRAMS),$(wildcard test/unit/*.c))

LIBRARY := $(BUILD)/libkawasaki.a
MODULE := $(BUILD)/mod_kawasaki.so
TOOL := $(BUILD)/kawasaki
SIGNER := $(BUILD)/kawasaki-signer
CARD := build/test-card

WARNINGS := -Wall -Wextra -Wshadow -Wconversion -Wstrict-prototypes
HARDENING := -D_FORTIFY_SOURCE=2 -fstack-protector-strong
SANITIZERS := -fsanitize=address,undefined -fno-sanitize-recover=undefined -fno-omit-frame-pointer
CPPFLAGS := -Imod_kawasaki $(SYSTEM_INCLUDES) $(SYSTEM_CPPFLAGS)
CFLAGS := -std=c11 $(WARNINGS) -Werror -O2 -g -fPIC -fvisibility=hidden $(if $(ASAN),$(SANITIZERS),$(HARDENING))
ifdef FUZZ
ROOMS := base text wire cert # and signer: what the fuzz targets need
CC := clang-14
CFLAGS := -std=c11 -O1 -g -fno-builtin -fsanitize=fuzzer-no-link $(SANITIZERS)
endif
LDFLAGS := -Wl,-z,relro,-z,now,-z,noexecstack $(if $(ASAN)$(FUZZ),$(SANITIZERS))

all: $(LIBRARY) $(MODULE) $(TOOL) $(SIGNER)

$(BUILD)/obj/%.o: mod_kawasaki/%.c build/config.mk Makefile
	@mkdir -p $(@D)
	@echo "  compile $@"
	@$(CC) $(CPPFLAGS) $(CFLAGS) -MMD -MP -c -o $@ $<

# All rooms, and the card helper's parts. Made anew each time: ar would keep the objects of deleted files.
$(LIBRARY): $(call objects,$(ROOMS)) $(filter-out %/main.o,$(call objects,signer))
	@mkdir -p $(@D)
	@rm -f $@
	@echo "  archive $@"
	@$(AR) rcs $@ $^

# httpd must see one symbol of ours. (Sanitizers add marks of their own.)
$(BUILD)/mod_kawasaki.so: $(call objects,httpd) $(LIBRARY)
	@echo "  link $@"
	@$(CC) -shared $(LDFLAGS) -Wl,--exclude-libs,ALL -o $@.new $^ $(LIBS)
	@exported=$$(nm -D --defined-only $@.new | awk '$$3 !~ /^__odr_asan/ { print $$3 }'); \
	if [ "$$exported" != kawasaki_module ]; then echo "$@ exports: $$exported" >&2; exit 1; fi
	@mv $@.new $@

$(BUILD)/kawasaki: $(call objects,tool) $(LIBRARY)
	@echo "  link $@"
	@$(CC) $(LDFLAGS) -o $@ $^ $(LIBS)

$(BUILD)/kawasaki-signer: $(BUILD)/obj/signer/main.o $(LIBRARY)
	@echo "  link $@"
	@$(CC) $(LDFLAGS) -o $@ $^ $(LIBS) $(CARD_LIBS)

# The emulated card shares no code with the rest.
$(CARD): $(wildcard test/card/*.[ch]) build/config.mk Makefile
	@echo "  compile $@"
	@$(CC) $(SYSTEM_CPPFLAGS) -std=c11 $(WARNINGS) -Werror -O2 -g $(HARDENING) -o $@ $(filter %.c,$^) -lcrypto

$(BUILD)/unit/%: test/unit/%.c $(UNIT_HELPERS) $(LIBRARY)
	@mkdir -p $(@D)
	@echo "  compile $@"
	@$(CC) $(CPPFLAGS) $(CFLAGS) -MMD -MP $(LDFLAGS) -o $@ $< $(UNIT_HELPERS) $(LIBRARY) $(LIBS) $(CARD_LIBS) -lcmocka

# With FUZZ=1. palloc.c comes before libapr, a planted mistake (test/fuzz/run makes it) before the rooms.
FUZZERS := $(patsubst test/fuzz/%.c,$(BUILD)/%,$(wildcard test/fuzz/fuzz_*.c))
FUZZ_PARTS := $(addprefix $(BUILD)/obj/fuzz/,palloc.o pki.o der.o)
link_fuzzer = $(CC) $(LDFLAGS) -fsanitize=fuzzer -o $@ $^ $(LIBS) $(CARD_LIBS)
compile_fuzzer = $(CC) $(CPPFLAGS) $(CFLAGS) -MMD -MP -c -o $@ $<
$(BUILD)/obj/fuzz/%.o: test/fuzz/%.c build/config.mk Makefile
	@mkdir -p $(@D)
	@echo "  compile $@"
	@$(compile_fuzzer)
$(BUILD)/planted/planted.o: $(BUILD)/planted/planted.c
	@echo "  compile $@"
	@$(compile_fuzzer)
$(FUZZERS): $(BUILD)/%: $(BUILD)/obj/fuzz/%.o $(FUZZ_PARTS) $(LIBRARY)
	@echo "  link $@"
	@$(link_fuzzer)
$(FUZZERS:$(BUILD)/%=$(BUILD)/planted/%): $(BUILD)/planted/%: $(BUILD)/obj/fuzz/%.o $(BUILD)/planted/planted.o $(FUZZ_PARTS) $(LIBRARY)
	@echo "  link $@"
	@$(link_fuzzer)
$(BUILD)/seeds: $(BUILD)/obj/fuzz/seeds.o $(BUILD)/obj/fuzz/pki.o $(LIBRARY)
	@echo "  link $@"
	@$(CC) $(LDFLAGS) -o $@ $^ $(LIBS)
fuzzers: $(FUZZERS) $(BUILD)/seeds
fuzz:
	@test/fuzz/run 600

# What the tests need, built plainly and with sanitizers.
units: $(UNITS)
check-programs:
	$(MAKE) ASAN= all units $(CARD)
	$(MAKE) ASAN=1 all units

check: check-programs
	@test/run

bench: all
	test/bench/run

# With a reader and cards of the demo's own; KIOSK= make run goes without.
run start: all $(CARD)
	@BUILD=$(BUILD) KIOSK="$${KIOSK-demo}" exec demo/server $@
stop:
	@exec demo/server stop

extension:
	@htdocs/extension/build build/extension

SHARE := $(DESTDIR)$(PREFIX)/share/mod_kawasaki
install: all
	install -D -m 644 $(BUILD)/mod_kawasaki.so $(DESTDIR)$(LIBEXECDIR)/mod_kawasaki.so
	install -D -m 755 $(BUILD)/kawasaki $(DESTDIR)$(PREFIX)/bin/kawasaki
	install -D -m 755 $(BUILD)/kawasaki-signer $(DESTDIR)$(PREFIX)/bin/kawasaki-signer
	install -d $(SHARE) $(DESTDIR)$(PREFIX)/share/man/man1
	install -m 644 docs/kawasaki.1 docs/kawasaki-signer.1 $(DESTDIR)$(PREFIX)/share/man/man1
	cp -R rules sql htdocs $(SHARE)

format:
	clang-format -i $$(find mod_kawasaki test -path test/node_modules -prune -o -name '*.[ch]' -print)

# The demo's data and the configuration stay.
clean:
	rm -rf build/obj build/unit build/asan build/fuzz build/libkawasaki.a build/mod_kawasaki.so build/kawasaki build/kawasaki-signer build/test-card

.PHONY: all fuzz fuzzers units check-programs check bench run start stop extension install format clean
-include $(wildcard $(BUILD)/obj/*/*.d $(BUILD)/unit/*.d)
