/* SPDX-License-Identifier: Apache-2.0
 *
 * test-card PORT DIRECTORY SOCKET [--out]: an emulated My Number card for tests, in the virtual reader at that port of
 * this machine (--out: beside it), with the keys and certificates of the directory, obeying the control socket. Until
 * it is killed. Never for real keys.
 */
#include "control.h"

#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void run(int listener, slot_t *slot)
{
    for (;;) {
        /* While an answer is under way the reader asks nothing; poll still tells when it is gone. */
        struct pollfd ready[] = {{.fd = listener, .events = POLLIN},
                                 {.fd = slot->socket, .events = slot->answer_size > 0 ? 0 : POLLIN}};
        if (poll(ready, 2, slot_patience(slot)) < 0) return;
        slot_turn(slot, ready[1].revents != 0);
        if (ready[0].revents) control_serve(listener, slot);
    }
}

int main(int argc, char **argv)
{
    static slot_t slot = {.socket = -1};
    bool out = argc == 5 && strcmp(argv[4], "--out") == 0;
    if (argc != 4 && !out) {
        fputs("Usage: test-card PORT DIRECTORY SOCKET [--out]\n", stderr);
        return 2;
    }
    slot.port = (unsigned short)strtoul(argv[1], NULL, 10);
    if (!slot_load(&slot, argv[2])) return 1;
    if (!out) slot_insert(&slot);
    int listener = control_listen(argv[3]);
    if (listener < 0) {
        perror(argv[3]);
        return 1;
    }
    signal(SIGPIPE, SIG_IGN);
    setvbuf(stderr, NULL, _IOLBF, 0);
    run(listener, &slot);
    return 1;
}
