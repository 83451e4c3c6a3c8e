package dev.forkd.worker.handlers.http.proxy;

import dev.forkd.text.AddressLiteral;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.util.ArrayList;
import java.util.List;

/** Who may speak the PROXY protocol: addresses, networks ({@code 10.0.0.0/8}, {@code fd00::/8}), and {@code unix} for Unix sockets. */
public final class TrustedSources {
    private final List<Network> networks = new ArrayList<>();
    private boolean unix;

    /** @throws IllegalArgumentException if an entry is none of these; it is named */
    public TrustedSources(List<String> entries) {
        for (String entry : entries) {
            if (entry.equals("unix")) {
                unix = true;
            } else {
                networks.add(Network.parse(entry));
            }
        }
    }

    public boolean contains(SocketAddress source) {
        return switch (source) {
            case UnixDomainSocketAddress _ -> unix;
            case InetSocketAddress inet ->
                networks.stream().anyMatch(n -> n.contains(inet.getAddress().getAddress()));
            default -> false;
        };
    }

    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Network(byte[] address, int bits) {

        static Network parse(String entry) {
            int slash = entry.indexOf('/');
            try {
                byte[] address = AddressLiteral.of(slash < 0 ? entry : entry.substring(0, slash))
                        .getAddress();
                int bits = slash < 0 ? address.length * 8 : Integer.parseInt(entry.substring(slash + 1));
                if (bits >= 0 && bits <= address.length * 8) {
                    return new Network(address, bits);
                }
            } catch (IllegalArgumentException e) {
                // said below, for all causes alike
            }
            throw new IllegalArgumentException("setting proxy-trusted: \"" + entry
                    + "\" is neither an address, nor a network such as 10.0.0.0/8, nor \"unix\"");
        }

        boolean contains(byte[] other) {
            if (other.length != address.length) {
                return false;
            }
            for (int bit = 0; bit < bits; bit += 8) {
                int mask = 0xff << Math.max(0, 8 - (bits - bit)) & 0xff;
                if (((address[bit / 8] ^ other[bit / 8]) & mask) != 0) {
                    return false;
                }
            }
            return true;
        }
    }
}
