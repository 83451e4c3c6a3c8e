package dev.forkd.supervisor.loop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.MissingNode;

final class ArgumentsTest {
    private static Arguments of(String json) {
        return new Arguments(new JsonMapper().readTree(json), "service", "pid", "fast");
    }

    @Test
    void areWhatTheySay() {
        Arguments asked = of("{\"service\":\"echo\",\"pid\":3,\"fast\":true}");
        assertEquals("echo", asked.text("service"));
        assertEquals(OptionalInt.of(3), asked.number("pid"));
        assertTrue(asked.flag("fast"));
    }

    @Test
    void mayBeMissing() {
        Arguments none = new Arguments(MissingNode.getInstance(), "service");
        assertEquals("", none.text("service"));
        assertEquals(OptionalInt.empty(), none.number("pid"));
        assertFalse(none.flag("fast"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"{\"pids\":3}", "[]", "\"echo\"", "{\"service\":\"echo\",\"Fast\":true}"})
    void othersAreRefused(String json) {
        assertThrows(IllegalArgumentException.class, () -> of(json));
    }

    @ParameterizedTest
    @ValueSource(strings = {"1.5", "\"3\"", "-1", "4294967296", "null", "true"})
    void aNumberIsAWholeOne(String value) {
        assertThrows(
                IllegalArgumentException.class,
                () -> of("{\"pid\":" + value + "}").number("pid"));
    }

    @Test
    void aFlagIsTrueOrFalseAndATextAString() {
        assertThrows(IllegalArgumentException.class, () -> of("{\"fast\":1}").flag("fast"));
        assertThrows(IllegalArgumentException.class, () -> of("{\"service\":1}").text("service"));
    }
}
