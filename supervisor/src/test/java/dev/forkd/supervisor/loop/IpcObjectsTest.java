package dev.forkd.supervisor.loop;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class IpcObjectsTest {
    private static final long GIB = 1L << 30;

    @Test
    void aServiceHasAGigabyteForItsObjectsWhateverIsAskedFor() {
        assertTrue(IpcObjects.fits(0, 0, GIB));
        assertTrue(IpcObjects.fits(1023, GIB - 1, 1));
        assertFalse(IpcObjects.fits(1024, 0, 1));
        assertFalse(IpcObjects.fits(1, GIB, 1));
        assertFalse(IpcObjects.fits(1, 1, GIB));
        assertFalse(IpcObjects.fits(1, 1, Long.MAX_VALUE));
        assertFalse(IpcObjects.fits(1, 1, 0));
        assertFalse(IpcObjects.fits(1, 1, Long.MIN_VALUE));
    }
}
