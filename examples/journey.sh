#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# One authorization with nothing but curl, jq and openssl: what any terminal has to do (docs/api.md).
# The deployment has to be a sandbox that runs: assent serve --all --config DIR/assent.yaml
#
#     examples/journey.sh DIR [BUSINESS_URL SANDBOX_URL]
set -euo pipefail

deployment=$1
business=${2:-https://127.0.0.1:8440}
sandbox=${3:-https://127.0.0.1:8446}
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
sm3() { openssl dgst -sm3 -r "$1" | cut -d' ' -f1; }
# SM2 with SM3 and the identity of GB/T 35276; the signature is DER.
sign() { openssl dgst -sm3 -sign "$work/key" -sigopt distid:1234567812345678 "$1"; }
code() { # the newest code on the person's phone
    echo '{"phone": "13800000001", "after": 0}' >"$work/inbox"
    session='' call terminal POST "$sandbox/operator/v1/inbox" "$work/inbox" |
        jq -r '.messages[-1].code'
}

# Staff of the bank ask for an authorization: who is asked gets the token.
jq -n --arg from "$(now)" --arg until "$(date -u -d '+3 years' +%FT%TZ)" '{offer: {
    scope: {query: true, report: true}, purposes: ["02", "01"],
    report_items: ["基本信息", "信贷交易信息", "不良信息"],
    term: {starts_at: $from, end: "settled", ends_at: $until},
    frequency: {count: 0, period: "total"}, business: "APP-1"}}' >"$work/offer"
call operator POST "$business/v1/authorizations" "$work/offer" >"$work/opening"
id=$(jq -r .authorization_id "$work/opening")
session=$(jq -r .token "$work/opening")
echo "opened      $id"

# Notices, each answered for itself.
call terminal GET "$business/v1/session/notices" |
    jq --arg at "$(now)" '{consents: [.notices | to_entries[] | {notice_id: .value.id,
        notice_version: .value.version, text_digest: .value.digest, given: true,
        event_id: "notice-\(.key)", at: $at}]}' >"$work/consents"
call terminal POST "$business/v1/session/consents" "$work/consents" | jq -r '"consents    " + .state'

# M1: the person, and measures until the outcome is PASS.
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
jq -r '"identified  " + .state' "$work/answer"

# M1 to M4: the key is born here; its request proves possession.
openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:SM2 -out "$work/key" 2>/dev/null
openssl req -new -key "$work/key" -utf8 -subj '/C=CN/CN=张明远' -sm3 \
    -sigopt distid:1234567812345678 -outform DER -out "$work/csr"
jq -n --arg csr "$(base64 -w0 "$work/csr")" '{$csr}' >"$work/request"
call terminal POST "$business/v1/session/certificate" "$work/request" |
    jq -r .certificate >"$work/certificate"
echo "certificate $(base64 -d "$work/certificate" | openssl x509 -inform DER -noout -serial)"

# M5: the ticks make the letter; the person reads this very file.
call terminal GET "$business/v1/session/agreement" |
    jq '{ticks: [.items[] | {(.name): true}] | add}' >"$work/ticks"
call terminal POST "$business/v1/session/agreement" "$work/ticks" >"$work/shown"
call terminal GET "$business/v1/session/agreement/document" >"$work/letter.pdf"
event() { # kind item depth
    jq -nc --arg kind "$1" --arg item "$2" --argjson depth "$3" --arg at "$(now)" \
        '{$kind, event_id: ($kind + $item), depth_percent: $depth, trusted: true, $at}
         + if $item == "" then {} else {$item} end' >>"$work/events"
}
event OPEN "" 0
event SCROLL "" 100
for item in $(jq -r '.ticks | keys[]' "$work/ticks"); do event TICK "$item" 0; done
event CONFIRM "" 0

# A code that is bound to exactly what will be signed. A real terminal also checks here that
# `appended` and `to_be_signed` fit the letter that was shown.
echo '{}' >"$work/none"
call terminal POST "$business/v1/session/activation" "$work/none" >"$work/activation"
jq -r .to_be_signed "$work/activation" | base64 -d >"$work/tbs"
[ "$(sm3 "$work/tbs")" = "$(jq -r .digest "$work/activation")" ]
jq -n --arg code "$(code)" '{$code}' >"$work/code"
call terminal POST "$business/v1/session/activation/code" "$work/code" >/dev/null
event REAUTHENTICATE "" 0
event SIGN "" 0

# The signature, and the key's last statement: what it signed, and that it is destroyed.
at=$(now)
sign "$work/tbs" >"$work/signature"
jq -ncjS --arg at "$at" --arg digest "$(sm3 "$work/tbs")" \
    '{destroyed_at: $at, signatures: 1, signed_digest: $digest}' >"$work/payload"
{ printf 'assent-statement/1\nassent.key-destruction/1\n%s\n' "$at"; cat "$work/payload"; } \
    >"$work/stated"
sign "$work/stated" >"$work/stated.sig"
shred -u "$work/key"
jq -ncjS --arg at "$at" --arg payload "$(base64 -w0 "$work/payload")" \
    --arg signature "$(base64 -w0 "$work/stated.sig")" --rawfile signer "$work/certificate" \
    '{$payload, $signature, signed_at: $at, signer: ($signer | rtrimstr("\n")),
      type: "assent.key-destruction/1"}' >"$work/destruction"
jq -n --arg signature "$(base64 -w0 "$work/signature")" \
    --arg destruction "$(base64 -w0 "$work/destruction")" --arg digest "$(sm3 "$work/letter.pdf")" \
    --slurpfile shown "$work/shown" --slurpfile events "$work/events" \
    '{$signature, $destruction,
      behaviour: {nonce: $shown[0].nonce, document_digest: $digest, $events}}' >"$work/signed"
call terminal POST "$business/v1/session/signature" "$work/signed" | jq -r '"signed      " + .state'

# In force: the gate lets a query through that the authorization covers.
cat >"$work/query" <<'JSON'
{"query_id": "query-1", "purpose": "02", "party": "911100009999990010",
 "source": "12100000999999004A", "id_number": "999999199001010016"}
JSON
session='' call operator POST "$business/v1/authorizations/$id/queries" "$work/query" |
    jq -r '"queried     " + (keys | join(", "))'
echo '{"case_number": "CASE-1", "requester_role": "court"}' >"$work/case"
session='' call operator POST "$business/v1/authorizations/$id/reports" "$work/case" |
    jq -r '"reports     " + ([.reports[].outcome] | join(", "))'
session='' call operator GET "$business/v1/authorizations/$id/case" >case.zip
echo "case file   case.zip ($(stat -c %s case.zip) bytes)"
