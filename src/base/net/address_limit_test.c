// SPDX-License-Identifier: Apache-2.0
#include "base/net/address_limit.h"

#include <stdio.h>

#include "base/test/test.h"

static int taken(AddressLimit *limit, const char *address, Time now)
{
    int count = 0;
    while (count < 1000 && address_limit_take(limit, address, now, NULL)) {
        count++;
    }
    return count;
}

TEST(an_address_gets_its_burst_and_then_its_rate)
{
    Error err = {0};
    AddressLimit *limit = NULL;
    CHECK_OK(address_limit_new(10, 20, &limit, &err));
    CHECK_INT(taken(limit, "192.0.2.1", TIME_HOUR), 20);
    CHECK_FAILS_WITH(address_limit_take(limit, "192.0.2.1", TIME_HOUR, &err), ERROR_LIMIT,
                     "address_limit.exceeded");
    CHECK_INT(taken(limit, "192.0.2.1", TIME_HOUR + TIME_SECOND), 10);
    CHECK_INT(taken(limit, "192.0.2.1", TIME_HOUR + TIME_MINUTE), 20);
    address_limit_free(limit);
}

TEST(addresses_do_not_share_but_a_subscriber_and_a_mapped_address_are_one)
{
    Error err = {0};
    AddressLimit *limit = NULL;
    CHECK_OK(address_limit_new(1, 3, &limit, &err));
    CHECK_INT(taken(limit, "192.0.2.1", TIME_HOUR), 3);
    CHECK_INT(taken(limit, "::ffff:192.0.2.1", TIME_HOUR), 0);
    CHECK_INT(taken(limit, "192.0.2.2", TIME_HOUR), 3);
    CHECK_INT(taken(limit, "2001:db8:0:1::1", TIME_HOUR), 3);
    CHECK_INT(taken(limit, "2001:db8:0:1:ffff::2", TIME_HOUR), 0);
    CHECK_INT(taken(limit, "2001:db8:0:2::1", TIME_HOUR), 3);
    CHECK_INT(taken(limit, "", TIME_HOUR), 3);
    CHECK_INT(taken(limit, NULL, TIME_HOUR), 0);
    CHECK_INT(taken(limit, "not an address", TIME_HOUR), 0);
    address_limit_free(limit);
}

TEST(more_addresses_than_there_is_room_for_are_served_and_forgotten)
{
    Error err = {0};
    AddressLimit *limit = NULL;
    CHECK_OK(address_limit_new(1, 1, &limit, &err));
    for (unsigned i = 0; i < 100000; i++) {
        char address[32];
        snprintf(address, sizeof address, "10.%u.%u.%u", i >> 16, i >> 8 & 255, i & 255);
        CHECK_OK(address_limit_take(limit, address, TIME_HOUR + i, &err));
    }
    CHECK_INT(taken(limit, "10.1.134.159", TIME_HOUR + 100000), 0);  // the last of them
    address_limit_free(limit);
}

TEST(a_rate_of_nothing_is_refused)
{
    Error err = {0};
    AddressLimit *limit = NULL;
    CHECK_FAILS_WITH(address_limit_new(0, 1, &limit, &err), ERROR_INPUT, "address_limit.rate");
    CHECK_FAILS_WITH(address_limit_new(1, 2000000, &limit, &err), ERROR_INPUT,
                     "address_limit.rate");
}
