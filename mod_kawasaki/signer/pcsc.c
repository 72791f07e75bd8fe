/* SPDX-License-Identifier: Apache-2.0
 *
 * The calls of PC/SC, each in a thread with a deadline. Why a thread and not a process: the key that OpenSSL signs with
 * asks the card in the middle of its work, and the card must stay the same one. What is said to a card is not known
 * here.
 */
#include "signer/pcsc.h"

#include "base/secret.h"
#include "signer/apdu.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/mman.h>
#include <time.h>
#include <winscard.h>

enum { WORKER_ENDED = 1, CALLER_LEFT = 2 };

/* All that a call uses, in memory of its own: whoever of caller and worker is the last gives it back. A PIN passes
 * through, so it is locked and left out of core files. */
typedef struct desk_t desk_t;
struct desk_t {
    atomic_int ends;
    LONG (*call)(desk_t *desk);
    LONG status;
    SCARDCONTEXT context;
    SCARDHANDLE card;
    bool has_context, has_card;
    DWORD protocol, control;
    unsigned char origin[16]; /* random, this context's: see insertion */
    int place;                /* which one of those wanted that have a card */
    char wanted[MAX_READERNAME + 1], reader[MAX_READERNAME + 1];
    DWORD event; /* state of the reader, and its counter */
    char readers[PCSCLITE_MAX_READERS_CONTEXTS * MAX_READERNAME + 1];
    unsigned char sent[PCSC_BYTES_MAX], received[PCSC_BYTES_MAX];
    DWORD sent_size, received_size;
};

struct pcsc_t {
    desk_t *desk; /* NULL: no context */
    apr_interval_time_t patience;
};

/* The calls, in the worker. */

static LONG call_establish(desk_t *desk)
{
    LONG status = SCardEstablishContext(SCARD_SCOPE_SYSTEM, NULL, NULL, &desk->context);
    desk->has_context = status == SCARD_S_SUCCESS;
    return status;
}

/* The readers that are wanted, with their names in desk->readers. */
static DWORD list_wanted(desk_t *desk, SCARD_READERSTATE states[PCSCLITE_MAX_READERS_CONTEXTS])
{
    DWORD count = 0;
    for (char *name = desk->readers; *name && count < PCSCLITE_MAX_READERS_CONTEXTS; name += strlen(name) + 1)
        if (strncmp(name, desk->wanted, strlen(desk->wanted)) == 0)
            states[count++] = (SCARD_READERSTATE){.szReader = name, .dwCurrentState = SCARD_STATE_UNAWARE};
    return count;
}

static const SCARD_READERSTATE *choose(const SCARD_READERSTATE *states, DWORD count, int place)
{
    for (DWORD i = 0; i < count; ++i)
        if (states[i].dwEventState & SCARD_STATE_PRESENT && place-- == 0) return &states[i];
    return NULL;
}

static LONG call_find(desk_t *desk)
{
    SCARD_READERSTATE states[PCSCLITE_MAX_READERS_CONTEXTS];
    DWORD size = sizeof desk->readers - 1;

    memset(desk->readers, 0, sizeof desk->readers);
    LONG status = SCardListReaders(desk->context, NULL, desk->readers, &size);
    if (status != SCARD_S_SUCCESS) return status;
    DWORD count = list_wanted(desk, states);
    if (count == 0) return SCARD_E_UNKNOWN_READER;
    status = SCardGetStatusChange(desk->context, 0, states, count);
    if (status != SCARD_S_SUCCESS) return status;
    const SCARD_READERSTATE *chosen = choose(states, count, desk->place);
    apr_cpystrn(desk->reader, chosen ? chosen->szReader : states->szReader, sizeof desk->reader);
    desk->event = chosen ? chosen->dwEventState : SCARD_STATE_EMPTY;
    return SCARD_S_SUCCESS;
}

static LONG call_disconnect(desk_t *desk)
{
    if (!desk->has_card) return SCARD_S_SUCCESS;
    desk->has_card = false;
    SCardEndTransaction(desk->card, SCARD_UNPOWER_CARD);
    return SCardDisconnect(desk->card, SCARD_UNPOWER_CARD);
}

/* Was the card out since call_find saw it? What was seen of it then is another one's. */
static LONG compare_event(desk_t *desk)
{
    SCARD_READERSTATE now = {.szReader = desk->reader, .dwCurrentState = SCARD_STATE_UNAWARE};
    LONG status = SCardGetStatusChange(desk->context, 0, &now, 1);
    if (status != SCARD_S_SUCCESS) return status;
    return now.dwEventState >> 16 == desk->event >> 16 ? SCARD_S_SUCCESS : SCARD_W_RESET_CARD;
}

