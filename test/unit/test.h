/* SPDX-License-Identifier: Apache-2.0
 *
 * cmocka, with what its header wants to stand before it, and the pool of a group of tests or of one test.
 */
#ifndef TEST_TEST_H
#define TEST_TEST_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <apr_pools.h>

/* For a set-up: starts APR and makes a pool, which is *state until test_pool_drop. Fails the test when it can't. */
apr_pool_t *test_pool(void **state);

/* A set-up that does no more than that, and the tear-down for both. */
int test_pool_make(void **state);
int test_pool_drop(void **state);

/* How far loops over every byte go at once: 1, or TEST_STEP from the environment, for runs that are slow (valgrind);
 * the others look at every one. */
apr_size_t test_step(void);

#endif
