#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# A certificate for a key of one's own, by CMP (docs/cmp.md): curl and jq identify the person,
# openssl cmp does the rest. The deployment has to be a sandbox that runs:
# assent serve --all --config DIR/assent.yaml
#
#     examples/cmp.sh DIR [BUSINESS_URL SANDBOX_URL CMP_SERVER]
set -euo pipefail

deployment=$1
business=${2:-https://127.0.0.1:8440}
sandbox=${3:-https://127.0.0.1:8446}
cmp_server=${4:-127.0.0.1:8452}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

call() { # role method url [file]: a request under this role's certificate; the answer on stdout
    local token=${session:-}
    curl --silent --show-error --fail-with-body --request "$2" \
        --cacert "$deployment/transport/ca.pem" \
        --cert "$deployment/$1/tls.pem" --key "$deployment/$1/tls.key" \
        --header "Idempotency-Key: $(cat /proc/sys/kernel/random/uuid)" \
        ${token:+--header "Authorization: Bearer $token"} \
        ${4:+--header "Content-Type: application/json" --data-binary "@$4"} "$3"
}
now() { date -u +%Y-%m-%dT%H:%M:%S.%6NZ; }
code() { # the newest code on the person's phone
    echo '{"phone": "13800000001", "after": 0}' >"$work/inbox"
    session='' call terminal POST "$sandbox/operator/v1/inbox" "$work/inbox" |
        jq -r '.messages[-1].code'
}
# Identify the person and have C2 told everything but the key: reference and secret come back.
enrol() { # body of the enrolment
    jq -n --arg from "$(now)" --arg until "$(date -u -d '+3 years' +%FT%TZ)" '{offer: {
        scope: {query: true, report: true}, purposes: ["02", "01"],
        report_items: ["基本信息", "信贷交易信息", "不良信息"],
        term: {starts_at: $from, end: "settled", ends_at: $until},
        frequency: {count: 0, period: "total"}, business: "APP-1"}}' >"$work/offer"
    session='' call operator POST "$business/v1/authorizations" "$work/offer" >"$work/opening"
    session=$(jq -r .token "$work/opening")
    call terminal GET "$business/v1/session/notices" |
        jq --arg at "$(now)" '{consents: [.notices | to_entries[] | {notice_id: .value.id,
            notice_version: .value.version, text_digest: .value.digest, given: true,
            event_id: "notice-\(.key)", at: $at}]}' >"$work/consents"
    call terminal POST "$business/v1/session/consents" "$work/consents" >/dev/null
    cat >"$work/person" <<'JSON'
{"name": "张明远", "id_number": "999999199001010016", "phone": "13800000001",
 "document_from": "2020-05-06", "document_until": "2040-05-06"}
JSON
    call terminal POST "$business/v1/session/person" "$work/person" >/dev/null
    image=$(printf '\211PNG\r\n\032\na picture' | base64)
    echo "{\"measure\": \"id_card\", \"device\": \"shell\", \"document_image\": \"$image\"}" >"$work/m1"
    echo "{\"measure\": \"face\", \"device\": \"shell\", \"face_image\": \"$image\",
           \"liveness_nonce\": \"1\", \"liveness_actions\": \"blink,nod\"}" >"$work/m2"
    echo '{"measure": "bank_card", "device": "shell", "bank_card": "6225760000000013"}' >"$work/m3"
    for measure in m1 m2 m3; do
        call terminal POST "$business/v1/session/measures" "$work/$measure" >"$work/answer"
    done
    if jq -e .code_needed "$work/answer" >/dev/null; then
        jq -n --arg code "$(code)" '{$code}' >"$work/code"
        call terminal POST "$business/v1/session/measures/code" "$work/code" >"$work/answer"
    fi
    echo "$1" >"$work/wish"
    call terminal POST "$business/v1/session/enrolment" "$work/wish" >"$work/enrolment"
    reference=$(jq -r .reference "$work/enrolment")
    secret=$(jq -r .secret "$work/enrolment")
    echo "enrolled    reference $reference, a secret of ${#secret} characters"
}
show() { openssl x509 -in "$1" -noout -serial -issuer -nameopt utf8 | paste -s -d ' '; }
cmp() { # arguments of openssl cmp
    openssl cmp -config '' -server "$cmp_server" -path .well-known/cmp -recipient '/CN=CA' \
        -ref "$reference" -secret "pass:$secret" "$@" >"$work/log" 2>&1 || { cat "$work/log"; return 1; }
}

token='{"storage": "token", "carrier": {"label": "openssl", "serial": "0001"}}'
enrol "$token"
openssl genpkey -algorithm SM2 -out "$work/my.key"
cmp -cmd ir -newkey "$work/my.key" -digest sm3 -subject '/CN=张明远' -certout "$work/my.pem"
echo "ir          $(show "$work/my.pem")"

enrol "$token"
openssl genpkey -algorithm SM2 -out "$work/new.key"
cmp -cmd kur -oldcert "$work/my.pem" -newkey "$work/new.key" -digest sm3 -certout "$work/new.pem"
echo "kur         $(show "$work/new.pem")"

cmp -cmd rr -oldcert "$work/new.pem" -revreason 1
echo "rr          revoked"
