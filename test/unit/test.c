/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"

#include <apr_general.h>
#include <stdlib.h>

apr_pool_t *test_pool(void **state)
{
    apr_pool_t *pool = NULL;

    assert_int_equal(apr_initialize(), APR_SUCCESS);
    assert_int_equal(apr_pool_create(&pool, NULL), APR_SUCCESS);
    *state = pool;
    return pool;
}

int test_pool_make(void **state)
{
    test_pool(state);
    return 0;
}

int test_pool_drop(void **state)
{
    apr_pool_destroy(*state);
    apr_terminate();
    return 0;
}

apr_size_t test_step(void)
{
    const char *step = getenv("TEST_STEP");
    const int number = step ? atoi(step) : 1;

    return number > 0 ? (apr_size_t)number : 1;
}
