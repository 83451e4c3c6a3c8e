/** Bytes over one connected socket, plain or under TLS; the same for the control and the data connections. */
package dev.forkd.worker.handlers.ftp.wire;
