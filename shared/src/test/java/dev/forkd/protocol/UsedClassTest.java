package dev.forkd.protocol;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.ByteBuffer;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a worker says it used: arrives as it was sent, and is refused where it is no such thing. */
class UsedClassTest {
    private final ByteBuffer bytes = ByteBuffer.allocate(Codec.MAX_TO_WORKER);

    private static UsedClass used(String name) {
        return new UsedClass(name, true);
    }

    @Test
    void arrivesAsItWasSent() throws Exception {
        Message.Recorded sent =
                new Message.Recorded(true, List.of(used("java.util.regex.Pattern"), new UsedClass("A$B$1", false)));
        Codec.encode(sent, bytes);
        assertEquals(sent, Codec.decodeFromWorker(bytes.flip()));
    }

    @Test
    void namesThatNothingCanHaveAreRefused() {
        String tooLong = "a".repeat(UsedClass.MAX_NAME + 1);
        for (String name : List.of("", "[I", "a b", "a\nevent=forged", "a\"", "ä", "a\0", tooLong)) {
            assertThrows(IllegalArgumentException.class, () -> used(name), name);
        }
    }

    /** By a worker that does not use our constructor. */
    @Test
    void whatIsMalformedIsAProtocolError() throws Exception {
        Codec.encode(new Message.Recorded(true, List.of(used("AAAA"))), bytes);
        int length = bytes.position();
        for (int i = Codec.HEADER + 1; i < length; i++) {
            byte[] changed = new byte[length];
            bytes.get(0, changed);
            changed[i] = (byte) 0xff; // a count, a length, a name's letter, or the boolean, which takes any value
            if (i != Codec.HEADER + 1 + 4 + 4 + 4) {
                assertThrows(
                        ProtocolException.class, () -> Codec.decodeFromWorker(ByteBuffer.wrap(changed)), "byte " + i);
            }
        }
    }

    @Test
    void isNotSentWhenItIsTooLong() {
        List<UsedClass> many = Collections.nCopies(100, used("a".repeat(UsedClass.MAX_NAME)));
        assertThrows(ProtocolException.class, () -> Codec.encode(new Message.Recorded(true, many), bytes));
    }
}
