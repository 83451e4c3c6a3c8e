package dev.forkd.text;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnixDomainSocketAddress;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class AddressTextTest {
    /** The examples of RFC 5952 sections 2 and 4, and the edges of the run that {@code ::} stands for. */
    @ParameterizedTest
    @CsvSource({
        "0:0:0:0:0:0:0:1, ::1",
        "0:0:0:0:0:0:0:0, ::",
        "2001:db8:0:0:1:0:0:1, 2001:db8::1:0:0:1",
        "2001:0db8:0:1:1:1:1:1, 2001:db8:0:1:1:1:1:1",
        "2001:DB8:0:0:0:0:0:AAAA, 2001:db8::aaaa",
        "1:0:0:2:0:0:0:0, 1:0:0:2::",
        "0:0:1:0:0:0:0:0, 0:0:1::",
        "127.0.0.1, 127.0.0.1",
    })
    void addressesReadAsOperatorsWriteThem(String address, String text) throws Exception {
        assertEquals(text, AddressText.of(InetAddress.getByName(address)));
        InetSocketAddress socket = new InetSocketAddress(InetAddress.getByName(address), 7);
        assertEquals(text, AddressText.source(socket));
        assertEquals((text.contains(":") ? "[" + text + "]" : text) + ":7", AddressText.of(socket));
    }

    @Test
    void scopesAreKept() throws Exception {
        byte[] linkLocal = InetAddress.getByName("fe80::1234").getAddress();
        assertEquals("fe80::1234%3", AddressText.of(Inet6Address.getByAddress(null, linkLocal, 3)));
    }

    @Test
    void socketsWithoutANameAreJustUnix() {
        assertEquals("unix", AddressText.of(UnixDomainSocketAddress.of("")));
        assertEquals("unix", AddressText.source(UnixDomainSocketAddress.of("")));
        assertEquals("/a/b", AddressText.of(UnixDomainSocketAddress.of("/a/b")));
        assertEquals("host.invalid:1", AddressText.of(InetSocketAddress.createUnresolved("host.invalid", 1)));
    }
}
