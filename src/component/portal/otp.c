// SPDX-License-Identifier: Apache-2.0
//
// One-time codes as authenticator apps make them. They all know HMAC-SHA-1 and few know more; its
// weakness is in collisions, which a keyed code of 30 seconds does not rest on.
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <stdio.h>
#include <string.h>

#include "base/core/attributes.h"
#include "base/secret/secret.h"
#include "component/portal/staff.h"

enum { SHA1_SIZE = 20, CODE_DIGITS = 6, CODE_MODULUS = 1000000 };

void otp_code(const uint8_t secret[STAFF_OTP_SIZE], uint64_t step, char ret[7])
{
    uint8_t counter[8], mac[SHA1_SIZE] = {0};
    for (size_t i = 0; i < sizeof counter; i++) {
        counter[i] = (uint8_t)(step >> (56 - 8 * i));
    }
    unsigned len = sizeof mac;
    (void)HMAC(EVP_sha1(), secret, STAFF_OTP_SIZE, counter, sizeof counter, mac, &len);
    const uint8_t *part = &mac[mac[SHA1_SIZE - 1] & 0x0f];
    uint32_t number = (uint32_t)(part[0] & 0x7f) << 24 | (uint32_t)part[1] << 16 |
                      (uint32_t)part[2] << 8 | part[3];
    snprintf(ret, 7, "%06u", (unsigned)(number % CODE_MODULUS));
    secret_wipe(mac, sizeof mac);
}

uint64_t otp_step_of(const uint8_t secret[STAFF_OTP_SIZE], const char *code, Time now)
{
    uint64_t present = (uint64_t)(now / TIME_SECOND) / OTP_STEP_SECONDS, found = 0;
    if (strlen(code) != CODE_DIGITS) {
        return 0;
    }
    for (uint64_t step = present - 1; step <= present + 1; step++) {
        char expected[7];
        otp_code(secret, step, expected);
        if (secret_equal(bytes_of(expected, CODE_DIGITS), bytes_of(code, CODE_DIGITS))) {
            found = step;
        }
        secret_wipe(expected, sizeof expected);
    }
    return found;
}
