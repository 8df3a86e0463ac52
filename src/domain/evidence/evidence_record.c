// SPDX-License-Identifier: Apache-2.0
#include "domain/evidence/evidence_record.h"

#include "domain/evidence/archive_tree.h"
#include "domain/pki/signed_object.h"

static const char clause_record[] = "RFC 4998 3.1";
static const char clause_renewal[] = "RFC 4998 5.2";

static bool malformed(Error *err, const char *part)
{
    return error_set(err, ERROR_INPUT, "evidence_record.malformed", clause_record,
                     "the evidence record is malformed: %s", part);
}

bool evidence_record_is(Bytes der)
{
    Reader outer = reader_of(der);
    Reader content = der_enter(&outer, DER_SEQUENCE);
    if (der_u64(&content) != 1 || content.failed) {
        return false;
    }
    // A list of algorithms and then a list of lists of lists: nothing else that is met has it.
    Reader algorithms = der_enter(&content, DER_SEQUENCE);
    (void)der_enter(&algorithms, DER_SEQUENCE);
    while (der_peek(&content) == DER_CONTEXT_CONSTRUCTED(0) ||
           der_peek(&content) == DER_CONTEXT_CONSTRUCTED(1)) {
        (void)der_any(&content);
    }
    Reader chains = der_enter(&content, DER_SEQUENCE);
    Reader chain = der_enter(&chains, DER_SEQUENCE);
    (void)der_enter(&chain, DER_SEQUENCE);
    return !algorithms.failed && !content.failed && !chains.failed && !chain.failed;
}

// --- reading ----------------------------------------------------------------------------------

static bool take_token(Bytes der, ArchiveStamp *ret, Error *err)
{
    if (!timestamp_token_read(der, &ret->token, err)) {
        return error_context(err, "evidence record");
    }
    // A response is read as its token too, but has no place here.
    return bytes_equal(ret->token.der, der) || malformed(err, "a time stamp is not a ContentInfo");
}

static bool parse_stamp(Reader *chain, ArchiveStamp *ret, Error *err)
{
    ImprintAlgorithm named = IMPRINT_UNKNOWN;
    Reader content = der_enter(chain, DER_SEQUENCE);
    bool is_named = der_peek(&content) == DER_CONTEXT_CONSTRUCTED(0);
    if (is_named) {
        // The tag is implicit: in its place stands that of the AlgorithmIdentifier.
        CLEANUP(writer_free) Writer again = writer_new(TIMESTAMP_MAX_SIZE);
        der_put(&again, DER_SEQUENCE, der_any(&content).content);
        Reader algorithm = reader_of(writer_bytes(&again));
        named = timestamp_imprint_read_algorithm(&algorithm);
        if (again.failed || !reader_done(&algorithm)) {
            return malformed(err, "a digest algorithm");
        }
    }
    if (der_peek(&content) == DER_CONTEXT_CONSTRUCTED(1)) {
        (void)der_any(&content);
    }
    if (der_peek(&content) == DER_CONTEXT_CONSTRUCTED(2)) {
        ret->tree = der_any(&content).content;
        if (ret->tree.len == 0) {
            return malformed(err, "an empty hash tree");
        }
    }
    Bytes token = der_element(&content, DER_SEQUENCE).whole;
    if (!reader_done(&content) || chain->failed) {
        return malformed(err, "an archive time stamp");
    }
    if (!take_token(token, ret, err)) {
        return false;
    }
    ret->algorithm = is_named ? named : ret->token.imprint.algorithm;
    return (ret->algorithm != IMPRINT_UNKNOWN && ret->token.imprint.algorithm != IMPRINT_UNKNOWN) ||
           error_set(err, ERROR_INPUT, "evidence_record.algorithm", clause_record,
                     "the digest of an archive time stamp is not known");
}

static bool parse_chain(Bytes chain, Bytes before, EvidenceRecord *record, Error *err)
{
    size_t first = record->stamp_count;
    Reader stamps = reader_of(chain);
    do {
        if (record->stamp_count == EVIDENCE_RECORD_MAX_STAMPS) {
            return error_set(err, ERROR_LIMIT, "evidence_record.stamps", clause_record,
                             "the evidence record has more than %d time stamps",
                             EVIDENCE_RECORD_MAX_STAMPS);
        }
        ArchiveStamp *stamp = &record->stamps[record->stamp_count];
        *stamp = (ArchiveStamp){.before = before};
        if (!parse_stamp(&stamps, stamp, err)) {
            return false;
        }
        stamp->begins_chain = record->stamp_count == first;
        if (stamp->algorithm != record->stamps[first].algorithm) {
            return malformed(err, "one chain has time stamps of two digests");
        }
        record->stamp_count++;
    } while (stamps.rest.len > 0);
    return true;
}

