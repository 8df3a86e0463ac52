// SPDX-License-Identifier: Apache-2.0
#include "component/preservation/preservation_state.h"

enum {
    DEPOSIT_BODY_MAX = 24 * 1024 * 1024,
    ISSUANCE_BODY_MAX = 1024 * 1024,
    SMALL_BODY_MAX = 64 * 1024,
};

#define DEPOSITORS                 \
    {                              \
        "business", "registration" \
    }
#define READERS                                        \
    {                                                  \
        "business", "registration", PRESERVATION_STAFF \
    }
#define OPERATOR           \
    {                      \
        PRESERVATION_STAFF \
    }
#define ANYONE         \
    {                  \
        SERVICE_ANYONE \
    }

const Route preservation_routes[] = {
    {"POST", "/v1/deposits", DEPOSITORS, DEPOSIT_BODY_MAX, preservation_handle_deposit},
    {"POST", "/v1/deposit-batches", DEPOSITORS, DEPOSIT_BODY_MAX, preservation_handle_batch},
    {"POST", "/v1/issuances", {"certification"}, ISSUANCE_BODY_MAX, preservation_handle_issuances},
    {"POST", "/v1/issuances/search", ANYONE, SMALL_BODY_MAX, preservation_handle_issuance_search},
    {"GET", "/v1/deposits/{authorization}", READERS, 0, preservation_handle_list},
    {"GET", "/v1/openings/{index}", READERS, 0, preservation_handle_opening},
    {"GET", "/v1/authorizations/{authorization}/completeness", READERS, 0,
     preservation_handle_completeness},
    {"GET", "/v1/authorizations/{authorization}/custody", OPERATOR, 0, preservation_handle_custody},
    {"POST", "/v1/authorizations/{authorization}/hold", OPERATOR, SMALL_BODY_MAX,
     preservation_handle_hold},
    {"POST", "/v1/authorizations/{authorization}/retention", OPERATOR, SMALL_BODY_MAX,
     preservation_handle_retention},
    {"POST", "/v1/authorizations/{authorization}/erasure", OPERATOR, SMALL_BODY_MAX,
     preservation_handle_erase},
    {"POST", "/v1/verifications", READERS, DEPOSIT_BODY_MAX, preservation_handle_verification},
    {"POST", "/v1/reports", {"business"}, REPORT_REQUEST_MAX_SIZE, preservation_handle_report},
    {"POST", "/v1/disposals", OPERATOR, SMALL_BODY_MAX, preservation_handle_disposals},
    {"POST", "/v1/audits", OPERATOR, SMALL_BODY_MAX, preservation_handle_audit},
    {"GET", "/v1/summary", OPERATOR, 0, preservation_handle_summary},
    {"GET", "/v1/alarms", OPERATOR, 0, preservation_handle_alarms},
    {"POST", "/v1/alarms/{index}/acknowledgement", OPERATOR, SMALL_BODY_MAX,
     preservation_handle_acknowledgement},
    {"GET", "/v1/damages", DEPOSITORS, 0, preservation_handle_damages},
    {"GET", "/v1/checkpoints", OPERATOR, 0, preservation_handle_checkpoints},
    {"GET", "/v1/deposits", OPERATOR, 0, preservation_handle_deposits},
    {"GET", "/v1/checkpoint", ANYONE, 0, preservation_handle_checkpoint},
    {"POST", "/v1/cosignatures", ANYONE, NOTE_MAX_BYTES, preservation_handle_cosignatures},
    {"GET", "/v1/checkpoint/cosigned", ANYONE, 0, preservation_handle_cosigned},
    {"GET", "/v1/consistency", ANYONE, 0, preservation_handle_consistency},
    {"GET", "/v1/environment", ANYONE, 0, preservation_handle_environment},
    {"GET", "/v1/key", ANYONE, 0, preservation_handle_key},
    {"GET", "/v1/receipts/{index}", ANYONE, 0, preservation_handle_receipt},
    {"GET", "/v1/tile/{a}/{b}", ANYONE, 0, preservation_handle_tile},
    {"GET", "/v1/tile/{a}/{b}/{c}", ANYONE, 0, preservation_handle_tile},
    {"GET", "/v1/tile/{a}/{b}/{c}/{d}", ANYONE, 0, preservation_handle_tile},
    {"GET", "/v1/tile/{a}/{b}/{c}/{d}/{e}", ANYONE, 0, preservation_handle_tile},
    {"GET", "/v1/tile/{a}/{b}/{c}/{d}/{e}/{f}", ANYONE, 0, preservation_handle_tile},
};
const size_t preservation_route_count = COUNT_OF(preservation_routes);
