package dev.forkd.supervisor.doctor;

import dev.forkd.supervisor.doctor.Finding.Level;
import dev.forkd.sys.ForkLibrary;
import java.util.List;
import java.util.OptionalInt;
import java.util.stream.Stream;

/** Examines a machine. */
public final class Doctor {
    /** What is looked for when nobody says how many clients will come. */
    private static final int SOME_CLIENTS = 500;

    private Doctor() {}

    /** @param clients how many clients must be possible at once; a limit that forbids them is a failure only if this is given */
    public static List<Finding> examine(Host host, OptionalInt clients) {
        return examine(host, clients, () -> {
            ForkLibrary _ = ForkLibrary.load();
        });
    }

    static List<Finding> examine(Host host, OptionalInt clients, PlatformChecks.Loader loader) {
        List<Finding> platform = new PlatformChecks(host, loader).all();
        boolean fork = platform.stream().anyMatch(f -> f.name().equals("fork engine") && f.level() == Level.OK);
        CapacityChecks capacity = new CapacityChecks(
                host, clients.orElse(SOME_CLIENTS), fork, clients.isPresent() ? Level.FAIL : Level.WARN);
        return Stream.concat(platform.stream(), capacity.all().stream()).toList();
    }
}
