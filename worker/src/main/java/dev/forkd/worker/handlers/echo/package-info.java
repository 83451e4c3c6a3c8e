/** {@code handler = "echo"}: what comes is sent back (RFC 862). The measure of everything around a handler. */
package dev.forkd.worker.handlers.echo;
