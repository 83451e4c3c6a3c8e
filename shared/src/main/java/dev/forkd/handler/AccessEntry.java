package dev.forkd.handler;

import java.time.Instant;

/**
 * One line for the access log, in the terms of the combined log format; what a protocol does not have is the empty string.
 *
 * @param client client's address as the handler knows it (after PROXY protocol, say)
 * @param user authenticated user
 * @param request request line or command, as sent; the log escapes control characters and quotes
 * @param status status code of the protocol
 * @param bytes bytes of payload sent (or received, for an upload)
 * @param referer HTTP Referer
 * @param userAgent HTTP User-Agent
 * @param at when the request began
 * @param nanos how long it took
 */
public record AccessEntry(
        String client,
        String user,
        String request,
        int status,
        long bytes,
        String referer,
        String userAgent,
        Instant at,
        long nanos) {}
