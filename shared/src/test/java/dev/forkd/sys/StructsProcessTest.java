package dev.forkd.sys;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The constants of {@link Structs}, {@link Errno} and the calls' flags against what this machine's C compiler says. */
@Tag("process")
final class StructsProcessTest {
    private static final String HEADERS = """
            #define _GNU_SOURCE
            #include <errno.h>
            #include <fcntl.h>
            #include <linux/tcp.h>
            #include <netinet/in.h>
            #include <poll.h>
            #include <signal.h>
            #include <spawn.h>
            #include <stddef.h>
            #include <stdio.h>
            #include <sys/epoll.h>
            #include <sys/mman.h>
            #include <sys/resource.h>
            #include <sys/socket.h>
            #include <sys/syscall.h>
            #include <sys/uio.h>
            #include <sys/un.h>
            #include <sys/wait.h>
            #include <time.h>
            """;

    /** C expression → our value. */
    private static Map<String, Integer> constants() {
        Map<String, Integer> all = new LinkedHashMap<>();
        struct(all, "struct msghdr", Structs.MSGHDR_SIZE);
        field(all, "struct msghdr", "msg_name", Structs.MSG_NAME);
        field(all, "struct msghdr", "msg_namelen", Structs.MSG_NAMELEN);
        field(all, "struct msghdr", "msg_iov", Structs.MSG_IOV);
        field(all, "struct msghdr", "msg_iovlen", Structs.MSG_IOVLEN);
        field(all, "struct msghdr", "msg_control", Structs.MSG_CONTROL);
        field(all, "struct msghdr", "msg_controllen", Structs.MSG_CONTROLLEN);
        field(all, "struct msghdr", "msg_flags", Structs.MSG_FLAGS);
        struct(all, "struct iovec", Structs.IOVEC_SIZE);
        field(all, "struct iovec", "iov_base", Structs.IOV_BASE);
        field(all, "struct iovec", "iov_len", Structs.IOV_LEN);
        struct(all, "struct cmsghdr", Structs.CMSGHDR_SIZE);
        field(all, "struct cmsghdr", "cmsg_len", Structs.CMSG_LEN);
        field(all, "struct cmsghdr", "cmsg_level", Structs.CMSG_LEVEL);
        field(all, "struct cmsghdr", "cmsg_type", Structs.CMSG_TYPE);
        struct(all, "struct ucred", Structs.UCRED_SIZE);
        field(all, "struct ucred", "pid", Structs.UCRED_PID);
        field(all, "struct ucred", "uid", Structs.UCRED_UID);
        field(all, "struct ucred", "gid", Structs.UCRED_GID);
        struct(all, "struct pollfd", Structs.POLLFD_SIZE);
        field(all, "struct pollfd", "fd", Structs.POLL_FD);
        field(all, "struct pollfd", "events", Structs.POLL_EVENTS);
        field(all, "struct pollfd", "revents", Structs.POLL_REVENTS);
        struct(all, "struct epoll_event", Structs.EPOLL_EVENT_SIZE);
        field(all, "struct epoll_event", "events", Structs.EPOLL_EVENTS);
        field(all, "struct epoll_event", "data", Structs.EPOLL_DATA);
        struct(all, "siginfo_t", Structs.SIGINFO_SIZE);
        field(all, "siginfo_t", "si_code", Structs.SI_CODE);
        field(all, "siginfo_t", "si_pid", Structs.SI_PID);
        field(all, "siginfo_t", "si_status", Structs.SI_STATUS);
        struct(all, "struct rusage", Structs.RUSAGE_SIZE);
        field(all, "struct rusage", "ru_utime", Structs.RU_UTIME);
        field(all, "struct rusage", "ru_stime", Structs.RU_STIME);
        field(all, "struct rusage", "ru_maxrss", Structs.RU_MAXRSS);
        field(all, "struct rusage", "ru_minflt", Structs.RU_MINFLT);
        field(all, "struct rusage", "ru_majflt", Structs.RU_MAJFLT);
        struct(all, "struct timespec", Structs.TIMESPEC_SIZE);
        field(all, "struct timespec", "tv_sec", Structs.TV_SEC);
        field(all, "struct timespec", "tv_nsec", Structs.TV_NSEC);
        field(all, "struct timeval", "tv_usec", Structs.TV_USEC);
        struct(all, "struct rlimit", Structs.RLIMIT_SIZE);
        field(all, "struct rlimit", "rlim_cur", Structs.RLIM_CUR);
        field(all, "struct rlimit", "rlim_max", Structs.RLIM_MAX);
        field(all, "struct tcp_info", "tcpi_bytes_acked", Structs.TCPI_BYTES_ACKED);
        field(all, "struct tcp_info", "tcpi_bytes_received", Structs.TCPI_BYTES_RECEIVED);
        struct(all, "struct sockaddr_storage", Structs.SOCKADDR_STORAGE_SIZE);
        struct(all, "struct sockaddr_in", Structs.SOCKADDR_IN_SIZE);
        field(all, "struct sockaddr_in", "sin_port", Structs.SOCKADDR_PORT);
        field(all, "struct sockaddr_in", "sin_addr", Structs.SIN_ADDR);
        struct(all, "struct sockaddr_in6", Structs.SOCKADDR_IN6_SIZE);
        field(all, "struct sockaddr_in6", "sin6_port", Structs.SOCKADDR_PORT);
        field(all, "struct sockaddr_in6", "sin6_addr", Structs.SIN6_ADDR);
        field(all, "struct sockaddr_in6", "sin6_scope_id", Structs.SIN6_SCOPE_ID);
        struct(all, "struct sockaddr_un", Structs.SOCKADDR_UN_SIZE);
        field(all, "struct sockaddr_un", "sun_path", Structs.SUN_PATH);
        all.put("sizeof(((struct sockaddr_un *)0)->sun_path)", Structs.SUN_PATH_LENGTH);
        numbers(all);
        return all;
    }

