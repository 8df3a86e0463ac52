// SPDX-License-Identifier: Apache-2.0
//
// One authorization with everything that is kept of it, for the tests of the reports: a test PKI,
// a decision, a sealed and stamped agreement, three deposits in a log, their receipts.
#ifndef ASSENT_DOMAIN_REPORT_SCENE_TEST_H
#define ASSENT_DOMAIN_REPORT_SCENE_TEST_H

#include "domain/document/font.h"
#include "domain/pki/pki_fixture.h"
#include "domain/report/report_a.h"
#include "domain/report/report_b.h"
#include "domain/report/report_c.h"

#define SCENE_AUTHORIZATION "11111111-2222-4333-8444-555555555555"
#define SCENE_ID_NUMBER "999999199001010016"
#define SCENE_SALT "00112233445566778899aabbccddeeff"

enum { SCENE_DEPOSITS = 3, SCENE_MATERIALS = 3 };

typedef struct {
    Arena *arena;
    FixturePki pki;
    FontFamily fonts;
    Bytes decision, agreement, behaviour;
    ReportMaterial materials[SCENE_MATERIALS];
    ReportApplication application;
    Deposit deposits[SCENE_DEPOSITS];
    DepositItem items[SCENE_DEPOSITS][2];
    DepositEvent events[SCENE_DEPOSITS][8];
    Bytes receipts[SCENE_DEPOSITS];
    ReportDeposit kept[SCENE_DEPOSITS];
    ReportHead head;
    ReportAFacts a;
    ReportBFacts b;
    ReportCFacts c;
} Scene;

// The facts point into the scene, which must not move.
void scene_make(Scene *scene);
void scene_free(Scene *scene);
// A copy of the agreement with one bit of byte `offset` turned, put into the materials.
void scene_tamper(Scene *scene, size_t offset);
// Replace the content of a material.
void scene_replace(Scene *scene, const char *name, Bytes content);

// The JSON form as canonical text, in the scene's arena.
Bytes scene_json(Scene *scene, const Report *report);
// The value of a field by its key; "" when there is none.
const char *scene_field(Scene *scene, const Report *report, const char *key);
// The pages as PDF, unsealed, in the scene's arena.
Bytes scene_pdf(Scene *scene, const Report *report);

#endif
