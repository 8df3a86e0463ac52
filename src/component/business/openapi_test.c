// SPDX-License-Identifier: Apache-2.0
#include <ctype.h>
#include <string.h>

#include "base/codec/json.h"
#include "base/test/test.h"
#include "component/business/business.h"
#include "component/business/routes.h"

static json_t *description(void)
{
    Error err = {0};
    json_t *json;
    CHECK_OK(json_parse(business_openapi(), &json, &err));
    return json;
}

static const json_t *find_operation(const json_t *paths, const Route *route)
{
    char method[8] = "";
    for (size_t i = 0; route->method[i] != '\0' && i + 1 < sizeof method; i++) {
        method[i] = (char)tolower((unsigned char)route->method[i]);
    }
    return json_object_get(json_object_get(paths, route->pattern), method);
}

TEST(every_route_is_described_with_its_role_and_limit)
{
    CLEANUP(json_cleanup) json_t *json = description();
    const json_t *paths = json_object_get(json, "paths");
    for (size_t i = 0; i < business_route_count; i++) {
        const Route *route = &business_routes[i];
        const json_t *operation = find_operation(paths, route);
        if (operation == NULL) {
            test_fail(__FILE__, __LINE__, "%s %s is not described", route->method, route->pattern);
        }
        const json_t *roles = json_object_get(operation, "x-roles");
        CHECK_INT(json_array_size(roles), 1);
        CHECK_TEXT(json_string_value(json_array_get(roles, 0)), route->roles[0]);
        CHECK_INT(json_integer_value(json_object_get(operation, "x-max-body-bytes")),
                  route->max_body_bytes);
        bool has_body = json_object_get(operation, "requestBody") != NULL;
        CHECK_INT(has_body, route->max_body_bytes > 0);
    }
}

TEST(nothing_is_described_that_is_no_route)
{
    CLEANUP(json_cleanup) json_t *json = description();
    size_t count = 0;
    const char *path;
    json_t *operations;
    json_object_foreach(json_object_get(json, "paths"), path, operations)
    {
        count += json_object_size(operations);
    }
    CHECK_INT(count, business_route_count);
}

// Every "$ref" leads somewhere.
static void check_references(const json_t *root, const json_t *value)
{
    const char *key;
    json_t *child;
    size_t index;
    const char *reference = json_string_value(json_object_get(value, "$ref"));
    if (reference != NULL) {
        char text[128];
        const json_t *target = root;
        CHECK(strlen(reference) < sizeof text && strncmp(reference, "#/", 2) == 0);
        strcpy(text, reference + 2);
        for (char *part = strtok(text, "/"); part != NULL; part = strtok(NULL, "/")) {
            target = json_object_get(target, part);
        }
        if (target == NULL) {
            test_fail(__FILE__, __LINE__, "%s leads nowhere", reference);
        }
    }
    json_object_foreach((json_t *)(uintptr_t)value, key, child)
    {
        check_references(root, child);
    }
    json_array_foreach(value, index, child)
    {
        check_references(root, child);
    }
}

TEST(every_reference_of_the_description_leads_somewhere)
{
    CLEANUP(json_cleanup) json_t *json = description();
    check_references(json, json);
}