    private static void numbers(Map<String, Integer> all) {
        all.put("AF_UNIX", SocketAddresses.AF_UNIX);
        all.put("AF_INET", SocketAddresses.AF_INET);
        all.put("AF_INET6", SocketAddresses.AF_INET6);
        all.put("SOCK_STREAM", Sockets.STREAM);
        all.put("SOCK_DGRAM", Sockets.DGRAM);
        all.put("SOCK_SEQPACKET", Sockets.SEQPACKET);
        all.put("SOCK_NONBLOCK", Sockets.NONBLOCK);
        all.put("SOCK_CLOEXEC", Sockets.CLOEXEC);
        all.put("SOL_SOCKET", Sockets.SOL_SOCKET);
        all.put("SO_PASSCRED", Sockets.SO_PASSCRED);
        all.put("SO_PEERCRED", Sockets.SO_PEERCRED);
        all.put("SO_RCVTIMEO", Sockets.SO_RCVTIMEO);
        all.put("SO_SNDTIMEO", Sockets.SO_SNDTIMEO);
        all.put("SO_REUSEPORT", Sockets.SO_REUSEPORT);
        all.put("SO_DOMAIN", Sockets.SO_DOMAIN);
        all.put("SO_ACCEPTCONN", Sockets.SO_ACCEPTCONN);
        all.put("TCP_INFO", Sockets.TCP_INFO);
        all.put("TCP_DEFER_ACCEPT", Sockets.TCP_DEFER_ACCEPT);
        all.put("IPV6_V6ONLY", Sockets.IPV6_V6ONLY);
        all.put("MSG_DONTWAIT", MessageBuffer.DONTWAIT);
        all.put("MSG_NOSIGNAL", MessageBuffer.NOSIGNAL);
        all.put("MSG_PEEK", MessageBuffer.PEEK);
        all.put("POLLIN", Io.POLLIN);
        all.put("POLLOUT", Io.POLLOUT);
        all.put("POLLERR", Io.POLLERR);
        all.put("POLLHUP", Io.POLLHUP);
        all.put("POLLRDHUP", Io.POLLRDHUP);
        all.put("EPOLLIN", Epoll.IN);
        all.put("EPOLLRDHUP", Epoll.RDHUP);
        all.put("(int)EPOLLONESHOT", Epoll.ONESHOT);
        all.put("(int)EPOLLET", Epoll.ET);
        all.put("SIGKILL", Processes.SIGKILL);
        all.put("SIGUSR2", Processes.SIGUSR2);
        all.put("SIGCHLD", Processes.SIGCHLD);
        all.put("SIGSTOP", Processes.SIGSTOP);
        all.put("SIGTTIN", Processes.SIGTTIN);
        all.put("SIGTTOU", Processes.SIGTTOU);
        all.put("RLIMIT_NPROC", Limits.NPROC);
        all.put("RLIMIT_NOFILE", Limits.NOFILE);
        all.put("RLIMIT_SIGPENDING", Limits.SIGPENDING);
        all.put("EAGAIN", Errno.EAGAIN);
        all.put("EMSGSIZE", Errno.EMSGSIZE);
        all.put("EOPNOTSUPP", Errno.EOPNOTSUPP);
        all.put("EADDRINUSE", Errno.EADDRINUSE);
        all.put("ENOBUFS", Errno.ENOBUFS);
        all.put("ETIMEDOUT", Errno.ETIMEDOUT);
        all.put("EINPROGRESS", Errno.EINPROGRESS);
        all.put("EOWNERDEAD", Errno.EOWNERDEAD);
    }

