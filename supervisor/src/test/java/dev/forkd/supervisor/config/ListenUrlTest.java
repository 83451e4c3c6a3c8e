package dev.forkd.supervisor.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ListenUrlTest {

    @ParameterizedTest
    @CsvSource({
        "tcp://127.0.0.1:7007, tcp://127.0.0.1:7007, TCP",
        "udp://0.0.0.0:21/, udp://0.0.0.0:21, UDP",
        "tcp://[::1]:0, tcp://[::1]:0, TCP",
        "tcp://[2001:db8:0:0:1:0:0:1]:80, tcp://[2001:db8::1:0:0:1]:80, TCP",
        "udp://[::]:53, udp://[::]:53, UDP",
        "udp://[fe80:0:1::]:53, udp://[fe80:0:1::]:53, UDP",
        "unix:/run/a b.sock, unix:/run/a b.sock, UNIX",
        "unix:///run/x, unix:/run/x, UNIX",
        "unixgram:/run/../tmp/g, unixgram:/tmp/g, UNIXGRAM",
    })
    void urlsAreReadAndNormalised(String text, String normal, Transport transport) {
        ListenUrl url = ListenUrl.parse(text);
        assertEquals(normal, url.text());
        assertEquals(transport, url.transport());
        assertEquals(url, ListenUrl.parse(url.text()));
    }

    @Test
    void relativePathsHaveABase() {
        assertEquals(
                "unix:/srv/x/s", ListenUrl.parse("unix:s", Path.of("/srv/x")).text());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "tcp:/127.0.0.1:1 | \"tcp:/127.0.0.1:1\" is not a listen URL; it should be tcp://HOST:PORT, udp://HOST:PORT,"
                        + " unix:/PATH or unixgram:/PATH",
                "tcp://127.0.0.1:70000 | \"tcp://127.0.0.1:70000\": port 70000 is above 65535",
                "tcp://no.such.invalid:1 | \"tcp://no.such.invalid:1\": cannot resolve no.such.invalid",
                "unix:@abstract | \"@abstract\": abstract Unix sockets are not supported; give a path",
            })
    void whatIsNoUrlSaysWhy(String text, String message) {
        assertEquals(
                message,
                assertThrows(IllegalArgumentException.class, () -> ListenUrl.parse(text))
                        .getMessage());
    }

    @Test
    void aPathMustFitTheKernelsStructure() {
        String longest = "/" + "p".repeat(106);
        assertEquals("unix:" + longest, ListenUrl.parse("unix:" + longest).text());
        assertEquals(
                "the path " + longest + "p has 108 bytes; a Unix socket's path may have 107",
                assertThrows(IllegalArgumentException.class, () -> ListenUrl.parse("unix:" + longest + "p"))
                        .getMessage());
    }

    @Test
    void theActualAddressIsShown() throws Exception {
        InetAddress six = InetAddress.getByName("::1");
        assertEquals(
                "tcp://[::1]:4711",
                ListenUrl.parse("tcp://[::1]:0")
                        .withAddress(new InetSocketAddress(six, 4711))
                        .text());
        assertEquals(
                "unix:/run/given",
                ListenUrl.parse("unix:/x")
                        .withAddress(UnixDomainSocketAddress.of("/run/given"))
                        .text());
    }
}
