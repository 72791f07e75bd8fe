/* SPDX-License-Identifier: Apache-2.0
 *
 * cmocka, with what its header wants to stand before it.
 */
#ifndef TEST_TEST_H
#define TEST_TEST_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#endif
