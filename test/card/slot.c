/* SPDX-License-Identifier: Apache-2.0
 *
 * The card in its reader. See slot.h.
 */
#include "slot.h"

#include "vpcd.h"

#include <stdio.h>
#include <time.h>
#include <unistd.h>

#define SETTLE 500 /* ms: pcscd looks every 400, and a card that is back sooner would never have been out */
#define RETRY  5   /* ms between tries to reach the reader */

long slot_clock(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static void unplug(slot_t *slot)
{
    if (slot->socket >= 0) {
        close(slot->socket);
        slot->connect_at = slot_clock() + SETTLE;
    }
    slot->socket = -1;
    slot->answer_size = 0;
    transport_forget(&slot->transport);
    card_power_off(&slot->card);
}

bool slot_load(slot_t *slot, const char *directory)
{
    slot_remove(slot);
    card_free(&slot->card);
    slot->transport.card = &slot->card;
    return card_read(&slot->card, directory);
}

void slot_insert(slot_t *slot)
{
    slot->inserted = true;
}

void slot_remove(slot_t *slot)
{
    slot->inserted = false;
    unplug(slot);
}

static int until(long due)
{
    long wait = due - slot_clock();
    return wait > 0 ? (int)wait : 0;
}

int slot_patience(const slot_t *slot)
{
    if (slot->answer_size > 0) return until(slot->answer_due);
    return slot->inserted && slot->socket < 0 ? until(slot->connect_at) : -1;
}

static void connect_card(slot_t *slot)
{
    slot->socket = vpcd_connect(slot->port);
    if (slot->socket < 0) slot->connect_at = slot_clock() + RETRY;
}

static void send_atr(slot_t *slot)
{
    unsigned char atr[33];
    if (!vpcd_send(slot->socket, atr, setting_bytes(&slot->card.settings, SETTING_ATR, atr, sizeof atr))) unplug(slot);
}

static void control(slot_t *slot, unsigned char code)
{
    if (code == VPCD_GET_ATR) {
        send_atr(slot);
        return;
    }
    transport_forget(&slot->transport);
    if (code == VPCD_RESET) {
        card_reset(&slot->card);
    } else {
        slot->power_ons += code == VPCD_POWER_ON;
        card_power_off(&slot->card);
    }
}

/* The header and the status only: data may be a PIN. */
static void log_command(const unsigned char *command, size_t size, const unsigned char *answer, size_t answer_size)
{
    if (size < 4 || answer_size < 2) return;
    fprintf(stderr, "%02X %02X %02X %02X, %zu bytes: %02X%02X, %zu bytes\n", command[0], command[1], command[2],
            command[3], size, answer[answer_size - 2], answer[answer_size - 1], answer_size);
}

static void execute(slot_t *slot, const unsigned char *command, size_t size)
{
    pull_t pull = fault_pulls(&slot->fault, command, size);
    if (pull == PULL_BEFORE) {
        slot_remove(slot);
        return;
    }
    size_t answer_size;
    if (!fault_status(&slot->fault, command, size, slot->answer, &answer_size))
        answer_size = transport_answer(&slot->transport, command, size, slot->answer);
    log_command(command, size, slot->answer, answer_size);
    if (pull == PULL_AFTER) {
        slot_remove(slot);
        return;
    }
    fault_rubbish(&slot->fault, slot->answer, &answer_size);
    slot->answer_size = answer_size;
    slot->answer_due = slot_clock() + slot->fault.slow;
}

static void receive(slot_t *slot)
{
    static unsigned char frame[WIRE_MAX];
    size_t size = vpcd_receive(slot->socket, frame);
    if (size == 0)
        unplug(slot);
    else if (size == 1)
        control(slot, frame[0]);
    else
        execute(slot, frame, size);
}

void slot_turn(slot_t *slot, bool readable)
{
    if (slot->inserted && slot->socket < 0 && until(slot->connect_at) == 0) connect_card(slot);
    if (readable && slot->socket >= 0) receive(slot);
    if (slot->answer_size > 0 && slot_clock() >= slot->answer_due) {
        bool sent = vpcd_send(slot->socket, slot->answer, slot->answer_size);
        slot->answer_size = 0;
        if (!sent) unplug(slot);
    }
}
