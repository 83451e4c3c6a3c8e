package dev.forkd.text;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class AddressLiteralTest {
    @ParameterizedTest
    @ValueSource(strings = {"0.0.0.0", "127.0.0.1", "255.255.255.255", "::1", "::", "2001:db8::7:0:1"})
    void takesTheUsualForms(String text) {
        assertEquals(text, AddressText.of(AddressLiteral.of(text)));
    }

    @Test
    void takesAMappedAddressForWhatItIs() {
        assertEquals("203.0.113.7", AddressText.of(AddressLiteral.six("::ffff:203.0.113.7")));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "", ".", "1.2.3", "1.2.3.", "1.2.3.4.", "1.2.3.4.5", "1.2.3.4.5.6", ".1.2.3", "1..2.3", "010.0.0.1",
                        "00.0.0.1", "1.2.3.256",
                "1.2.3.0004", "1.2.3.4 ", " 1.2.3.4", "1.2.3.x", "1.2.3.-4", "16909060", "0x1.2.3.4", "١.2.3.4",
                        "localhost", ":", ":::", "1:2",
                "[::1]", "::1%lo", "::1%1", "1:2:3:4:5:6:7:8:9", "::g", "::ffff:1.2.3", "::1.2.3.4.5"
            })
    void refusesWhatTheJdkMayTake(String text) {
        assertThrows(IllegalArgumentException.class, () -> AddressLiteral.of(text));
    }

    @Test
    void keepsTheFamiliesApart() {
        assertThrows(IllegalArgumentException.class, () -> AddressLiteral.four("::1"));
        assertThrows(IllegalArgumentException.class, () -> AddressLiteral.four("::ffff:1.2.3.4"));
        assertThrows(IllegalArgumentException.class, () -> AddressLiteral.six("127.0.0.1"));
    }
}
