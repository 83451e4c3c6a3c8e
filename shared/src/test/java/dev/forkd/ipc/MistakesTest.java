package dev.forkd.ipc;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.Serializable;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

/** What is asked for and cannot be is refused at once, in words that say what it was. */
final class MistakesTest {
    private static void assertSaid(String message, Class<? extends RuntimeException> type, Executable mistake) {
        assertEquals(message, assertThrows(type, mistake).getMessage());
    }

    @Test
    void aPoolOfNothing() {
        assertSaid(
                "a pool of 0 processes for at most 2147483647 tasks each: it needs 1 or more, for 1 or more",
                IllegalArgumentException.class,
                () -> new ProcessPool(0));
    }

    @Test
    void anEngineThatNobodyHas() {
        String message = "there is no engine \"spoon\" that starts processes: auto, exec and fork are";
        assertSaid(message, IllegalArgumentException.class, () -> new ForkedProcess(() -> {}).engine("spoon"));
        ProcessPool.Settings settings = ProcessPool.Settings.of(1).engine("spoon");
        assertSaid(message, IllegalArgumentException.class, () -> new ProcessPool(settings));
    }

    private record Here() implements Serializable {}

    /** The same bytes with the name of a class that is not there. */
    @Test
    void aClassThatTheOtherProcessDoesNotHave() {
        byte[] bytes = Transfer.pack(new Here()).bytes();
        byte[] name = Here.class.getName().getBytes(UTF_8);
        bytes[index(bytes, name) + name.length - 1] = 'x';
        assertSaid(
                "this process does not have the class dev.forkd.ipc.MistakesTest$Herx that another sent:"
                        + " is it on the class path of this process too?",
                IllegalStateException.class,
                () -> Transfer.unpack(new Transfer(bytes, List.of())));
    }

    private static int index(byte[] in, byte[] what) {
        return new String(in, ISO_8859_1).indexOf(new String(what, ISO_8859_1));
    }
}
