/* SPDX-License-Identifier: Apache-2.0
 *
 * Frames to and from vpcd. See vpcd.h.
 */
#include "vpcd.h"

#include "transport.h"

#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

int vpcd_connect(unsigned short port)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port)};
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0) return -1;
    if (connect(fd, (struct sockaddr *)&address, sizeof address) < 0) {
        close(fd);
        return -1;
    }
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &(int){1}, sizeof(int));
    return fd;
}

/* vpcd leaves Nagle's algorithm on and sends two frames in a row when the card gets power: an acknowledgement that
 * dawdles costs 40 ms. The kernel forgets the wish, so it is said each time. */
static bool receive(int fd, unsigned char *bytes, size_t size)
{
    setsockopt(fd, IPPROTO_TCP, TCP_QUICKACK, &(int){1}, sizeof(int));
    return recv(fd, bytes, size, MSG_WAITALL) == (ssize_t)size;
}

size_t vpcd_receive(int fd, unsigned char *bytes)
{
    unsigned char length[2];
    if (!receive(fd, length, sizeof length)) return 0;
    size_t size = (size_t)length[0] << 8 | length[1];
    return size > 0 && receive(fd, bytes, size) ? size : 0;
}

bool vpcd_send(int fd, const unsigned char *bytes, size_t size)
{
    static unsigned char frame[2 + WIRE_MAX];
    if (size > WIRE_MAX) return false;
    frame[0] = (unsigned char)(size >> 8);
    frame[1] = (unsigned char)(size & 0xFF);
    memcpy(frame + 2, bytes, size);
    for (size_t sent = 0; sent < size + 2;) {
        ssize_t more = send(fd, frame + sent, size + 2 - sent, MSG_NOSIGNAL);
        if (more <= 0) return false;
        sent += (size_t)more;
    }
    return true;
}