    private static void struct(Map<String, Integer> all, String type, int size) {
        all.put("sizeof(" + type + ")", size);
    }

    private static void field(Map<String, Integer> all, String type, String name, int offset) {
        all.put("offsetof(" + type + ", " + name + ")", offset);
    }

    @Test
    void constantsAreWhatTheCompilerSays(@TempDir Path directory) throws Exception {
        Path compiler = compiler();
        Map<String, Integer> expected = constants();
        String program = HEADERS
                + expected.keySet().stream()
                        .map(expression -> "printf(\"%ld\\n\", (long)(" + expression + "));")
                        .collect(Collectors.joining("\n", "int main(void) {\n", "\nreturn 0; }\n"));
        Path source = Files.writeString(directory.resolve("structs.c"), program);
        Path binary = directory.resolve("structs");
        run(List.of(compiler.toString(), "-o", binary.toString(), source.toString()));
        List<String> printed = run(List.of(binary.toString())).lines().toList();

        assertEquals(expected.size(), printed.size());
        List<String> names = List.copyOf(expected.keySet());
        assertAll(Stream.iterate(0, i -> i < names.size(), i -> i + 1)
                .map(i -> () -> assertEquals(
                        Long.parseLong(printed.get(i)),
                        expected.get(names.get(i)).longValue(),
                        names.get(i))));
    }

    @Test
    void spawnsBuffersHoldTheLibrarysStructs(@TempDir Path directory) throws Exception {
        Path compiler = compiler();
        Path source = Files.writeString(directory.resolve("sizes.c"), HEADERS + """
                int main(void) {
                    return !(sizeof(posix_spawn_file_actions_t) <= 256 && sizeof(posix_spawnattr_t) <= 512 && sizeof(sigset_t) == 128);
                }
                """);
        Path binary = directory.resolve("sizes");
        run(List.of(compiler.toString(), "-o", binary.toString(), source.toString()));
        assertEquals("", run(List.of(binary.toString())));
    }

    private static Path compiler() {
        Path compiler = Stream.of("/usr/bin/cc", "/usr/bin/gcc", "/usr/bin/clang")
                .map(Path::of)
                .filter(Files::isExecutable)
                .findFirst()
                .orElse(Path.of(""));
        if (compiler.toString().isEmpty()) {
            System.err.println(
                    "SKIPPED: no C compiler, so the struct layouts of dev.forkd.sys are NOT checked on this machine");
        }
        assumeTrue(!compiler.toString().isEmpty(), "no C compiler");
        return compiler;
    }

    private static String run(List<String> command) throws Exception {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(0, process.waitFor(), output);
        return output;
    }
}
