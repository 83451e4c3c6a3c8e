package dev.forkd.protocol;

import dev.forkd.handler.AccessEntry;
import dev.forkd.handler.PeerCredentials;
import java.net.SocketAddress;
import java.util.List;
import java.util.Optional;

/** All messages. A change of any of them is a new {@link Codec#VERSION}. */
public sealed interface Message {

    /** From the supervisor to a worker. */
    sealed interface ToWorker extends Message {}

    /** From a worker to the supervisor, which trusts nothing in it. */
    sealed interface ToSupervisor extends Message {}

    // ---- worker to supervisor ----

    /** The first message: a wrong version ends the worker. */
    record Hello(int version, int pid) implements ToSupervisor {}

    /**
     * The handler is loaded and started.
     *
     * @param nanos from process start
     * @param refusal what a client is told when no worker is free ({@code StreamHandler.refusal}), at most 4 KiB
     */
    record Loaded(long nanos, byte[] refusal) implements ToSupervisor {}

    /** A zygote cannot be frozen; it ends after this. @param reason what stands in the way and what to do about it */
    record FreezeRefused(String reason) implements ToSupervisor {}

    /** May be given a client from now on. @param nanos from Start to here */
    record Ready(long nanos) implements ToSupervisor {}

    /** The client is this worker's now; the supervisor may close its copy of the socket. */
    record Taken(long id) implements ToSupervisor {}

    /** The worker does not take the client; it goes to another. */
    record Declined(long id, String reason) implements ToSupervisor {}

    /**
     * The client is gone.
     *
     * @param received bytes from the client, -1 if unknown
     * @param sent bytes to the client, -1 if unknown
     * @param handOffNanos from accept in the supervisor to the handler
     * @param servedNanos in the handler
     * @param detail what failed, for {@code FAILED}
     */
    record Done(long id, Outcome outcome, long received, long sent, long handOffNanos, long servedNanos, String detail)
            implements ToSupervisor {}

    record Pong(long id) implements ToSupervisor {}

    /** A log event, whole. @param level as org.slf4j.event.Level numbers: 40 error, 30 warn, 20 info, 10 debug, 0 trace */
    record Log(long client, int level, String logger, String text) implements ToSupervisor {}

    /** A finished exchange for the access log. */
    record Access(long client, AccessEntry entry) implements ToSupervisor {}

    /** Asks for a named shared object of the service. */
    record IpcOpen(long id, String kind, String name, long size) implements ToSupervisor {}

    /**
     * What this worker used that its zygote had not, in one or more messages, after its clients: an answer to {@link Start#record}.
     *
     * @param last whether no further part follows
     */
    record Recorded(boolean last, List<UsedClass> used) implements ToSupervisor {
        public Recorded {
            used = List.copyOf(used);
        }
    }

    // ---- supervisor to worker ----

    /** Carries one descriptor: a memfd with a {@link WorkerSetup}. */
    record Configure() implements ToWorker {}

    /**
     * The process is this worker from now on.
     *
     * @param clients after how many clients it ends, 0 never
     * @param measure whether to log what the first client cost in first uses of code ({@code event=first-client})
     * @param record whether to tell at the end what code was used, see {@link Recorded}
     */
    record Start(int slot, int generation, int clients, boolean measure, boolean record) implements ToWorker {}

    /** A client; carries its socket. @param acceptedNanos CLOCK_MONOTONIC @param acceptedMillis since 1970 */
    record Accept(
            long id,
            String listener,
            SocketAddress client,
            SocketAddress local,
            Optional<PeerCredentials> peer,
            long acceptedNanos,
            long acceptedMillis)
            implements ToWorker {}

    /**
     * A datagram; carries the socket to answer from. In session mode that is a socket connected to the client, and the
     * worker reads the following datagrams from it itself.
     *
     * @param payloads one; in session mode also those that came before there was a socket for them alone, in their order
     */
    record Datagram(
            long id,
            String listener,
            SocketAddress client,
            SocketAddress local,
            boolean session,
            long acceptedNanos,
            List<byte[]> payloads)
            implements ToWorker {}

    /** Finish what you have, take nothing new, then exit. */
    record Drain() implements ToWorker {}

    /** This client's time is over: close its connection. */
    record Cancel(long id) implements ToWorker {}

    record Ping(long id) implements ToWorker {}

    /** Answers {@link IpcOpen}; carries the descriptor unless {@code error} says why not. */
    record IpcOpened(long id, String error) implements ToWorker {}

    /** How the handling of a client ended. */
    enum Outcome {
        /** The handler returned. */
        COMPLETED(0),
        /** The handler threw; {@code detail} says what. */
        FAILED(1),
        /** The client broke the connection. */
        DISCONNECTED(2),
        /** Nothing came for {@code timeouts.idle}. */
        IDLE(3),
        /** Ended by {@link Cancel}. */
        CANCELLED(4);

        private final byte code;

        Outcome(int code) {
            this.code = (byte) code;
        }

        byte code() {
            return code;
        }

        /** @throws IllegalArgumentException for a code that is none */
        static Outcome of(byte code) {
            for (Outcome outcome : values()) {
                if (outcome.code == code) {
                    return outcome;
                }
            }
            throw new IllegalArgumentException("outcome " + code);
        }
    }
}
