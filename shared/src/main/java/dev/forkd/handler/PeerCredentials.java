package dev.forkd.handler;

/** Who is at the other end of a Unix socket, as the kernel saw it at connect time (SO_PEERCRED, unix(7)). */
public record PeerCredentials(int pid, int uid, int gid) {}
