/* SPDX-License-Identifier: Apache-2.0
 *
 * Images and lists of files in shared memory: fill the entry that is not in force, then raise the word. What is in the
 * bytes is not looked at here.
 *
 * The lock alone would not do: a robust mutex whose holder was killed is handed on as if nothing had happened.
 */
#include "httpd/slot.h"

uint64_t slot_generation(const shared_city_t *city)
{
    return atomic_load_explicit(&city->sequence, memory_order_acquire);
}

uint64_t slot_publish(shared_city_t *city, span_t image, apr_time_t now)
{
    uint64_t generation = slot_generation(city);
    const shared_slot_t *in_force = &city->slots[generation & 1];
    if (generation != 0 && span_equal(image, (span_t){(const char *)in_force->image, in_force->size})) {
        return generation;
    }
    ++generation;
    shared_slot_t *slot = &city->slots[generation & 1];
    /* Whoever sees one of the bytes below must also see that the word had moved on from this slot: slot_copy. */
    atomic_thread_fence(memory_order_release);
    slot->size = (uint32_t)image.size;
    slot->published_at = now;
    memcpy(slot->image, image.at, image.size);
    atomic_store_explicit(&city->sequence, generation, memory_order_release);
    return generation;
}

apr_status_t slot_copy(const shared_city_t *city, uint64_t generation, span_t *image, apr_time_t *published_at,
                       apr_pool_t *pool)
{
    if (generation == 0 || slot_generation(city) != generation) return APR_EAGAIN;
    const shared_slot_t *slot = &city->slots[generation & 1];
    uint32_t size = slot->size;
    if (size > RULES_IMAGE_MAX) return APR_EAGAIN; /* overtaken already */
    *published_at = slot->published_at;
    *image = (span_t){apr_pmemdup(pool, slot->image, size), size};
    atomic_thread_fence(memory_order_acquire);
    return atomic_load_explicit(&city->sequence, memory_order_relaxed) == generation ? APR_SUCCESS : APR_EAGAIN;
}

const shared_files_t *slot_files(const shared_city_t *city)
{
    uint64_t examined = atomic_load_explicit(&city->examined, memory_order_acquire);
    return examined == 0 ? NULL : &city->files[examined & 1];
}

bool slot_is_of(const shared_city_t *city, const char *path)
{
    const shared_files_t *files = slot_files(city);
    return files && files->size != 0 && strcmp(files->paths, path) == 0;
}

apr_status_t slot_record_files(shared_city_t *city, const apr_array_header_t *files, uint64_t look)
{
    uint64_t examined = atomic_load_explicit(&city->examined, memory_order_relaxed) + 1;
    shared_files_t *list = &city->files[examined & 1];
    apr_status_t status = APR_SUCCESS;
    list->look = look;
    list->size = 0;
    for (int i = 0; i < files->nelts; ++i) {
        const char *path = APR_ARRAY_IDX(files, i, const char *);
        apr_size_t size = strlen(path) + 1;
        if (size > SHARED_PATHS_MAX - list->size) {
            status = APR_ENOSPC;
            break;
        }
        memcpy(list->paths + list->size, path, size);
        list->size += (uint32_t)size;
    }
    atomic_store_explicit(&city->examined, examined, memory_order_release);
    return status;
}
