/* SPDX-License-Identifier: Apache-2.0
 *
 * Faults: see fault.h.
 */
#include "fault.h"

static bool is_kind(kind_t kind, const unsigned char *command, size_t size)
{
    return kind == KIND_ANY || transport_kind(command, size) == kind;
}

pull_t fault_pulls(fault_t *fault, const unsigned char *command, size_t size)
{
    if (fault->pull == PULL_NEVER || !is_kind(fault->pull_kind, command, size)) return PULL_NEVER;
    if (--fault->pull_countdown > 0) return PULL_NEVER;
    pull_t pull = fault->pull;
    fault->pull = PULL_NEVER;
    return pull;
}

bool fault_status(fault_t *fault, const unsigned char *command, size_t size, unsigned char *answer, size_t *answer_size)
{
    if (fault->status == 0 || !is_kind(fault->status_kind, command, size)) return false;
    answer[0] = (unsigned char)(fault->status >> 8);
    answer[1] = (unsigned char)(fault->status & 0xFF);
    *answer_size = 2;
    fault->status = 0;
    return true;
}

void fault_rubbish(const fault_t *fault, unsigned char *answer, size_t *size)
{
    static const size_t sizes[] = {
        [RUBBISH_NONE] = 0, [RUBBISH_SHORT] = 1, [RUBBISH_NOISE] = 37, [RUBBISH_LONG] = WIRE_MAX};
    if (fault->rubbish == RUBBISH_NONE) return;
    *size = sizes[fault->rubbish];
    for (size_t i = 0; i < *size; i++) answer[i] = (unsigned char)(i * 167 + 13);
}