static LONG call_connect(desk_t *desk)
{
    LONG status = SCardConnect(desk->context, desk->reader, SCARD_SHARE_EXCLUSIVE,
                               SCARD_PROTOCOL_T0 | SCARD_PROTOCOL_T1, &desk->card, &desk->protocol);
    if (status != SCARD_S_SUCCESS) return status;
    desk->has_card = true;
    status = SCardBeginTransaction(desk->card);
    if (status == SCARD_S_SUCCESS) status = compare_event(desk);
    if (status != SCARD_S_SUCCESS) call_disconnect(desk);
    return status;
}

static LONG call_transmit(desk_t *desk)
{
    const SCARD_IO_REQUEST *header = desk->protocol == SCARD_PROTOCOL_T0 ? SCARD_PCI_T0 : SCARD_PCI_T1;
    return SCardTransmit(desk->card, header, desk->sent, desk->sent_size, NULL, desk->received, &desk->received_size);
}

static LONG call_control(desk_t *desk)
{
    DWORD room = desk->received_size;
    return SCardControl(desk->card, desk->control, desk->sent, desk->sent_size, desk->received, room,
                        &desk->received_size);
}

static LONG call_release(desk_t *desk)
{
    call_disconnect(desk);
    if (!desk->has_context) return SCARD_S_SUCCESS;
    desk->has_context = false;
    return SCardReleaseContext(desk->context);
}

/* The desk, and who gives it back. */

