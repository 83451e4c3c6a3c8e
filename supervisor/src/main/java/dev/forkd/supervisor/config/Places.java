package dev.forkd.supervisor.config;

import dev.forkd.text.AddressText;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Who listens where: each place once. Two listeners share none, and one at all addresses ({@code 0.0.0.0}) leaves no other its port. */
final class Places {
    private final Map<Object, String> owners = new LinkedHashMap<>();

    Places(ControlConfig control) {
        owners.put(UnixDomainSocketAddress.of(control.socket()), "control.socket");
        control.metrics().ifPresent(address -> owners.put(new Port(Transport.TCP, address), "control.metrics"));
    }

    /** A TCP and a UDP port of one number are two places; a path is one, whatever kind of socket it is. */
    private record Port(Transport transport, InetSocketAddress address) {
        /** IPv4 and IPv6 are apart: our IPv6 sockets take no IPv4 (IPV6_V6ONLY). */
        boolean overlaps(Port other) {
            InetAddress here = address.getAddress();
            InetAddress there = other.address.getAddress();
            return transport == other.transport
                    && address.getPort() == other.address.getPort()
                    && here.getClass() == there.getClass()
                    && (here.isAnyLocalAddress() || there.isAnyLocalAddress());
        }
    }

    /** Takes the places of a service; reports those that are taken. */
    void take(ServiceConfig service, ProblemList problems) {
        for (ListenUrl url : service.listen()) {
            if (anyPort(url.address())) {
                continue;
            }
            Object place =
                    url.address() instanceof InetSocketAddress inet ? new Port(url.transport(), inet) : url.address();
            String owner = "services." + service.name();
            Optional<String> problem = Optional.ofNullable(owners.get(place))
                    .map(earlier -> url.text() + " is already taken by " + earlier)
                    .or(() -> overlapping(place)
                            .map(other -> url.text() + " overlaps with " + other
                                    + ": one of them is at all addresses of the machine; leave one out"));
            problem.ifPresent(text -> problems.add(List.of("services", service.name(), "listen"), text));
            owners.putIfAbsent(place, owner);
        }
    }

    private Optional<String> overlapping(Object place) {
        for (Map.Entry<Object, String> entry : owners.entrySet()) {
            if (place instanceof Port port && entry.getKey() instanceof Port other && port.overlaps(other)) {
                return Optional.of(other.transport().scheme() + "://" + AddressText.of(other.address()) + " of "
                        + entry.getValue());
            }
        }
        return Optional.empty();
    }

    private static boolean anyPort(SocketAddress address) {
        return address instanceof InetSocketAddress inet && inet.getPort() == 0;
    }
}