static bool parse_chains(EvidenceRecord *record, Error *err)
{
    Reader chains = reader_of(record->chains);
    do {
        Bytes before = bytes_slice(record->chains, 0, record->chains.len - chains.rest.len);
        DerElement chain = der_element(&chains, DER_SEQUENCE);
        if (chains.failed || chain.content.len == 0) {
            return malformed(err, "a chain of time stamps");
        }
        if (!parse_chain(chain.content, before, record, err)) {
            return false;
        }
        record->last_chain = chain.whole;
    } while (chains.rest.len > 0);
    return true;
}

static bool digests_are_named(Reader algorithms)
{
    do {
        (void)algorithm_read(&algorithms);
    } while (algorithms.rest.len > 0 && !algorithms.failed);
    return !algorithms.failed;
}

bool evidence_record_parse(Arena *arena, Bytes der, EvidenceRecord *ret, Error *err)
{
    EvidenceRecord record = {.der = der};
    Reader content;
    if (der.len > EVIDENCE_RECORD_MAX_BYTES) {
        return error_set(err, ERROR_LIMIT, "evidence_record.too_large", clause_record,
                         "the evidence record has %zu bytes, more than %d", der.len,
                         EVIDENCE_RECORD_MAX_BYTES);
    }
    if (!der_parse_whole(der, DER_SEQUENCE, &content, NULL) || der_u64(&content) != 1) {
        return malformed(err, "it is no SEQUENCE of version 1");
    }
    if (!digests_are_named(der_enter(&content, DER_SEQUENCE))) {
        return malformed(err, "its digest algorithms");
    }
    if (der_peek(&content) == DER_CONTEXT_CONSTRUCTED(0)) {
        record.crypto_infos = der_any(&content).whole;
    }
    if (der_peek(&content) == DER_CONTEXT_CONSTRUCTED(1)) {
        return error_set(err, ERROR_INPUT, "evidence_record.encrypted", "RFC 4998 6",
                         "the evidence record is about an encrypted object");
    }
    record.chains = der_element(&content, DER_SEQUENCE).content;
    if (!reader_done(&content) || record.chains.len == 0) {
        return malformed(err, "its members");
    }
    record.stamps = arena_alloc(arena, EVIDENCE_RECORD_MAX_STAMPS * sizeof *record.stamps);
    if (record.stamps == NULL) {
        return error_memory(err);
    }
    if (!parse_chains(&record, err)) {
        return false;
    }
    *ret = record;
    return true;
}

// --- renewing ---------------------------------------------------------------------------------

bool archive_chain_imprint(Bytes object, Bytes chains_before, ImprintAlgorithm algorithm,
                           TimestampImprint *ret, Error *err)
{
    TimestampImprint of_object, of_chains;
    if (!timestamp_imprint_make(algorithm, object, &of_object, err)) {
        return false;
    }
    if (chains_before.len == 0) {
        *ret = of_object;
        return true;
    }
    CLEANUP(writer_free) Writer sequence = writer_new(EVIDENCE_RECORD_MAX_BYTES);
    der_put(&sequence, DER_SEQUENCE, chains_before);
    CLEANUP(writer_free) Writer both = writer_new(2 * IMPRINT_MAX_SIZE);
    if (sequence.failed ||
        !timestamp_imprint_make(algorithm, writer_bytes(&sequence), &of_chains, err)) {
        return sequence.failed ? error_memory(err) : false;
    }
    writer_put(&both, timestamp_imprint_bytes(&of_object));
    writer_put(&both, timestamp_imprint_bytes(&of_chains));
    return both.failed ? error_memory(err)
                       : timestamp_imprint_make(algorithm, writer_bytes(&both), ret, err);
}

bool evidence_record_next(const EvidenceRecord *record, Bytes object, ImprintAlgorithm algorithm,
                          TimestampImprint *ret, Error *err)
{
    if (record != NULL) {
        const ArchiveStamp *last = &record->stamps[record->stamp_count - 1];
        if (last->algorithm == algorithm) {
            return timestamp_imprint_make(algorithm, last->token.der, ret, err);
        }
    }
    return archive_chain_imprint(object, record == NULL ? BYTES_EMPTY : record->chains, algorithm,
                                 ret, err);
}

