package dev.forkd.supervisor.observe;

import dev.forkd.handler.AccessEntry;
import java.util.OptionalLong;

/**
 * One finished exchange, with what the supervisor knows of it.
 *
 * @param pid the worker that served it
 * @param handOffNanos from accept to the worker's acknowledgement, of the client that the exchange belongs to; empty if it has none
 * @param entry what the handler says
 */
public record AccessRecord(
        String service, int slot, int generation, int pid, OptionalLong handOffNanos, AccessEntry entry) {}
