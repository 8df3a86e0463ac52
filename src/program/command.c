// SPDX-License-Identifier: Apache-2.0
#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "base/core/attributes.h"
#include "base/crypto/self_test.h"
#include "program/command.h"
#include "program/embedded.h"

static const Command commands[] = {
    {"demo", "[--applicant FILE] [--out DIR] [--serve]",
     "run one complete authorization, M1 to M8, and verify it offline",
     "  --applicant FILE  the person (see examples/applicant.json); default: one is built in\n"
     "  --out DIR         where agreement, reports, case file and trust go; default: demo-out\n"
     "  --serve           leave everything running until Ctrl-C, and print the addresses\n",
     command_demo},
    {"init", "DIR [--port BASE]", "make a deployment: keys, certificates, configuration",
     "  DIR          is made; a deployment that is there already is never overwritten\n"
     "  --port BASE  the systems listen on BASE to BASE+9 of 127.0.0.1, what is\n"
     "               public without TLS on BASE+10 to BASE+12, the key management\n"
     "               on BASE+14, the sandbox's witnesses on BASE+15 to BASE+17; default: 8440\n"
     "environment:\n"
     "  ASSENT_KEY_PASSWORD  encrypts the private keys; the same is needed to serve them\n",
     command_init},
    {"serve", "NAME...|--all --config FILE", "run components until SIGTERM, then drain",
     "  NAME           business, registration, certification, preservation, timestamp,\n"
     "                 sealing, keymanagement, sandbox, portal, certification_portal\n"
     "                 or preservation_portal\n"
     "  --all          all of them in one process; portals only if their pages are there\n"
     "  --config FILE  the deployment, assent.yaml\n"
     "environment:\n"
     "  ASSENT_KEY_PASSWORD  opens the private keys\n"
     "  ASSENT_PAGES         directory of the portals' pages, if the configuration names none\n",
     command_serve},
    {"staff", "add USER --name NAME --role ROLE|remove USER|list [--portal NAME] [--config FILE]",
     "say who may log in to an institution's pages",
     "  add USER       asks for the password, or takes a line of standard input; prints the "
     "secret\n"
     "                 of the one-time codes once, for an authenticator app\n"
     "  --name NAME    what the pages show\n"
     "  --role ROLE    officer: acts; auditor: looks\n"
     "  --portal NAME  portal: the bank's (default); certification_portal: the CA's;\n"
     "                 preservation_portal: the evidence provider's\n"
     "  remove USER    takes effect when the portal is started again, as all of this does\n"
     "  --config FILE  the deployment; default: assent.yaml\n",
     command_staff},
    {"terminal", "--url URL --token T [--applicant FILE [--sandbox URL]] [--out FILE] [OPTION...]",
     "walk a person through an authorization in the shell",
     "  --url URL         of the business system\n"
     "  --token T         of the session, from POST /v1/authorizations\n"
     "  --config FILE     the deployment whose terminal/ is used; default: assent.yaml\n"
     "  --applicant FILE  who the person is, instead of asking\n"
     "  --sandbox URL     show the messages that the sandbox's phone receives\n"
     "  --out FILE        where the agreement goes; default: agreement.pdf\n"
     "  --storage WHERE   of the key: terminal (default), token, or sealing: the sealing service\n"
     "  --key-token LIB   keep the key in a token: its vendor's library (GM/T 0016)\n"
     "  --container NAME  of the token; default: assent\n"
     "  --pin-file FILE   whose first line is the token's PIN, mode 600\n"
     "  --certificates N  single (default); pair: of a token, one for encryption too\n"
     "  --renews SERIAL   of a token: the person's certificate that the new one replaces\n",
     command_terminal},
    {"certificates",
     "--url URL --token T [--object SERIAL] [OPTION...] | --key FILE [--log URL] [--config FILE]",
     "list every certificate issued in a person's name, proved by the evidence log",
     "by way of the bank, after a code to the phone:\n"
     "  --url URL         of the business system\n"
     "  --token T         of a session in which the person was identified\n"
     "  --object SERIAL   object to this certificate: it is suspended at once\n"
     "  --applicant FILE --sandbox URL  take the code from the sandbox's phone\n"
     "of the log itself:\n"
     "  --key FILE        what the page of all authorizations lets a person keep\n"
     "  --log URL         of the evidence system; default: as the configuration says\n"
     "for both:\n"
     "  --config FILE     the deployment whose terminal/ and partners/ are used; default: "
     "assent.yaml\n"
     "exits with 1 when the bank does not know of one\n",
     command_certificates},
    {"verify", "FILE... [--trust DIR] [--at TIME] [--json] [--lang en] [--summary] [OPTION...]",
     "judge PDFs, seals, certificates, OCSP, time stamps, receipts, forks, reports, case files",
     "  --trust DIR  certificates, lists and witness policies, or a file of them; may be "
     "repeated;\n"
     "               default: trust/ beside the file\n"
     "  --at TIME    judge as of 2026-01-31T12:00:00Z instead of now\n"
     "  --json       machine-readable\n"
     "  --lang en    English instead of Chinese\n"
     "  --summary    only what does not hold, and the result\n"
     "  --strict     cannot be decided where nothing tells if a certificate had been revoked\n"
     "  --evidence-record FILE  the file's evidence record (RFC 4998): judge as of its first "
     "stamp\n"
     "  --weak ALG=TIME  sm2, sm3, sha256 or an OID is not to be relied on from then on; may be "
     "repeated\n"
     "for a seal signature, a detached message (GM/T 0010, CMS), a time stamp or an evidence "
     "record:\n"
     "  --content FILE  what it is over; of a seal signature in OFD: the bytes of Signature.xml\n"
     "  --digest HEX    of a seal signature or a time stamp: the digest of it instead\n"
     "for a certificate:\n"
     "  --untrusted FILE  more certificates to build its chain from (PEM or DER); may be repeated\n"
     "  --crl FILE        revocation lists (PEM or DER), delta lists too; may be repeated\n"
     "  --ocsp FILE       an OCSP response (DER); may be repeated\n"
     "  --purpose P       signature, timestamp, ocsp, ca, crl, encryption, tls-server, tls-client "
     "or\n"
     "                    email; default: what it says\n"
     "  --policy OID      a certificate policy that the chain has to hold for; of several one\n"
     "  --inhibit-mapping, --inhibit-any-policy  the other inputs of RFC 5280 6.1.1\n"
     "  --max-depth N     at most N certificates between the anchor and this one\n"
     "  --allow-weak      tell of SHA-1, MD5 and keys of 1024 to 2047 bits, but do not doubt\n"
     "  --name NAME       a host, IP address or mailbox that it has to have; may be repeated\n"
     "  --open FILE       the holder's number and salt (JSON): are they the certificate's?\n"
     "exit code 0: valid, 1: invalid, 2: cannot be decided, 64: not judged\n",
     command_verify},
    {"case", "mask CASE.zip --out COPY.zip [--show FIELD,...]",
     "copy a case file so that it shows some of the person and proves it",
     "  CASE.zip       a whole case file; - is standard input. No key is needed\n"
     "  --out COPY.zip where the copy goes; it is verified like the whole file\n"
     "  --show FIELDS  out of name, name_masked, id_number, id_number_masked, phone,\n"
     "                 phone_masked, document_from, document_until; every file that holds\n"
     "                 another field is withheld, and its digest stays in the copy.\n"
     "                 Default: name,id_number_masked,phone_masked\n",
     command_case},
    {"record", "request|add FILE --out OUT [--record RECORD] [--hash H | --token TOKEN]",
     "renew the time stamps of a file for decades by an evidence record (RFC 4998), offline",
     "  request          write a time-stamp request (RFC 3161) for an authority to answer\n"
     "  add              write the record with the answer at its end\n"
     "  FILE             what the record is about\n"
     "  --record RECORD  the record so far; default: a new one begins\n"
     "  --hash H         of a request: sm3, sha256, sha384 or sha512; default: as the newest "
     "stamp,\n"
     "                   or sm3. Another one than the newest stamp's begins a new chain\n"
     "  --token TOKEN    of add: the authority's response or token\n",
     command_record},
    {"report", "--check FILE [--case CASE.zip [--pdf PAGES.pdf]] [--trust DIR] [--json]",
     "compute reports A, B, C again from a case file and say where they differ",
     "  --check FILE     a case file: every report in it; or a report's JSON, with --case\n"
     "  --case CASE.zip  the case file from which the report is computed\n"
     "  --pdf PAGES.pdf  its sealed pages, which are laid out again and compared too\n"
     "  --trust DIR      trust anchors; default: trust beside the case file\n"
     "  --json           machine-readable; the last argument\n"
     "exit code 0: identical, 1: not identical, 2: cannot be decided, and what is missing\n",
     command_report},
    {"witness", "init|key|serve|compare [DIR] [OPTION...]",
     "cosign the checkpoints of evidence logs, and prove a log that shows two histories",
     (const char *)embedded_data_witness_txt, command_witness},
    {"lint", "FILE... [--json] [--lang en]",
     "hold certificates, requests, revocation lists, OCSP responses, time stamps against standards",
     "  FILE       PEM (every block of it) or DER; - is standard input\n"
     "  --json     machine-readable\n"
     "  --lang en  English instead of Chinese\n"
     "exit code 1: a rule is broken that is an error; warnings and notices do not count\n",
     command_lint},
    {"log",
     "prove|check-inclusion|check-consistency|fsck|checkpoint|succeed DIR|FILE... [OPTION...]",
     "make and check Merkle proofs (RFC 9162) and the evidence log, offline",
     (const char *)embedded_data_log_txt, command_log},
    {"sm2", "keygen|pubkey|sign|verify|encrypt|decrypt|exchange|ecdh [OPTION...] [FILE]",
     "keys, signatures, encryption and key agreement with SM2 (GB/T 32918)",
     (const char *)embedded_data_sm2_txt, command_sm2},
    {"sm3", "[--hex|--raw] [--hmac-key KEY] [--kdf BYTES] [--check FILE] [FILE...]",
     "hash with SM3 (GB/T 32905)", (const char *)embedded_data_sm3_txt, command_sm3},
    {"sm4", "encrypt|decrypt --mode MODE --key KEY [--iv HEX] [OPTION...] [FILE]",
     "encrypt with SM4 (GB/T 32907)", (const char *)embedded_data_sm4_txt, command_sm4},
    {"ca", "root new|issue-ca|revoke|crl|backup|restore|destroy|transcript verify DIR [OPTION...]",
     "use a root's key offline, by two custodians, into a signed transcript",
     "  root new DIR --organization O --name CN [--days N]  make key, certificate, transcript\n"
     "  issue-ca DIR --csr FILE --out FILE [--days N]       certify an issuing CA\n"
     "  revoke DIR --serial HEX [--reason N]                for the next list\n"
     "  crl DIR --out FILE [--days N]                       sign the revocation list\n"
     "  backup DIR --threshold M --shares N --out PREFIX    PREFIX-1.json to PREFIX-N.json\n"
     "  restore DIR SHARE...                                the key, from M of its shares\n"
     "  destroy DIR --yes [--because TEXT]                  the key; its shares stay\n"
     "  transcript verify DIR|FILE [--root FILE] [--json]   what was ever done with the key\n"
     "environment, otherwise asked for at the terminal:\n"
     "  ASSENT_CUSTODIAN_1, ASSENT_CUSTODIAN_2  the passphrases of the two custodians\n"
     "  ASSENT_SHARE_1 to ASSENT_SHARE_16       of those who hold the shares\n",
     command_ca},
    {"bench", "NAME|all [--seconds N] [--threads N] [--watch N] [--json]", "measure this machine",
     "  NAME         one measurement; without a name they are listed\n"
     "  --seconds N  for each; default: 3\n"
     "  --threads N  default: what suits the measurement\n"
     "  --watch N    every N seconds, print what is done and what memory it takes\n"
     "  --json       machine-readable\n",
     command_bench},
    {"self-test", "[--library FILE --index N]",
     "test the cryptography, or a device, and print the state",
     "  --library FILE  a device's library (GM/T 0018): test it too\n"
     "  --index N       its signing key N; its public key is printed in PEM\n"
     "environment:\n"
     "  ASSENT_DEVICE_PASSWORD  of the right to use the device's key\n",
     command_self_test},
    {"version", "", "print the version", "", command_version},
};

