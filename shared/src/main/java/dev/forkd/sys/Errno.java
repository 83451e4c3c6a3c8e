package dev.forkd.sys;

import java.util.Map;

/** Numbers of errno(3) as Linux defines them for x86-64 and aarch64 alike. */
public final class Errno {
    public static final int EPERM = 1, ENOENT = 2, ESRCH = 3, EINTR = 4, EIO = 5, E2BIG = 7, EBADF = 9, ECHILD = 10;
    public static final int EAGAIN = 11, ENOMEM = 12, EACCES = 13, EFAULT = 14, EBUSY = 16, EEXIST = 17, EINVAL = 22;
    public static final int ENFILE = 23,
            EMFILE = 24,
            ENOSPC = 28,
            EPIPE = 32,
            ENOSYS = 38,
            ENOTSOCK = 88,
            EMSGSIZE = 90;
    public static final int EOPNOTSUPP = 95, EADDRINUSE = 98, EADDRNOTAVAIL = 99, ENETUNREACH = 101, ECONNABORTED = 103;
    public static final int ECONNRESET = 104, ENOBUFS = 105, ENOTCONN = 107, ETIMEDOUT = 110, ECONNREFUSED = 111;
    public static final int EALREADY = 114, EINPROGRESS = 115, EOWNERDEAD = 130;

    private static final Map<Integer, String> NAMES = Map.ofEntries(
            Map.entry(EPERM, "EPERM, operation not permitted"),
            Map.entry(ENOENT, "ENOENT, no such file or directory"),
            Map.entry(ESRCH, "ESRCH, no such process"),
            Map.entry(EINTR, "EINTR, interrupted"),
            Map.entry(EIO, "EIO, input/output error"),
            Map.entry(E2BIG, "E2BIG, argument list too long"),
            Map.entry(EBADF, "EBADF, bad file descriptor"),
            Map.entry(ECHILD, "ECHILD, no child process"),
            Map.entry(EAGAIN, "EAGAIN, resource temporarily unavailable"),
            Map.entry(ENOMEM, "ENOMEM, out of memory"),
            Map.entry(EACCES, "EACCES, permission denied"),
            Map.entry(EFAULT, "EFAULT, bad address"),
            Map.entry(EBUSY, "EBUSY, busy"),
            Map.entry(EEXIST, "EEXIST, file exists"),
            Map.entry(EINVAL, "EINVAL, invalid argument"),
            Map.entry(ENFILE, "ENFILE, too many open files in the system"),
            Map.entry(EMFILE, "EMFILE, too many open files in this process"),
            Map.entry(ENOSPC, "ENOSPC, no space left"),
            Map.entry(EPIPE, "EPIPE, the peer is gone"),
            Map.entry(ENOSYS, "ENOSYS, not implemented by this kernel"),
            Map.entry(ENOTSOCK, "ENOTSOCK, not a socket"),
            Map.entry(EMSGSIZE, "EMSGSIZE, message too long"),
            Map.entry(EOPNOTSUPP, "EOPNOTSUPP, operation not supported"),
            Map.entry(EADDRINUSE, "EADDRINUSE, address already in use"),
            Map.entry(EADDRNOTAVAIL, "EADDRNOTAVAIL, address not available on this machine"),
            Map.entry(ENETUNREACH, "ENETUNREACH, network unreachable"),
            Map.entry(ECONNABORTED, "ECONNABORTED, connection aborted"),
            Map.entry(ECONNRESET, "ECONNRESET, connection reset by peer"),
            Map.entry(ENOBUFS, "ENOBUFS, no buffer space"),
            Map.entry(ENOTCONN, "ENOTCONN, not connected"),
            Map.entry(ETIMEDOUT, "ETIMEDOUT, timed out"),
            Map.entry(ECONNREFUSED, "ECONNREFUSED, connection refused"),
            Map.entry(EALREADY, "EALREADY, already in progress"),
            Map.entry(EINPROGRESS, "EINPROGRESS, in progress"),
            Map.entry(EOWNERDEAD, "EOWNERDEAD, owner died"));

    private Errno() {}

    /** {@code "EACCES, permission denied (errno 13)"}. */
    public static String describe(int errno) {
        String name = NAMES.get(errno);
        return name == null ? "errno " + errno : name + " (errno " + errno + ")";
    }
}
