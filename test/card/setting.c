/* SPDX-License-Identifier: Apache-2.0
 *
 * The settings' names, values and file. See setting.h.
 */
#include "setting.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct {
    const char *name;
    const char *start;   /* the value of a new card */
    const char *choices; /* between bars; NULL: any text */
} row_t;

static const row_t table[SETTINGS] = {
    [SETTING_PIN] = {"auth-pin", "1234", NULL},
    [SETTING_PIN_OF_SIGNING] = {"sign-pin", "ABC123", NULL},
    [SETTING_TRIES] = {"auth-tries", "3", "|0|1|2|3|"},
    [SETTING_TRIES_OF_SIGNING] = {"sign-tries", "5", "|0|1|2|3|4|5|"},
    [SETTING_CERTIFICATE] = {"auth-certificate", "present", "|present|blank|missing|none|"},
    [SETTING_CERTIFICATE_OF_SIGNING] = {"sign-certificate", "present", "|present|blank|missing|none|"},
    [SETTING_LABEL] = {"label", "JPKIAPICCTOKEN2", NULL},
    [SETTING_PRESENCE] = {"presence", "8F8F00", NULL},
    [SETTING_ATR] = {"atr", "3BE000FF8131FE4514", NULL},
    [SETTING_BLOCKED] = {"blocked", "63C0", "|63C0|6983|6984|"},
    [SETTING_BLOCKED_QUERY] = {"blocked-query", "63C0", "|63C0|6983|6984|"},
    [SETTING_READ_PARTS] = {"read-parts", "0", NULL},
    [SETTING_SIGN_PARTS] = {"sign-parts", "0", NULL},
    [SETTING_EXACT] = {"exact-length", "no", "|yes|no|"},
    [SETTING_RESET] = {"reset-forgets", "yes", "|yes|no|"},
};

static setting_t find(const char *name)
{
    int setting = 0;
    while (setting < SETTINGS && strcmp(table[setting].name, name) != 0) setting++;
    return (setting_t)setting;
}

static bool fits(setting_t setting, const char *value)
{
    if (setting == SETTINGS || strlen(value) >= SETTING_MAX) return false;
    const char *choices = table[setting].choices;
    if (!choices) return true;
    char between[SETTING_MAX + 3];
    snprintf(between, sizeof between, "|%s|", value);
    return strchr(value, '|') == NULL && strstr(choices, between) != NULL;
}

static bool keep(settings_t *settings, setting_t setting, const char *value)
{
    if (!fits(setting, value)) return false;
    memcpy(settings->values[setting], value, strlen(value) + 1);
    return true;
}

/* In one step: a reader of the file never finds half of it. */
static bool write_file(const settings_t *settings)
{
    char fresh[sizeof settings->path + 4];
    snprintf(fresh, sizeof fresh, "%s.new", settings->path);
    FILE *file = fopen(fresh, "w");
    if (!file) return false;
    for (int setting = 0; setting < SETTINGS; setting++)
        fprintf(file, "%s %s\n", table[setting].name, settings->values[setting]);
    return fclose(file) == 0 && rename(fresh, settings->path) == 0;
}

bool setting_read(settings_t *settings, const char *path)
{
    if (strlen(path) >= sizeof settings->path) return false;
    memcpy(settings->path, path, strlen(path) + 1);
    for (int setting = 0; setting < SETTINGS; setting++) keep(settings, (setting_t)setting, table[setting].start);
    FILE *file = fopen(path, "r");
    if (!file) return write_file(settings);
    char line[2 * SETTING_MAX];
    bool understood = true;
    while (understood && fgets(line, sizeof line, file)) {
        line[strcspn(line, "\n")] = '\0';
        char *value = strchr(line, ' ');
        if (value) *value++ = '\0';
        understood = value && keep(settings, find(line), value);
    }
    fclose(file);
    return understood && write_file(settings);
}

bool setting_change(settings_t *settings, const char *name, const char *value)
{
    return setting_store(settings, find(name), value);
}

bool setting_store(settings_t *settings, setting_t setting, const char *value)
{
    return keep(settings, setting, value) && write_file(settings);
}

const char *setting_named(const settings_t *settings, const char *name)
{
    setting_t setting = find(name);
    return setting == SETTINGS ? NULL : settings->values[setting];
}

const char *setting_text(const settings_t *settings, setting_t setting)
{
    return settings->values[setting];
}

bool setting_is(const settings_t *settings, setting_t setting, const char *value)
{
    return strcmp(settings->values[setting], value) == 0;
}

unsigned int setting_number(const settings_t *settings, setting_t setting)
{
    return (unsigned int)strtoul(settings->values[setting], NULL, 10);
}

unsigned int setting_status(const settings_t *settings, setting_t setting)
{
    return (unsigned int)strtoul(settings->values[setting], NULL, 16);
}

size_t setting_bytes(const settings_t *settings, setting_t setting, unsigned char *bytes, size_t room)
{
    const char *text = settings->values[setting];
    size_t size = 0;
    for (unsigned int byte; size < room && sscanf(text + 2 * size, "%2x", &byte) == 1; size++)
        bytes[size] = (unsigned char)byte;
    return size;
}

setting_t setting_of(setting_t setting, purpose_t purpose)
{
    return (setting_t)((int)setting + (int)purpose);
}
