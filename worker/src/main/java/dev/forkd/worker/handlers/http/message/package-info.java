/** Requests: read by HttpCore, under rules that leave nothing to guess about where a message ends (RFC 9112 section 11.2). */
package dev.forkd.worker.handlers.http.message;
