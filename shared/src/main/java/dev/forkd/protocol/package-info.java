/**
 * What supervisor and worker say to each other over a worker's control socket: one record per message, one codec, one version.
 *
 * <p>The socket is a {@code socketpair(AF_UNIX, SOCK_SEQPACKET)}: one send is one message, and a descriptor cannot drift to another
 * message. The diagram in the worker's {@code Boot} tells the order of messages.
 */
package dev.forkd.protocol;
