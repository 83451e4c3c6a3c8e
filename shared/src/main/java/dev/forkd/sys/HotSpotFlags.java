package dev.forkd.sys;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Optional;

/** Flags of the running JVM, such as compilation thresholds that HotSpot reads anew at each decision. Found by {@link HotSpotTables}. */
public final class HotSpotFlags {
    private final MemorySegment flags;
    private final long count;
    private final long size;
    private final long nameOffset;
    private final long addressOffset;

    private HotSpotFlags() {
        HotSpotTables tables = new HotSpotTables();
        this.nameOffset = tables.offset("JVMFlag", "_name");
        this.addressOffset = tables.offset("JVMFlag", "_addr");
        this.flags = HotSpotTables.segment(HotSpotTables.at(tables.address("JVMFlag", "flags")));
        this.count = HotSpotTables.at(tables.address("JVMFlag", "numFlags"));
        this.size = tables.size("JVMFlag");
    }

    /** Of this process. @throws IllegalStateException if this JVM does not tell where they are */
    public static HotSpotFlags ofThisProcess() {
        return new HotSpotFlags();
    }

    /** One flag; good for as long as the process lives. */
    public record Flag(long address) {
        /** The value of a flag of type intx or uintx. */
        public long value() {
            return HotSpotTables.at(address);
        }

        /** Changes a flag of type intx or uintx. */
        public void set(long value) {
            HotSpotTables.segment(address).set(ValueLayout.JAVA_LONG, 0, value);
        }
    }

    /** The flag of that name; empty if this JVM has none. */
    public Optional<Flag> find(String name) {
        for (long i = 0; i < count; i++) {
            long flag = i * size;
            long text = flags.get(ValueLayout.JAVA_LONG, flag + nameOffset);
            if (text != 0 && name.equals(HotSpotTables.segment(text).getString(0))) {
                return Optional.of(new Flag(flags.get(ValueLayout.JAVA_LONG, flag + addressOffset)));
            }
        }
        return Optional.empty();
    }
}
