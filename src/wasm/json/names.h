// SPDX-License-Identifier: Apache-2.0
//
// What the functions of jansson.h are called for the linker, so that a test may hold jansson too.
#ifndef ASSENT_WASM_JSON_NAMES_H
#define ASSENT_WASM_JSON_NAMES_H

#define json_object own_json_object
#define json_object_size own_json_object_size
#define json_object_get own_json_object_get
#define json_object_getn own_json_object_getn
#define json_object_set_new own_json_object_set_new
#define json_object_set_new_nocheck own_json_object_set_new_nocheck
#define json_object_setn_new own_json_object_setn_new
#define json_object_clear own_json_object_clear
#define json_object_iter own_json_object_iter
#define json_object_iter_next own_json_object_iter_next
#define json_object_iter_key own_json_object_iter_key
#define json_object_iter_key_len own_json_object_iter_key_len
#define json_object_iter_value own_json_object_iter_value
#define json_object_key_to_iter own_json_object_key_to_iter
#define json_array own_json_array
#define json_array_size own_json_array_size
#define json_array_get own_json_array_get
#define json_array_append_new own_json_array_append_new
#define json_string own_json_string
#define json_stringn own_json_stringn
#define json_stringn_nocheck own_json_stringn_nocheck
#define json_string_nocheck own_json_string_nocheck
#define json_string_value own_json_string_value
#define json_string_length own_json_string_length
#define json_integer own_json_integer
#define json_integer_value own_json_integer_value
#define json_true own_json_true
#define json_false own_json_false
#define json_null own_json_null
#define json_delete own_json_delete
#define json_loadb own_json_loadb
#define json_dump_callback own_json_dump_callback

#endif
