package dev.forkd.supervisor.doctor;

import dev.forkd.supervisor.client.ByteCount;
import dev.forkd.supervisor.doctor.Finding.Level;
import dev.forkd.sys.Limits;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;

/**
 * Whether the machine's limits leave room for so many clients at once, each with a process of its own.
 *
 * <p>The needs are measured ones, rounded up: per client the supervisor holds a control socket, and for a moment, or while it waits,
 * the client's own. A forked worker has one thread until it needs more (allowance: every tenth does, with 20); an
 * exec'd JVM has 20. A forked idle worker costs the machine 430 kB, kernel memory included, an exec'd one 45 MB.
 */
final class CapacityChecks {
    private static final int CLIENTS_THAT_WAIT = 1024;
    private static final int DESCRIPTORS_OF_OUR_OWN = 512;
    private static final int MAPPINGS_OF_A_JVM = 4096;
    private static final int THREADS_OF_OTHERS = 500;

    private final Host host;
    private final long clients;
    private final Level whenShort;
    private final long threads;
    private final long memory;

    /**
     * @param fork whether workers are forked
     * @param whenShort what it means when a limit is too low
     */
    CapacityChecks(Host host, int clients, boolean fork, Level whenShort) {
        this.host = host;
        this.clients = clients;
        this.whenShort = whenShort;
        this.threads = (long) clients * (fork ? 3 : 20) + THREADS_OF_OTHERS;
        this.memory = clients * (fork ? 430L << 10 : 45L << 20) + (256L << 20);
    }

    List<Finding> all() {
        List<Finding> findings = new ArrayList<>();
        long descriptors = clients + Math.min(clients, CLIENTS_THAT_WAIT) + DESCRIPTORS_OF_OUR_OWN;
        findings.add(limit(
                "descriptors",
                Limits.NOFILE,
                descriptors,
                "LimitNOFILE=" + descriptors + " in forkd.service, or: ulimit -n " + descriptors));
        findings.add(limit(
                "processes of this user",
                Limits.NPROC,
                threads,
                "LimitNPROC=" + threads + " in forkd.service, or: ulimit -u " + threads));
        findings.add(limit(
                "queued signals",
                Limits.SIGPENDING,
                clients,
                "LimitSIGPENDING=" + clients + " in forkd.service, or: ulimit -i " + clients));
        findings.add(atLeast(
                "process ids", host.number("/proc/sys/kernel/pid_max"), threads, sysctl("kernel.pid_max", threads)));
        findings.add(atLeast(
                "threads of the machine",
                host.number("/proc/sys/kernel/threads-max"),
                threads,
                sysctl("kernel.threads-max", threads)));
        findings.add(atLeast(
                "tasks of the control group",
                host.controlGroup("pids.max"),
                threads,
                "TasksMax=" + threads + " in forkd.service (pids.max of the container)"));
        findings.add(atLeast(
                "memory mappings of a process",
                host.number("/proc/sys/vm/max_map_count"),
                MAPPINGS_OF_A_JVM,
                sysctl("vm.max_map_count", 65_530)));
        long burst = Math.min(clients, 4096);
        findings.add(atLeast(
                "accept backlog",
                host.number("/proc/sys/net/core/somaxconn"),
                burst,
                sysctl("net.core.somaxconn", burst)));
        findings.add(memory(
                "memory of the control group",
                host.controlGroup("memory.max"),
                "MemoryMax= in forkd.service (memory.max of the container)"));
        findings.add(memory("memory available", available(), "fewer clients, or more memory"));
        findings.add(overcommit());
        return findings;
    }

    private Finding limit(String name, int resource, long needed, String advice) {
        Limits.Limit limit = host.limits().get(resource);
        // The JVM raises the soft limit of descriptors to the hard one by itself; the others are raised by whoever
        // starts us.
        long value = resource == Limits.NOFILE ? limit.hard() : limit.soft();
        return atLeast(name, value == -1 ? OptionalLong.empty() : OptionalLong.of(value), needed, advice);
    }

    private Finding atLeast(String name, OptionalLong value, long needed, String advice) {
        if (value.isEmpty()) {
            return Finding.ok(name, "no limit");
        }
        boolean enough = value.getAsLong() >= needed;
        String found = value.getAsLong() + (enough ? "" : ", " + clients + " clients need " + needed);
        return enough ? Finding.ok(name, found) : new Finding(name, whenShort, found, advice);
    }

    private Finding memory(String name, OptionalLong bytes, String advice) {
        if (bytes.isEmpty()) {
            return Finding.ok(name, "no limit");
        }
        String found = ByteCount.text(bytes.getAsLong());
        return bytes.getAsLong() >= memory
                ? Finding.ok(name, found)
                : new Finding(
                        name,
                        whenShort,
                        found + ", " + clients + " clients need about " + ByteCount.text(memory),
                        advice);
    }

    private OptionalLong available() {
        return host.text("/proc/meminfo").stream()
                .flatMap(String::lines)
                .filter(line -> line.startsWith("MemAvailable:"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) * 1024)
                .findFirst();
    }

    /** proc_sys_vm(5): 2 refuses memory that a fork promises although nobody will ever write to it. */
    private Finding overcommit() {
        String name = "memory overcommit";
        return host.text("/proc/sys/vm/overcommit_memory").filter("2"::equals).isPresent()
                ? new Finding(
                        name,
                        whenShort,
                        "vm.overcommit_memory = 2 counts every forked worker with all of its zygote's memory",
                        "sysctl -w vm.overcommit_memory=0, or engine = \"exec\"")
                : Finding.ok(name, "allowed");
    }

    private static String sysctl(String key, long value) {
        return "sysctl -w " + key + "=" + value + " (to stay: a line in /etc/sysctl.d/forkd.conf)";
    }
}