static desk_t *desk_create(void)
{
    desk_t *desk = mmap(NULL, sizeof *desk, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (desk == MAP_FAILED) return NULL;
    if (mlock(desk, sizeof *desk) != 0 || madvise(desk, sizeof *desk, MADV_DONTDUMP) != 0 ||
        secret_random(desk->origin, sizeof desk->origin) != APR_SUCCESS) {
        munmap(desk, sizeof *desk);
        return NULL;
    }
    return desk;
}

static void desk_destroy(desk_t *desk)
{
    secret_wipe(desk, sizeof *desk);
    munmap(desk, sizeof *desk);
}

static void *work(void *argument)
{
    desk_t *desk = argument;
    desk->status = desk->call(desk);
    if (atomic_fetch_or(&desk->ends, WORKER_ENDED) & CALLER_LEFT) {
        call_release(desk);
        desk_destroy(desk);
    }
    return NULL;
}

/* Signals are for the thread that waits, so that the program can be ended while a card is slow. */
static int start(pthread_t *thread, desk_t *desk)
{
    pthread_attr_t attributes;
    sigset_t all;

    sigfillset(&all);
    int failed = pthread_attr_init(&attributes);
    if (failed) return failed;
    failed = pthread_attr_setsigmask_np(&attributes, &all);
    if (!failed) failed = pthread_create(thread, &attributes, work, desk);
    pthread_attr_destroy(&attributes);
    return failed;
}

static struct timespec deadline(apr_interval_time_t patience)
{
    struct timespec at;
    clock_gettime(CLOCK_MONOTONIC, &at);
    at.tv_sec += apr_time_sec(patience);
    at.tv_nsec += (long)apr_time_usec(patience) * 1000;
    if (at.tv_nsec >= 1000000000) {
        at.tv_nsec -= 1000000000;
        ++at.tv_sec;
    }
    return at;
}

/* Makes the call and waits for it. False: it was given up, or could not be made; *code says which. After a call that
 * was given up there is no desk any more. */
static bool run(pcsc_t *pcsc, LONG (*call)(desk_t *desk), apr_interval_time_t patience, wire_code_t *code)
{
    desk_t *desk = pcsc->desk;
    struct timespec until = deadline(patience);
    pthread_t thread;

    atomic_store(&desk->ends, 0);
    desk->call = call;
    *code = WIRE_FAILED;
    if (start(&thread, desk) != 0) return false;
    if (pthread_clockjoin_np(thread, NULL, CLOCK_MONOTONIC, &until) == 0) return true;
    if (atomic_fetch_or(&desk->ends, CALLER_LEFT) & WORKER_ENDED) return pthread_join(thread, NULL) == 0;
    pthread_detach(thread);
    pcsc->desk = NULL;
    *code = WIRE_TIMEOUT;
    return false;
}

static wire_code_t ask(pcsc_t *pcsc, LONG (*call)(desk_t *desk), apr_interval_time_t patience, pcsc_phase_t phase)
{
    wire_code_t code;
    return run(pcsc, call, patience, &code) ? pcsc_code(pcsc->desk->status, phase) : code;
}

static wire_code_t establish(pcsc_t *pcsc)
{
    pcsc->desk = desk_create();
    return pcsc->desk ? ask(pcsc, call_establish, pcsc->patience, PCSC_BEFORE) : WIRE_FAILED;
}

static apr_status_t release(void *data)
{
    pcsc_t *pcsc = data;
    wire_code_t code;
    if (pcsc->desk && run(pcsc, call_release, pcsc->patience, &code)) {
        desk_destroy(pcsc->desk);
        pcsc->desk = NULL;
    }
    return APR_SUCCESS;
}

pcsc_t *pcsc_create(apr_interval_time_t patience, apr_pool_t *pool)
{
    pcsc_t *pcsc = apr_pcalloc(pool, sizeof *pcsc);
    pcsc->patience = patience;
    apr_pool_cleanup_register(pool, pcsc, release, apr_pool_cleanup_null);
    return pcsc;
}

/* The service counts what happens to a reader, in the event's upper half, and begins anew after its own start: by the
 * count alone another card would look like the same one then. */
static const char *name_insertion(const desk_t *desk, apr_pool_t *pool)
{
    unsigned char digest[SECRET_DIGEST_SIZE];
    const char *origin = secret_base64url(pool, desk->origin, sizeof desk->origin);
    const char *of = apr_psprintf(pool, "%s %lu %s", origin, desk->event >> 16, desk->reader);
    if (secret_digest(span_of(of), digest) != APR_SUCCESS) return "";
    return secret_base64url(pool, digest, PCSC_INSERTION * 3 / 4);
}

wire_code_t pcsc_find(pcsc_t *pcsc, const char *wanted, int place, pcsc_reader_t *reader, apr_pool_t *pool)
{
    bool old = pcsc->desk != NULL;

    *reader = (pcsc_reader_t){.name = "", .insertion = ""};
    if (wanted && strlen(wanted) > MAX_READERNAME) return WIRE_NO_READER;
    for (;;) {
        wire_code_t code = pcsc->desk ? WIRE_OK : establish(pcsc);
        if (code == WIRE_OK) {
            apr_cpystrn(pcsc->desk->wanted, wanted ? wanted : "", sizeof pcsc->desk->wanted);
            pcsc->desk->place = place;
            code = ask(pcsc, call_find, pcsc->patience, PCSC_BEFORE);
        }
        if (code == WIRE_OK) break;
        if (code != WIRE_NO_READER) release(pcsc);
        if (code != WIRE_NO_SERVICE || !old) return code;
        old = false; /* the service was started anew since: once more, with a context of the new one */
    }
    reader->name = apr_pstrdup(pool, pcsc->desk->reader);
    if (!(pcsc->desk->event & SCARD_STATE_PRESENT)) return WIRE_NO_CARD;
    reader->insertion = name_insertion(pcsc->desk, pool);
    return WIRE_OK;
}

wire_code_t pcsc_connect(pcsc_t *pcsc, const char *reader)
{
    if (!pcsc->desk) return WIRE_NO_SERVICE;
    apr_cpystrn(pcsc->desk->reader, reader, sizeof pcsc->desk->reader);
    return ask(pcsc, call_connect, pcsc->patience, PCSC_BEFORE);
}

/* Puts the bytes on the desk, makes the call, takes the answer from it. Of neither a trace stays there. */
static wire_code_t exchange(pcsc_t *pcsc, LONG (*call)(desk_t *desk), span_t bytes, unsigned char *answer,
                            apr_size_t *size, apr_interval_time_t patience)
{
    desk_t *desk = pcsc->desk;

    if (!desk || !desk->has_card) return WIRE_CARD_REMOVED;
    if (bytes.size > sizeof desk->sent) return WIRE_FAILED;
    if (bytes.size > 0) memcpy(desk->sent, bytes.at, bytes.size);
    desk->sent_size = bytes.size;
    desk->received_size = *size < sizeof desk->received ? *size : sizeof desk->received;
    wire_code_t code = ask(pcsc, call, patience, PCSC_DURING);
    if (!pcsc->desk) return code;
    if (code == WIRE_OK) {
        *size = desk->received_size;
        memcpy(answer, desk->received, *size);
    }
    secret_wipe(desk->sent, sizeof desk->sent);
    secret_wipe(desk->received, sizeof desk->received);
    return code;
}

wire_code_t pcsc_transmit(void *context, const unsigned char *command, apr_size_t size, unsigned char *response,
                          apr_size_t *received)
{
    pcsc_t *pcsc = context;
    *received = APDU_RESPONSE_MAX;
    return exchange(pcsc, call_transmit, (span_t){(const char *)command, size}, response, received, pcsc->patience);
}

wire_code_t pcsc_control(pcsc_t *pcsc, unsigned long control, const unsigned char *bytes, apr_size_t size,
                         unsigned char *response, apr_size_t *received, apr_interval_time_t patience)
{
    if (pcsc->desk) pcsc->desk->control = control;
    return exchange(pcsc, call_control, (span_t){(const char *)bytes, size}, response, received, patience);
}

void pcsc_disconnect(pcsc_t *pcsc)
{
    if (pcsc->desk && pcsc->desk->has_card) ask(pcsc, call_disconnect, pcsc->patience, PCSC_DURING);
}
