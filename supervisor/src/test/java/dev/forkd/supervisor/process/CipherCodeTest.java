package dev.forkd.supervisor.process;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** HotSpot takes no notice of a method that it does not find: ciphers would be slow again, and nobody told. */
class CipherCodeTest {
    private static final Pattern OPTION =
            Pattern.compile("-XX:CompileCommand=CompileThresholdScaling,([\\w.]+)::(\\w+),0\\.01");

    @Test
    void thisJdkHasTheMethods() throws ClassNotFoundException {
        assertEquals("-XX:CompileCommand=quiet", CipherCode.OPTIONS.getFirst(), "first, or the others are printed");
        List<String> rest = CipherCode.OPTIONS.subList(1, CipherCode.OPTIONS.size());
        for (String option : rest) {
            Matcher named = OPTION.matcher(option);
            assertTrue(named.matches(), option);
            assertTrue(
                    Arrays.stream(Class.forName(named.group(1)).getDeclaredMethods())
                            .anyMatch(method -> method.getName().equals(named.group(2))),
                    option);
        }
    }
}
