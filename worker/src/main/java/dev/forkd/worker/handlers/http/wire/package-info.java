/** One client's bytes: the socket or TLS over it, and the buffers that HttpCore reads messages from and writes them to. */
package dev.forkd.worker.handlers.http.wire;
