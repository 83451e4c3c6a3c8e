package dev.forkd.sys;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.HotSpotDiagnosticMXBean;
import java.lang.management.ManagementFactory;
import org.junit.jupiter.api.Test;

class HotSpotFlagsTest {
    private final HotSpotFlags flags = HotSpotFlags.ofThisProcess();

    @Test
    void knowsWhatTheJvmItselfTells() {
        var jvm = ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class);
        for (String name : new String[] {"TieredStopAtLevel", "ReservedCodeCacheSize", "MaxHeapSize"}) {
            long told = Long.parseLong(jvm.getVMOption(name).getValue());
            assertEquals(told, flags.find(name).orElseThrow().value(), name);
        }
    }

    @Test
    void changesAFlag() {
        HotSpotFlags.Flag flag = flags.find("Tier3DelayOn").orElseThrow();
        long before = flag.value();
        try {
            flag.set(before + 1);
            assertEquals(before + 1, flag.value());
        } finally {
            flag.set(before);
        }
    }

    @Test
    void hasNoFlagThatTheJvmHasNot() {
        assertTrue(flags.find("NoSuchFlag").isEmpty());
    }
}