// Whether the token is over what has to be stamped next, by its reduced tree.
static bool covers_next(Arena *arena, const EvidenceRecord *record, Bytes object,
                        const TimestampToken *token, Bytes reduced, Error *err)
{
    TimestampImprint root;
    ImprintAlgorithm algorithm = token->imprint.algorithm;
    Error why = {0};
    if (!evidence_record_next(record, object, algorithm, &root, err)) {
        return false;
    }
    if ((reduced.len > 0 && !archive_tree_climb(arena, algorithm, reduced, &root, &why)) ||
        !timestamp_imprint_equal(&root, &token->imprint)) {
        if (why.kind == ERROR_INTERNAL) {
            *err = why;
            return false;
        }
        return error_set(err, ERROR_UNTRUSTED, "evidence_record.imprint", clause_renewal,
                         "the time stamp is over something else than what it should renew");
    }
    return true;
}

static bool may_follow(const EvidenceRecord *record, const TimestampToken *token, Error *err)
{
    if (record == NULL) {
        return true;
    }
    if (record->stamp_count == EVIDENCE_RECORD_MAX_STAMPS) {
        return error_set(err, ERROR_LIMIT, "evidence_record.stamps", clause_renewal,
                         "the evidence record has %d time stamps already",
                         EVIDENCE_RECORD_MAX_STAMPS);
    }
    return token->time >= record->stamps[record->stamp_count - 1].token.time ||
           error_set(err, ERROR_UNTRUSTED, "evidence_record.order", clause_renewal,
                     "the time stamp is older than the one that it should renew");
}

// The digests of the chains, each once, and that of the next stamp.
static void put_algorithms(const EvidenceRecord *record, ImprintAlgorithm next, Writer *ret)
{
    bool is_put[IMPRINT_ALGORITHM_COUNT] = {false};
    size_t list = der_begin(ret, DER_SEQUENCE);
    for (size_t i = 0; i <= (record == NULL ? 0 : record->stamp_count); i++) {
        bool is_next = record == NULL || i == record->stamp_count;
        ImprintAlgorithm algorithm = is_next ? next : record->stamps[i].algorithm;
        if (!is_put[algorithm]) {
            size_t mark = der_begin(ret, DER_SEQUENCE);
            der_put_oid(ret, timestamp_imprint_oid(algorithm));
            der_end(ret, mark);
            is_put[algorithm] = true;
        }
    }
    der_end(ret, list);
}

static void put_stamp(Bytes token, Bytes reduced, Writer *ret)
{
    size_t mark = der_begin(ret, DER_SEQUENCE);
    if (reduced.len > 0) {
        der_put(ret, DER_CONTEXT_CONSTRUCTED(2), reduced);
    }
    writer_put(ret, token);
    der_end(ret, mark);
}

static void put_chains(const EvidenceRecord *record, const TimestampToken *token, Bytes reduced,
                       Writer *ret)
{
    Bytes kept = record == NULL ? BYTES_EMPTY : record->chains;
    bool continues = record != NULL &&
                     record->stamps[record->stamp_count - 1].algorithm == token->imprint.algorithm;
    size_t sequence = der_begin(ret, DER_SEQUENCE);
    if (continues) {
        kept = bytes_slice(kept, 0, kept.len - record->last_chain.len);
    }
    writer_put(ret, kept);
    size_t chain = der_begin(ret, DER_SEQUENCE);
    if (continues) {
        Reader last = reader_of(record->last_chain);
        writer_put(ret, der_any(&last).content);
    }
    put_stamp(token->der, reduced, ret);
    der_end(ret, chain);
    der_end(ret, sequence);
}

bool evidence_record_append_shared(Arena *arena, const EvidenceRecord *record, Bytes object,
                                   const SharedToken *shared, Writer *ret, Error *err)
{
    TimestampToken next;
    if (!timestamp_token_read(shared->token, &next, err) ||
        !covers_next(arena, record, object, &next, shared->reduced, err) ||
        !may_follow(record, &next, err)) {
        return false;
    }
    size_t whole = der_begin(ret, DER_SEQUENCE);
    der_put_u64(ret, 1);
    put_algorithms(record, next.imprint.algorithm, ret);
    if (record != NULL) {
        writer_put(ret, record->crypto_infos);
    }
    put_chains(record, &next, shared->reduced, ret);
    der_end(ret, whole);
    return !ret->failed || error_memory(err);
}

bool evidence_record_append(const EvidenceRecord *record, Bytes object, Bytes token, Writer *ret,
                            Error *err)
{
    const SharedToken alone = {.token = token};
    return evidence_record_append_shared(NULL, record, object, &alone, ret, err);
}
