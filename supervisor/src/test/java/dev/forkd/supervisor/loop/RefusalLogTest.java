package dev.forkd.supervisor.loop;

import static org.junit.jupiter.api.Assertions.assertEquals;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.forkd.supervisor.core.Admission;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class RefusalLogTest {
    /** A client may bind its socket to any path before it connects. */
    @Test
    void aClientsAddressForgesNoLine() throws Exception {
        String address = "/a b\n2026-11-21 ERROR event=forged\u001b[2J";
        String safe = "/a\\u0020b\\n2026-11-21\\u0020ERROR\\u0020event=forged\\u001b[2J";
        ListAppender<ILoggingEvent> logged = new ListAppender<>();
        logged.start();
        Logger logger = (Logger) LoggerFactory.getLogger(RefusalLog.class);
        logger.addAppender(logged);
        try (EventLoop loop = new EventLoop();
                RefusalLog log = new RefusalLog(loop, "web")) {
            log.refused(Admission.Refusal.QUEUE_FULL, address);
            log.refused(Admission.Refusal.QUEUE_FULL, address);
        } finally {
            logger.detachAppender(logged);
        }
        assertEquals(
                "event=client-refused service=web reason=queue-full client=" + safe
                        + " event=clients-refused service=web reason=queue-full count=1 within-s=10 last-client="
                        + safe,
                String.join(
                        " ",
                        logged.list.stream()
                                .map(ILoggingEvent::getFormattedMessage)
                                .toList()));
    }
}
