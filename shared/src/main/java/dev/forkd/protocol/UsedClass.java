package dev.forkd.protocol;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * A class that a worker used for its clients although its zygote had not: its name only, nothing of what any client sent.
 *
 * @param name as {@link Class#getName}
 * @param initialised whether its static initialiser has run
 */
public record UsedClass(String name, boolean initialised) {
    /** Longest name. */
    public static final int MAX_NAME = 512;

    /** @throws IllegalArgumentException for a name that no class can have, or that is too long to be worth keeping */
    public UsedClass {
        if (!isName(name)) {
            throw new IllegalArgumentException("not the name of a class");
        }
    }

    /** Whether a worker may report a class by this name: printable ASCII, of sensible length, no array. */
    public static boolean isName(String text) {
        return !text.isEmpty()
                && text.length() <= MAX_NAME
                && text.charAt(0) != '['
                && text.chars().allMatch(c -> c > ' ' && c < 0x7f && c != '"');
    }

    /** Bytes that it takes in a message. */
    public int bytes() {
        return 4 + name.length() + 1;
    }

    static void write(ByteBuffer to, List<UsedClass> all) {
        to.putInt(all.size());
        for (UsedClass one : all) {
            Wire.string(to, one.name);
            to.put((byte) (one.initialised ? 1 : 0));
        }
    }

    static List<UsedClass> readAll(ByteBuffer from) {
        List<UsedClass> all = new ArrayList<>();
        for (int left = from.getInt(); left > 0; left--) {
            all.add(new UsedClass(Wire.string(from), from.get() != 0));
        }
        return List.copyOf(all);
    }
}