static const Command *find_command(const char *name)
{
    for (size_t i = 0; i < COUNT_OF(commands); i++) {
        if (strcmp(commands[i].name, name) == 0) {
            return &commands[i];
        }
    }
    return NULL;
}

static void print_help(FILE *out)
{
    fprintf(out,
            "assent: electronic authorization for personal credit queries after JR/T 0299-2024\n"
            "        个人征信电子授权\n\nusage: assent COMMAND [ARGUMENTS]\n\n");
    for (size_t i = 0; i < COUNT_OF(commands); i++) {
        fprintf(out, "  %s %s\n      %s\n", commands[i].name, commands[i].usage,
                commands[i].summary);
    }
    fprintf(out,
            "\nassent COMMAND --help says more.\n"
            "exit codes: 0 done or valid, 1 refused or invalid, 2 undecided or unavailable,\n"
            "            64 wrong usage, 70 our own fault\n");
}

static int print_command_help(const Command *command)
{
    printf("usage: assent %s%s%s\n\n%s\n%s%s", command->name, command->usage[0] != '\0' ? " " : "",
           command->usage, command->summary, command->options[0] != '\0' ? "\n" : "",
           command->options);
    return EXIT_VALID;
}

bool command_take_options(int argc, char **argv, const CommandOption *options, size_t count)
{
    for (int i = 1; i < argc; i += 2) {
        size_t j = 0;
        while (j < count && strcmp(argv[i], options[j].name) != 0) {
            j++;
        }
        if (j == count || i + 1 == argc) {
            return false;
        }
        *options[j].value = argv[i + 1];
    }
    return true;
}

