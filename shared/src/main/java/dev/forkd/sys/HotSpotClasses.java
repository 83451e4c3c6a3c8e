package dev.forkd.sys;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.util.function.LongConsumer;

/**
 * Classes that the running JVM has loaded, read where HotSpot keeps them (see {@link HotSpotTables}): the JDK tells
 * only how many there are. For a process whose other threads sleep or do not exist; one that loads a class meanwhile
 * may be missed, no more: HotSpot prepends to its lists, and unlinks only at collections.
 */
public final class HotSpotClasses {
    private final long graph;
    private final long nextLoader;
    private final long firstClass;
    private final long hidden;
    private final long nextClass;
    private final long className;
    private final long initState;
    private final int initialised;
    private final long symbolLength;
    private final long symbolBody;

    private HotSpotClasses(HotSpotTables tables) {
        graph = tables.address("ClassLoaderDataGraph", "_head");
        nextLoader = tables.offset("ClassLoaderData", "_next");
        firstClass = tables.offset("ClassLoaderData", "_klasses");
        hidden = tables.offset("ClassLoaderData", "_has_class_mirror_holder");
        nextClass = tables.offset("Klass", "_next_link");
        className = tables.offset("Klass", "_name");
        initState = tables.offset("InstanceKlass", "_init_state");
        initialised = tables.constant("InstanceKlass::fully_initialized");
        symbolLength = tables.offset("Symbol", "_length");
        symbolBody = tables.offset("Symbol", "_body");
    }

    /** Of this process. @throws IllegalStateException if this JVM does not tell where they are */
    public static HotSpotClasses ofThisProcess() {
        return new HotSpotClasses(new HotSpotTables());
    }

    /** Visits every class that has a name by which it can be loaded; what it is given stays the class's as long as that is loaded. */
    public void forEach(LongConsumer visitor) {
        for (long loader = at(graph); loader != 0; loader = at(loader + nextLoader)) {
            if (HotSpotTables.segment(loader).get(ValueLayout.JAVA_BYTE, hidden) == 0) {
                for (long type = at(loader + firstClass); type != 0; type = at(type + nextClass)) {
                    if (isNamed(type)) {
                        visitor.accept(type);
                    }
                }
            }
        }
    }

    /** Arrays begin with a bracket, hidden classes of a loader have a plus sign in what they are called. */
    private boolean isNamed(long type) {
        MemorySegment symbol = HotSpotTables.segment(at(type + className));
        int length = Short.toUnsignedInt(symbol.get(ValueLayout.JAVA_SHORT, symbolLength));
        if (length == 0 || symbol.get(ValueLayout.JAVA_BYTE, symbolBody) == '[') {
            return false;
        }
        for (int i = 0; i < length; i++) {
            if (symbol.get(ValueLayout.JAVA_BYTE, symbolBody + i) == '+') {
                return false;
            }
        }
        return true;
    }

    /** As {@link Class#getName}. */
    public String name(long type) {
        return text(at(type + className)).replace('/', '.');
    }

    public boolean isInitialised(long type) {
        return HotSpotTables.segment(type).get(ValueLayout.JAVA_BYTE, initState) == initialised;
    }

    private String text(long symbol) {
        MemorySegment bytes = HotSpotTables.segment(symbol);
        byte[] text = new byte[Short.toUnsignedInt(bytes.get(ValueLayout.JAVA_SHORT, symbolLength))];
        MemorySegment.copy(bytes, ValueLayout.JAVA_BYTE, symbolBody, text, 0, text.length);
        return new String(text, StandardCharsets.UTF_8);
    }

    private static long at(long address) {
        return HotSpotTables.at(address);
    }
}
