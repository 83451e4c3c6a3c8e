package dev.forkd.supervisor.config;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class NearestTest {
    private static final List<String> KEYS =
            List.of("min-spares", "max-spares", "max", "heap", "queue", "queue-timeout");

    @Test
    void slipsOfTheHandAreFound() {
        assertEquals(Optional.of("heap"), Nearest.to("haep", KEYS));
        assertEquals(Optional.of("min-spares"), Nearest.to("min_spares", KEYS));
        assertEquals(Optional.of("max-spares"), Nearest.to("maxspare", KEYS));
        assertEquals(Optional.of("queue"), Nearest.to("Queues", KEYS));
    }

    @Test
    void aBeginningOrAnEndIsEnough() {
        assertEquals(Optional.of("queue-timeout"), Nearest.to("timeout", KEYS));
    }

    @Test
    void whatIsFarIsNotSuggested() {
        assertEquals(Optional.empty(), Nearest.to("zygote", KEYS));
        assertEquals("", Nearest.hint("zygote", KEYS));
    }

    @Test
    void distancesCountEdits() {
        assertEquals(0, Nearest.distance("a", "a"));
        assertEquals(3, Nearest.distance("", "abc"));
        assertEquals(1, Nearest.distance("ab", "ba"));
        assertEquals(3, Nearest.distance("kitten", "sitting"));
    }
}
