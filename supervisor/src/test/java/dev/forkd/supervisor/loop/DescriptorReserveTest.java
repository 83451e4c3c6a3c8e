package dev.forkd.supervisor.loop;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.forkd.sys.EventFd;
import dev.forkd.sys.SyscallException;
import org.junit.jupiter.api.Test;

class DescriptorReserveTest {
    @Test
    void itIsSeenWithoutTakingAClientWhetherDescriptorsAreShort() throws SyscallException {
        try (EventFd some = new EventFd()) {
            assertTrue(new DescriptorReserve(0).isNext(some.fd()));
            assertFalse(new DescriptorReserve(Integer.MAX_VALUE).isNext(some.fd()));
            assertFalse(new DescriptorReserve().isNext(some.fd()));
        }
    }
}
