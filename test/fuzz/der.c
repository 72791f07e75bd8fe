/* SPDX-License-Identifier: Apache-2.0
 *
 * A mutator for DER. Bytes changed anywhere in DER mostly break a length, and what has a wrong length never comes
 * further than OpenSSL's parser. Here one element is changed, taken out, doubled or replaced by another, and the
 * lengths of all that it stands in are written anew. Elements inside an OCTET STRING, as in extensions, are elements
 * too.
 */
#include "fuzz.h"

#define ELEMENTS_MAX 1024
#define DEPTH_MAX    32
#define BYTES_MAX    (64 * 1024)
#define HEADER_MAX   4 /* tag and a length below 65536 */

typedef struct {
    size_t at, content, end; /* its tag, what is behind its length, what is behind it */
    int parent;              /* -1: none */
} element_t;

typedef struct {
    const uint8_t *data;
    size_t size;
    element_t elements[ELEMENTS_MAX];
    int count;
} tree_t;

/* xorshift32; libFuzzer gives a seed for each mutation. */
static uint32_t next(uint32_t *state)
{
    *state ^= *state << 13;
    *state ^= *state >> 17;
    *state ^= *state << 5;
    return *state;
}

/* The element at `at`, in short or definite long form; false: there is none that ends before `end`. */
static bool read_element(element_t *element, const uint8_t *data, size_t at, size_t end)
{
    size_t length, bytes = 0;

    if (end - at < 2 || (data[at] & 0x1F) == 0x1F) return false;
    length = data[at + 1];
    if (length >= 0x80) {
        bytes = length & 0x7F;
        if (bytes < 1 || bytes > 2 || end - at < 2 + bytes) return false;
        length = bytes == 1 ? data[at + 2] : (size_t)data[at + 2] << 8 | data[at + 3];
    }
    element->at = at;
    element->content = at + 2 + bytes;
    element->end = element->content + length;
    return element->end <= end;
}

static bool read_elements(tree_t *tree, size_t at, size_t end, int parent, int depth)
{
    while (at < end) {
        const int index = tree->count;
        element_t *element = &tree->elements[index];
        if (depth == DEPTH_MAX || index == ELEMENTS_MAX || !read_element(element, tree->data, at, end)) return false;
        element->parent = parent;
        tree->count++;
        const uint8_t tag = tree->data[at];
        const bool inner = tag & 0x20, wraps = tag == 0x04 && element->end - element->content >= 2;
        if ((inner || wraps) && !read_elements(tree, element->content, element->end, index, depth + 1))
            tree->count = index + 1; /* a leaf, then */
        at = element->end;
    }
    return true;
}

static size_t write_header(uint8_t header[HEADER_MAX], uint8_t tag, size_t length)
{
    size_t size = 0;

    header[size++] = tag;
    if (length >= 256) {
        header[size++] = 0x82;
        header[size++] = (uint8_t)(length >> 8);
    } else if (length >= 128) {
        header[size++] = 0x81;
    }
    header[size++] = (uint8_t)length;
    return size;
}

/* Bytes that take the place of others, on their way up through the elements around them. */
typedef struct {
    uint8_t bytes[BYTES_MAX + HEADER_MAX];
    size_t size;
} piece_t;

/* Puts bytes before and behind the piece; false: no room. */
static bool surround(piece_t *piece, const uint8_t *before, size_t before_size, const uint8_t *behind,
                     size_t behind_size)
{
    if (before_size + piece->size + behind_size > BYTES_MAX) return false;
    memmove(piece->bytes + before_size, piece->bytes, piece->size);
    memcpy(piece->bytes, before, before_size);
    memcpy(piece->bytes + before_size + piece->size, behind, behind_size);
    piece->size += before_size + behind_size;
    return true;
}

/* The piece comes in the place of data[from, to), which lies in the element `around`, and becomes the whole. */
static bool put_right(piece_t *piece, const tree_t *tree, size_t from, size_t to, int around)
{
    for (; around >= 0; around = tree->elements[around].parent) {
        const element_t *element = &tree->elements[around];
        uint8_t header[HEADER_MAX];
        if (!surround(piece, tree->data + element->content, from - element->content, tree->data + to,
                      element->end - to))
            return false;
        if (piece->size > 0xFFFF) return false;
        if (!surround(piece, header, write_header(header, tree->data[element->at], piece->size), header, 0))
            return false;
        from = element->at;
        to = element->end;
    }
    return surround(piece, tree->data, from, tree->data + to, tree->size - to);
}

static void take(piece_t *piece, const uint8_t *bytes, size_t size)
{
    memcpy(piece->bytes, bytes, size);
    piece->size = size;
}

static int any(const tree_t *tree, uint32_t *state)
{
    return (int)(next(state) % (uint32_t)tree->count);
}

/* Other bytes in one element that holds no others. False, here and below: the whole would be too long. */
static bool change_content(piece_t *piece, const tree_t *tree, uint32_t *state)
{
    int index = any(tree, state);

    while (index + 1 < tree->count && tree->elements[index + 1].parent == index) index++;
    const element_t *element = &tree->elements[index];
    const size_t length = element->end - element->content;
    take(piece, tree->data + element->content, length);
    piece->size = LLVMFuzzerMutate(piece->bytes, length, length + 64);
    return put_right(piece, tree, element->content, element->end, index);
}

static bool change_element(piece_t *piece, const tree_t *tree, uint32_t *state)
{
    const int index = any(tree, state);
    const element_t *element = &tree->elements[index], *other = &tree->elements[any(tree, state)];

    take(piece, tree->data + element->at, element->end - element->at);
    switch (next(state) % 5) {
    case 0: /* taken out */ piece->size = 0; break;
    case 1: /* doubled */
        if (!surround(piece, tree->data + element->at, piece->size, tree->data, 0)) return false;
        break;
    case 2: /* of another's type */ piece->bytes[0] = tree->data[other->at]; break;
    case 3: /* another in its place */ take(piece, tree->data + other->at, other->end - other->at); break;
    default: /* another's content in it */
        take(piece, tree->data + other->content, other->end - other->content);
        return put_right(piece, tree, element->content, element->end, index);
    }
    return put_right(piece, tree, element->at, element->end, element->parent);
}

size_t der_mutate(uint8_t *data, size_t size, size_t room, size_t skip, unsigned int seed)
{
    static tree_t tree;
    static piece_t piece;
    uint32_t state = seed | 1;

    if (next(&state) % 8 == 0 || size <= skip || size > BYTES_MAX / 2) return LLVMFuzzerMutate(data, size, room);
    tree = (tree_t){.data = data + skip, .size = size - skip};
    if (!read_elements(&tree, 0, size - skip, -1, 0) || tree.count == 0) return LLVMFuzzerMutate(data, size, room);
    const bool fits = next(&state) % 2 ? change_content(&piece, &tree, &state) : change_element(&piece, &tree, &state);
    if (!fits || skip + piece.size > room) return LLVMFuzzerMutate(data, size, room);
    memcpy(data + skip, piece.bytes, piece.size);
    return skip + piece.size;
}
