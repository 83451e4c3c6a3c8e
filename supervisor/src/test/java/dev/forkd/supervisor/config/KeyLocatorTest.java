package dev.forkd.supervisor.config;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;

class KeyLocatorTest {
    private final KeyLocator lines = new KeyLocator("""
            # one
            top = "a # no comment" # two
            [a.b] # three
            list = [ # four
              "x]", 'y"',
            ] # six
            text = \"""
            [not.a.table]
            key = 1 \\\"""
            \"""
            "quoted key".'part' = { inline = 1 } # eleven
            dotted . key = '''
            ''' # thirteen
            [ "c" ]
            last=1
            [[array]]
            in = 2""");

    @Test
    void keysHaveTheirLine() {
        assertEquals(2, lines.line(List.of("top")));
        assertEquals(3, lines.line(List.of("a")));
        assertEquals(3, lines.line(List.of("a", "b")));
        assertEquals(4, lines.line(List.of("a", "b", "list")));
        assertEquals(7, lines.line(List.of("a", "b", "text")));
        assertEquals(11, lines.line(List.of("a", "b", "quoted key", "part")));
        assertEquals(12, lines.line(List.of("a", "b", "dotted", "key")));
        assertEquals(14, lines.line(List.of("c")));
        assertEquals(15, lines.line(List.of("c", "last")));
        assertEquals(17, lines.line(List.of("array", "in")));
    }

    @Test
    void aMissingKeyHasTheLineOfTheTableAroundIt() {
        assertEquals(11, lines.line(List.of("a", "b", "quoted key", "part", "inline")));
        assertEquals(3, lines.line(List.of("a", "b", "missing", "deeper")));
        assertEquals(0, lines.line(List.of("key")));
        assertEquals(0, KeyLocator.NOWHERE.line(List.of("top")));
    }
}
