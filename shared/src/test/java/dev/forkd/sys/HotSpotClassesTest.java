package dev.forkd.sys;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class HotSpotClassesTest {
    private final HotSpotClasses classes = HotSpotClasses.ofThisProcess();

    private Map<String, Boolean> initialised() {
        Map<String, Boolean> all = new HashMap<>();
        classes.forEach(type -> all.put(classes.name(type), classes.isInitialised(type)));
        return all;
    }

    @Test
    void tellsLoadedFromInitialised() throws Exception {
        final class Lazy { // local: the test engine looks at member classes, which loads them
            static final int VALUE = Integer.parseInt("7");
        }
        String lazy = HotSpotClassesTest.class.getName() + "$1Lazy";
        assertFalse(initialised().containsKey(lazy));
        Class<?> _ = Class.forName(lazy, false, getClass().getClassLoader());
        assertEquals(false, initialised().get(lazy));
        assertEquals(7, Lazy.VALUE);
        Map<String, Boolean> now = initialised();
        assertEquals(true, now.get(lazy));
        assertEquals(true, now.get("java.lang.String"));
        assertTrue(now.size() > 300, now.size() + " classes");
        assertTrue(now.keySet().stream().noneMatch(name -> name.startsWith("[") || name.contains("+")), now::toString);
    }
}
