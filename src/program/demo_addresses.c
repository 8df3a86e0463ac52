// SPDX-License-Identifier: Apache-2.0
#include "program/demo_addresses.h"

#include <stdio.h>

static void print_logins(const DemoAddresses *addresses, ComponentId portal)
{
    for (size_t i = 0; i < INIT_LOGINS; i++) {
        if (addresses->logins[i].portal == portal) {
            printf("    用户 user %s  密码 password %s\n", addresses->logins[i].user,
                   addresses->logins[i].password);
        }
    }
}

static void print_browser(const DemoAddresses *addresses, const char *token)
{
    unsigned port = host_port(addresses->host, COMPONENT_PORTAL);
    unsigned ca = host_port(addresses->host, COMPONENT_CERTIFICATION_PORTAL);
    unsigned evidence = host_port(addresses->host, COMPONENT_PRESERVATION_PORTAL);
    const TerminalPerson *person = &addresses->applicant->person;
    printf(
        "\n在浏览器中 in a browser\n"
        "  授权人终端 terminal   https://127.0.0.1:%u/terminal#t=%s\n"
        "    虚构的授权人 a fictitious person: %s  %s  %s  银行卡 card %s\n"
        "    证件有效期 ID card valid: %s 至 to %s\n"
        "  业务控制台 console    https://127.0.0.1:%u/console\n",
        port, token, person->name, person->id_number, person->phone, person->bank_card,
        person->document_from, person->document_until, port);
    print_logins(addresses, COMPONENT_PORTAL);
    printf(
        "  公众验证   verifier   https://127.0.0.1:%u/verify\n"
        "  模拟手机   phone      https://127.0.0.1:%u/phone\n"
        "    短信验证码与动态口令 codes for the person and for the console\n",
        port, port);
    printf("  认证机构   CA         https://127.0.0.1:%u/ca   动态口令 codes: /phone\n", ca);
    print_logins(addresses, COMPONENT_CERTIFICATION_PORTAL);
    printf("  存证机构   evidence   https://127.0.0.1:%u/evidence   动态口令 codes: /phone\n",
           evidence);
    print_logins(addresses, COMPONENT_PRESERVATION_PORTAL);
    printf("  浏览器须信任 the browser has to trust %s\n",
           addresses->deployment->transport_authority);
}

static void print_systems(const DemoAddresses *addresses)
{
    printf("\n各系统 systems\n");
    for (size_t i = 0; i < COMPONENT_COUNT; i++) {
        if (host_runs(addresses->host, (ComponentId)i)) {
            printf("  %-20s https://127.0.0.1:%u\n", component_name((ComponentId)i),
                   host_port(addresses->host, (ComponentId)i));
        }
    }
    for (size_t i = 0; i < COMPONENT_COUNT; i++) {
        unsigned port = host_public_port(addresses->host, (ComponentId)i);
        if (port != 0) {
            printf("  %-20s http://127.0.0.1:%u   公开 public\n", component_name((ComponentId)i),
                   port);
        }
    }
    printf("  deployment           %s\n", addresses->deployment->directory);
}

static void print_shell(const DemoAddresses *addresses, const char *token)
{
    printf(
        "\n在终端命令行中 in the shell\n"
        "  assent terminal --url https://127.0.0.1:%u --token %s \\\n"
        "      --config %s/assent.yaml --sandbox https://127.0.0.1:%u \\\n"
        "      --applicant examples/applicant.json\n\n按 Ctrl-C 结束 stop with Ctrl-C\n",
        host_port(addresses->host, COMPONENT_BUSINESS), token, addresses->deployment->directory,
        host_port(addresses->host, COMPONENT_SANDBOX));
    fflush(stdout);
}

bool demo_addresses_print(const DemoAddresses *addresses, Arena *arena, Error *err)
{
    StaffOpening browser, shell;
    const StaffOffer *offer = &addresses->applicant->offer;
    if (!staff_open(addresses->staff, offer, arena, &browser, err) ||
        !staff_open(addresses->staff, offer, arena, &shell, err)) {
        return false;
    }
    print_systems(addresses);
    if (host_runs(addresses->host, COMPONENT_PORTAL)) {
        print_browser(addresses, browser.token);
    } else {
        printf("\n没有网页 no pages for browsers: make web\n");
    }
    print_shell(addresses, shell.token);
    return true;
}
