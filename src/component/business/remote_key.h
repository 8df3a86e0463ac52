// SPDX-License-Identifier: Apache-2.0
//
// A key that the sealing service keeps for the person, as C1 carries its messages: C1 can neither
// use it nor make a grant for it.
#ifndef ASSENT_COMPONENT_BUSINESS_REMOTE_KEY_H
#define ASSENT_COMPONENT_BUSINESS_REMOTE_KEY_H

#include "component/business/key_home.h"
#include "component/port/key_store.h"

// Have the key made, or get the request of the one that was made for this grant key before. Fails
// as KeyStorePort.create does.
bool remote_key_request(Work *work, const KeyHome *home, Bytes *ret_csr, Error *err) MUST_CHECK;
// M4: hand the certificate to where the key is. Nothing where the key is not kept. Repeatable.
bool remote_key_deliver(Work *work, const KeyHome *home, Bytes certificate, Error *err) MUST_CHECK;
// Have `to_be_signed` signed as the person's grant allows. Fails as KeyStorePort.sign does.
bool remote_key_sign(Work *work, const KeyHome *home, Bytes to_be_signed, const json_t *grant,
                     KeptKeySignature *ret, Error *err) MUST_CHECK;
// Have a key destroyed that will not be used. Nothing where the key is not kept.
bool remote_key_destroy(Work *work, const KeyHome *home, Error *err) MUST_CHECK;

#endif
