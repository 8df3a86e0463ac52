// SPDX-License-Identifier: Apache-2.0
//
//     vectors_generate FOLDER           write the files
//     vectors_generate --check FOLDER   exit 1 unless they are what would be written
#include <stdlib.h>
#include <string.h>

#include "generator.h"

typedef struct {
    const char *name;
    const char *comment;
    void (*generate)(Generator *generator);
} VectorFile;

static const VectorFile files[] = {
    {"sm2_digest.txt", "verdict name public-key e r s", generate_digest_cases},
    {"sm2_message.txt", "verdict name public-key id message DER-signature", generate_message_cases},
    {"sm2_signature_der.txt", "verdict name DER-signature", generate_signature_der_cases},
    {"sm2_point.txt", "verdict name encoded-point", generate_point_cases},
    {"sm2_private.txt", "verdict name d public-key", generate_private_cases},
    {"sm2_cipher.txt", "verdict name d ciphertext plaintext", generate_cipher_cases},
    {"sm3.txt", "function name key-or-length message result", generate_sm3_cases},
    {"sm4.txt", "mode name key iv plaintext ciphertext", generate_sm4_cases},
};

BIGNUM *generator_draw(Generator *generator)
{
    uint8_t digest[ORACLE_SIZE], counter[4];
    for (int i = 0; i < 4; i++) {
        counter[i] = (uint8_t)(generator->drawn >> 8 * i);
    }
    generator->drawn++;
    const Bytes parts[] = {BYTES_LITERAL("vectors"), BYTES_OF_ARRAY(counter)};
    oracle_sm3(parts, COUNT_OF(parts), digest);
    BIGNUM *number = oracle_number_of(digest), *bound = BN_dup(generator->oracle.n);
    BN_sub_word(bound, 2);
    BN_mod(number, number, bound, generator->oracle.context);
    BN_add_word(number, 1);
    BN_free(bound);
    return number;
}

void generator_begin(Generator *generator, const char *verdict, const char *name)
{
    fprintf(generator->file, "%s %s", verdict, name);
}

void generator_put(Generator *generator, Bytes bytes)
{
    fputs(bytes.len == 0 ? " -" : " ", generator->file);
    for (size_t i = 0; i < bytes.len; i++) {
        fprintf(generator->file, "%02x", bytes.data[i]);
    }
}

void generator_end(Generator *generator)
{
    fputc('\n', generator->file);
}

void der_element(Writer *ret, uint8_t tag, Bytes content)
{
    writer_put_u8(ret, tag);
    if (content.len >= 256) {
        writer_put_u8(ret, 0x82);
        writer_put_u8(ret, (uint8_t)(content.len >> 8));
    } else if (content.len >= 128) {
        writer_put_u8(ret, 0x81);
    }
    writer_put_u8(ret, (uint8_t)content.len);
    writer_put(ret, content);
}

void der_integer(Writer *ret, const uint8_t value[ORACLE_SIZE])
{
    uint8_t padded[1 + ORACLE_SIZE] = {0};
    size_t start = 0;
    memcpy(&padded[1], value, ORACLE_SIZE);
    while (start < ORACLE_SIZE && padded[start] == 0 && padded[start + 1] < 0x80) {
        start++;
    }
    der_element(ret, 0x02, bytes_of(&padded[start], sizeof padded - start));
}

static void generate(const VectorFile *vector_file, FILE *file)
{
    Generator generator = {.oracle = sm2_oracle_new(), .file = file};
    fprintf(file, "# Made by tests/vectors with OpenSSL; - is an empty field.\n# %s\n",
            vector_file->comment);
    vector_file->generate(&generator);
}

static bool is_up_to_date(const VectorFile *vector_file, const char *path)
{
    char *text = NULL;
    size_t size = 0;
    FILE *memory = open_memstream(&text, &size);
    FILE *file = fopen(path, "r");
    if (memory == NULL || file == NULL) {
        return false;
    }
    generate(vector_file, memory);
    fclose(memory);
    bool same = true;
    for (size_t i = 0; i < size && same; i++) {
        same = fgetc(file) == (unsigned char)text[i];
    }
    same = same && fgetc(file) == EOF;
    fclose(file);
    free(text);
    return same;
}

static bool write_file(const VectorFile *vector_file, const char *path)
{
    FILE *file = fopen(path, "w");
    if (file == NULL) {
        return false;
    }
    generate(vector_file, file);
    return fclose(file) == 0;
}

int main(int argc, char **argv)
{
    bool check = argc == 3 && strcmp(argv[1], "--check") == 0;
    if (argc != 2 && !check) {
        fputs("usage: vectors_generate [--check] FOLDER\n", stderr);
        return 64;
    }
    int failed = 0;
    for (size_t i = 0; i < COUNT_OF(files); i++) {
        char path[1024];
        snprintf(path, sizeof path, "%s/%s", argv[argc - 1], files[i].name);
        if (!(check ? is_up_to_date(&files[i], path) : write_file(&files[i], path))) {
            printf("    %s %s\n", check ? "is not what the generator writes:" : "cannot write",
                   path);
            printf("FAIL %s\n", files[i].name);
            failed++;
        }
    }
    printf("%d passed, %d failed, 0 skipped\n", (int)COUNT_OF(files) - failed, failed);
    return failed == 0 ? 0 : 1;
}
