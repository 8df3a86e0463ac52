// SPDX-License-Identifier: Apache-2.0
//
// The commands below `assent sm2`, one function each.
#ifndef ASSENT_PROGRAM_SM2_COMMAND_H
#define ASSENT_PROGRAM_SM2_COMMAND_H

#include "program/sm_arguments.h"

bool sm2_command_keygen(SmArguments *arguments, int *ret_code, Error *err) MUST_CHECK;
bool sm2_command_pubkey(SmArguments *arguments, int *ret_code, Error *err) MUST_CHECK;
bool sm2_command_sign(SmArguments *arguments, int *ret_code, Error *err) MUST_CHECK;
// Also the batch of --batch.
bool sm2_command_verify(SmArguments *arguments, int *ret_code, Error *err) MUST_CHECK;
bool sm2_command_batch(SmArguments *arguments, int *ret_code, Error *err) MUST_CHECK;
bool sm2_command_encrypt(SmArguments *arguments, int *ret_code, Error *err) MUST_CHECK;
bool sm2_command_decrypt(SmArguments *arguments, int *ret_code, Error *err) MUST_CHECK;
bool sm2_command_exchange(SmArguments *arguments, int *ret_code, Error *err) MUST_CHECK;
bool sm2_command_ecdh(SmArguments *arguments, int *ret_code, Error *err) MUST_CHECK;

#endif
