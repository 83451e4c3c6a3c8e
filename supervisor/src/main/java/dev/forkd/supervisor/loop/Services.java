package dev.forkd.supervisor.loop;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The services of a supervisor: those of its configuration by name, and those that finish what they have. A service may come back while
 * an earlier one of its name finishes. On the loop's thread.
 */
final class Services {
    private final Map<String, Service> byName = new LinkedHashMap<>();
    private final Set<Service> ending = new LinkedHashSet<>();

    void add(Service service) {
        byName.put(service.name(), service);
    }

    /** Takes its name away, and has it finish what it has. */
    void end(Service service) {
        if (byName.remove(service.name(), service)) {
            ending.add(service);
            service.drain();
        }
    }

    /** It has nothing left. @return whether it was to end, and is gone with this */
    boolean forget(Service ended) {
        return ending.remove(ended);
    }

    Optional<Service> named(String name) {
        return Optional.ofNullable(byName.get(name));
    }

    Collection<String> names() {
        return byName.keySet();
    }

    /** Those that have their names; a copy. */
    List<Service> current() {
        return List.copyOf(byName.values());
    }

    /** These, and then those that end; a copy. */
    List<Service> all() {
        List<Service> all = new ArrayList<>(byName.values());
        all.addAll(ending);
        return all;
    }
}
