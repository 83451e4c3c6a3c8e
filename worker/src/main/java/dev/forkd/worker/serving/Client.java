package dev.forkd.worker.serving;

import dev.forkd.handler.PeerCredentials;
import java.net.SocketAddress;
import java.time.Instant;
import java.util.Optional;

/**
 * Who is served: what the supervisor said about a client when it handed it over.
 *
 * @param id number of the client, unique in the life of the supervisor
 * @param address the client's address
 * @param local the address of the listener
 * @param peer process and user of a client on a Unix socket
 * @param acceptedAt when the supervisor accepted it
 * @param acceptedNanos the same on CLOCK_MONOTONIC, which all processes of a machine share
 */
public record Client(
        long id,
        SocketAddress address,
        SocketAddress local,
        Optional<PeerCredentials> peer,
        Instant acceptedAt,
        long acceptedNanos) {}
