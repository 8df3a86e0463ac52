// SPDX-License-Identifier: Apache-2.0
//
// Attachment 3 of report B, the last steps: whose keys these are, as far as openssl repeats it.
#include "base/codec/hex.h"
#include "domain/report/report_b_process.h"
#include "domain/report/report_material.h"

enum { CHAIN_MAX = 4, BASE64_MAX = 6000 };

// OpenSSL's own check of a token knows no SM2 identity, so the signature is taken out of it.
void report_b_add_stamp_signature(Report *report, const ReportBFindings *findings)
{
    Arena *arena = report_arena(report);
    const SignedData *data = &findings->stamp.signed_data;
    Bytes token = findings->signature.time_stamp;
    size_t at;
    if (!findings->has_stamp || data->is_foreign || data->certificates.len == 0 ||
        data->signed_attributes.len < 2 || !bytes_find(token, data->signed_attributes, 0, &at)) {
        return;
    }
    report_add_field(report, "process.stamp_content_command", "取时间戳内容（TSTInfo）",
                     report_cut_command(arena, "stamp.tst", token, data->content, "tstinfo.der"));
    // What is signed has the tag of a SET, not the one under which it is sent.
    report_add_field(
        report, "process.stamp_attributes_command", "取被签名的属性",
        arena_format(arena,
                     "(printf '\\061' ; tail -c +%zu stamp.tst | head -c %zu) > attributes.der",
                     at + 2, data->signed_attributes.len - 1));
    report_add_field(
        report, "process.stamp_value_command", "取时间戳服务机构的签名值",
        report_cut_command(arena, "stamp.tst", token, data->signature_octets, "stamp-value.der"));
    report_add_field(report, "process.stamp_digest", "属性中的内容摘要（messageDigest）",
                     hex_text(arena, data->message_digest));
    report_add_field(report, "process.stamp_digest_command", "复核命令",
                     "openssl dgst -sm3 tstinfo.der ; openssl asn1parse -inform DER -in "
                     "attributes.der");
    report_add_field(
        report, "process.stamp_value_verify", "复核命令",
        "openssl pkcs7 -inform DER -in stamp.tst -print_certs -out tsa.pem ; openssl x509 -in "
        "tsa.pem -noout -pubkey > tsa.pub ; openssl dgst -sm3 -verify tsa.pub -sigopt "
        "distid:1234567812345678 -signature stamp-value.der attributes.der");
}

static bool add_issuer(Report *report, const Certificate *issuer, size_t number)
{
    Arena *arena = report_arena(report);
    CLEANUP(writer_free) Writer base64 = writer_new(BASE64_MAX);
    base64_encode(issuer->der, &base64);
    Bytes text = writer_bytes(&base64);
    const char *key = arena_format(arena, "process.issuer_%zu", number);
    if (base64.failed || key == NULL) {
        return false;
    }
    report_add_field(report, key, "取签发机构证书",
                     arena_format(arena,
                                  "echo %.*s | openssl base64 -d -A | openssl x509 -inform DER "
                                  "-out ca%zu.pem",
                                  (int)text.len, (const char *)text.data, number));
    return true;
}

// From the root down, one signature after another: given a chain, openssl knows the identity for
// SM2 of its last certificate only. All is judged at the time of the seal.
static void add_chain_commands(Report *report, size_t count, Time at)
{
    Arena *arena = report_arena(report);
    const char *options = arena_format(arena, "-vfyopt distid:1234567812345678 -attime %lld",
                                       (long long)(at / TIME_SECOND));
    for (size_t i = count + 1; i-- > 0 && options != NULL;) {
        const char *trusted = i == count
                                  ? "-CAfile root.pem"
                                  : arena_format(arena, "-partial_chain -trusted ca%zu.pem", i + 1);
        const char *name = i == 0 ? "signer.pem" : arena_format(arena, "ca%zu.pem", i);
        const char *key =
            i == 0 ? "process.chain_verify" : arena_format(arena, "process.chain_%zu_verify", i);
        if (trusted != NULL && name != NULL && key != NULL) {
            report_add_field(
                report, key, "复核命令",
                arena_format(arena, "openssl verify %s %s %s", options, trusted, name));
        }
    }
}

// From the signer's certificate upwards: what lies between comes with the report, the root does
// not, for nobody should trust it because a report says so.
void report_b_add_chain(Report *report, const TrustStore *trust, const ReportBFindings *findings)
{
    Arena *arena = report_arena(report);
    const Certificate *at = &findings->certificate, *issuer = NULL;
    size_t count = 0;
    report_add_field(report, "process.signer_command", "取签章者证书（PEM）",
                     "openssl x509 -inform DER -in signer.cer -out signer.pem");
    while (trust != NULL && count < CHAIN_MAX) {
        issuer = trust_store_find_subject(trust, at->issuer, at->authority_key_identifier, 0);
        if (issuer == NULL || certificate_is_self_issued(issuer)) {
            break;
        }
        if (!add_issuer(report, issuer, ++count)) {
            return;
        }
        at = issuer;
    }
    if (issuer != NULL && certificate_is_self_issued(issuer)) {
        Sm3Digest digest = certificate_fingerprint(issuer);
        report_add_field(report, "process.root_digest", "根证书 SM3 摘要",
                         report_digest_text(arena, &digest));
        report_add_field(report, "process.root_command",
                         "复核命令（root.pem 须另行从电子认证服务机构取得）",
                         "openssl x509 -in root.pem -outform DER | openssl dgst -sm3");
    }
    Time claimed = findings->signature.signed_at;
    add_chain_commands(report, count,
                       findings->seal.signing_time == 0 ? claimed : findings->seal.signing_time);
}
