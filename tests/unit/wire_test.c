//  wire_test - the header that replicas exchange, byte by byte

#include "common/wire.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
//
#include <cmocka.h>

static void
test_the_bytes_are_those_of_the_grammar (void **state)
{
    (void) state;
    static const uint8_t BYTES[WIRE_BYTES] = { 1,    5,    0xa0, 1,    2,    3,    4,    5,    6,    7,
                                               8,    9,    10,   11,   12,   13,   14,   0xff, 0x80, 0x22,
                                               0x33, 0x44, 0x55, 0x66, 0x77, 0x88, 0xfe, 0,    1,    2 };
    wire_t wire = { .kind = WIRE_NACK, .session = 0x8022334455667788, .number = 0xfe000102 }, back;
    memcpy (wire.id.bytes, BYTES + 2, 16);
    uint8_t bytes[WIRE_BYTES];
    wire_write (&wire, bytes);
    assert_memory_equal (bytes, BYTES, WIRE_BYTES);
    assert_true (wire_read (&back, BYTES, WIRE_BYTES));
    assert_memory_equal (&back.id, &wire.id, sizeof back.id);
    assert_true (back.kind == wire.kind && back.session == wire.session && back.number == wire.number);
}

static void
test_every_header_comes_back_as_it_went (void **state)
{
    (void) state;
    srand (20261123);
    for (int round = 0; round < 20000; round++) {
        wire_t wire = { .kind = (wire_kind_t) (WIRE_HELLO + rand () % 6) }, back;
        for (int byte = 0; byte < 16; byte++)
            wire.id.bytes[byte] = (uint8_t) rand ();
        wire.session = (uint64_t) rand () << 33 ^ (uint64_t) rand ();
        wire.number = (uint32_t) rand () << 1;
        uint8_t bytes[WIRE_BYTES];
        wire_write (&wire, bytes);
        assert_true (wire_read (&back, bytes, sizeof bytes));
        assert_int_equal (uuid_compare (&back.id, &wire.id), 0);
        assert_true (back.kind == wire.kind && back.session == wire.session && back.number == wire.number);
    }
}

static void
test_what_is_not_a_header_of_this_version_is_refused (void **state)
{
    (void) state;
    wire_t wire = { .kind = WIRE_ACK };
    uint8_t bytes[WIRE_BYTES + 1] = { 0 };
    wire_write (&wire, bytes);
    for (size_t size = 0; size <= WIRE_BYTES + 1; size++)
        assert_int_equal (wire_read (&wire, bytes, size), size == WIRE_BYTES);
    for (int version = 0; version < 256; version++) {
        bytes[0] = (uint8_t) version;
        assert_int_equal (wire_read (&wire, bytes, WIRE_BYTES), version == WIRE_VERSION);
    }
    bytes[0] = WIRE_VERSION;
    for (int kind = 0; kind < 256; kind++) {
        bytes[1] = (uint8_t) kind;
        assert_int_equal (wire_read (&wire, bytes, WIRE_BYTES), kind >= WIRE_HELLO && kind <= WIRE_DRAIN);
    }
}

int
main (void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test (test_the_bytes_are_those_of_the_grammar),
        cmocka_unit_test (test_every_header_comes_back_as_it_went),
        cmocka_unit_test (test_what_is_not_a_header_of_this_version_is_refused),
    };
    return cmocka_run_group_tests_name ("wire", tests, NULL, NULL);
}
