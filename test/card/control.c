/* SPDX-License-Identifier: Apache-2.0
 *
 * The control socket. See control.h.
 */
#include "control.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#define LINE_MAX_SIZE 4200
#define WORDS         3
#define PATIENCE      2 /* seconds for a line that is not coming */

typedef struct {
    char *words[WORDS]; /* behind the command; "" where there is none */
    char value[SETTING_MAX];
} line_t;

static bool do_insert(slot_t *slot, line_t *line)
{
    (void)line;
    slot_insert(slot);
    return true;
}

static bool do_remove(slot_t *slot, line_t *line)
{
    (void)line;
    slot_remove(slot);
    return true;
}

static bool do_load(slot_t *slot, line_t *line)
{
    return slot_load(slot, line->words[0]);
}

static bool do_set(slot_t *slot, line_t *line)
{
    return setting_change(&slot->card.settings, line->words[0], line->words[1]);
}

static bool do_get(slot_t *slot, line_t *line)
{
    const char *value = setting_named(&slot->card.settings, line->words[0]);
    snprintf(line->value, sizeof line->value, "%s", value ? value : "");
    return value != NULL;
}

static bool number_of(const char *text, int base, long max, long *number)
{
    char *end;
    *number = strtol(text, &end, base);
    return end != text && *end == '\0' && *number >= 0 && *number <= max;
}

static bool do_slow(slot_t *slot, line_t *line)
{
    return number_of(line->words[0], 10, 3600000, &slot->fault.slow);
}

static bool do_garbage(slot_t *slot, line_t *line)
{
    static const char *const names[] = {
        [RUBBISH_NONE] = "off", [RUBBISH_SHORT] = "short", [RUBBISH_NOISE] = "noise", [RUBBISH_LONG] = "long"};
    for (int i = RUBBISH_NONE; i <= RUBBISH_LONG; i++) {
        if (strcmp(line->words[0], names[i]) != 0) continue;
        slot->fault.rubbish = (rubbish_t)i;
        return true;
    }
    return false;
}

static bool do_remove_at(slot_t *slot, line_t *line)
{
    fault_t *fault = &slot->fault;
    long countdown = 1;
    bool before = strcmp(line->words[0], "before") == 0;
    if (!before && strcmp(line->words[0], "after") != 0) return false;
    if (!transport_named(line->words[1], &fault->pull_kind)) return false;
    if (*line->words[2] && (!number_of(line->words[2], 10, 1000000, &countdown) || countdown == 0)) return false;
    fault->pull_countdown = (unsigned int)countdown;
    fault->pull = before ? PULL_BEFORE : PULL_AFTER;
    return true;
}

static bool do_status(slot_t *slot, line_t *line)
{
    long status;
    if (!transport_named(line->words[0], &slot->fault.status_kind)) return false;
    if (!number_of(line->words[1], 16, 0xFFFF, &status)) return false;
    slot->fault.status = (unsigned int)status;
    return true;
}

static bool do_count(slot_t *slot, line_t *line)
{
    kind_t kind;
    bool power = strcmp(line->words[0], "POWER") == 0;
    if (!power && !transport_named(line->words[0], &kind)) return false;
    snprintf(line->value, sizeof line->value, "%lu", power ? slot->power_ons : slot->transport.counts[kind]);
    return true;
}

typedef struct {
    const char *name;
    bool (*obey)(slot_t *slot, line_t *line);
} command_row_t;

static const command_row_t commands[] = {
    {"insert", do_insert}, {"remove", do_remove}, {"load", do_load},       {"set", do_set},
    {"get", do_get},       {"slow", do_slow},     {"garbage", do_garbage}, {"remove-at", do_remove_at},
    {"status", do_status}, {"count", do_count},
};

static bool obey(slot_t *slot, char *text, line_t *line)
{
    char *name = strsep(&text, " ");
    for (size_t i = 0; i < WORDS; i++) {
        char *word = strsep(&text, " ");
        line->words[i] = word ? word : "";
    }
    for (size_t i = 0; i < sizeof commands / sizeof *commands; i++) {
        if (strcmp(commands[i].name, name) == 0) return commands[i].obey(slot, line);
    }
    return false;
}

/* It gets its name when it listens: who sees it is not refused. */
int control_listen(const char *path)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    int size = snprintf(address.sun_path, sizeof address.sun_path, "%s.new", path);
    if (size >= (int)sizeof address.sun_path) return -1;
    int listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    mode_t mask = umask(077);
    bool ready = listener >= 0 && bind(listener, (struct sockaddr *)&address, sizeof address) == 0 &&
                 listen(listener, 16) == 0 && rename(address.sun_path, path) == 0;
    umask(mask);
    return ready ? listener : -1;
}

static bool read_line(int fd, char *text)
{
    size_t size = 0;
    while (size < LINE_MAX_SIZE - 1) {
        ssize_t more = read(fd, text + size, LINE_MAX_SIZE - 1 - size);
        if (more <= 0) return false;
        size += (size_t)more;
        text[size] = '\0';
        char *end = strchr(text, '\n');
        if (!end) continue;
        *end = '\0';
        return true;
    }
    return false;
}

void control_serve(int listener, slot_t *slot)
{
    char text[LINE_MAX_SIZE];
    line_t line = {.value = ""};
    int fd = accept(listener, NULL, NULL);
    if (fd < 0) return;
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &(struct timeval){.tv_sec = PATIENCE}, sizeof(struct timeval));
    if (read_line(fd, text)) {
        bool done = obey(slot, text, &line);
        dprintf(fd, "%s%s%s\n", done ? "ok" : "error", done && *line.value ? " " : "", done ? line.value : "");
    }
    close(fd);
}
