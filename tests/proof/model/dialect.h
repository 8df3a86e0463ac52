// SPDX-License-Identifier: Apache-2.0
//
// For Frama-C only, included before everything: takes out of the language what it does not know.
// 128-bit types become 64-bit ones, so no harness may reach a function that uses them.
#define __int128 long
#define __extension__
#define _Alignas(bytes)
#define target(features)
