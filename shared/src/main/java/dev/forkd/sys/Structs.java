package dev.forkd.sys;

/**
 * Sizes and offsets, in bytes, of the C structs that this package reads and writes, for the 64-bit ABIs of x86-64 and aarch64.
 * A test compares each with what a C compiler says on the machine it runs on.
 */
final class Structs {
    /** struct msghdr (recvmsg(2)). */
    static final int MSGHDR_SIZE = 56;

    static final int MSG_NAME = 0, MSG_NAMELEN = 8, MSG_IOV = 16, MSG_IOVLEN = 24;
    static final int MSG_CONTROL = 32, MSG_CONTROLLEN = 40, MSG_FLAGS = 48;

    /** struct iovec (readv(2)). */
    static final int IOVEC_SIZE = 16, IOV_BASE = 0, IOV_LEN = 8;

    /** struct cmsghdr (cmsg(3)); the data follows the header. */
    static final int CMSGHDR_SIZE = 16, CMSG_LEN = 0, CMSG_LEVEL = 8, CMSG_TYPE = 12;

    /** struct ucred (unix(7)). */
    static final int UCRED_SIZE = 12, UCRED_PID = 0, UCRED_UID = 4, UCRED_GID = 8;

    /** struct pollfd (poll(2)). */
    static final int POLLFD_SIZE = 8, POLL_FD = 0, POLL_EVENTS = 4, POLL_REVENTS = 6;

    /** struct epoll_event is packed on x86-64 only (epoll_ctl(2)). */
    static final int EPOLL_EVENT_SIZE = Machine.X86_64 ? 12 : 16;

    static final int EPOLL_EVENTS = 0, EPOLL_DATA = EPOLL_EVENT_SIZE - 8;

    /** siginfo_t (sigaction(2)), the fields that waitid(2) fills. */
    static final int SIGINFO_SIZE = 128, SI_CODE = 8, SI_PID = 16, SI_STATUS = 24;

    /** struct rusage (getrusage(2)). */
    static final int RUSAGE_SIZE = 144, RU_UTIME = 0, RU_STIME = 16, RU_MAXRSS = 32, RU_MINFLT = 64, RU_MAJFLT = 72;

    /** struct timespec, struct timeval. */
    static final int TIMESPEC_SIZE = 16, TV_SEC = 0, TV_NSEC = 8, TV_USEC = 8;

    /** struct rlimit (getrlimit(2)). */
    static final int RLIMIT_SIZE = 16, RLIM_CUR = 0, RLIM_MAX = 8;

    /** struct tcp_info (linux/tcp.h, these two since 4.1). */
    static final int TCPI_BYTES_ACKED = 120, TCPI_BYTES_RECEIVED = 128;

    /** struct sockaddr_storage and its kinds (ip(7), ipv6(7), unix(7)); the port lies at the same offset in both Internet kinds. */
    static final int SOCKADDR_STORAGE_SIZE = 128, SOCKADDR_PORT = 2;

    static final int SOCKADDR_IN_SIZE = 16, SIN_ADDR = 4;
    static final int SOCKADDR_IN6_SIZE = 28, SIN6_ADDR = 8, SIN6_SCOPE_ID = 24;
    static final int SOCKADDR_UN_SIZE = 110, SUN_PATH = 2, SUN_PATH_LENGTH = 108;

    private Structs() {}
}
