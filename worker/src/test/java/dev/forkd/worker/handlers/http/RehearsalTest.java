package dev.forkd.worker.handlers.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.forkd.worker.testing.Certificates;
import dev.forkd.worker.testing.OneThreadWarmUp;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The warm-up on one thread: whatever the service is set to, it ends, and clients come after it. */
class RehearsalTest {
    @TempDir
    Path folder;

    private OneThreadWarmUp warm(boolean dry, Map<String, String> settings) throws Exception {
        OneThreadWarmUp warmUp =
                new OneThreadWarmUp(new HttpHandler(), folder, settings, UnixDomainSocketAddress.of(""), dry);
        warmUp.run();
        warmUp.run();
        return warmUp;
    }

    private Map<String, String> tlsAndProxyProtocol() throws Exception {
        Certificates certificates = Certificates.make(folder, "EC");
        Files.writeString(folder.resolve("page.txt"), "sample");
        return Map.of(
                "tls.certificate",
                certificates.certificate().toString(),
                "tls.key",
                certificates.key().toString(),
                "proxy-protocol",
                "true",
                "proxy-trusted.0",
                "unix");
    }

    @Test
    void goesTheWholeWay() throws Exception {
        Files.writeString(folder.resolve("page.txt"), "sample");
        List<String> answers = warm(false, Map.of()).answers;
        assertEquals(9, answers.size(), "with a dry pass before each of two exchanges, twice, and one conversation");
        assertTrue(answers.get(1).contains("\r\n\r\nsample"), answers.get(1));
        assertTrue(answers.get(1).contains("HTTP/1.1 304 "), answers.get(1));
        assertTrue(answers.get(1).contains("HTTP/1.1 206 "), answers.get(1));
        assertTrue(answers.get(3).startsWith("HTTP/1.1 400 "), answers.get(3));
    }

    /** Files above 64 KiB take a path of their own, which no pipelined request goes. */
    @Test
    void largerFilesAreRehearsedWithAClientThatReads() throws Exception {
        assertEquals(26, largerFiles(Map.of()));
        assertEquals(9, largerFiles(tlsAndProxyProtocol()));
    }

    private long largerFiles(Map<String, String> settings) throws Exception {
        OneThreadWarmUp warmUp = warm(false, settings);
        assertEquals(1, warmUp.conversations, "once in many passes");
        return warmUp.accesses.stream().filter(e -> e.bytes() > 64 << 10).count();
    }

    @Test
    void withAnEmptyRootAndInADryPass() throws Exception {
        List<String> answers = warm(true, Map.of()).answers;
        assertEquals(2, answers.size());
        assertTrue(
                answers.get(0).startsWith("HTTP/1.1 404 ") && answers.get(0).contains("\r\n\r\nok\n"), answers.get(0));
    }

    @Test
    void withTlsAndProxyProtocol() throws Exception {
        OneThreadWarmUp warmUp = warm(true, tlsAndProxyProtocol());
        assertEquals(4, warmUp.answers.size());
        assertTrue(warmUp.answers.get(0).startsWith("HTTP/1.1 200 "), warmUp.answers.get(0));
        assertEquals("", warmUp.answers.get(1), "TLS stays in memory");
        assertEquals(6, warmUp.accesses.size());
        assertTrue(warmUp.accesses.stream().allMatch(e -> e.status() == 200), warmUp.accesses.toString());
    }

    /** A zygote of a service with proxy-protocol filled the log: the dry pass within took the rehearsal's mark away. */
    @Test
    void aDryPassWithinLeavesTheRestOfTheRehearsalARehearsal() throws Exception {
        OneThreadWarmUp warmUp = warm(false, tlsAndProxyProtocol());
        assertTrue(
                warmUp.answers.stream().anyMatch(answer -> answer.contains("HTTP/1.1 206 ")),
                warmUp.answers.toString());
        assertTrue(warmUp.accesses.stream().noneMatch(e -> e.request().startsWith("(TLS")), warmUp.accesses.toString());
    }
}