int command_usage(const char *name)
{
    const Command *command = find_command(name);
    assert(command != NULL);
    fprintf(stderr, "usage: assent %s %s\n", command->name, command->usage);
    return EXIT_USAGE;
}

int command_fail(const Error *err)
{
    fprintf(stderr, "assent: %s (%s%s%s)\n", err->text, err->code, err->clause[0] ? ", " : "",
            err->clause);
    return error_kind_exit_code(err->kind);
}

int command_version(int argc, char **argv)
{
    (void)argc, (void)argv;
    printf("assent %s\n", ASSENT_VERSION);
    return EXIT_VALID;
}

static bool asks_for_help(const char *argument)
{
    return strcmp(argument, "--help") == 0 || strcmp(argument, "-h") == 0;
}

// Before "--" every argument may be the question; what stands after it is a file's name.
static bool any_asks_for_help(int argc, char **argv)
{
    for (int i = 0; i < argc && strcmp(argv[i], "--") != 0; i++) {
        if (asks_for_help(argv[i])) {
            return true;
        }
    }
    return false;
}

int command_dispatch(int argc, char **argv)
{
    if (argc < 2 || asks_for_help(argv[1]) || strcmp(argv[1], "help") == 0) {
        print_help(argc < 2 ? stderr : stdout);
        return argc < 2 ? EXIT_USAGE : EXIT_VALID;
    }
    const Command *command = find_command(argv[1]);
    if (command == NULL) {
        fprintf(stderr, "assent: there is no command \"%s\"; see assent --help\n", argv[1]);
        return EXIT_USAGE;
    }
    if (any_asks_for_help(argc - 2, argv + 2)) {
        return print_command_help(command);
    }
    // A module that does not pass its self-test does no cryptography at all. GB/T 37092 7.10
    Error err = {0};
    if (!crypto_self_test(&err)) {
        return command_fail(&err);
    }
    return command->run(argc - 1, argv + 1);
}
