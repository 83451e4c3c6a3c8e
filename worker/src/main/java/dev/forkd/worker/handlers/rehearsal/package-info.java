/** What warm-ups of several handlers need: files to send, and a TLS client that trusts the server it shares a process with. */
package dev.forkd.worker.handlers.rehearsal;
